import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import curve_fit, minimize

from movelaws.powerlaw.binned import fit_cost
from movelaws.powerlaw.piecewise import fit_piecewise, fit_piecewise_of_moves, single_law_p
from movelaws.powerlaw.segments import fit_segments

EDGES = np.geomspace(10, 5e5, 41)
PAIRS = np.diff(EDGES) * np.minimum(EDGES[1:], 3e4) * np.exp(-EDGES[1:] / 2e5)


def cost(r, inside, outside, radius):
    return (r / radius) ** -np.where(r < radius, inside, outside)


def shares(inside, outside, radius):
    """P(bin) by numerical integration of the cost over the metres of each bin."""
    mean = [
        quad(cost, low, high, args=(inside, outside, radius), points=[min(max(radius, low), high)])[
            0
        ]
        / (high - low)
        for low, high in zip(EDGES[:-1], EDGES[1:], strict=True)  # noqa: RUF007
    ]
    mass = PAIRS * np.array(mean)
    return mass / mass.sum()


def moves(counts, inside, outside, radius, seed):
    """Distances with these counts per bin, following the cost within each bin."""
    rng, drawn = np.random.default_rng(seed), []
    for k, n in enumerate(counts):
        grid = np.linspace(EDGES[k], EDGES[k + 1], 2001)
        middle = cost((grid[1:] + grid[:-1]) / 2, inside, outside, radius)
        share = np.append(0.0, np.cumsum(middle)) / middle.sum()
        drawn.append(np.interp(rng.random(n), share, grid))
    return np.concatenate(drawn)


@pytest.mark.parametrize("radius", [1000.0, 2849.0])
def test_planted_law_is_recovered_without_bias(radius):
    share, rng = shares(0.6, 2.0, radius), np.random.default_rng(1)
    fits = [fit_piecewise(EDGES, rng.multinomial(5000, share), PAIRS) for _ in range(12)]
    found = np.array([(fit.inside, fit.outside, math.log(fit.radius)) for fit in fits])
    error = found.std(axis=0, ddof=1) / math.sqrt(12)
    assert (np.abs(found.mean(axis=0) - [0.6, 2.0, math.log(radius)]) < 4 * error).all()
    covered = [fit.radius_interval()[0] <= radius <= fit.radius_interval()[1] for fit in fits]
    assert sum(covered) >= 8


def test_intervals_of_exponents_cover_them_with_the_radius_unknown():
    share, rng = shares(0.6, 2.0, 500.0), np.random.default_rng(8)
    fits = [fit_piecewise(EDGES, rng.multinomial(1000, share), PAIRS) for _ in range(80)]
    ends = np.array([fit.exponent_intervals() for fit in fits])
    covered = (ends[:, :, 0] < [0.6, 2.0]) & (ends[:, :, 1] > [0.6, 2.0])
    # 95 % of 80 is 76, with a standard deviation of 2; errors at one radius cover 64 inside.
    assert (covered.sum(axis=0) >= 70).all()
    found = np.array([(fit.inside, fit.outside) for fit in fits])
    error = np.array([(fit.inside_error, fit.outside_error) for fit in fits])
    assert error.mean(axis=0) == pytest.approx(found.std(axis=0), rel=0.25)
    assert (error[:, 0] > [fit.errors[fit.profile.argmax(), 0] for fit in fits]).all()
    wide = np.array([fit.exponent_intervals(0.99) for fit in fits])
    assert (wide[:, :, 0] < ends[:, :, 0]).all()
    assert (wide[:, :, 1] > ends[:, :, 1]).all()


def test_an_end_of_an_interval_is_where_the_best_law_with_this_exponent_loses_as_much():
    fit = fit_piecewise(EDGES, np.round(3000 * shares(0.6, 2.0, 1000.0)), PAIRS)
    seen = fit.counts > 0

    def height(inside):
        def loss(theta):
            share = shares(inside, theta[0], math.exp(theta[1]))
            return -fit.counts[seen] @ np.log(share[seen])

        start = [fit.outside, math.log(fit.radius)]
        return -minimize(loss, start, method="Nelder-Mead", options={"maxfev": 120}).fun

    for end in fit.exponent_intervals()[0]:
        assert 2 * (fit.loglik - height(end)) == pytest.approx(3.84, abs=0.4)


def test_shares_are_the_integrals_and_the_likelihood_the_multinomial():
    counts = np.random.default_rng(2).multinomial(5000, shares(0.6, 2.0, 2849.0))
    fit = fit_piecewise(EDGES, counts, PAIRS)
    expected = shares(fit.inside, fit.outside, fit.radius)
    assert np.exp(fit.log_shares()) == pytest.approx(expected, abs=1e-9)
    seen = counts > 0
    assert fit.loglik == pytest.approx(counts[seen] @ np.log(expected[seen]), rel=1e-9)
    assert fit.cost(np.array([fit.radius])) == pytest.approx(1)
    assert fit.profile.max() <= fit.loglik + 1e-9


