import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movelaws.geo import distance_rows_km, embed, pair_distance_km
from movelaws.opportunities import circle_population, intervening, resolution_km


def all_pairs(n):
    destination = np.concatenate([np.delete(np.arange(n), i) for i in range(n)])
    return np.arange(n + 1) * (n - 1), destination.astype(np.int32)


def naive_intervening(zone_to_place, zone_to_zone, place_zone, mass, start, destination):
    """The definition, word by word."""
    result = []
    for i in range(len(start) - 1):
        for j in destination[start[i] : start[i + 1]]:
            total = 0.0
            for k, d in enumerate(zone_to_place[i]):
                if place_zone[k] not in (i, j) and 0 < d < zone_to_zone[i][j]:
                    total += mass[k]
            result.append(total)
    return np.array(result)


def naive_circle(zone_to_zone, mass, start, destination):
    result = []
    for i in range(len(start) - 1):
        for j in destination[start[i] : start[i + 1]]:
            result.append(mass[zone_to_zone[j] <= zone_to_zone[j][i]].sum())
    return np.array(result)


def run(zones, places, place_zone, mass, start, destination):
    distance = pair_distance_km(zones, start, destination)
    return intervening(zones, start, destination, distance, places, place_zone, mass)


def layout(name, rng, n):
    """x, y, kind of n points; ties are exact in the plane, where grid coordinates are integers."""
    if name == "globe":
        return rng.uniform(-180, 180, n), rng.uniform(-90, 90, n), "great_circle"
    if name == "clustered":
        centre = rng.integers(0, 3, n)
        x = np.array([-100.0, -99.9, 20.0])[centre] + rng.normal(0, 0.01, n)
        return x, np.array([40.0, 40.1, -30.0])[centre] + rng.normal(0, 1e-4, n), "great_circle"
    if name == "plane":
        return rng.uniform(4e5, 6e5, n), rng.uniform(1e5, 6e5, n), "euclidean"
    if name == "tied grid":
        side = int(np.ceil(np.sqrt(n)))
        cells = rng.permutation(side * side)[:n]
        return 1000.0 * (cells % side), 1000.0 * (cells // side), "euclidean"
    # Some points twice or more.
    return 1000.0 * rng.integers(0, 4, n), 1000.0 * rng.integers(0, 4, n), "euclidean"


LAYOUTS = ["globe", "clustered", "plane", "tied grid", "duplicated"]


def exact_distances(x, y, kind, points):
    """Distances in which ties are ties: squares of whole kilometres where the layout has them."""
    if kind == "euclidean" and np.all(x % 1000 == 0):
        return ((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2) / 1e6
    return distance_rows_km(points, slice(0, len(x)), points)


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("n", [2, 3, 40])
def test_zones_as_places_agree_with_the_definition(name, n):
    rng = np.random.default_rng(n)
    x, y, kind = layout(name, rng, n)
    points = embed(x, y, kind)
    mass = rng.integers(0, 10**6, n).astype(float)
    start, destination = all_pairs(n)
    table = exact_distances(x, y, kind, points)
    s = run(points, points, np.arange(n), mass, start, destination)
    assert np.array_equal(
        s, naive_intervening(table, table, np.arange(n), mass, start, destination)
    )
    distance = pair_distance_km(points, start, destination)
    around = circle_population(points, start, destination, distance, mass)
    assert np.array_equal(around, naive_circle(table, mass, start, destination))


@pytest.mark.parametrize("name", LAYOUTS)
def test_finer_places_leave_out_both_zones(name):
    rng = np.random.default_rng(7)
    n, m = 12, 150
    x, y, kind = layout(name, rng, n + m)
    everything = embed(x, y, kind)
    zones, places = embed(x[:n], y[:n], kind), embed(x[n:], y[n:], kind)
    table = exact_distances(x, y, kind, everything)
    zone = rng.integers(-1, n, m)
    mass = rng.integers(0, 10**6, m).astype(float)
    wanted = rng.random((n, n)) < 0.5
    wanted[3] = False
    np.fill_diagonal(wanted, False)
    destination = np.nonzero(wanted)[1].astype(np.int32)
    start = np.concatenate([[0], np.cumsum(wanted.sum(axis=1))])
    expected = naive_intervening(table[:n, n:], table[:n, :n], zone, mass, start, destination)
    assert np.array_equal(run(zones, places, zone, mass, start, destination), expected)
    assert expected.max() > 0


def test_three_towns_by_hand():
    """On a line at 0, 10, 30 km: only the middle town lies between the outer two."""
    points = embed([0, 10_000, 30_000], [0, 0, 0], "euclidean")
    start, destination = all_pairs(3)
    s = run(points, points, np.arange(3), np.array([1.0, 20.0, 300.0]), start, destination)
    #               0->1 0->2 1->0 1->2 2->0 2->1
    assert s.tolist() == [0, 20, 0, 1, 20, 0]
    distance = pair_distance_km(points, start, destination)
    around = circle_population(points, start, destination, distance, np.array([1.0, 20.0, 300.0]))
    assert around.tolist() == [21, 321, 21, 320, 321, 321]


def test_ties_on_the_sphere_are_not_left_to_rounding():
    """Places mirrored at the origin's meridian are equally far, so none lies before the other."""
    rng = np.random.default_rng(1)
    offset, latitude = rng.uniform(0.01, 30, 200), rng.uniform(-80, 80, 200)
    for centre in (0.0, 12.34, -77.7):
        x = np.concatenate([[centre], centre + offset, centre - offset])
        points = embed(x, np.concatenate([[51.3], latitude, latitude]), "great_circle")
        n = x.size
        destination = np.arange(1, n, dtype=np.int32)
        start = np.concatenate([[0], np.full(n, n - 1)])
        s = run(points, points, np.arange(n), np.ones(n), start, destination)
        assert np.array_equal(s[:200], s[200:])
        assert np.array_equal(np.sort(s[:200]), 2.0 * np.arange(200))


def test_the_number_of_threads_changes_no_bit():
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("one thread at most here (NUMBA_NUM_THREADS)")
    rng = np.random.default_rng(5)
    n = 150
    points = embed(rng.uniform(-10, 10, n), rng.uniform(40, 50, n), "great_circle")
    mass = rng.random(n) * 1e5
    start, destination = all_pairs(n)
    distance = pair_distance_km(points, start, destination)
    before, results = numba.get_num_threads(), []
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            results.append(
                (
                    run(points, points, np.arange(n), mass, start, destination),
                    circle_population(points, start, destination, distance, mass),
                )
            )
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(results[0][0], results[1][0])
    assert np.array_equal(results[0][1], results[1][1])


def test_many_blocks_of_centres_join_up(monkeypatch):
    rng = np.random.default_rng(6)
    n = 60
    points = embed(rng.uniform(-10, 10, n), rng.uniform(40, 50, n), "great_circle")
    mass = rng.integers(0, 1000, n).astype(float)
    start, destination = all_pairs(n)
    whole = run(points, points, np.arange(n), mass, start, destination)
    monkeypatch.setattr("movelaws.opportunities._BLOCK_DISTANCES", 7 * n)
    assert np.array_equal(run(points, points, np.arange(n), mass, start, destination), whole)


def test_agrees_with_pytdlm_where_no_two_distances_are_equal():
    """PyTDLM counts zones as far as the destination; without ties both read the same."""
    tdlm = pytest.importorskip("TDLM")
    rng = np.random.default_rng(8)
    n = 50
    points = embed(rng.uniform(0, 1e5, n), rng.uniform(0, 1e5, n), "euclidean")
    mass = rng.integers(1, 10**5, n).astype(float)
    table = distance_rows_km(points, slice(0, n), points)
    start, destination = all_pairs(n)
    theirs = tdlm.extract_opportunities(mass, table, processes=1, verbose=False)
    ours = run(points, points, np.arange(n), mass, start, destination)
    assert np.array_equal(ours, theirs[~np.eye(n, dtype=bool)])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 30), st.booleans())
