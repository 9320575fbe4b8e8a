import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import lognorm, weibull_min

from movelaws.powerlaw.alternatives import (
    ALTERNATIVES,
    Alternative,
    fit_alternative,
    likelihood_ratio,
)
from movelaws.powerlaw.binned import fit_binned, fit_cost
from movelaws.powerlaw.binned_alternatives import compare_cost, fit_cost_alternative
from movelaws.powerlaw.truncated import fit_power_law, sample_power_law

LOW, HIGH = 10.0, 5e5
EDGES = np.geomspace(LOW, HIGH, 61)
PLANTED = {
    "lognormal": {"mu": 8.0, "sigma": 1.5},
    "exponential": {"scale": 3000.0},
    "weibull": {"shape": 0.5, "scale": 4000.0},
}
SCIPY = {
    "lognormal": lambda mu, sigma: lognorm(sigma, scale=math.exp(mu)),
    "exponential": lambda scale: weibull_min(1, scale=scale),
    "weibull": lambda shape, scale: weibull_min(shape, scale=scale),
}


def drawn(name, n, seed):
    """Distances from the untruncated law of scipy, those outside the range thrown away."""
    r = SCIPY[name](**PLANTED[name]).rvs(2 * n, random_state=seed)
    return r[(r >= LOW) & (r <= HIGH)][:n]


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_density_is_that_of_scipy_on_the_range(name):
    law, reference = Alternative(name, PLANTED[name], LOW, HIGH), SCIPY[name](**PLANTED[name])
    area = reference.cdf(HIGH) - reference.cdf(LOW)
    r = np.geomspace(LOW, HIGH, 15)
    assert law.logpdf(r) == pytest.approx(reference.logpdf(r) - math.log(area), rel=1e-9)
    cdf = (reference.cdf(r) - reference.cdf(LOW)) / area
    assert law.cdf(r) == pytest.approx(cdf, abs=1e-12)
    assert np.exp(law.log_masses(EDGES)) == pytest.approx(np.diff(law.cdf(EDGES)), abs=1e-13)
    assert law.logpdf([LOW / 2, 2 * HIGH]).tolist() == [-math.inf, -math.inf]


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_planted_parameters_are_recovered(name):
    r = drawn(name, 20_000, 1)
    law = fit_alternative(name, r, LOW, HIGH)
    assert law.loglik == pytest.approx(law.logpdf(r).sum(), rel=1e-10)
    for key, value in PLANTED[name].items():
        assert law.parameters[key] == pytest.approx(value, rel=0.05)
    weighted = fit_alternative(name, r, LOW, HIGH, np.full(r.size, 2.0))
    assert weighted.loglik == pytest.approx(2 * law.loglik, rel=1e-9)


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_no_nearby_parameters_are_likelier(name):
    r = drawn(name, 500, 2)
    law = fit_alternative(name, r, LOW, HIGH)
    keys = list(law.parameters)

    def loss(log_values):
        values = dict(zip(keys, np.exp(log_values), strict=True))
        return -Alternative(name, values, LOW, HIGH).logpdf(r).sum()

    start = np.log([law.parameters[key] for key in keys])
    best = minimize(loss, start + 0.1, method="Nelder-Mead", options={"xatol": 1e-9})
    assert law.loglik >= -best.fun - 1e-6


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_each_law_wins_on_its_own_data_and_the_power_law_on_its_own(name):
    r = drawn(name, 3000, 3)
    power = fit_power_law(r, LOW, HIGH)
    other = fit_alternative(name, r, LOW, HIGH)
    ratio, normalised, p = likelihood_ratio(power.logpdf(r), other.logpdf(r))
    assert ratio < -100
    assert normalised < -5
    assert p < 1e-6
    r = sample_power_law(1.0, LOW, HIGH, 3000, 4)
    power = fit_power_law(r, LOW, HIGH)
    other = fit_alternative(name, r, LOW, HIGH)
    # Two of them contain the power law as a limit and may come as close as they like.
    assert other.aic > power.aic - 4
    assert other.loglik > -1e9


def test_flat_limits_are_reached_and_not_passed():
    rising = sample_power_law(-1.0, LOW, HIGH, 500, 1)
    law = fit_alternative("exponential", rising, LOW, HIGH)
    assert law.parameters["scale"] == math.inf
    assert law.logpdf(rising) == pytest.approx(-math.log(HIGH - LOW))
    assert fit_alternative("lognormal", rising, LOW, HIGH).loglik > law.loglik


