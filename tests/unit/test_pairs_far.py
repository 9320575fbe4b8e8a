"""Counts on grids, corrected by random pairs, against exact counts of every bin."""

import numba
import numpy as np
import pytest

from movelaws.benchmark_places import clustered_places
from movelaws.pairs import checked_points, log_edges, pair_counts
from movelaws.pairs.autocorrelation import by_octant, offset_counts, spread_counts
from movelaws.pairs.bins import make_bins
from movelaws.pairs.candidates import Boxes, candidates
from movelaws.pairs.correction import Correction, Placed
from movelaws.pairs.exact import exact_counts
from movelaws.pairs.grid import Frame, coarser, make_cells, middle_of, plane
from movelaws.pairs.levels import Grids
from movelaws.pairs.spread import make_spread
from movelaws.pairs.tree import make_tree

N = 6_000
SIZE = 100_000.0
EDGES = log_edges(5_000, 150_000, 20)
RNG = np.random.default_rng(21)


def towns(n, count=150):
    centre = RNG.uniform(0, SIZE, (2, count))
    size = np.arange(1, count + 1) ** -1.0
    town = RNG.choice(count, n, p=size / size.sum())
    return centre[:, town] + RNG.normal(size=(2, n)) * 3_000 * np.sqrt(size[town])