def test_invariants_of_opportunities(seed, n, tied):
    rng = np.random.default_rng(seed)
    side = 5 if tied else 10**6
    points = embed(rng.integers(0, side, n), rng.integers(0, side, n), "euclidean")
    mass = rng.integers(0, 10**5, n).astype(float)
    start, destination = all_pairs(n)
    distance = pair_distance_km(points, start, destination)
    s = run(points, points, np.arange(n), mass, start, destination)
    around = circle_population(points, start, destination, distance, mass)
    origin = np.repeat(np.arange(n), n - 1)
    assert np.all(s >= 0)
    assert np.all(s + mass[origin] + mass[destination] <= mass.sum())
    assert np.all(around >= mass[origin] + mass[destination])
    assert np.all(around <= mass.sum())
    for i in range(n):
        row = slice(start[i], start[i + 1])
        by_distance = np.argsort(distance[row], kind="stable")
        # No place is left out of its own circle, so farther destinations see no fewer.
        assert np.all(np.diff(s[row][by_distance]) >= 0)
        assert s[row][by_distance[0]] == 0
    # Doubling all masses and shifting all points changes nothing but the scale.
    moved = embed(
        rng.integers(0, 9) + points.xyz[:, 0] * 1000, points.xyz[:, 1] * 1000, "euclidean"
    )
    assert np.array_equal(run(moved, moved, np.arange(n), 2 * mass, start, destination), 2 * s)


