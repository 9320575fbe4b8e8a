"""Likelihoods of counts: agreement with scipy, the limit of no dispersion, and large flows."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import gammaln

from movelaws.symbolic.count_likelihood import log1p_less, log_likelihood, stirling_error


def each(flow, mean, dispersion):
    return np.array([log_likelihood([f], [m], dispersion) for f, m in zip(flow, mean, strict=True)])


@pytest.fixture(scope="module")
def counts():
    rng = np.random.default_rng(1)
    mean = np.exp(rng.normal(2, 1.5, 300))
    return rng.poisson(mean * rng.gamma(2, 0.5, 300)).astype(float), mean


@pytest.mark.parametrize("alpha", [1e-4, 1e-2, 0.5, 3.0, 40.0])
def test_likelihoods_are_those_of_scipy(counts, alpha):
    flow, mean = counts
    expected = stats.nbinom.logpmf(flow, 1 / alpha, 1 / (1 + alpha * mean))
    np.testing.assert_allclose(each(flow, mean, alpha), expected, rtol=1e-9, atol=1e-9)
    assert log_likelihood(flow, mean, alpha) == pytest.approx(expected.sum(), rel=1e-11)


def test_poisson_is_that_of_scipy(counts):
    flow, mean = counts
    expected = stats.poisson.logpmf(flow, mean)
    np.testing.assert_allclose(each(flow, mean, 0.0), expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 1e3, 1e6])
def test_without_dispersion_it_becomes_poisson(counts, scale):
    flow, mean = np.round(counts[0] * scale), counts[1] * scale
    poisson = log_likelihood(flow, mean, 0.0)
    # d logL / d alpha at 0 is sum ((F - mu)^2 - F) / 2
    slope = (((flow - mean) ** 2 - flow) / 2).sum()
    for alpha in np.array([1e-9, 1e-10, 1e-12, 1e-16, 1e-200]) / scale**1.5:
        found = log_likelihood(flow, mean, alpha)
        assert found == pytest.approx(poisson + alpha * slope, rel=1e-9)
    assert log_likelihood(flow, mean, 1e-200) == pytest.approx(poisson, rel=1e-13)


def test_the_slope_at_small_dispersions_is_not_noise(counts):
    """Differences of gamma functions lose it: 1 / alpha is 10^9 beside flows of ten."""
    flow, mean = counts
    slope = (((flow - mean) ** 2 - flow) / 2).sum()
    step = log_likelihood(flow, mean, 2e-9) - log_likelihood(flow, mean, 1e-9)
    assert step == pytest.approx(1e-9 * slope, rel=1e-4)


def test_it_is_smooth_in_the_dispersion(counts):
    flow, mean = counts[0] * 1e4, counts[1] * 1e4
    alphas = np.geomspace(1e-12, 1e2, 400)
    values = np.array([log_likelihood(flow, mean, alpha) for alpha in alphas])
    bends = np.diff(values, 2)
    turns = (np.diff(np.sign(bends)) != 0).sum()
    assert turns <= 4  # noise would turn at every other point


@pytest.mark.parametrize(
    ("flow", "rho"), [(10**6, 3), (10**7, 1), (123_456, 40), (10**5, 10**5), (3, 10**8)]
)
def test_large_flows_agree_with_exact_fractions(flow, rho):
    """log pmf by sums of logarithms of whole numbers, which no cancellation reaches."""
    mean = flow * 0.9
    few, many = sorted([rho - 1, flow])
    # binomial (flow + rho - 1 over few) as a product of ratios, each exact before its logarithm
    k = np.arange(1, few + 1, dtype=np.longdouble)
    binomial = np.log1p(np.longdouble(many) / k).sum()
    p = Fraction(rho) / (Fraction(rho) + Fraction(mean))
    ln_p = np.log1p(-np.longdouble(float(1 - p))) if p > Fraction(1, 2) else _ln(p)
    ln_q = _ln(1 - p) if p > Fraction(1, 2) else np.log1p(-np.longdouble(float(p)))
    expected = float(binomial + rho * ln_p + flow * ln_q)
    assert log_likelihood([flow], [mean], 1 / rho) == pytest.approx(expected, rel=1e-8)


def _ln(fraction: Fraction) -> np.longdouble:
    return np.log(np.longdouble(fraction.numerator) / np.longdouble(fraction.denominator))


@pytest.mark.parametrize("alpha", [0.0, 1e-9, 0.5, 1e4])
def test_half_trips_are_counted_with_gamma_functions(alpha):
    flow, mean = np.array([0.5, 1.5, 2.5]), np.array([0.7, 9.0, 2.5])
    if alpha:
        rho = 1 / alpha
        rising = gammaln(flow + rho) - gammaln(rho) - flow * np.log(rho)
        shared = (flow + rho) * np.log1p(alpha * mean)
    else:
        rising, shared = 0.0, mean
    expected = rising - gammaln(flow + 1) + flow * np.log(mean) - shared
    loose = 1e-5 if alpha == 1e-9 else 1e-12  # the formula above loses digits, not ours
    np.testing.assert_allclose(each(flow, mean, alpha), expected, rtol=loose)


@pytest.mark.parametrize("alpha", [0.0, 1e-8, 0.5, 50.0])
def test_probabilities_add_up(alpha):
    flow = np.arange(4000.0)
    total = np.exp(each(flow, np.full(4000, 6.0), alpha)).sum()
    assert total == pytest.approx(
        1 if alpha < 1 else stats.nbinom.cdf(3999, 1 / alpha, 1 / (1 + alpha * 6))
    )


def test_no_expectation_allows_no_flow():
    assert log_likelihood([0.0], [0.0], 0.5) == 0.0
    assert log_likelihood([0.0], [0.0], 0.0) == 0.0
    assert log_likelihood([2.0], [0.0], 0.5) == -np.inf
    assert log_likelihood([2.0], [0.0], 0.0) == -np.inf


@pytest.mark.parametrize("alpha", [-0.1, np.nan, np.inf])
def test_impossible_dispersions_are_refused(alpha):
    with pytest.raises(ValueError, match="dispersion = "):
        log_likelihood([1.0], [1.0], alpha)


def test_the_logarithm_less_its_argument_is_an_integral():
    """ln(1 + x) - x = -integral of t / (1 + t), which does not cancel."""
    for x in (-0.9, -0.11, -0.099, -1e-3, -1e-9, 1e-12, 1e-5, 0.05, 0.0999, 0.1001, 3.0):
        expected = -integrate.quad(lambda u, x=x: u / (1 + x * u), 0, 1)[0] * x * x
        assert log1p_less(np.array([x]))[0] == pytest.approx(expected, rel=1e-12)
    assert log1p_less(np.array([0.0]))[0] == 0.0


def test_the_stirling_error_obeys_the_recursion_of_gamma():
    """ln Gamma(z + 1) - ln Gamma(z) = ln z, on both sides of the change to the series."""
    z = np.array([0.3, 1.0, 7.5, 14.9, 15.2, 15.9, 16.0, 40.0, 1e3])
    step = stirling_error(z + 1) - stirling_error(z)
    expected = 1 - (z + 0.5) * np.log1p(1 / z)
    np.testing.assert_allclose(step, expected, atol=1e-14)
    np.testing.assert_allclose(stirling_error(np.array([1e8])), 1 / 12e8, rtol=1e-14)
