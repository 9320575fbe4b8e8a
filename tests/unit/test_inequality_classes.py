"""Variables into classes: who is penalised, and by which part of the penalty."""

import numpy as np
import pytest

from movelaws.inequality.classes import beyond_percentile, most_affected, number_wanted, union

TEN = np.array([3.0, 9, 1, 7, 5, 0, 8, 2, 6, 4])


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 0.8, 0.9])
def test_the_share_with_the_largest_values_is_penalised(share):
    shape = most_affected(TEN, share)
    count = round(10 * share)
    assert shape.tolist() == (10 - count <= TEN).astype(float).tolist()
    assert shape.sum() == count


@pytest.mark.parametrize(
    ("n", "share", "count"),
    [
        (10, 0.04, None),
        (10, 0.05, 1),  # 0.5
        (10, 0.14, 1),
        (10, 0.15, 2),  # 1.5
        (10, 0.25, 3),  # 2.5, which rounding half to even makes 2
        (50, 0.29, 15),  # 14.5, which floats make 14.499999999999998
        (78, 0.1, 8),  # the counties of South Sudan: 7.8
    ],
)
def test_the_number_is_rounded_half_up(n, share, count):
    values = np.random.default_rng(0).permutation(np.arange(float(n)))
    if count is None:
        with pytest.raises(ValueError, match=r"share = 0.04 of 10 places, .* penalises none"):
            most_affected(values, share)
    else:
        assert most_affected(values, share).sum() == count == number_wanted(n, share)


def test_a_tie_that_would_exceed_the_number_is_left_out_as_a_whole():
    values = np.array([5.0, 4, 4, 4, 3, 2, 1, 0, 0, 0])
    penalised = {k: most_affected(values, k / 10).sum() for k in range(1, 10)}
    assert penalised == {1: 1, 2: 1, 3: 1, 4: 4, 5: 5, 6: 6, 7: 7, 8: 7, 9: 7}


def test_no_place_without_casualties_is_penalised_for_want_of_others():
    values = np.r_[5.0, 3, np.zeros(8)]
    for share in (0.2, 0.3, 0.4, 0.9):
        assert np.flatnonzero(most_affected(values, share)).tolist() == [0, 1]
    one_zero = np.array([5.0, 3, 0] + 7 * [np.nan])  # fills the number exactly
    assert np.flatnonzero(most_affected(one_zero, 0.3)).tolist() == [0, 1]
    assert np.flatnonzero(most_affected(one_zero, 0.6)).tolist() == [0, 1]


def test_unknown_places_count_among_all_but_are_never_penalised():
    values = TEN.copy()
    values[[1, 3]] = np.nan  # 9 and 7
    shape = most_affected(values, 0.3)
    assert np.flatnonzero(shape).tolist() == [4, 6, 8]  # 5, 8, 6
    assert most_affected(values, 0.9)[[1, 3]].tolist() == [0, 0]


def test_order_and_monotone_changes_of_a_variable_do_not_matter():
    rng = np.random.default_rng(3)
    values = rng.poisson(2, 60).astype(float)
    mixed = rng.permutation(60)
    for share in (0.05, 0.1, 0.35):
        shape = most_affected(values, share)
        assert (most_affected(values[mixed], share) == shape[mixed]).all()
        assert (most_affected(np.exp(values) - 9, share) == shape).all()
        assert values[shape == 1].min() > values[shape == 0].max()
        assert shape.sum() <= round(60 * share)


@pytest.mark.parametrize(
    ("values", "share", "message"),
    [
        (TEN, 0.0, "share = 0: must lie between 0 and 1"),
        (TEN, 1.0, "share = 1: must lie between 0 and 1"),
        (TEN, np.nan, "share = nan"),
        (np.full(10, np.nan), 0.2, "10 places, 0 with a value, penalises none"),
        (np.full(10, 2.0), 0.2, "10 of 10 have the largest value, 2, so they cannot be told"),
        (np.r_[9.0, 9, 9, np.arange(7)], 0.2, "3 of 10 have the largest value, 9"),
        (np.r_[TEN, np.inf], 0.2, r"values\[10\] is infinite"),
        (TEN.reshape(2, 5), 0.2, r"values has shape \(2, 5\)"),
        (TEN[:1], 0.2, r"values has shape \(1,\)"),
    ],
)
def test_classes_that_cannot_be_told_apart_are_an_error(values, share, message):
    with pytest.raises(ValueError, match=message):
        most_affected(values, share)


def test_beyond_the_percentile_the_shape_rises_linearly_to_1():
    values = np.random.default_rng(1).permutation(np.arange(101.0))
    shape = beyond_percentile(values, 90)
    assert np.allclose(shape, np.clip((values - 90) / 10, 0, 1), rtol=0, atol=1e-15)
    assert shape[values == 90] == 0
    assert shape[values == 100] == 1
    assert np.count_nonzero(shape) == 10


def test_the_percentile_lies_between_ranks_and_ignores_unknown_places():
    values = np.array([0.0, 1, 2, 4, np.nan])
    shape = beyond_percentile(values, 50)  # 1.5
    assert np.allclose(shape, [0, 0, 0.2, 1, 0])
    assert not np.isnan(shape).any()
    assert np.allclose(beyond_percentile(7 - 3 * -values, 50), shape)  # linear in the variable


@pytest.mark.parametrize(
    ("values", "percentile", "message"),
    [
        (TEN, 0, "percentile / 100 = 0: must lie between 0 and 1"),
        (TEN, 100, "percentile / 100 = 1"),
        (np.full(5, 3.0), 90, "no value lies beyond percentile 90 of 5 known values"),
        (np.full(5, np.nan), 90, "of 0 known values"),
        (np.r_[0.0, np.ones(9)], 90, "choose a lower percentile"),
        (np.r_[TEN, -np.inf], 90, r"values\[10\] is infinite"),
    ],
)
def test_a_percentile_with_nothing_beyond_is_an_error(values, percentile, message):
    with pytest.raises(ValueError, match=message):
        beyond_percentile(values, percentile)


def test_a_union_penalises_what_any_of_its_variables_does():
    a, b = most_affected(TEN, 0.2), most_affected(TEN[::-1], 0.3)
    assert (union([a, b]) == ((a == 1) | (b == 1))).all()
    graded = union(iter([np.array([0.0, 0.3, 1]), np.array([0.2, 0.1, 0])]))
    assert graded.tolist() == [0.2, 0.3, 1]
    assert (union([a]) == a).all()
    with pytest.raises(ValueError, match="at least one variable"):
        union([])
