import numba
import numpy as np
import pytest
from scipy.spatial import cKDTree

from movelaws.geo import great_circle_km
from movelaws.pairs import checked_points, linear_edges, log_edges, pair_counts
from movelaws.pairs.edges import squared_edges
from movelaws.pairs.points import embedded

N = 1500
RNG = np.random.default_rng(11)


def towns(n):
    centre = RNG.uniform(0, 20_000, (2, 12))
    return centre[:, RNG.integers(12, size=n)] + RNG.normal(size=(2, n)) * 300


PLACES = {
    "random": RNG.uniform(0, 20_000, (2, N)),
    "clustered": towns(N),
    "gridded": np.array(np.meshgrid(np.arange(40), np.arange(38))).reshape(2, -1) * 100.0,
    "duplicated": np.repeat(towns(N // 10), 10, axis=1),
    "collinear": np.array([np.arange(N) * 3.0, np.arange(N) * 4.0]),
    "all at one place": np.full((2, N), 700.0),
}
EDGES = {
    "logarithmic": log_edges(1, 50_000, 20),
    "linear": linear_edges(1, 2000),
    "arbitrary": np.array([0.0, 5.0, 100.0, 100.5, 500.0, 9_000.0, 9_001.0, 60_000.0]),
}


def brute_force(points, edges, other=None):
    """Weighted pairs per bin, one by one."""
    others = points if other is None else other
    here, there = embedded(points), embedded(others)
    squared = 0.0
    for a, b in zip(here, there, strict=True):
        squared = squared + (a[:, None] - b[None, :]) ** 2
    weight = np.ones(squared.shape)
    if points.weight is not None:
        weight *= points.weight[:, None]
    if others.weight is not None:
        weight *= others.weight[None, :]
    if other is None:
        upper = np.triu_indices(len(points), 1)
        squared, weight = squared[upper], weight[upper]
    squares = squared_edges(edges, points.metric == "great_circle")
    slot = np.searchsorted(squares, squared.ravel(), side="right")
    return np.bincount(slot, weight.ravel(), edges.size + 1)[1:-1]


@pytest.mark.parametrize("edges", EDGES.values(), ids=EDGES)
@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_every_bin_is_that_of_brute_force(places, edges):
    points = checked_points(*places + 1000)
    table = pair_counts(points, edges)
    assert table["count"].tolist() == brute_force(points, edges).tolist()
    assert (table["relative_error"] == 0).all()


@pytest.mark.parametrize("name", ["clustered", "gridded", "duplicated"])
def test_whole_weights_count_exactly(name):
    weight = np.random.default_rng(5).integers(1, 40, PLACES[name].shape[1])
    points = checked_points(*PLACES[name] + 1000, weight)
    for edges in EDGES.values():
        assert pair_counts(points, edges)["count"].tolist() == brute_force(points, edges).tolist()


def test_fractional_weights_count_to_rounding():
    weight = np.random.default_rng(5).random(N) + 0.1
    points = checked_points(*PLACES["random"] + 1000, weight)
    for edges in EDGES.values():
        np.testing.assert_allclose(
            pair_counts(points, edges)["count"], brute_force(points, edges), rtol=1e-10, atol=0
        )


@pytest.mark.parametrize("weights", [(None, None), (True, None), (None, True), (True, True)])
def test_cross_counts_are_ordered_pairs(weights):
    rng = np.random.default_rng(8)
    city, country = PLACES["clustered"][:, :300] + 1000, PLACES["random"] + 1500
    weights = [
        None if w is None else rng.integers(1, 9, n) for w, n in zip(weights, (300, N), strict=True)
    ]
    points, other = checked_points(*city, weights[0]), checked_points(*country, weights[1])
    for edges in EDGES.values():
        got = pair_counts(points, edges, other=other)["count"]
        assert got.tolist() == brute_force(points, edges, other).tolist()
        assert pair_counts(other, edges, other=points)["count"].tolist() == got.tolist()


def test_a_set_against_itself_counts_each_pair_twice_and_each_place_once():
    points = checked_points(*PLACES["duplicated"] + 1000)
    edges = EDGES["arbitrary"]
    within = pair_counts(points, edges)["count"]
    across = pair_counts(points, edges, other=points)["count"]
    across[0] -= len(points)
    assert (across == 2 * within).all()


def test_duplicates_are_pairs_at_zero_metres():
    points = checked_points([500.0] * 4 + [900.0], [0.0] * 5)
    assert pair_counts(points, [0.0, 1e-9, 500.0])["count"].tolist() == [6, 4]
    assert pair_counts(points, [1e-9, 500.0])["count"].tolist() == [4]


def test_a_distance_on_an_edge_belongs_to_the_bin_above():
    points = checked_points([500.0, 503.0], [0.0, 4.0])
    assert pair_counts(points, [4.0, 5.0, 6.0])["count"].tolist() == [0, 1]


def test_great_circle_bins_are_those_of_the_chords():
    rng = np.random.default_rng(4)
    longitude = np.append(rng.uniform(-180, 180, 600), [0.0, 180.0])
    latitude = np.append(np.degrees(np.arcsin(rng.uniform(-1, 1, 600))), [90.0, -90.0])
    points = checked_points(longitude, latitude, metric="great_circle")
    edges = log_edges(10_000, 2.1e7, 20)
    table = pair_counts(points, edges)
    assert table["count"].tolist() == brute_force(points, edges).tolist()
    i, j = np.triu_indices(len(points), 1)
    metres = 1000 * great_circle_km(longitude[i], latitude[i], longitude[j], latitude[j])
    assert table["count"].tolist() == np.histogram(metres, edges)[0].tolist()


def test_great_circle_and_plane_agree_in_a_town():
    rng = np.random.default_rng(4)
    x, y = rng.uniform(-500, 500, (2, 800))
    metre = np.degrees(1 / 6371008.8)
    round_earth = checked_points(x * metre, y * metre, metric="great_circle")
    edges = np.array([0.0, 200.0, 400.0, 800.0, 1500.0])
    flat = pair_counts(checked_points(x, y), edges)["count"]
    np.testing.assert_allclose(pair_counts(round_earth, edges)["count"], flat, rtol=1e-4)


def test_agrees_with_the_tree_of_scipy():
    rng = np.random.default_rng(9)
    xy = rng.uniform(0, 30_000, (2, 20_000))
    edges = log_edges(10, 50_000, 15)
    tree = cKDTree(xy.T)
    below = (tree.count_neighbors(tree, np.nextafter(edges, 0)) - xy.shape[1]) // 2
    assert pair_counts(checked_points(*xy), edges)["count"].tolist() == np.diff(below).tolist()


def test_density_is_the_share_of_all_pairs_per_metre():
    points = checked_points(*PLACES["random"] + 1000)
    table = pair_counts(points, np.array([0.0, 100.0, 3_000.0, 60_000.0]))
    width = table["r_high"] - table["r_low"]
    assert (table["density"] * width).sum() == pytest.approx(1.0)
    assert table["count"].sum() == N * (N - 1) / 2


def test_bins_beyond_all_places_are_empty():
    points = checked_points(*PLACES["clustered"] + 1000)
    assert pair_counts(points, [1e6, 2e6, 3e6])["count"].tolist() == [0, 0]


@pytest.mark.parametrize("weight", [None, np.arange(1.0, N + 1), np.linspace(0.1, 3.7, N)])
def test_any_number_of_threads_gives_the_same_counts(weight):
    points = checked_points(*PLACES["clustered"] + 1000, weight)
    before = numba.get_num_threads()
    try:
        results = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            results.append(pair_counts(points, EDGES["logarithmic"])["count"].tolist())
    finally:
        numba.set_num_threads(before)
    assert results[0] == results[1]


def test_order_and_moves_of_the_places_do_not_matter():
    rng = np.random.default_rng(2)
    xy = np.round(PLACES["clustered"])
    shuffled = xy[::-1, rng.permutation(N)] + [[3_000.0], [500_000.0]]
    edges = EDGES["logarithmic"]
    one, two = (pair_counts(checked_points(*p + 1000), edges)["count"] for p in (xy, shuffled))
    assert one.tolist() == two.tolist()
