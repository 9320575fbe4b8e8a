"""One planted cost through three geographies of a small country."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from movelaws.pairdist.geographies import STARTS, study
from movelaws.pairdist.geographies_places import (
    GEOGRAPHIES,
    density_map,
    land_of,
    placed,
    three_geographies,
    towns_of,
)
from movelaws.plotting.pairdist.geographies import geographies
from movelaws.plotting.pairdist.places_map import places_map
from movelaws.pointsets import frames
from movelaws.seeds import stream
from tests.unit.drawn_world import assert_texts_apart, texts

EAST, NORTH, CRS = 600_000.0, 6_200_000.0, "EPSG:25832"
TOWNS = {"reach_m": 200.0, "min_places": 5}
SETTINGS = {
    "exponents": [1.0],
    "moves": 6000,
    "joint_moves": 600,
    "low_m": 10.0,
    "per_decade": 20,
    "towns": TOWNS,
    "seed": 4,
}


def country(named=True, land=True, weights=False):
    """Five towns of places on a street grid, and farms, on a land of 20 km by 12 km."""
    rng = stream(5, "country")
    size = np.array([500, 250, 150, 100, 60])
    town = np.repeat(np.arange(5), size)
    middle = np.array([[3, 15, 9, 17, 6], [3, 4, 9, 10, 10]]) * 1000.0
    x, y = middle[:, town] + 12 * np.sqrt(size)[town] * rng.normal(size=(2, town.size))
    x, y = np.round(x / 25) * 25 + rng.normal(size=x.size), y
    farms = rng.random((2, 80)) * [[20_000], [12_000]]
    points = pd.DataFrame(
        {
            "place_id": [f"p{k}" for k in range(town.size + 80)],
            "x": np.append(x, farms[0]) + EAST,
            "y": np.append(y, farms[1]) + NORTH,
            "weight": rng.integers(1, 5, town.size + 80) if weights else 1.0,
            "town": [f"T{k}" for k in town] + [""] * 80 if named else "",
        }
    )
    box = shapely.box(EAST - 2000, NORTH - 2000, EAST + 22_000, NORTH + 14_000)
    polygons = gpd.GeoSeries([box], crs=CRS) if land else None
    return frames.check(frames.assemble(points, CRS, land=polygons))


@pytest.fixture(scope="module")
def found():
    return study(country(), **SETTINGS)


def test_the_planted_exponent_is_read_in_each_geography(found):
    table = found.exponents.set_index(["geography", "start", "method"])
    assert len(table) == 3 * len(STARTS) * 3
    for name in GEOGRAPHIES:
        for key in ((name, "pairs", "binned"), (name, "pairs", "joint"), (name, "places", "joint")):
            row = table.loc[key]
            assert abs(row["exponent"] - 1) < 4 * row["standard_error"], key
            assert row["low"] < row["exponent"] < row["high"]


def test_dividing_by_pairs_is_biased_where_each_place_sends_moves(found):
    table = found.exponents.query("start == 'places' and method == 'binned'")
    assert (table["exponent"] < 1 - 4 * table["standard_error"]).all()


def test_moves_differ_between_geographies_beyond_chance(found):
    table = found.exponents.query("method == 'observed' and start == 'pairs'")
    table = table.set_index("geography")
    assert np.isnan(table.loc["real", "gap"])
    assert (table["gap"].drop("real") > 0).all()
    assert table.loc["uniform", "gap"] > 2 * table.loc["uniform", "gap_by_chance"]


def test_disk_is_real_at_short_and_uniform_at_long_range(found):
    factor = found.bands.set_index(["geography", "low_m"])["factor"]
    assert factor["disk", 10.0] < 1.1 < factor["uniform", 10.0]
    assert factor["uniform", 1000.0] < factor["disk", 1000.0]
    assert factor["uniform", 10_000.0] < 1.1 < factor["disk", 10_000.0]


def test_curves_hold_the_pairs_of_all_places(found):
    n = len(country().points)
    for _, part in found.curves.groupby(["geography", "start"]):
        assert part["pairs"].sum() <= n * (n - 1) / 2
        assert part["moves"].sum() == SETTINGS["moves"]
    assert found.maps.groupby("geography")["weight"].sum().eq(n).all()
    row = found.summary.iloc[0]
    assert (row["towns"], row["towns_from"], row["land_from"]) == (5, "given", "land")


def test_equal_seeds_give_equal_tables(found):
    small = SETTINGS | {"moves": 500, "joint_moves": 100}
    once, again, other = (study(country(), **small | {"seed": s}) for s in (4, 4, 5))
    pd.testing.assert_frame_equal(once.exponents, again.exponents)
    pd.testing.assert_frame_equal(once.maps, again.maps)
    pd.testing.assert_frame_equal(once.bands, found.bands)
    assert not np.allclose(other.exponents["exponent"], once.exponents["exponent"])


def test_another_exponent_is_read_as_well():
    found = study(country(weights=True), **SETTINGS | {"exponents": [0.5], "joint_moves": 100})
    table = found.exponents.query("method == 'binned' and start == 'pairs'")
    assert (abs(table["exponent"] - table["planted"]) < 4 * table["standard_error"]).all()


def test_towns_are_those_named_or_found():
    named, without = country(), country(named=False)
    given, source = towns_of(named, placed(named), **TOWNS)
    assert source == "given"
    assert np.bincount(given + 1).tolist() == [80, 500, 250, 150, 100, 60]
    for pointset in (without, named):
        again = towns_of(pointset, placed(pointset), reach_m=300.0, min_places=5, named=False)
        assert again[1] == "clusters"
    found, source = towns_of(without, placed(without), reach_m=300.0, min_places=5)
    assert source == "clusters"
    assert (found[given == 0] == found[0]).mean() > 0.9


def test_the_disk_has_the_area_of_the_land_or_room_for_the_towns():
    points = placed(country())
    town = towns_of(country(), points, **TOWNS)[0]
    for area in (384e6, 1e6):
        made, radius = three_geographies(points, town, area, seed=1)
        assert np.pi * radius**2 >= area * (1 - 1e-9)
        rural = made["disk"].town < 0
        assert np.hypot(made["disk"].points.x, made["disk"].points.y)[rural].max() <= radius
    assert radius > np.sqrt(1e6 / np.pi)


def test_without_land_the_hull_of_the_places_stands_in():
    hull, source = land_of(country(land=False))
    assert source == "hull"
    assert hull.area < land_of(country())[0].area
    line = pd.DataFrame({"place_id": ["a", "b"], "x": [EAST, EAST + 9], "y": [NORTH, NORTH]})
    with pytest.raises(ValueError, match="land: none is given"):
        land_of(frames.assemble(line, CRS))


def test_a_country_without_towns_is_named():
    pointset = country(named=False)
    with pytest.raises(ValueError, match="no place lies in a town"):
        study(pointset, **SETTINGS | {"towns": {"reach_m": 1.0, "min_places": 50}})


def test_cells_hold_all_places():
    points = placed(country(weights=True))
    cells = density_map(points, cells=50)
    assert cells["weight"].sum() == points.weight.sum()
    assert cells[["x", "y"]].duplicated().sum() == 0
    side = cells["cell_m"].iloc[0]
    assert np.ptp(points.x) / 50 == pytest.approx(side, rel=1e-6)
    few = density_map(points.subset(slice(0, 20)), cells=200)
    assert few["weight"].sum() == points.weight[:20].sum()


@pytest.mark.parametrize("land", [True, False])
def test_the_figure_draws_the_tables(found, land):
    polygons = country(land=land).land.geometry
    made = geographies(
        found.curves,
        found.exponents,
        found.maps,
        polygons,
        disk_radius_m=11_000.0,
        synthetic=True,
    )
    assert_texts_apart(made)
    assert "synthetic data" in {text.get_text() for text in texts(made)}
    lines = [line for axes in made.axes for line in axes.lines]
    assert sum(line.get_gid() == "planted" for line in lines) == 1
    assert sum(line.get_gid() == "exponent" for line in lines) == 12
    (real,) = [line for line in made.axes[5].lines if line.get_gid() == "real"]
    part = found.curves.query("geography == 'real' and start == 'pairs' and pair_density > 0")
    np.testing.assert_allclose(real.get_ydata(), 1000 * part["pair_density"])


def test_the_figure_names_what_is_missing(found):
    given = (found.exponents, found.maps, country().land.geometry)
    with pytest.raises(ValueError, match="no column 'cost'"):
        geographies(found.curves.drop(columns="cost"), *given, disk_radius_m=1e4)
    with pytest.raises(ValueError, match="no geography 'disk'"):
        geographies(found.curves.query("geography != 'disk'"), *given, disk_radius_m=1e4)
    with pytest.raises(ValueError, match="drawn with the exponent 3"):
        geographies(found.curves, *given, disk_radius_m=1e4, planted=3.0)


@pytest.mark.parametrize("land", [True, False])
def test_maps_of_places(land):
    pointset = country(land=land, weights=True)
    cells = density_map(placed(pointset))
    made = places_map(
        cells, pointset.land.geometry, label="A country", counted="dwellings", synthetic=True
    )
    said = {text.get_text() for text in texts(made)}
    assert {"A country", "Dwellings per km²", "synthetic data"} <= said
    assert any(text.endswith(" km") for text in said)
    assert ("outline of the land not given" in said) != land
    assert_texts_apart(made)
    with pytest.raises(ValueError, match="no place to draw"):
        places_map(cells.head(0), pointset.land.geometry)
