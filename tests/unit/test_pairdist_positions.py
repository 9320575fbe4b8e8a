"""Positions of towns beside random ones (paper 3, Figs 2e and 22)."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.spatial.distance import pdist

from movelaws.cities.disks import place_without_overlap
from movelaws.cities.sampling import polygon_sampler
from movelaws.pairdist.positions import (
    Settings,
    Towns,
    land_of,
    places_curve,
    positions,
    towns_as_disks,
)
from movelaws.pairs import checked_points
from movelaws.seeds import stream

LAND = shapely.union_all(
    [shapely.box(0, 0, 60_000, 40_000), shapely.box(70_000, 0, 90_000, 30_000)]
)
SETTINGS = Settings(draws=100, bins=14)


def towns_at(x, y, radius, houses):
    n = np.size(x)
    return Towns(
        np.asarray(x), np.asarray(y), np.broadcast_to(radius, n).astype(float),
        np.broadcast_to(houses, n), np.array([f"T{k}" for k in range(n)], dtype=object),
    )  # fmt: skip


def drawn(n, seed):
    return polygon_sampler(LAND)(n, stream(seed, "towns"))


@pytest.fixture(scope="module")
def hard():
    """Towns of 1.5 km that do not overlap, as claim P9 has it."""
    placed = place_without_overlap(np.full(150, 1500.0), polygon_sampler(LAND), stream(1, "disks"))
    return towns_at(placed.x, placed.y, 1500.0, np.arange(30, 180))


def row_of(found, weight="towns"):
    return found.summary.set_index("weight").loc[weight]


def test_towns_that_do_not_overlap_are_told_from_random_ones(hard):
    found = positions(hard, LAND, SETTINGS, stream(2, "draws"))
    row = row_of(found)
    assert row["near_g"] < row["near_low"] <= row["near_high"]
    assert row["near_p"] == 0
    assert row["overlaps"] == 0 and row["overlaps_gas"] > 50 and row["overlaps_p"] == 0
    assert row["far_g"] == pytest.approx(1, abs=0.05)
    assert row["far_p"] > 0.01
    assert row["within_disks"] >= 0.8


def test_random_towns_look_random():
    inside, near = 0, 0
    for seed in range(5):
        towns = towns_at(*drawn(80, seed), 500.0, 100)
        row = row_of(positions(towns, LAND, SETTINGS, stream(seed, "draws")))
        near += row["near_low"] <= row["near_g"] <= row["near_high"]
        inside += row["within"]
    assert near >= 4, "at 95 %, one of five may lie outside"
    assert inside / 5 > 0.85


def test_towns_that_attract_each_other_peak_where_they_do():
    x, y = drawn(30, 3)
    angle = stream(4, "turn").random(30) * 2 * np.pi
    x, y = np.r_[x, x + 4000 * np.cos(angle)], np.r_[y, y + 4000 * np.sin(angle)]
    row = row_of(positions(towns_at(x, y, 200.0, 50), LAND, SETTINGS, stream(5, "draws")))
    assert row["peak"] > 2
    assert row["peak_m"] == pytest.approx(4000, rel=0.3)


def test_pairs_are_weighted_by_their_houses(hard):
    found = positions(hard, LAND, SETTINGS, stream(2, "draws"))
    shown = found.curves[found.curves["model"] == "observed"]
    r = pdist(np.c_[hard.x, hard.y])
    i, j = np.triu_indices(hard.x.size, 1)
    for name, weight in (("towns", None), ("pairs", hard.houses[i] * hard.houses[j])):
        curve = shown[shown["weight"] == name]
        edges = np.append(curve["r_low"], curve["r_high"].iloc[-1])
        expected = np.histogram(r, edges, weights=weight)[0]
        total = r.size if weight is None else weight.sum()
        np.testing.assert_allclose(curve["density"], expected / total / np.diff(edges))
    gas = found.curves[found.curves["model"] == "ideal_gas"]
    np.testing.assert_allclose(gas["g"].dropna(), 1)
    same = hard.houses * 0 + 40
    equal = positions(
        Towns(hard.x, hard.y, hard.radius, same, hard.name), LAND, SETTINGS, stream(2, "draws")
    )
    g = equal.curves[equal.curves["model"] == "observed"].groupby("weight")["g"]
    np.testing.assert_allclose(g.get_group("towns"), g.get_group("pairs"))


def test_equal_seeds_give_equal_positions(hard):
    one, other = (positions(hard, LAND, SETTINGS, stream(7, "draws")) for _ in range(2))
    pd.testing.assert_frame_equal(one.curves, other.curves)
    pd.testing.assert_frame_equal(one.summary, other.summary)


@pytest.fixture(scope="module")
def squares():
    """Six square towns of 1 km with 121 houses each, and one of four houses."""
    step = np.linspace(0, 1000, 11)
    x, y = (v.ravel() for v in np.meshgrid(step, step))
    at = np.arange(6) * 7000.0
    xs = np.r_[(x + at[:, None]).ravel(), 30_000 + np.arange(4) * 10] + 5e5
    ys = np.r_[np.tile(y, 6), 20_000 + np.array([0, 10, 0, 10])] + 6e6
    number = np.r_[np.repeat(np.arange(6), 121), np.full(4, 6)]
    return checked_points(xs, ys), number, np.array([*"ABCDEFG"], dtype=object)


def test_towns_are_disks_of_the_area_of_their_outline(squares):
    towns = towns_as_disks(*squares, least=30)
    assert towns.name.tolist() == [*"ABCDEF"]
    np.testing.assert_allclose(np.pi * towns.radius**2, 1e6, rtol=0.05)
    np.testing.assert_allclose(towns.x, 5e5 + 500 + np.arange(6) * 7000, atol=30)
    assert towns.houses.tolist() == [121] * 6
    assert [*towns.table().columns] == ["town", "x", "y", "radius_m", "houses"]


def test_too_few_towns_are_named(squares):
    with pytest.raises(ValueError, match="0 towns of at least 500"):
        towns_as_disks(*squares, least=500)


def test_a_hull_stands_in_for_land_that_is_not_given(squares):
    none = gpd.GeoDataFrame(geometry=gpd.GeoSeries([], crs="EPSG:25832"))
    land, source = land_of(none, squares[0])
    assert source == "hull"
    assert shapely.contains_xy(land, squares[0].x, squares[0].y).all()
    given = gpd.GeoDataFrame(geometry=[LAND], crs="EPSG:25832")
    assert land_of(given, squares[0])[1] == "given"


def test_all_places_are_counted_in_the_same_bins(squares):
    points = squares[0]
    towns = towns_as_disks(*squares, least=30)
    land = shapely.box(4.9e5, 5.9e6, 5.5e5, 6.1e6)
    curves = positions(towns, land, Settings(draws=20, bins=6), stream(1, "d")).curves
    rows = places_curve(points, curves)
    assert set(rows["model"]) == {"places"}
    r = pdist(np.c_[points.x, points.y])
    edges = np.append(rows["r_low"], rows["r_high"].iloc[-1])
    expected = np.histogram(r, edges)[0] / r.size / np.diff(edges)
    np.testing.assert_allclose(rows["density"], expected, rtol=1e-9)


def test_towns_that_find_no_place_are_named(hard):
    full = Towns(hard.x, hard.y, np.full(150, 9000.0), hard.houses, hard.name)
    with pytest.raises(RuntimeError, match="no place for disk"):
        positions(full, LAND, SETTINGS, stream(1, "full"))


@pytest.mark.parametrize(
    ("options", "message"),
    [({"draws": 5}, "draws = 5"), ({"bins": 1}, "bins = 1"), ({"far": -1.0}, "far = -1")],
)
def test_settings_out_of_range_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        Settings(**options)
