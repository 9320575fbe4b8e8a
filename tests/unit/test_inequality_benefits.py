"""Benefit distributions: SciPy's where it has them, and 50 digits far out in the tail."""

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from scipy import stats

from movelaws.inequality.benefits import Empirical, Exponential, Pareto, Uniform

SAMPLE = np.array([0.3, 2.0, 0.7, 5.0, 0.7, 1.1, 4.0])
KNOWN = [
    (Uniform(), stats.uniform()),
    (Exponential(), stats.expon()),
    (Pareto(1.5), stats.pareto(1.5)),
    (Pareto(0.4), stats.pareto(0.4)),
]
ALL = [Uniform(), Exponential(), Pareto(1.5), Empirical(SAMPLE)]
TINY = [0.3, 1e-3, 1e-8, 1e-12]


@pytest.mark.parametrize(("benefit", "known"), KNOWN)
def test_the_distributions_are_those_of_scipy(benefit, known):
    z = np.array([0.0, 0.2, 0.999, 1.0, 1.3, 7.0, 40.0])
    np.testing.assert_allclose(benefit.sf(z), known.sf(z), rtol=1e-13)
    survival = np.array([1.0, 0.6, 1e-3, 1e-9])
    np.testing.assert_allclose(benefit.isf(survival), known.isf(survival), rtol=1e-12)
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(benefit.log_cdf(z), np.log1p(-known.sf(z)), rtol=1e-12)


@pytest.mark.parametrize("benefit", ALL)
@pytest.mark.parametrize("survival", TINY)
def test_the_quantile_undoes_the_survival_function(benefit, survival):
    # Bounded ones lose the digits of 1 - F in z itself: that is why no model goes through z.
    bounded = isinstance(benefit, (Uniform, Empirical))
    close = {"abs": 1e-15} if bounded else {"rel": 1e-12}
    assert benefit.sf(benefit.isf(survival)) == pytest.approx(survival, **close)


def survival_in_full(benefit, survival, excess):
    """1 - F((1 + excess) z) at 1 - F(z) = survival, in 50 digits."""
    with mpmath.workdps(50):
        scale, s = 1 + mpmath.mpf(excess), mpmath.mpf(survival)
        if isinstance(benefit, Uniform):
            return max(1 - scale * (1 - s), mpmath.mpf(0))
        if isinstance(benefit, Exponential):
            return s**scale
        return min(s * scale ** -mpmath.mpf(benefit.shape), mpmath.mpf(1))


@pytest.mark.parametrize("benefit", ALL[:3])
@pytest.mark.parametrize("survival", TINY)
@pytest.mark.parametrize("excess", [0.0, 3e-13, -2e-9, 1e-9, 1e-4, -0.5, 2.0])
def test_scaling_keeps_the_digits_of_the_tail(benefit, survival, excess):
    found = benefit.scaled_log_cdf(np.log1p(-survival), excess)
    with mpmath.workdps(50):
        left = survival_in_full(benefit, survival, excess)
        exact = float(mpmath.log(1 - left)) if left < 1 else -np.inf
    assert float(found) == pytest.approx(exact, rel=1e-12, abs=1e-27)


@pytest.mark.parametrize("benefit", ALL)
def test_scaling_is_that_of_the_benefit_itself(benefit):
    survival = np.array([0.9, 0.5, 0.2, 0.05])
    z = benefit.isf(survival)
    for excess in (-0.3, 0.0, 0.2, 4.0):
        found = benefit.scaled_log_cdf(np.log1p(-survival), excess)
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(np.exp(found), 1 - benefit.sf((1 + excess) * z), atol=1e-14)


@pytest.mark.parametrize("benefit", ALL)
def test_two_scalings_are_one_and_broadcast(benefit):
    # Down and then up again by less: bounded benefits do not reach their end on the way.
    log_cdf = np.log1p(-np.array([0.4, 0.1, 1e-3, 1e-9]))
    second = np.array([[0.0], [1e-6], [0.04]])
    twice = benefit.scaled_log_cdf(benefit.scaled_log_cdf(log_cdf, -0.05), second)
    once = benefit.scaled_log_cdf(log_cdf, 0.95 * (1 + second) - 1)
    np.testing.assert_allclose(twice, once, rtol=1e-9)
    assert once.shape == (3, 4)


