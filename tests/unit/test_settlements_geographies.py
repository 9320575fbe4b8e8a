import numpy as np
import pytest
import shapely
from scipy.spatial.distance import pdist

from movelaws.pairs import checked_points, log_edges, pair_counts
from movelaws.seeds import stream
from movelaws.settlements import (
    RURAL,
    checked_geography,
    disk_geography,
    plain_disk,
    plain_land,
    plain_ring,
    plain_square,
    town_outlines,
    uniform_geography,
)


def country(weighted=False):
    """Eight towns on an L-shaped land, with clumps inside, and rural places."""
    rng = stream(1, "country")
    size = np.array([800, 500, 300, 200, 100, 60, 40, 1])
    town = np.repeat(np.arange(8), size)
    middle = np.array([[0, 0, 0, 30, 60, 20, 45, 5], [0, 30, 60, 0, 0, 4, 6, 45]]) * 1000.0
    spread = 20 * np.sqrt(size)
    x, y = middle[:, town] + spread[town] * rng.normal(size=(2, town.size))
    x, y = np.round(x / 60) * 60 + rng.normal(size=x.size), y
    rural = rng.random((2, 150)) * 60_000
    x, y = np.append(x, rural[0]) + 5e5, np.append(y, rural[1]) + 6e6
    weight = rng.integers(1, 6, x.size) if weighted else None
    return checked_geography(checked_points(x, y, weight), np.append(town, np.full(150, RURAL)))


def of_town(geography, name):
    rows = geography.town == name
    return np.column_stack([geography.points.x[rows], geography.points.y[rows]])


def circles(geography):
    result = []
    for name in range(8):
        places = of_town(geography, name)
        centre = places.mean(axis=0)
        result.append((*centre, np.hypot(*(places - centre).T).max()))
    return np.array(result)


@pytest.mark.parametrize("turn", [False, True])
def test_disk_denmark_keeps_towns_inside(turn):
    real = country(weighted=True)
    disk = disk_geography(real, stream(2, "disk"), turn=turn)
    np.testing.assert_array_equal(disk.town, real.town)
    np.testing.assert_array_equal(disk.points.weight, real.points.weight)
    for name in range(8):
        before, after = of_town(real, name), of_town(disk, name)
        if len(before) > 1:
            np.testing.assert_allclose(pdist(after), pdist(before), atol=1e-6)
        moved = after - before
        assert (np.ptp(moved, axis=0) < 1e-6).all() == (not turn or len(before) == 1)


def test_disk_denmark_scatters_towns_in_a_disk_without_overlap():
    real = country()
    area = 4e9
    reach = np.sqrt(area / np.pi)
    centres = []
    for seed in range(60):
        x, y, radius = circles(disk_geography(real, stream(seed, "disk"), area=area)).T
        i, j = np.triu_indices(8, 1)
        apart = np.hypot(x[i] - x[j], y[i] - y[j]) - radius[i] - radius[j]
        assert apart.min() > -1e-6
        centres.append(np.hypot(x, y))
    squares = np.concatenate(centres) ** 2 / reach**2
    assert squares.max() <= 1
    # Uniform in a disk: the squared distance to the centre is uniform in (0, 1).
    assert squares.mean() == pytest.approx(0.5, abs=0.06)


def test_rural_places_lie_in_the_disk():
    disk = disk_geography(country(), stream(3, "disk"), area=4e9)
    rural = of_town(disk, RURAL)
    assert np.hypot(*rural.T).max() <= np.sqrt(4e9 / np.pi)
    assert len(rural) == 150


def test_uniform_denmark_keeps_outlines_and_fills_them_evenly():
    real = country(weighted=True)
    outlines = town_outlines(real.points, real.town)
    assert set(outlines) == set(range(7))
    uniform = uniform_geography(real, stream(4, "uniform"))
    np.testing.assert_array_equal(uniform.town, real.town)
    np.testing.assert_array_equal(uniform.points.weight, real.points.weight)
    for name, polygon in outlines.items():
        places = of_town(uniform, name)
        assert shapely.contains_xy(polygon, places).all()
        if name == 0:
            middle = shapely.centroid(polygon)
            half = shapely.intersection(polygon, shapely.box(-1e9, -1e9, middle.x, 1e9))
            share = (places[:, 0] < middle.x).mean()
            assert share == pytest.approx(half.area / polygon.area, abs=0.08)
    for name in (RURAL, 7):
        np.testing.assert_array_equal(of_town(uniform, name), of_town(real, name))


