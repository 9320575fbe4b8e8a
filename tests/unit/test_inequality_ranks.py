import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import mannwhitneyu, norm, rankdata

from movelaws.inequality.ranks import (
    LARGEST_ERROR,
    average_ranks,
    counted,
    mann_whitney,
    rank_table,
    whole_numbers,
)

errors = arrays(np.int64, 12, elements=st.integers(0, 4))


def sparse_errors(seed, size=3000, largest=300_000):
    """Mostly zeros and ones, a few very large ones beyond the array of counts."""
    rng = np.random.default_rng(seed)
    small = rng.poisson(0.4, (2, size))
    large = rng.random((2, size)) < 0.02
    return np.where(large, rng.integers(1, largest, (2, size)), small).astype(np.int64)


def scipy_test(modified, standard):
    return mannwhitneyu(modified, standard, alternative="less", method="asymptotic")


def assert_equals_scipy(result, modified, standard):
    expected = scipy_test(modified, standard)
    assert result.u == expected.statistic
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-12, abs=1e-12)
    assert result.size == modified.size


@pytest.mark.parametrize("seed", range(5))
def test_mann_whitney_equals_scipy_with_many_ties_and_large_values(seed):
    modified, standard = sparse_errors(seed)
    assert_equals_scipy(mann_whitney(modified=modified, standard=standard), modified, standard)


@given(modified=errors, standard=errors)
def test_mann_whitney_equals_scipy_on_small_samples(modified, standard):
    assert_equals_scipy(mann_whitney(modified=modified, standard=standard), modified, standard)


@given(modified=errors, standard=errors)
def test_pairs_exact_in_both_models_are_left_out_on_request(modified, standard):
    result = mann_whitney(modified=modified, standard=standard, drop_exact=True)
    kept = (modified > 0) | (standard > 0)
    if kept.any():
        assert_equals_scipy(result, modified[kept], standard[kept])
    else:
        assert result.size == 0


def test_nothing_left_after_dropping_is_no_test():
    zeros = np.zeros(7, np.int64)
    result = mann_whitney(modified=zeros, standard=zeros, drop_exact=True)
    assert result.size == 0
    assert np.isnan([result.u, result.p_value, result.effect]).all()


def test_all_tied_is_not_significant():
    ones = np.ones(5, np.int64)
    result = mann_whitney(modified=ones, standard=ones)
    assert (result.u, result.p_value, result.effect) == (12.5, 1, 0.5)


def test_no_improvement_is_a_p_of_one_half():
    errors, _ = sparse_errors(1)
    result = mann_whitney(modified=np.roll(errors, 5), standard=errors)
    assert result.p_value == pytest.approx(0.5, abs=1e-3)
    assert result.effect == 0.5


def test_invariances():
    modified, standard = sparse_errors(2)
    result = mann_whitney(modified=modified, standard=standard)
    order = np.random.default_rng(0).permutation(modified.size)
    assert mann_whitney(modified=modified[order], standard=standard[order]) == result
    # only the order of the errors matters
    assert mann_whitney(modified=modified + 7, standard=standard + 7) == result
    assert mann_whitney(modified=3 * modified, standard=3 * standard) == result
    swapped = mann_whitney(modified=standard, standard=modified)
    assert swapped.u + result.u == modified.size**2
    # the correction for continuity moves both away from 1/2
    assert swapped.p_value + result.p_value == pytest.approx(1, abs=1e-3)


