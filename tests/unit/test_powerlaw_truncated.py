import math

import numba
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from movelaws.powerlaw._bounded import (
    log_mean_exp,
    mean_share,
    quantile,
    share_below,
    slope_of_mean,
    variance_share,
)
from movelaws.powerlaw.truncated import (
    PowerLaw,
    fit_power_law,
    from_mean_log,
    sample_power_law,
)

LOW, HIGH = 1.0, 1.5e6
EXPONENTS = [-1.0, 0.0, 0.5, 0.98, 1.0, 1.02, 1.5, 2.0, 3.0]


def plain_loglik(exponent, r, low, high):
    """The likelihood as the paper writes it, apart from a = 1."""
    if abs(exponent - 1) < 1e-9:
        norm = math.log(high / low)
    else:
        norm = (high ** (1 - exponent) - low ** (1 - exponent)) / (1 - exponent)
    return float(np.sum(-exponent * np.log(r) - math.log(norm)))


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_estimates_are_unbiased_and_scatter_as_announced(exponent):
    fits = [
        fit_power_law(sample_power_law(exponent, LOW, HIGH, 1000, seed), LOW, HIGH)
        for seed in range(400)
    ]
    pulls = np.array([(fit.exponent - exponent) / fit.standard_error for fit in fits])
    # Maximum likelihood is biased by order 1/n: some hundredths of a standard error here.
    assert abs(pulls.mean()) < 3.5 / math.sqrt(400) + 0.05
    assert pulls.std() == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_estimate_maximises_the_plainly_written_likelihood(exponent):
    r = sample_power_law(exponent, 10, 5e5, 300, 7)
    fit = fit_power_law(r, 10, 5e5)
    best = minimize_scalar(
        lambda a: -plain_loglik(a, r, 10, 5e5), bracket=(exponent - 0.1, exponent + 0.13), tol=1e-12
    )
    assert fit.exponent == pytest.approx(best.x, abs=1e-6)
    assert fit.loglik == pytest.approx(-best.fun, rel=1e-10)
    assert fit.loglik == pytest.approx(fit.logpdf(r).sum(), rel=1e-12)
    assert fit.loglik_at(0.3) == pytest.approx(plain_loglik(0.3, r, 10, 5e5), rel=1e-10)


def test_error_is_the_curvature_of_the_likelihood():
    fit = fit_power_law(sample_power_law(1, LOW, HIGH, 500, 3), LOW, HIGH)
    step = 1e-3
    curvature = (
        fit.loglik_at(fit.exponent + step)
        + fit.loglik_at(fit.exponent - step)
        - 2 * fit.loglik_at(fit.exponent)
    ) / step**2
    assert fit.standard_error == pytest.approx(1 / math.sqrt(-curvature), rel=1e-4)


def test_interval_covers_as_often_as_it_says():
    covered = 0
    for seed in range(300):
        fit = fit_power_law(sample_power_law(1.0, LOW, HIGH, 60, seed), LOW, HIGH)
        low, high = fit.interval(0.9)
        covered += low <= 1.0 <= high
        drop = fit.loglik - fit.loglik_at(low), fit.loglik - fit.loglik_at(high)
        assert drop == pytest.approx((2.70554 / 2,) * 2, abs=1e-4)
    assert covered / 300 == pytest.approx(0.9, abs=0.055)


@pytest.mark.parametrize("exponent", [-1.0, 0.999999, 1.0, 1.000001, 2.5])
def test_density_integrates_to_the_distribution_function(exponent):
    law = PowerLaw(exponent, 10, 5e5)
    for end in (30.0, 1e4, 5e5):
        area = quad(lambda t: math.exp(law.logpdf(math.exp(t)) + t), math.log(10), math.log(end))[0]
        assert law.cdf(end) == pytest.approx(area, rel=1e-8)
    assert law.cdf([1.0, 10.0, 5e5, 1e7]) == pytest.approx([0, 0, 1, 1])
    assert law.logpdf([9.0, 6e5]).tolist() == [-math.inf, -math.inf]


def test_nothing_jumps_at_exponent_one():
    laws = [PowerLaw(1 + shift, LOW, HIGH) for shift in (-1e-9, 0.0, 1e-9)]
    r = np.geomspace(LOW, HIGH, 9)
    for law in laws:
        assert law.logpdf(r) == pytest.approx(laws[1].logpdf(r), abs=1e-7)
        assert law.cdf(r) == pytest.approx(laws[1].cdf(r), abs=1e-7)


