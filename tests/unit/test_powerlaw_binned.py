import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from movelaws.powerlaw.binned import fit_binned, fit_cost, fit_cost_of_moves
from movelaws.powerlaw.truncated import fit_power_law, sample_power_law

EDGES = np.geomspace(10, 5e5, 41)
# A coast, a town and an empty stretch: pairs that no power law describes.
PAIRS = np.diff(EDGES) * EDGES[1:] ** 0.7 * np.exp(-EDGES[1:] / 6e4) * (1 + np.sin(EDGES[1:] / 700))
PAIRS[17] = 0


def shares(exponent, edges=EDGES, pairs=PAIRS):
    """P(bin) by numerical integration of r^-a over the metres of each bin."""
    mean = [
        quad(lambda r: (r / edges[0]) ** -exponent, low, high)[0] / (high - low)
        for low, high in itertools.pairwise(edges)
    ]
    mass = pairs * np.array(mean)
    return mass / mass.sum()


@pytest.mark.parametrize("exponent", [-1.0, 0.0, 0.98, 1.0, 2.0, 3.0])
def test_cost_is_unbiased_whatever_the_pairs(exponent):
    share, rng = shares(exponent), np.random.default_rng(11)
    fits = [fit_cost(EDGES, rng.multinomial(2000, share), PAIRS) for _ in range(200)]
    pulls = np.array([(fit.exponent - exponent) / fit.standard_error for fit in fits])
    assert abs(pulls.mean()) < 3.5 / math.sqrt(200) + 0.05
    assert pulls.std() == pytest.approx(1, abs=0.18)


@pytest.mark.parametrize("exponent", [-1.0, 0.5, 1.0, 1.7, 3.0])
def test_binned_law_is_unbiased_in_bins_of_any_width(exponent):
    edges = np.array([10, 12, 30, 31, 200, 5e3, 6e3, 4e4, 5e5])
    fits = []
    for seed in range(200):
        counts = np.histogram(sample_power_law(exponent, 10, 5e5, 2000, seed), edges)[0]
        fits.append(fit_binned(edges, counts))
    pulls = np.array([(fit.exponent - exponent) / fit.standard_error for fit in fits])
    assert abs(pulls.mean()) < 3.5 / math.sqrt(200) + 0.05
    assert pulls.std() == pytest.approx(1, abs=0.18)


def test_estimate_maximises_the_plainly_written_likelihood():
    counts = np.random.default_rng(1).multinomial(500, shares(1.1))
    fit = fit_cost(EDGES, counts, PAIRS)
    seen = counts > 0
    best = minimize_scalar(
        lambda a: -float(counts[seen] @ np.log(shares(a)[seen])), bracket=(1.0, 1.2), tol=1e-8
    )
    assert fit.exponent == pytest.approx(best.x, abs=1e-5)
    assert fit.loglik == pytest.approx(-best.fun, rel=1e-9)
    assert fit.loglik == pytest.approx(fit.loglik_at(fit.exponent), rel=1e-12)
    assert np.exp(fit.log_shares()) == pytest.approx(shares(fit.exponent), abs=1e-9)
    assert fit.expected().sum() == pytest.approx(500)


def test_error_and_interval_agree_with_the_curvature():
    counts = np.random.default_rng(1).multinomial(20_000, shares(1.0))
    fit = fit_cost(EDGES, counts, PAIRS)
    low, high = fit.interval(0.6827)
    assert (high - low) / 2 == pytest.approx(fit.standard_error, rel=0.01)
    assert low < 1.0 + 4 * fit.standard_error
    assert high > 1.0 - 4 * fit.standard_error


def test_fine_bins_give_the_unbinned_estimate():
    r = sample_power_law(0.9, 10, 5e5, 3000, 2)
    fine = np.geomspace(10, 5e5, 3001)
    binned = fit_binned(fine, np.histogram(r, fine)[0])
    assert binned.exponent == pytest.approx(fit_power_law(r, 10, 5e5).exponent, abs=1e-4)