def test_smaller_errors_are_significant_and_larger_ones_are_not():
    _, standard = sparse_errors(3)
    assert mann_whitney(modified=standard // 2, standard=standard).p_value < 1e-6
    assert mann_whitney(modified=2 * standard + 1, standard=standard).p_value > 1 - 1e-6


def test_type_one_rate_of_independent_errors():
    rng = np.random.default_rng(4)
    p = [
        mann_whitney(modified=a, standard=b).p_value
        for a, b in rng.negative_binomial(0.3, 0.2, (200, 2, 800))
    ]
    assert 0.01 < np.mean(np.array(p) < 0.05) < 0.10


def test_errors_of_the_same_pairs_make_the_test_conservative():
    rng = np.random.default_rng(5)
    p = []
    for _ in range(200):
        shared = rng.poisson(4, 800)
        modified, standard = shared + rng.integers(0, 2, (2, 800))
        p.append(mann_whitney(modified=modified, standard=standard).p_value)
    assert np.mean(np.array(p) < 0.05) < 0.03


def test_dropping_exact_pairs_makes_independent_errors_reject_too_often():
    rng = np.random.default_rng(8)
    p = []
    for _ in range(200):
        errors = rng.geometric(0.4, (2, 1000)) * (rng.random((2, 1000)) < 0.05)
        p.append(mann_whitney(modified=errors[0], standard=errors[1], drop_exact=True).p_value)
    assert 0.06 < np.mean(np.array(p) < 0.05) < 0.18


def test_nearly_all_tied_keeps_its_digits():
    # one difference in a million pairs: the variance is a difference of numbers near 1e19
    n = 1_000_000
    modified = np.zeros(n, np.int64)
    standard = modified.copy()
    standard[3] = 2
    u = n * (n - 1) / 2
    # with 2n - 1 of the 2n values tied, the variance of U is exactly n^2 / 4
    z = (u - n**2 / 2 + 0.5) / (n / 2)
    result = mann_whitney(modified=modified, standard=standard)
    assert result.u == u
    assert result.p_value == pytest.approx(norm.cdf(z), rel=1e-12)


def test_rank_table_by_hand():
    table = rank_table(np.array([0, 2, 0, 1, 2, 2]))
    assert table.below.tolist() == [1, 2.5, 4.5, 6]
    assert (table.size, table.exact) == (6, 2)
    # two zeros, one 1, one 2, and two errors above all of the standard ones
    assert table.u(np.array([0, 0, 1, 2, 3, 900])) == 1 + 1 + 2.5 + 4.5 + 6 + 6


@pytest.mark.parametrize("seed", range(3))
def test_rank_table_gives_the_u_of_the_test(seed):
    modified, standard = sparse_errors(seed)
    table = rank_table(standard)
    assert table.u(modified) == mann_whitney(modified=modified, standard=standard).u


def test_rank_table_corrects_for_dropped_pairs_of_many_draws():
    rng = np.random.default_rng(6)
    standard = rng.poisson(0.5, 400)
    draws = rng.poisson(rng.uniform(0.2, 1, 20)[:, None], (20, 400))
    table = rank_table(standard)
    u, size = table.without_exact(
        np.array([table.u(draw) for draw in draws]),
        np.count_nonzero(draws, axis=1),
        np.count_nonzero((draws == 0) & (standard == 0), axis=1),
    )
    expected = [mann_whitney(modified=d, standard=standard, drop_exact=True) for d in draws]
    assert u.tolist() == [one.u for one in expected]
    assert size.tolist() == [one.size for one in expected]


def test_rank_table_of_two_perfect_models_has_no_u_after_dropping():
    table = rank_table(np.zeros(4, np.int64))
    u, size = table.without_exact(table.u(np.zeros(4, np.int64)), 0, 4)
    assert np.isnan(u)
    assert size == 0


@pytest.mark.parametrize(("wrong", "both"), [(5, 0), (-1, 2), (2, 3), (0, 1)])
def test_impossible_counts_are_refused(wrong, both):
    table = rank_table(np.array([0, 0, 1, 1]))
    with pytest.raises(ValueError, match="do not fit a table of 4 pairs, 2 exact"):
        table.without_exact(8.0, wrong, both)


@pytest.mark.parametrize("largest", [5, 65_535, 65_536, 10**9])
def test_ranks_and_counts_equal_those_by_sorting(largest):
    rng = np.random.default_rng(7)
    values = np.where(rng.random(2000) < 0.8, 0, rng.integers(0, largest + 1, 2000))
    values[:3] = largest
    assert average_ranks(values).tolist() == rankdata(values).tolist()
    for ours, numpys in zip(counted(values), np.unique(values, return_counts=True), strict=True):
        assert ours.tolist() == numpys.tolist()


def test_ranks_of_large_values_only():
    values = np.array([10**7, 10**6, 10**7])
    assert average_ranks(values).tolist() == [2.5, 1, 2.5]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, -2], r"errors\[1\] = -2"),
        ([1.0, 2.5], r"errors\[1\] = 2.5"),
        ([1.0, np.nan], r"errors\[1\] = nan"),
        ([np.inf], r"errors\[0\] = inf"),
        ([2**53], r"errors\[0\] = 9007199254740992"),
        ([], r"errors has shape \(0,\)"),
        ([[1, 2]], r"errors has shape \(1, 2\)"),
        (["1"], "errors is of type"),
        ([True], "errors is of type bool"),
    ],
)
def test_values_that_are_no_counts_are_named(values, message):
    with pytest.raises(ValueError, match=message):
        whole_numbers(np.array(values), "errors")


def test_whole_floats_are_counts():
    assert whole_numbers(np.array([1.0, 3.0]), "errors").dtype == np.int64


def test_lengths_and_sizes_are_checked():
    with pytest.raises(ValueError, match="modified has 3 pairs, standard 4"):
        mann_whitney(modified=np.zeros(3, int), standard=np.zeros(4, int))
    with pytest.raises(ValueError, match="errors has 3 pairs, the table 4"):
        rank_table(np.zeros(4, int)).u(np.zeros(3, int))
    with pytest.raises(ValueError, match="the largest standard error is"):
        rank_table(np.array([LARGEST_ERROR + 1]))
