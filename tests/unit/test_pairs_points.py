import numpy as np
import pytest

from movelaws.pairs import (
    bin_names,
    checked_edges,
    checked_points,
    default_edges,
    linear_edges,
    log_edges,
    pair_counts,
)
from movelaws.pairs.bins import make_bins, slot_of
from movelaws.pairs.edges import squared_edges
from movelaws.pairs.points import EARTH_RADIUS_M, number_of_pairs

X, Y = (
    np.array([500_000.0, 500_300.0, 501_000.0]),
    np.array([6_000_000.0, 6_000_400.0, 6_000_000.0]),
)


def test_degrees_are_no_metres():
    with pytest.raises(ValueError, match=r"look like degrees.*great_circle"):
        checked_points([14.9, 15.0], [55.1, 55.2])


def test_small_domains_are_taken_when_asked_for():
    assert len(checked_points([0, 1], [0, 1], allow_small=True)) == 2


def test_metres_are_no_degrees():
    with pytest.raises(ValueError, match=r"\(x, y\)\[0\] = \(500000, .*euclidean"):
        checked_points(X, Y, metric="great_circle")


def test_a_latitude_beyond_the_pole_is_named():
    with pytest.raises(ValueError, match=r"\(x, y\)\[1\] = \(10, 91\)"):
        checked_points([10.0, 10.0], [50.0, 91.0], metric="great_circle")


@pytest.mark.parametrize(("bad", "name"), [(np.nan, "nan"), (np.inf, "inf")])
def test_a_coordinate_that_is_not_finite_is_named(bad, name):
    with pytest.raises(ValueError, match=rf"x\[1\] = {name}"):
        checked_points([X[0], bad, X[2]], Y)


def test_one_point_makes_no_pair():
    with pytest.raises(ValueError, match="points: 1 given, at least 2"):
        checked_points(X[:1], Y[:1])


def test_shapes_must_agree():
    with pytest.raises(ValueError, match=r"shape \(3,\) and y \(2,\)"):
        checked_points(X, Y[:2])


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_weights_are_positive(bad):
    with pytest.raises(ValueError, match=r"weight\[2\] = "):
        checked_points(X, Y, [1, 2, bad])


def test_there_is_a_weight_for_each_point():
    with pytest.raises(ValueError, match=r"weight has shape \(2,\), expected \(3,\)"):
        checked_points(X, Y, [1, 2])


def test_an_unknown_metric_is_named():
    with pytest.raises(ValueError, match="metric = 'manhattan'"):
        checked_points(X, Y, metric="manhattan")


def test_a_crs_without_metres_is_refused():
    with pytest.raises(ValueError, match="US survey foot"):
        checked_points(X, Y, crs="EPSG:2263")
    with pytest.raises(ValueError, match=r"EPSG:4326.*'great_circle'"):
        checked_points(X, Y, crs="EPSG:4326")
    assert checked_points(X, Y, crs="EPSG:25832").metric == "euclidean"


def test_whole_weights_are_kept_as_integers():
    assert checked_points(X, Y, [1.0, 2.0, 3.0]).weight.dtype == np.int64
    assert checked_points(X, Y, [1.0, 2.5, 3.0]).weight.dtype == np.float64


def test_pairs_of_weights_add_up():
    points = checked_points(X, Y, [1.0, 2.0, 3.0])
    assert number_of_pairs(points) == 1 * 2 + 1 * 3 + 2 * 3
    assert number_of_pairs(points, checked_points(X, Y)) == 6 * 3
    assert number_of_pairs(points.subset([0, 2])) == 3


def test_default_edges_are_metres_and_then_decades():
    edges = default_edges()
    assert (edges[:2001] == np.arange(2001)).all()
    ratios = edges[2001:] / edges[2000:-1]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-9)
    assert edges[-1] == 1_500_000
    assert ratios[0] <= 10 ** (1 / 20)


def test_linear_edges_end_where_asked():
    assert linear_edges(0.5, 2.0).tolist() == [0, 0.5, 1, 1.5, 2]
    with pytest.raises(ValueError, match=r"end = 2.2 m is no multiple of step = 0.5 m"):
        linear_edges(0.5, 2.2)


@pytest.mark.parametrize("arguments", [(0, 10, 5), (10, 10, 5), (1, 10, 0), (1, np.inf, 5)])
def test_log_edges_need_a_range(arguments):
    with pytest.raises(ValueError, match="= "):
        log_edges(*arguments)


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([1, 2, 2], r"edges\[2\] = 2 does not exceed edges\[1\] = 2"),
        ([3, 2], "bins must increase"),
        ([-1, 2], r"edges\[0\] = -1"),
        ([0, np.nan], r"edges\[1\] = nan"),
        ([1], "at least 2"),
        ([[1, 2]], "at least 2 in one row"),
    ],
)
def test_bad_edges_are_named(edges, message):
    with pytest.raises(ValueError, match=message):
        checked_edges(edges)


def test_bins_have_names():
    assert bin_names([0, 1.5, 1500, 2000]) == ["0 m - 1.5 m", "1.5 m - 1.5 km", "1.5 km - 2 km"]


def test_chords_of_the_sphere_order_distances():
    edges = np.array([1.0, 1e6, np.pi * EARTH_RADIUS_M, 3e7, 4e7])
    squares = squared_edges(edges, great_circle=True)
    assert (np.diff(squares) > 0).all()
    assert squares[0] == pytest.approx(1.0)
    assert squares[2] == pytest.approx(4 * EARTH_RADIUS_M**2)


@pytest.mark.parametrize(
    "edges",
    [
        log_edges(0.01, 1e6, 20),
        linear_edges(1, 2000),
        np.array([0.0, 4.0, 4.0001, 1e5]),
        np.array([7.0, 8.0]),
        2.0 ** np.arange(20),
    ],
)
def test_the_table_finds_the_bin_of_a_search(edges):
    squares = edges * edges
    rng = np.random.default_rng(3)
    tried = np.concatenate(
        [
            [0.0, 1e-300, 1e300],
            squares, np.nextafter(squares, 0), np.nextafter(squares, np.inf),
            10 ** rng.uniform(-6, 14, 3000),
            rng.uniform(0, squares[-1] * 1.1, 3000),
        ]
    )  # fmt: skip
    bins = make_bins(squares)
    found = [slot_of(value, bins) for value in tried]
    assert found == np.searchsorted(squares, tried, side="right").tolist()


def test_edges_too_close_for_a_table_are_named():
    with pytest.raises(ValueError, match=r"edges\[1\] and edges\[2\] = 1e\+06 m are too close"):
        make_bins(np.array([1.0, 1e6, np.nextafter(1e6, 2e6)]) ** 2)


def test_the_engine_names_bad_arguments():
    points = checked_points(X, Y)
    with pytest.raises(TypeError, match="points is a ndarray"):
        pair_counts(X, [0, 1])
    with pytest.raises(TypeError, match="other is a list"):
        pair_counts(points, [0, 1], other=[1])
    with pytest.raises(ValueError, match="points are euclidean and other great_circle"):
        pair_counts(points, [0, 1], other=checked_points([1, 2], [3, 4], metric="great_circle"))
    with pytest.raises(ValueError, match="exact_below = -1"):
        pair_counts(points, [0, 1], exact_below=-1)
    with pytest.raises(ValueError, match="accuracy = 0"):
        pair_counts(points, [0, 1], accuracy=0)
    with pytest.raises(ValueError, match="exact_work = -5"):
        pair_counts(points, [0, 1], exact_work=-5)