def test_fractions_of_people_never_sum_below_zero():
    rng = np.random.default_rng(9)
    n, m = 6, 400
    zones = embed(rng.uniform(0, 1e5, n), rng.uniform(0, 1e5, n), "euclidean")
    places = embed(rng.uniform(0, 1e5, m), rng.uniform(0, 1e5, m), "euclidean")
    start, destination = all_pairs(n)
    s = run(zones, places, np.full(m, 1), rng.random(m), start, destination)
    assert np.all(s >= 0)
    assert np.all(s[destination == 1] == pytest.approx(0, abs=1e-10))


@pytest.fixture
def arguments():
    points = embed([0, 1000, 3000], [0, 0, 0], "euclidean")
    start, destination = all_pairs(3)
    return {
        "zones": points,
        "start": start,
        "destination": destination,
        "distance_km": pair_distance_km(points, start, destination),
        "places": points,
        "place_zone": np.arange(3),
        "place_mass": np.ones(3),
    }


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("place_mass", [1, -2, 3], r"place_mass\[1\] = -2.0: masses are finite and >= 0"),
        ("place_mass", [1, 2, np.nan], r"place_mass\[2\] = nan"),
        ("place_mass", [1, 2], r"place_mass has shape \(2,\)"),
        ("place_zone", [0, 1, 3], "place_zone must be between -1"),
        ("place_zone", [0, 1], r"place_zone has shape \(2,\)"),
        ("start", [0, 2, 1, 6], "rise from 0"),
        ("start", [0, 2, 4, 7], "start announces 7 pairs"),
        ("distance_km", np.ones(5), "distance_km"),
        ("destination", np.array([1, 2, 0, 2, 0, 3]), "destination must be between 0 and 2"),
        ("places", embed([0, 1, 2], [0, 0, 0], "great_circle"), "use one CRS for both"),
    ],
)
def test_bad_arguments_are_named(arguments, name, value, message):
    with pytest.raises(ValueError, match=message):
        intervening(**{**arguments, name: value})


def test_too_many_places_for_one_sort_are_refused(arguments, monkeypatch):
    monkeypatch.setattr("movelaws.opportunities._INDEX_MASK", 4)
    with pytest.raises(ValueError, match="use coarser places"):
        intervening(**arguments)


def test_distances_are_told_apart_far_below_a_millimetre(arguments):
    globe = embed([0, 1], [0, 0], "great_circle")
    assert resolution_km(globe, globe) < 2e-8
    assert resolution_km(arguments["zones"], arguments["places"]) < 3e-12


def test_places_that_share_one_point_have_no_opportunities_between():
    points = embed([5, 5], [5, 5], "euclidean")
    start, destination = np.array([0, 1, 2]), np.array([1, 0], dtype=np.int32)
    assert run(points, points, np.arange(2), np.ones(2), start, destination).tolist() == [0, 0]