def test_weights_count_as_repetitions():
    r = sample_power_law(0.9, 10, 1e5, 50, 1)
    times = np.random.default_rng(2).integers(0, 5, 50)
    weighted = fit_power_law(r, 10, 1e5, times)
    repeated = fit_power_law(np.repeat(r, times), 10, 1e5)
    for name in ("exponent", "standard_error", "loglik", "n"):
        assert getattr(weighted, name) == pytest.approx(getattr(repeated, name), rel=1e-10)


def test_exponent_is_free_of_units_and_mirrors_with_the_range():
    r = sample_power_law(1.3, 10, 1e5, 200, 1)
    exponent = fit_power_law(r, 10, 1e5).exponent
    assert fit_power_law(r / 1000, 0.01, 100).exponent == pytest.approx(exponent, abs=1e-10)
    # 1/r of a law with exponent a has exponent 2 - a
    assert fit_power_law(1 / r, 1e-5, 0.1).exponent == pytest.approx(2 - exponent, abs=1e-10)


def test_distances_outside_the_range_are_left_out():
    r = sample_power_law(1, 10, 1e5, 200, 1)
    padded = np.concatenate([[1.0, 9.99], r, [1.001e5, 1e9]])
    assert fit_power_law(padded, 10, 1e5) == fit_power_law(r, 10, 1e5)


def test_millions_of_distances_give_the_same_bits_on_any_number_of_threads():
    r = sample_power_law(1, LOW, HIGH, 2_000_000, 5)
    before = numba.get_num_threads()
    try:
        fits = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            fits.append(fit_power_law(r, LOW, HIGH))
    finally:
        numba.set_num_threads(before)
    assert fits[0] == fits[1]
    assert fits[0].exponent == pytest.approx(1, abs=4 * fits[0].standard_error)


def test_sampler_is_seeded_and_stays_in_range():
    first, again = (sample_power_law(-2, 10, 11, 1000, 4) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, sample_power_law(-2, 10, 11, 1000, 5))
    assert first.min() >= 10
    assert first.max() <= 11


@pytest.mark.parametrize("u", [-900.0, -30.0, -0.06, -0.04, 0.0, 1e-12, 0.05, 3.0, 40.0, 900.0])
def test_bounded_exponential_is_consistent(u):
    share = np.linspace(0, 1, 11)
    assert share_below(quantile(share, u), u) == pytest.approx(share, abs=1e-9)
    assert mean_share(u) + mean_share(-u) == pytest.approx(1)
    step = 1e-4 * max(1, abs(u))
    slope = (log_mean_exp(u + step) - log_mean_exp(u - step)) / (2 * step)
    assert mean_share(u) == pytest.approx(float(slope), rel=1e-5)
    slope = (mean_share(u + step) - mean_share(u - step)) / (2 * step)
    assert variance_share(u) == pytest.approx(float(slope), rel=1e-4)
    assert slope_of_mean(float(mean_share(u))) == pytest.approx(u, rel=1e-8, abs=1e-8)


def test_means_next_to_the_ends_are_inverted():
    assert slope_of_mean(1e-300) == pytest.approx(-1e300)
    assert from_mean_log(1e-9, 10, 1, 2).exponent == pytest.approx(1e9, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"r": [1.0, -2.0]}, r"r\[1\] = -2"),
        ({"r": [1.0, np.nan]}, r"r\[1\] = nan"),
        ({"r": []}, r"shape \(0,\)"),
        ({"low": 5.0, "high": 5.0}, "low = 5.0, high = 5.0"),
        ({"low": 0.0}, "low = 0.0"),
        ({"high": np.inf}, "high = inf"),
        ({"weights": [1.0]}, r"shape \(1,\), expected \(2,\)"),
        ({"weights": [1.0, -1.0]}, r"weights\[1\] = -1"),
        ({"weights": [0.0, 0.0]}, "all weights are 0"),
        ({"low": 50.0, "high": 60.0}, r"none of the 2 distances lies in \[50.0, 60.0\]"),
        ({"r": [1.0, 1.0], "low": 1.0}, "all distances lie at low = 1.0"),
        ({"r": [8.0, 8.0], "high": 8.0}, "all distances lie at high = 8.0"),
    ],
)
def test_bad_input_is_named(change, message):
    arguments = {"r": [1.0, 2.0], "low": 0.5, "high": 10.0} | change
    with pytest.raises(ValueError, match=message):
        fit_power_law(**arguments)


def test_bad_samples_and_levels_are_named():
    with pytest.raises(ValueError, match="exponent = nan"):
        sample_power_law(np.nan, 1, 2, 3, 0)
    with pytest.raises(ValueError, match="n = 0"):
        sample_power_law(1, 1, 2, 0, 0)
    with pytest.raises(ValueError, match=r"level = 1.5"):
        fit_power_law([1.0, 2.0], 0.5, 10).interval(1.5)