def test_no_other_parameters_are_likelier():
    counts = np.random.default_rng(3).multinomial(5000, shares(0.6, 2.0, 2849.0))
    fit = fit_piecewise(EDGES, counts, PAIRS)
    seen = counts > 0

    def loss(theta):
        share = shares(theta[0], theta[1], math.exp(theta[2]))
        return -counts[seen] @ np.log(share[seen])

    start = [0.5, 1.8, math.log(2500)]
    best = minimize(loss, start, method="Nelder-Mead", options={"maxfev": 250})
    assert fit.loglik >= -best.fun - 1e-4
    assert (fit.inside, fit.outside) == pytest.approx(best.x[:2], abs=0.03)


def test_moves_one_by_one_agree_with_their_bins():
    counts = np.random.default_rng(4).multinomial(8000, shares(0.6, 2.0, 2849.0))
    r = moves(counts, 0.6, 2.0, 2849.0, 5)
    assert np.array_equal(np.histogram(r, EDGES)[0], counts)
    single = fit_piecewise_of_moves(r, EDGES, PAIRS)
    binned = fit_piecewise(EDGES, counts, PAIRS)
    assert single.inside == pytest.approx(binned.inside, abs=2 * binned.inside_error)
    assert single.outside == pytest.approx(binned.outside, abs=2 * binned.outside_error)
    assert math.log(single.radius / binned.radius) == pytest.approx(0, abs=0.1)
    density = PAIRS / np.diff(EDGES)
    norm = shares_total(single)
    plain = np.log(density[np.searchsorted(EDGES, r, side="right") - 1])
    plain += np.log(single.cost(r)) - math.log(norm)
    assert single.loglik == pytest.approx(plain.sum(), rel=1e-8)


def shares_total(fit):
    """Integral of pairs per metre times cost."""
    return sum(
        PAIRS[k]
        / (EDGES[k + 1] - EDGES[k])
        * quad(
            cost,
            EDGES[k],
            EDGES[k + 1],
            args=(fit.inside, fit.outside, fit.radius),
            points=[min(max(fit.radius, EDGES[k]), EDGES[k + 1])],
        )[0]
        for k in range(PAIRS.size)
    )


def test_one_power_law_is_told_from_two():
    rng = np.random.default_rng(6)
    two = fit_piecewise(EDGES, rng.multinomial(600, shares(0.6, 2.0, 2849.0)), PAIRS)
    assert two.ratio > 50
    assert single_law_p(two, replicates=9, seed=1) == pytest.approx(1 / 10)
    one = fit_piecewise(EDGES, rng.multinomial(600, shares(1.0, 1.0, 2849.0)), PAIRS)
    assert one.ratio >= 0
    p = single_law_p(one, replicates=9, seed=1)
    assert p > 0.1
    assert single_law_p(one, replicates=9, seed=1) == p
    single = fit_cost(EDGES, one.counts, PAIRS)
    assert one.loglik_single == single.loglik


def test_segments_are_exact_on_two_lines():
    x = np.geomspace(10, 1e5, 40)
    y = 5 * cost(x, 0.55, 2.05, 1970.7)
    fit = fit_segments(x, y)
    assert (fit.inside, fit.outside) == pytest.approx((0.55, 2.05), abs=1e-6)
    assert fit.radius == pytest.approx(1970.7, rel=1e-6)
    assert fit.height == pytest.approx(math.log10(5), abs=1e-6)
    assert fit.residual == pytest.approx(0, abs=1e-12)


def test_segments_are_the_least_squares_of_curve_fit():
    rng = np.random.default_rng(1)
    x = np.geomspace(10, 1e5, 60)
    y = cost(x, 0.55, 2.05, 1970.7) * rng.lognormal(0, 0.3, 60)

    def line(u, radius, height, inside, outside):
        return height - np.where(u < radius, inside, outside) * (u - radius)

    best, _ = curve_fit(line, np.log10(x), np.log10(y), p0=[3.3, 0.0, 0.6, 2.0])
    fit = fit_segments(x, y)
    found = [math.log10(fit.radius), fit.height, fit.inside, fit.outside]
    assert found == pytest.approx(list(best), abs=1e-4)
    residual = np.sum((np.log10(y) - line(np.log10(x), *best)) ** 2)
    assert fit.residual <= residual * (1 + 1e-9)


def test_segments_choose_from_given_radii_and_skip_empty_bins():
    x = np.geomspace(10, 1e5, 40)
    y = cost(x, 0.55, 2.05, 1970.7)
    y[[3, 9]] = 0
    fit = fit_segments(x, y, radii=[500.0, 2000.0, 9000.0])
    assert fit.radius == pytest.approx(2000)
    assert fit.radii == pytest.approx([500, 2000, 9000])
    assert fit.residuals.argmin() == 1


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="moves fill 4 bins"):
        fit_piecewise(EDGES[:6], [1, 2, 3, 4, 0], np.ones(5))
    with pytest.raises(ValueError, match="replicates = 0"):
        counts = np.random.default_rng(4).multinomial(800, shares(0.6, 2.0, 2849.0))
        single_law_p(fit_piecewise(EDGES, counts, PAIRS), replicates=0, seed=1)
    with pytest.raises(ValueError, match="no radius leaves two"):
        fit_segments([1.0, 2.0, 3.0], [1.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="finite ratios"):
        fit_segments([1.0, 2.0], [1.0, -1.0])