def test_given_outlines_are_used():
    real = country()
    box = shapely.box(5.1e5, 6.1e6, 5.2e5, 6.2e6)
    uniform = uniform_geography(real, stream(5, "uniform"), {0: box})
    assert shapely.contains_xy(box, of_town(uniform, 0)).all()
    np.testing.assert_array_equal(of_town(uniform, 1), of_town(real, 1))


def test_disk_keeps_short_pairs_and_uniform_keeps_long_ones():
    """Fig. 1h: real and disk agree within towns, real and uniform beyond them."""
    real = country()
    edges = np.append(log_edges(5.0, 300.0, 6), log_edges(20_000.0, 80_000.0, 6))
    counts = {
        name: pair_counts(world.points, edges, progress=False)["count"].to_numpy()
        for name, world in {
            "real": real,
            "disk": disk_geography(real, stream(6, "disk"), area=1e10),
            "uniform": uniform_geography(real, stream(6, "uniform")),
        }.items()
    }
    short, long = edges[1:] <= 300, edges[:-1] >= 20_000

    def gap(name, where):
        difference = np.abs(counts[name] - counts["real"])[where].sum()
        return difference / counts["real"][where].sum()

    assert gap("disk", short) < 0.02 < 0.1 < gap("uniform", short)
    assert gap("uniform", long) < 0.05 < 0.2 < gap("disk", long)


def test_outlines_of_large_towns_rest_on_a_grid():
    rng = stream(7, "large")
    points = checked_points(*(rng.random((2, 60_000)) * 1000))
    hull = town_outlines(points, np.zeros(60_000, dtype=int))[0]
    assert hull.area == pytest.approx(1e6, rel=0.05)


def test_towns_without_area_have_no_outline():
    points = checked_points(np.arange(10.0) * 100, np.zeros(10))
    assert town_outlines(points, np.repeat([0, 1], 5)) == {}


def test_plain_shapes():
    rng = stream(8, "plain")
    disk = plain_disk(2000, 5000.0, rng)
    assert np.hypot(disk.points.x, disk.points.y).max() <= 5000
    square = plain_square(2000, 3000.0, rng)
    assert square.points.x.min() >= 0
    assert square.points.y.max() <= 3000
    ring = plain_ring(2000, 10_000.0, rng)
    np.testing.assert_allclose(np.hypot(ring.points.x, ring.points.y), 10_000 / (2 * np.pi))
    land = shapely.box(0, 0, 1000, 1000) - shapely.box(200, 200, 800, 800)
    places = plain_land(2000, land, rng).points
    assert shapely.contains_xy(land, places.x, places.y).all()
    assert len(plain_disk(2, 1.0, rng)) == 2


def test_equal_streams_give_equal_geographies():
    for make in (disk_geography, uniform_geography):
        one, two = (make(country(), stream(9, "same")).points for _ in range(2))
        np.testing.assert_array_equal(one.x, two.x)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda g, r: checked_geography(g.points, g.town[:5]), ValueError, "of shape"),
        (lambda g, r: checked_geography(g.points, g.town * 1.0), ValueError, "town is float64"),
        (lambda g, r: checked_geography(g.points, g.town - 1), ValueError, "= -2"),
        (lambda g, r: checked_geography(checked_points([1, 2], [3, 4], metric="great_circle")),
         ValueError, "projected metres"),
        (lambda g, r: disk_geography(g, r, area=1e4), ValueError, "at least 2.5 times"),
        (lambda g, r: disk_geography(g, r, area=-1.0), ValueError, "area = -1"),
        (lambda g, r: disk_geography(g, 3), TypeError, "rng = 3"),
        (lambda g, r: disk_geography(checked_geography(g.points, np.full(len(g), -1)), r),
         ValueError, "no town"),
        (lambda g, r: uniform_geography(g, r, {0: shapely.Point(0, 0)}), ValueError, "polygon"),
        (lambda g, r: town_outlines(g.points, g.town, ratio=2), ValueError, "ratio = 2"),
        (lambda g, r: town_outlines(g.points, g.town[:3]), ValueError, "town has shape"),
        (lambda g, r: plain_disk(1, 5.0, r), ValueError, "n = 1"),
        (lambda g, r: plain_ring(5, 0.0, r), ValueError, "length = 0"),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call(country(), stream(1, "bad"))
