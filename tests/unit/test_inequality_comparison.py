from dataclasses import asdict

import numpy as np
import pytest
from scipy.stats import binom, false_discovery_control, mannwhitneyu, spearmanr

from movelaws.inequality.comparison import (
    AgainstRandom,
    against_random,
    compare,
    false_discovery,
    verdict,
)

GOOD = AgainstRandom(quantile=1.0, p_random=0.01, better=True, n_draws=99)
BAD = AgainstRandom(quantile=1.0, p_random=0.5, better=False, n_draws=99)


def world(seed, size=3000):
    rng = np.random.default_rng(seed)
    observed = rng.negative_binomial(0.2, 0.05, size)
    return observed, *rng.poisson(observed + np.array([[0.6], [0.3]]))


@pytest.mark.parametrize("drop_exact", [False, True])
def test_every_statistic_equals_its_textbook_form(drop_exact):
    observed, standard, modified = world(1)
    result = compare(observed, standard, modified, drop_exact=drop_exact)
    e, f = np.abs(modified - observed), np.abs(standard - observed)
    kept = (e > 0) | (f > 0) if drop_exact else np.ones(e.size, bool)
    test = mannwhitneyu(e[kept], f[kept], alternative="less", method="asymptotic")
    assert (result.u, result.n_mw, result.n_pairs) == (test.statistic, kept.sum(), e.size)
    assert result.p_mw == pytest.approx(test.pvalue, rel=1e-12)
    assert result.effect_mw == test.statistic / kept.sum() ** 2
    assert (result.hamming, result.hamming_standard) == ((e > 0).sum(), (f > 0).sum())
    assert result.p_binomial == binom.cdf(result.hamming, e.size, (f > 0).mean())
    assert result.exact_share == pytest.approx((e == 0).mean())
    assert result.exact_share_standard == pytest.approx((f == 0).mean())
    assert (result.over, result.under) == ((modified > observed).sum(), (modified < observed).sum())
    assert result.over_standard + result.under_standard == result.hamming_standard
    d = e - f
    assert result.z == pytest.approx(d.mean() / (d.std(ddof=1) / np.sqrt(d.size)))
    for predicted, value, graded in (
        (modified, result.spearman, result.weighted_hamming),
        (standard, result.spearman_standard, result.weighted_hamming_standard),
    ):
        assert value == pytest.approx(spearmanr(observed, predicted).statistic, abs=1e-12)
        some = np.maximum(observed, predicted) > 0
        larger = np.maximum(observed, predicted)[some]
        assert graded == pytest.approx((np.abs(predicted - observed)[some] / larger).sum())


def test_a_model_compared_with_itself():
    observed, standard, _ = world(2)
    result = compare(observed, standard, standard)
    assert result.effect_mw == 0.5
    assert result.p_mw == pytest.approx(0.5, abs=1e-3)
    assert result.p_binomial == pytest.approx(0.5, abs=0.02)
    assert (result.z, result.p_z) == (0, 1)
    assert result.spearman == result.spearman_standard


def test_a_planted_improvement_is_found_and_its_reverse_is_not():
    observed, standard, modified = world(3)
    result = compare(observed, standard, modified)
    assert max(result.p_mw, result.p_binomial, result.p_z) < 1e-6
    worse = compare(observed, modified, standard)
    assert min(worse.p_mw, worse.p_binomial, worse.p_z) > 1 - 1e-6


def test_the_order_of_the_pairs_does_not_matter():
    flows = np.array(world(4))
    order = np.random.default_rng(0).permutation(flows.shape[1])
    assert asdict(compare(*flows[:, order])) == pytest.approx(asdict(compare(*flows)), rel=1e-12)


def test_two_perfect_models_have_no_test_once_exact_pairs_are_dropped():
    observed, *_ = world(5)
    result = compare(observed, observed, observed, drop_exact=True)
    assert np.isnan([result.u, result.p_mw, result.effect_mw]).all()
    assert (result.n_mw, result.hamming, result.p_binomial) == (0, 0, 1)
    against = against_random(result.u, np.arange(10))
    assert np.isnan(against.p_random)
    assert not verdict(result.p_mw, result.p_binomial, against, GOOD).overall


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda o, s, m: (o, s[1:], m), "observed has 3000 pairs, standard 2999"),
        (lambda o, s, m: (o, s, m - 10**6), r"modified\[0\] = -"),
        (lambda o, s, m: (o + 0.5, s, m), r"observed\[0\] = "),
        (lambda o, s, m: (o[:0], s[:0], m[:0]), "at least one pair"),
    ],
)
def test_flows_that_cannot_be_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        compare(*change(*world(6)))