def test_moves_one_by_one_use_the_same_law():
    # With as many pairs in every metre the moves follow the power law itself.
    r = sample_power_law(1.2, 10, 5e5, 1000, 3)
    flat = fit_cost_of_moves(r, EDGES, np.diff(EDGES))
    plain = fit_power_law(r, 10, 5e5)
    for name in ("exponent", "standard_error", "loglik", "n"):
        assert getattr(flat, name) == pytest.approx(getattr(plain, name), rel=1e-8)
    assert flat.interval() == pytest.approx(plain.interval(), rel=1e-7)


def test_moves_one_by_one_recover_the_cost_through_a_geography():
    rng = np.random.default_rng(5)
    counts = rng.multinomial(20_000, shares(1.0))
    r = np.concatenate(
        [
            sample_power_law(1.0, EDGES[k], EDGES[k + 1], int(n), k)
            for k, n in enumerate(counts)
            if n
        ]
    )
    fit = fit_cost_of_moves(r, EDGES, PAIRS)
    binned = fit_cost(EDGES, counts, PAIRS)
    assert fit.exponent == pytest.approx(1.0, abs=4 * fit.standard_error)
    assert fit.standard_error <= binned.standard_error
    weighted = fit_cost_of_moves(r, EDGES, PAIRS, np.full(r.size, 3.0))
    assert weighted.exponent == pytest.approx(fit.exponent, abs=1e-10)
    assert weighted.loglik == pytest.approx(3 * fit.loglik)


def test_only_whole_bins_of_the_range_are_used():
    counts = np.random.default_rng(1).multinomial(5000, shares(1.0))
    part = fit_cost(EDGES, counts, PAIRS, low=EDGES[5] * 0.99, high=EDGES[30] * 1.01)
    cut = fit_cost(EDGES[5:31], counts[5:30], PAIRS[5:30])
    assert part.exponent == cut.exponent
    assert (part.low, part.high, part.n) == (EDGES[5], EDGES[30], counts[5:30].sum())


def test_factor_of_the_pairs_and_units_do_not_matter():
    counts = np.random.default_rng(1).multinomial(5000, shares(1.0))
    fit = fit_cost(EDGES, counts, PAIRS)
    scaled = fit_cost(EDGES / 1000, counts, PAIRS * 1e-12)
    assert scaled.exponent == pytest.approx(fit.exponent, abs=1e-9)


def test_steep_laws_do_not_underflow():
    edges = np.geomspace(1, 1.5e6, 60)
    counts = np.zeros(59)
    counts[:2] = 1000, 1
    fit = fit_binned(edges, counts)
    assert fit.exponent > 20
    assert np.isfinite(fit.log_shares()).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"edges": [1.0, 3.0, 2.0, 4.0]}, r"edges\[2\] = 2.0"),
        ({"edges": [0.0, 1.0, 2.0, 3.0]}, r"edges\[0\] = 0.0"),
        ({"counts": [1, 2]}, r"counts has shape \(2,\), expected \(3,\)"),
        ({"counts": [1, -2, 3]}, r"counts\[1\] = -2"),
        ({"counts": [0, 0, 0]}, "all counts are 0"),
        ({"pairs": [1, 0, 1]}, r"moves in bin 1 \(2.0 to 3.0\) but no pairs"),
        ({"low": 1.5, "high": 3.5}, "fewer than two whole bins"),
        ({"counts": [5, 0, 0], "low": 2.0}, r"no moves in \[2.0, 4.0\]"),
        ({"counts": [5, 0, 0]}, r"all moves lie in bin 0 \(1.0 to 2.0\)"),
        ({"counts": [0, 0, 5]}, r"all moves lie in bin 2 \(3.0 to 4.0\)"),
    ],
)
def test_bad_input_is_named(change, message):
    arguments = {"edges": [1.0, 2.0, 3.0, 4.0], "counts": [3, 2, 1], "pairs": [1, 1, 1]} | change
    with pytest.raises(ValueError, match=message):
        fit_cost(**arguments)
