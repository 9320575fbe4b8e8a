"""Trips from consecutive visits: what is a trip, what ends a chain, and what the order means."""

import numpy as np
import pytest

from movelaws import trips


def made(visits, **options):
    user, time, zone = np.array(visits).T.reshape(3, -1)
    return trips.consecutive_trips(user, time, zone, **options)


def ends(found):
    return list(zip(found.origin.tolist(), found.destination.tolist(), strict=True))


def test_only_consecutive_visits_of_one_user_in_different_zones_are_trips():
    found = made([[0, 1, 5], [0, 2, 5], [0, 3, 6], [1, 4, 7], [1, 5, 5]])
    assert ends(found) == [(5, 6), (7, 5)]
    assert found.user.tolist() == [0, 1]
    assert found.within == 1


def test_the_order_of_rows_does_not_matter_but_for_ties():
    generator = np.random.default_rng(5)
    user, zone = generator.integers(0, 9, 400), generator.integers(-1, 6, 400)
    time = generator.permutation(400).astype(float)
    shuffled = generator.permutation(400)
    for outside in ("break", "skip"):
        one = trips.consecutive_trips(user, time, zone, outside=outside)
        columns = (column[shuffled] for column in (user, time, zone))
        two = trips.consecutive_trips(*columns, outside=outside)
        assert ends(one) == ends(two) and len(one) > 100
    assert ends(made([[0, 1, 2], [0, 1, 3]])) == [(2, 3)]
    assert ends(made([[0, 1, 3], [0, 1, 2]])) == [(3, 2)]


def test_against_a_plain_loop():
    generator = np.random.default_rng(6)
    user, zone = generator.integers(0, 20, 900), generator.integers(-1, 8, 900)
    time = generator.random(900) * 1e5
    for outside in ("break", "skip"):
        expected = []
        for one in range(20):
            last = -1
            mine = np.flatnonzero(user == one)
            for row in mine[np.argsort(time[mine])]:
                if zone[row] >= 0 and last >= 0 and zone[row] != last:
                    expected.append((last, int(zone[row])))
                if zone[row] >= 0 or outside == "break":
                    last = int(zone[row])
        found = trips.consecutive_trips(user, time, zone, outside=outside)
        assert ends(found) == expected
        table = trips.flows(found, np.array(list("abcdefgh")))
        assert table["flow"].sum() == len(expected)
        assert (table["origin"] != table["destination"]).all()
        pair = ("abcdefgh"[expected[0][0]], "abcdefgh"[expected[0][1]])
        there = table.set_index(["origin", "destination"]).loc[pair, "flow"]
        assert there == expected.count(expected[0])


def test_a_visit_outside_ends_the_chain_or_is_ignored():
    visits = [[0, 1, 5], [0, 2, -1], [0, 3, 6]]
    assert ends(made(visits)) == []
    assert ends(made(visits, outside="skip")) == [(5, 6)]


def test_a_long_gap_is_no_trip():
    visits = [[0, 0, 1], [0, 3600, 2], [0, 3600 * 4, 3]]
    found = made(visits, max_gap_hours=1)
    assert ends(found) == [(1, 2)] and found.gap_hours.tolist() == [1.0] and found.too_long == 1
    assert len(made(visits)) == 2


def test_no_visits_no_trips():
    empty = np.array([], dtype=int)
    found = trips.consecutive_trips(empty, empty, empty)
    assert len(found) == 0 and trips.flows(found, np.array([])).empty
    assert trips.visitors(empty, empty, 0).size == 0


def test_ends_and_visitors_are_counted_per_zone():
    found = made([[0, 1, 0], [0, 2, 2], [0, 3, 0], [1, 1, 2]])
    assert trips.ends_per_zone(found, 4).tolist() == [2, 0, 2, 0]
    user, zone = np.array([0, 0, 1, 1, 2]), np.array([1, 1, 1, -1, 0])
    assert trips.visitors(user, zone, 3).tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("visits", "options", "message"),
    [
        ([[-1, 1, 0]], {}, r"user\[0\] = -1"),
        ([[0, 1, -2]], {}, r"zone\[0\] = -2"),
        ([[0, 1, 0]], {"outside": "stop"}, "'stop' is neither 'break' nor 'skip'"),
        ([[0, 1, 0]], {"max_gap_hours": 0}, "max_gap_hours = 0"),
    ],
)
def test_bad_input_is_named(visits, options, message):
    with pytest.raises(ValueError, match=message):
        made(visits, **options)


def test_bad_arrays_are_named():
    one = np.array([0])
    with pytest.raises(ValueError, match=r"time\[0\] = nan must be finite"):
        trips.consecutive_trips(one, np.array([np.nan]), one)
    with pytest.raises(ValueError, match="shapes"):
        trips.consecutive_trips(one, np.array([1.0, 2.0]), one)
    with pytest.raises(ValueError, match="integer codes"):
        trips.consecutive_trips(one, one, np.array([0.5]))