def test_against_random_by_hand():
    draws = np.arange(1, 22)  # 21 draws: the 5 % quantile is the second smallest
    result = against_random(1.5, draws)
    assert (result.quantile, result.better, result.n_draws) == (2, True, 21)
    assert result.p_random == pytest.approx((1 + 1) / 22)
    assert not against_random(2, draws).better
    assert against_random(2, draws).p_random == pytest.approx(3 / 22)
    # between two draws in proportion
    assert against_random(0, draws, level=0.075).quantile == pytest.approx(2.5)


def test_higher_is_the_mirror_image_of_lower():
    draws = np.random.default_rng(7).normal(size=200)
    lower = against_random(-1.8, draws, 0.1)
    higher = against_random(1.8, -draws, 0.1, better="higher")
    assert higher.quantile == -lower.quantile
    assert higher.quantile == pytest.approx(np.quantile(-draws, 0.9))
    assert (higher.p_random, higher.better) == (lower.p_random, lower.better)


def test_a_value_that_all_draws_share_is_not_better():
    result = against_random(3, np.full(50, 3))
    assert (result.p_random, result.better) == (1, False)


def test_p_random_of_a_random_class_is_uniform():
    rng = np.random.default_rng(8)
    p = [against_random(*_split(rng.normal(size=100))).p_random for _ in range(400)]
    assert 0.02 < np.mean(np.array(p) <= 0.05) < 0.09
    assert min(p) >= 0.01


def _split(values):
    return values[0], values[1:]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": []}, "one or more draws"),
        ({"draws": [[1.0]]}, r"shape \(1, 1\)"),
        ({"draws": [1.0, np.nan]}, r"draws\[1\] = nan"),
        ({"draws": [1.0], "level": 1.0}, "level = 1.0"),
        ({"draws": [1.0], "better": "smaller"}, "better = 'smaller'"),
    ],
)
def test_draws_that_cannot_be_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        against_random(1.0, **arguments)


@pytest.mark.parametrize(
    ("p_mw", "p_binomial", "mw", "hamming", "expected"),
    [
        (0.01, 0.01, GOOD, GOOD, (True, True, True)),
        (0.01, 0.01, GOOD, BAD, (True, False, False)),
        (0.01, 0.05, GOOD, GOOD, (True, False, False)),
        (np.nan, 0.01, GOOD, GOOD, (False, True, False)),
        (0.2, 0.2, BAD, BAD, (False, False, False)),
    ],
)
def test_the_papers_rule(p_mw, p_binomial, mw, hamming, expected):
    result = verdict(p_mw, p_binomial, mw, hamming)
    assert (result.mann_whitney, result.hamming, result.overall) == expected


def test_alpha_out_of_range_is_named():
    with pytest.raises(ValueError, match="alpha = 5"):
        verdict(0.1, 0.1, GOOD, GOOD, alpha=5)


def test_false_discovery_is_over_the_whole_grid_without_missing_tests():
    grid = np.array([[0.01, np.nan, 0.04], [0.03, 0.5, 0.2]])
    q = false_discovery(grid)
    assert np.isnan(q[0, 1])
    given = ~np.isnan(grid)
    assert q[given].tolist() == false_discovery_control(grid[given]).tolist()
    # by hand: 0.01 * 5 / 1, and 0.04 * 5 / 3 for the second and third
    assert q[0, 0] == pytest.approx(0.05)
    assert q[1, 0] == q[0, 2] == pytest.approx(0.2 / 3)


def test_false_discovery_of_nothing():
    assert false_discovery(np.array([])).size == 0
    assert np.isnan(false_discovery(np.full(3, np.nan))).all()
    with pytest.raises(ValueError, match=r"p_values holds 1.2"):
        false_discovery(np.array([0.1, 1.2]))