PLACES = {
    "random": RNG.uniform(0, SIZE, (2, N)),
    "clustered": towns(N),
    "gridded": np.array(np.meshgrid(np.arange(80), np.arange(75))).reshape(2, -1) * 1_250.0,
    "duplicated": np.repeat(towns(N // 10), 10, axis=1),
    "collinear": np.array([np.arange(N) * 9.0, np.arange(N) * 12.0]),
    "level": np.array([RNG.uniform(0, SIZE, N), np.full(N, 500.0)]),
    "piled": np.concatenate(
        [towns(N // 2), np.full((2, N // 4), 40_000.0), np.full((2, N // 4), 55_000.0)], axis=1
    ),
}


def gridded(points, edges=EDGES, **options):
    """Counts of which none may be exact for want of work allowed."""
    return pair_counts(points, edges, exact_below=0, exact_work=0, **options)


def check_bounds(table, exact):
    """Every bin within its stated bound, which is infinite where no pair was found."""
    off = np.abs(table["count"] - exact["count"])
    far = table["relative_error"] > 0
    assert (table["count"][np.isinf(table["relative_error"])] == 0).all()
    with np.errstate(invalid="ignore"):
        allowed = np.where(far, (table["relative_error"] * table["count"]).fillna(np.inf), 1e-9)
    assert (off <= allowed).all(), table.assign(exact=exact["count"])[off > allowed]
    return far


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_every_bin_keeps_its_stated_bound(places):
    points = checked_points(*places + 10_000)
    exact = pair_counts(points, EDGES)
    table = gridded(points)
    far = check_bounds(table, exact)
    assert far.sum() >= 20
    full = far & (exact["count"] > 1e-3 * exact["count"].sum())
    assert (np.abs(table["count"] / exact["count"] - 1)[full] < 0.005).all()


@pytest.mark.parametrize("n", [10_000, 80_000])
@pytest.mark.parametrize("kind", ["as they are", "on a line", "doubled", "on a lattice"])
def test_bounds_hold_at_several_scales_of_places_and_distances(n, kind):
    world = clustered_places(n, seed=4)
    x, y = world["x"], world["y"]
    if kind == "on a line":
        x = np.where(np.arange(n) % 3 == 0, 200_000.0, x)
    elif kind == "doubled":
        x, y = (axis[np.arange(n) // 2] for axis in (x, y))
    elif kind == "on a lattice":
        x, y = (np.round(axis, -3) for axis in (x, y))
    points = checked_points(x, y)
    edges = log_edges(1_000, 600_000, 20)
    exact = pair_counts(points, edges, exact_below=np.inf)
    table = gridded(points, edges)
    far = check_bounds(table, exact)
    assert far.sum() > 40
    # Grids and random pairs are right where pairs abound, and not only say how wrong they are.
    full = far & (exact["count"] > 2e-3 * exact["count"].sum())
    assert (np.abs(table["count"] / exact["count"] - 1)[full] < 0.005).all()
    assert (table["relative_error"][full] < 0.02).all()


def test_fine_bins_keep_their_bounds():
    points = checked_points(*PLACES["clustered"] + 10_000)
    edges = log_edges(10_000, 60_000, 100)
    check_bounds(gridded(points, edges), pair_counts(points, edges))


@pytest.mark.parametrize("kind", ["whole", "fractional"])
def test_weighted_counts_keep_their_bounds(kind):
    weight = np.random.default_rng(6).pareto(2.5, N) + 0.5
    weight = np.ceil(weight) if kind == "whole" else weight
    points = checked_points(*PLACES["clustered"] + 10_000, weight)
    check_bounds(gridded(points), pair_counts(points, EDGES))


def test_cross_counts_keep_their_bounds():
    city = checked_points(*PLACES["clustered"][:, ::3] + 10_000)
    country = checked_points(*PLACES["random"] + 30_000)
    exact = pair_counts(city, EDGES, other=country)
    far = check_bounds(gridded(city, other=country), exact)
    assert far.any()


def test_the_sphere_keeps_its_bounds_though_the_grid_is_flat():
    rng = np.random.default_rng(7)
    longitude, latitude = rng.uniform(2, 6, N), rng.uniform(54, 57, N)
    points = checked_points(longitude, latitude, metric="great_circle")
    edges = log_edges(20_000, 400_000, 20)
    exact = pair_counts(points, edges)
    table = gridded(points, edges)
    far = check_bounds(table, exact)
    assert (table["relative_error"][far & (exact["count"] > 1e4)] < 0.025).all()


def test_distances_that_the_sphere_has_but_not_its_image_are_counted():
    rng = np.random.default_rng(3)
    longitude = rng.uniform(-180, 180, 3_000)
    latitude = np.degrees(np.arcsin(rng.uniform(-1, 1, 3_000)))
    points = checked_points(longitude, latitude, metric="great_circle")
    edges = log_edges(500_000, 2.1e7, 20)
    check_bounds(gridded(points, edges), pair_counts(points, edges))


def of_one_octave(n, seed):
    """Correction of the bins from 20 to 40 km, their true counts and those of the grid."""
    rng = np.random.default_rng(2)
    town, at = rng.uniform(0, SIZE, (2, 50)), np.arange(n) % 50
    spread = rng.normal(size=(2, n)) * 3_000
    points = checked_points(*town[:, at] + spread)
    edges = log_edges(20_000, 40_000, 20)
    tree, grids = make_tree(points), Grids(points, None, edges, progress=False)
    (level,) = grids.levels
    placed = Placed(points, tree, grids.frame.centre)
    correction = Correction(
        level, slice(0, edges.size - 1), grids.frame, placed, None, np.random.default_rng(seed)
    )
    return correction, exact_counts(tree, None, make_bins(edges**2), progress=False), level.count


def test_as_many_random_pairs_do_for_more_places():
    bounds = []
    for n in (10_000, 80_000):
        correction, true, _ = of_one_octave(n, seed=0)
        correction.draw()
        bounds.append(correction.bound() / true)
    np.testing.assert_allclose(bounds[1], bounds[0], rtol=0.5)


def test_corrections_have_no_bias_and_errors_well_below_their_bounds():
    errors = []
    for seed in range(15):
        correction, true, gridded_count = of_one_octave(10_000, seed)
        correction.draw()
        errors.append((gridded_count + correction.mean - 2 * true) / correction.bound())
    # A bound is some six standard errors.
    assert 0.1 < np.std(errors) < 0.25
    assert np.abs(np.mean(errors, axis=0)).max() < 5 * np.std(errors) / 15**0.5


def test_pairs_are_drawn_from_all_that_may_be_in_range_and_each_once():
    points = checked_points(*PLACES["clustered"] + 10_000)
    tree = make_tree(points, leaf_size=8)
    boxes = Boxes(tree.low, tree.high)
    found = candidates(tree, None, [(boxes, boxes, 5_000.0, 9_000.0)])
    seen = np.zeros((N, N), dtype=int)
    for a, b, c, d in found.places:
        seen[a:b, c:d] += 1
        if a != c:
            seen[c:d, a:b] += 1
    assert found.total == seen.sum()
    assert seen.max() == 1
    apart = np.hypot(tree.x[:, None] - tree.x, tree.y[:, None] - tree.y)
    assert (seen[(apart >= 5_000) & (apart <= 9_000)] == 1).all()
    assert seen.mean() < 0.5
    assert (np.diff(found.upto) > 0).all()


def test_sparse_bins_are_exact_where_work_allows():
    lonely = np.concatenate([PLACES["clustered"], [[290_000.0, 291_000.0]] * 2], axis=1)
    points = checked_points(*lonely + 10_000)
    edges = log_edges(5_000, 500_000, 10)
    exact = pair_counts(points, edges)
    table = pair_counts(points, edges, exact_below=0, exact_work=4e6)
    far = check_bounds(table, exact)
    assert far.any()
    rare = (exact["count"] > 0) & (exact["count"] < 1e4)
    assert rare.any()
    assert not far[rare].any()


def test_short_bins_stay_exact_below_the_distance_asked_for():
    points = checked_points(*PLACES["clustered"] + 10_000)
    exact = pair_counts(points, EDGES)
    table = pair_counts(points, EDGES, exact_below=20_000, exact_work=0)
    near = EDGES[1:] <= 20_000
    assert table["count"][near].tolist() == exact["count"][near].tolist()
    assert (table["relative_error"][near] == 0).all()
    assert (table["relative_error"][~near] > 0).any()


def test_a_bound_shrinks_when_more_accuracy_is_asked_for():
    points = checked_points(*PLACES["clustered"] + 10_000)
    loose, tight = (gridded(points, accuracy=a)["relative_error"] for a in (0.5, 0.002))
    assert tight[5:20].median() < 0.5 * loose[5:20].median()


@pytest.mark.parametrize("name", ["clustered", "gridded"])
def test_any_number_of_threads_gives_the_same_far_counts(name):
    points = checked_points(*PLACES[name] + 10_000)
    before = numba.get_num_threads()
    try:
        results = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            results.append(gridded(points, accuracy=0.1))
    finally:
        numba.set_num_threads(before)
    assert results[0].equals(results[1])


def test_seeds_decide_the_random_pairs_alone():
    points = checked_points(*PLACES["clustered"] + 10_000)
    one, same, another = (gridded(points, accuracy=0.1, seed=s)["count"] for s in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(another)


def test_offsets_are_counted_block_by_block():
    rng = np.random.default_rng(12)
    n_rows, n_columns, reach = 700, 40, 30
    x, y = rng.integers(0, n_columns, 900) + 0.5, rng.integers(0, n_rows, 900) + 0.5
    cells = make_cells(x, y, None, Frame(None, (0.0, 0.0), (n_columns - 0.5, n_rows - 0.5), 1.0))
    counts = offset_counts(cells, cells, reach, threads=1, progress=False)
    dx, dy = (x[None, :] - x[:, None]).astype(int), (y[None, :] - y[:, None]).astype(int)
    near = (np.abs(dx) <= reach) & (np.abs(dy) <= reach)
    expected = np.zeros((2 * reach + 1, 2 * reach + 1))
    np.add.at(expected, (dy[near] + reach, dx[near] + reach), 1)
    assert (counts == expected).all()
    assert by_octant(counts).sum() == expected.sum()
    assert by_octant(counts)[3, 1] == sum(
        expected[reach + a, reach + b]
        for a, b in [(1, 3), (1, -3), (-1, 3), (-1, -3), (3, 1), (3, -1), (-3, 1), (-3, -1)]
    )


def test_coarser_cells_hold_the_same_places():
    rng = np.random.default_rng(13)
    x, y, weight = rng.uniform(0, 100, 500), rng.uniform(0, 70, 500), rng.integers(1, 5, 500)
    fine = make_cells(x, y, weight, Frame(None, (0.0, 0.0), (100.0, 70.0), 1.0))
    twice = coarser(fine, 4)
    direct = make_cells(x, y, weight, Frame(None, (0.0, 0.0), (100.0, 70.0), 4.0))
    assert twice.mass.tolist() == direct.mass.tolist()
    assert twice.column.tolist() == direct.column.tolist()
    assert twice.mass.sum() == weight.sum()


def test_the_spread_of_two_cells_is_that_of_random_places_in_them():
    rng = np.random.default_rng(14)
    edges, cell = np.array([30.0, 45.0, 50.0, 52.0, 80.0]), 10.0
    spread = make_spread(edges, cell, 6)
    for dx, dy in [(0, 0), (3, 0), (4, 2), (5, 5)]:
        t = rng.random((4, 400_000))
        r = cell * np.hypot(dx + t[0] - t[1], dy + t[2] - t[3])
        simulated = np.bincount(np.searchsorted(edges, r, side="right"), minlength=6) / r.size
        expected = np.zeros(6)
        first, start = spread.first[dx, dy], spread.start[dx, dy]
        for k in range(spread.slots[dx, dy]):
            expected[first + k] = spread.part[start + k]
        np.testing.assert_allclose(expected, simulated, atol=0.004)
        assert expected.sum() == pytest.approx(1.0)


def test_spreading_loses_no_pair():
    edges = np.array([10.0, 30.0, 45.0, 200.0])
    octant = np.tril(np.random.default_rng(15).integers(0, 9, (8, 8))).astype(float)
    count, certain, possible = spread_counts(octant, make_spread(edges, 10.0, 7), 5)
    assert count.sum() == pytest.approx(octant.sum())
    assert (certain <= count + 1e-9).all()
    assert (count <= possible + 1e-9).all()


def test_the_projection_keeps_short_distances():
    points = checked_points([10.0, 10.01, 10.0], [55.0, 55.0, 55.01], metric="great_circle")
    x, y = plane(points, middle_of(points))
    metre = 6371008.8 * np.radians(0.01)
    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(
        metre * np.cos(np.radians(55)), rel=1e-4
    )
    assert np.hypot(x[2] - x[0], y[2] - y[0]) == pytest.approx(metre, rel=1e-4)