def test_likelihood_ratio_by_hand():
    first, second = np.log([0.5, 0.25, 0.25]), np.log([0.25, 0.25, 0.5])
    ratio, normalised, p = likelihood_ratio(first, second, [12, 4, 4])
    difference = math.log(2) * np.repeat([1, 0, -1], [12, 4, 4])
    assert ratio == pytest.approx(difference.sum())
    z = difference.sum() / (difference.std() * math.sqrt(20))
    assert normalised == pytest.approx(z)
    assert p == pytest.approx(math.erfc(z / math.sqrt(2)))
    assert likelihood_ratio(second, first, [12, 4, 4])[:2] == pytest.approx((-ratio, -z))
    assert likelihood_ratio(first, first) == (0.0, 0.0, 1.0)


def test_laws_that_the_data_cannot_tell_apart_have_no_winner():
    first = np.log(np.full(1000, 0.5))
    second = first - 1e-3 * np.random.default_rng(1).random(1000)
    ratio, normalised, p = likelihood_ratio(first, second)
    assert ratio > 0
    assert (normalised, p) == (0.0, 1.0)


def test_likelihood_ratio_of_equally_wrong_laws_is_standard_normal():
    rng = np.random.default_rng(1)
    normalised = []
    for _ in range(400):
        x = rng.normal(size=100)
        normalised.append(likelihood_ratio(-((x - 1) ** 2) / 2, -((x + 1) ** 2) / 2)[1])
    assert abs(np.mean(normalised)) < 0.15
    assert np.std(normalised) == pytest.approx(1, abs=0.12)


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_binned_cost_recovers_the_law_through_uneven_pairs(name):
    rng = np.random.default_rng(6)
    pairs = np.diff(EDGES) * rng.uniform(0.2, 2, 60)
    planted = Alternative(name, PLANTED[name], LOW, HIGH)
    mass = np.exp(planted.log_masses(EDGES)) * pairs / np.diff(EDGES)
    counts = rng.multinomial(50_000, mass / mass.sum())
    fit = fit_cost_alternative(name, EDGES, counts, pairs)
    for key, value in PLANTED[name].items():
        assert fit.law.parameters[key] == pytest.approx(value, rel=0.06)
    assert np.exp(fit.log_shares()) == pytest.approx(mass / mass.sum(), abs=3e-3)
    power = fit_cost(EDGES, counts, pairs)
    assert fit.aic < power.aic
    assert compare_cost(power, fit)[0] == pytest.approx(power.loglik - fit.loglik)


def test_binned_and_unbinned_agree_in_fine_bins():
    r = drawn("lognormal", 2000, 9)
    fine = np.geomspace(LOW, HIGH, 1001)
    binned = fit_cost_alternative("lognormal", fine, np.histogram(r, fine)[0], np.diff(fine))
    law = fit_alternative("lognormal", r, LOW, HIGH)
    assert binned.law.parameters["mu"] == pytest.approx(law.parameters["mu"], abs=2e-3)
    assert binned.law.parameters["sigma"] == pytest.approx(law.parameters["sigma"], abs=2e-3)


@pytest.mark.parametrize("name", ["lognormal", "weibull"])
def test_binned_limits_come_next_to_the_power_law(name):
    r = sample_power_law(1.0, LOW, HIGH, 5000, 1)
    counts = np.histogram(r, EDGES)[0]
    power = fit_binned(EDGES, counts)
    other = fit_cost_alternative(name, EDGES, counts, np.diff(EDGES))
    assert other.loglik == pytest.approx(power.loglik, abs=3)


def test_areas_far_in_the_tail_keep_their_digits():
    law = Alternative("lognormal", {"mu": 60.0, "sigma": 1.0}, LOW, HIGH)
    area = quad(lambda t: math.exp(law.logpdf(math.exp(t)) + t), math.log(LOW), math.log(HIGH))[0]
    assert area == pytest.approx(1, rel=1e-8)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="name = 'gamma'"):
        fit_alternative("gamma", [10.0, 20.0], LOW, HIGH)
    with pytest.raises(ValueError, match="fewer than two different distances"):
        fit_alternative("weibull", [20.0, 20.0], LOW, HIGH)
    with pytest.raises(ValueError, match="name = 'gamma'"):
        fit_cost_alternative("gamma", EDGES, np.ones(60), np.ones(60))
    with pytest.raises(ValueError, match=r"first has shape \(1,\), second \(2,\)"):
        likelihood_ratio([0.0], [0.0, 1.0])
    with pytest.raises(ValueError, match="difference 1 of the logarithms is -inf"):
        likelihood_ratio([0.0, -np.inf], [0.0, 1.0])
    power = fit_binned(EDGES[:20], np.arange(19))
    other = fit_cost_alternative("exponential", EDGES, np.ones(60), np.ones(60))
    with pytest.raises(ValueError, match="fit both to the same bins"):
        compare_cost(power, other)