@pytest.mark.parametrize("benefit", ALL)
@pytest.mark.parametrize("excess", [-0.4, 0.25, 3.0])
def test_the_slope_changes_at_the_kinks_and_nowhere_else(benefit, excess):
    kinks = np.sort(np.exp(benefit.kinks(excess)))
    edges = np.concatenate([[0.0], kinks, [1.0]])

    def scaled(cdf):
        with np.errstate(divide="ignore"):
            return np.exp(benefit.scaled_log_cdf(np.log(cdf), excess))

    slopes = []
    for low, high in pairwise(edges):
        if not isinstance(benefit, (Uniform, Empirical)):
            break  # smooth, not straight, between the kinks
        inside = scaled(np.linspace(low, high, 9)[1:-1])
        np.testing.assert_allclose(np.diff(inside, 2), 0.0, atol=1e-12)
        slopes.append(np.diff(inside)[0] / ((high - low) / 8))
    if isinstance(benefit, Uniform):
        assert len(slopes) == (2 if excess > 0 else 1)
    if isinstance(benefit, Pareto) and excess < 0:
        (kink,) = kinks
        assert scaled(kink * (1 - 1e-9)) == 0 and scaled(kink * (1 + 1e-6)) > 0
    assert benefit.kinks(0.0).size == 0


def test_without_ties_an_empirical_benefit_is_numpys_quantile():
    sample = np.random.default_rng(3).lognormal(size=40)
    share = np.linspace(0, 1, 77)
    found = Empirical(sample).isf(1 - share)
    np.testing.assert_allclose(found, np.quantile(sample, share), rtol=1e-12)


def test_ties_spread_over_the_gap_below_them():
    benefit = Empirical(np.array([1.0, 2.0, 2.0, 2.0, 3.0]))
    np.testing.assert_allclose(benefit.sf([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 9.0]),
                               [1, 1, 0.625, 0.25, 0.125, 0, 0])  # fmt: skip


def test_neither_order_nor_unit_of_the_sample_matters():
    log_cdf = np.log1p(-np.array([0.8, 0.3, 0.02, 1e-7]))
    for changed in (SAMPLE[::-1], 1000 * SAMPLE):
        found = Empirical(changed).scaled_log_cdf(log_cdf, 0.01)
        np.testing.assert_allclose(found, ALL[3].scaled_log_cdf(log_cdf, 0.01), rtol=1e-9)


def test_a_fine_uniform_sample_is_the_uniform_distribution():
    benefit = Empirical(np.linspace(0, 1, 33))
    for excess in (-1e-5, 1e-9, 0.3):
        log_cdf = np.log1p(-np.array([0.7, 1e-4, 1e-8]))
        exact = Uniform().scaled_log_cdf(log_cdf, excess)
        np.testing.assert_allclose(
            benefit.scaled_log_cdf(log_cdf, excess), exact, rtol=1e-12, atol=1e-24
        )


@pytest.mark.parametrize("shape", [0.0, -1.0, np.nan, np.inf])
def test_a_pareto_needs_a_positive_exponent(shape):
    with pytest.raises(ValueError, match=r"shape = .* finite and > 0"):
        Pareto(shape)


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ([1.0, -2.0], "sample holds -2.0: benefits are finite and >= 0"),
        ([1.0, np.nan], "sample holds nan"),
        ([3.0, 3.0], "sample has 1 different values: at least 2"),
        ([], "sample has 0 different values"),
    ],
)
def test_a_sample_that_is_no_distribution_is_refused(sample, words):
    with pytest.raises(ValueError, match=words):
        Empirical(np.array(sample))


def test_a_survival_beyond_one_is_refused():
    with pytest.raises(ValueError, match=r"survival = 1.5 is not between 0 and 1"):
        Exponential().isf([0.5, 1.5])
