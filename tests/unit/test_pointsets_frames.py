"""The contract of a point set: what it holds, what is repaired and counted, what is refused."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, Polygon, box

from movelaws.pointsets import frames

CRS = "EPSG:25832"


def places(n=6, **columns):
    rng = np.random.default_rng(3)
    x, y = 5e5 + 1e4 * rng.random(n), 6.1e6 + 1e4 * rng.random(n)
    return pd.DataFrame({"place_id": [f"p{k}" for k in range(n)], "x": x, "y": y} | columns)


def moves(*rows):
    return pd.DataFrame(rows, columns=["origin", "destination", "moves"])


def whole(**changes):
    tables = {"moves": moves((0, 1, 2.0), (3, 2, 1.5))} | changes
    return frames.assemble(tables.pop("points", places()), tables.pop("crs", CRS), **tables)


def test_a_point_set_comes_back_from_its_files_as_it_was(tmp_path):
    land = gpd.GeoSeries([box(4.9e5, 6e6, 5.2e5, 6.2e6)], crs=CRS)
    town = ["Aa", "", "Bø", "Aa", "", ""]
    made = frames.check(whole(points=places(town=town), land=land, notes={"rows": np.int64(3)}))
    frames.write(made, tmp_path / "set")
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == sorted(frames.FILES)
    again = frames.check(frames.read(tmp_path / "set"))
    pd.testing.assert_frame_equal(again.points, made.points, check_exact=True)
    pd.testing.assert_frame_equal(again.moves, made.moves)
    assert again.land.geometry.equals(made.land.geometry)
    assert (again.crs, dict(again.notes)) == (CRS, {"rows": 3})


def test_without_moves_and_land_there_are_empty_tables_that_can_be_stored(tmp_path):
    frames.write(frames.check(frames.assemble(places(), 25832)), tmp_path)
    again = frames.check(frames.read(tmp_path))
    assert len(again.moves) == len(again.land) == 0
    assert again.moves.dtypes.astype(str).tolist() == ["int64", "int64", "float64"]
    assert again.land.crs == CRS


def test_pairs_are_summed_and_sorted_and_stays_dropped_and_counted():
    made = whole(moves=moves((4, 1, 1.0), (0, 5, 2.0), (4, 1, 0.5), (3, 3, 7.0)))
    assert made.moves.to_numpy().tolist() == [[0, 5, 2.0], [4, 1, 1.5]]
    assert made.notes == {"moves from a place to itself dropped": 7.0}


def test_rows_keep_their_order_and_duplicates_stay_and_are_counted():
    table = places()
    table.loc[5, ["x", "y"]] = table.loc[0, ["x", "y"]]
    made = frames.check(whole(points=table.iloc[::-1]))
    assert made.points["place_id"].tolist() == [f"p{k}" for k in range(5, -1, -1)]
    assert made.notes["places at the position of an earlier one"] == 1


def test_land_is_projected_and_only_its_polygons_stay():
    shapes = [box(9.0, 55.0, 9.6, 55.2), Point(9, 55), Polygon([(9, 55), (9.1, 55.1), (9, 55)])]
    made = frames.check(whole(land=gpd.GeoDataFrame(geometry=shapes[:2], crs=4326)))
    assert len(made.land) == 1 and made.land.crs == CRS
    assert 0.7e9 < made.land.area.sum() < 1e9
    assert len(whole(land=gpd.GeoSeries(shapes[1:], crs=4326)).land) == 0


def test_towns_have_numbers_in_the_order_of_their_names():
    number, names = frames.town_numbers(pd.DataFrame({"town": ["b", "", "a", "b"]}))
    assert number.tolist() == [1, -1, 0, 1] and names.tolist() == ["a", "b"]
    number, names = frames.town_numbers(pd.DataFrame({"town": ["", ""]}))
    assert number.tolist() == [-1, -1] and names.size == 0


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:4326", "degree"),
        ("EPSG:2263", "US survey foot"),
        ("EPSG:99999", "give a projected one"),
        ("EPSG:4978", "projected CRS in metres"),
    ],
)
def test_only_a_projection_in_metres_will_do(crs, said):
    with pytest.raises(ValueError, match=said):
        frames.metric_crs(crs)
    assert frames.metric_crs(25832) == frames.metric_crs("epsg:25832") == CRS


def changed(table, row, column, value):
    made = whole()
    frame = getattr(made, table).copy()
    frame.loc[row, column] = value
    return frames.PointSet(**{**vars(made), table: frame})


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "said"),
    [
        ("points", 2, "x", np.nan, "column 'x', row 2"),
        ("points", 2, "y", np.inf, "column 'y', row 2 = inf: must be finite"),
        ("points", 0, "weight", 0.0, "column 'weight', row 0 = 0.0: must be finite and > 0"),
        ("points", 0, "weight", -1.0, "finite and > 0"),
        ("points", 3, "place_id", "", "column 'place_id', row 3"),
        ("points", 3, "place_id", "p1", "'p1' occurs more than once"),
        ("moves", 0, "moves", 0.0, "leave out pairs without a move"),
        ("moves", 1, "moves", np.nan, "column 'moves', row 1"),
        ("moves", 1, "origin", 6, "6 is no row of the 6 points"),
        ("moves", 1, "destination", -1, "is no row of the 6 points"),
        ("moves", 0, "destination", 0, "to itself"),
        ("moves", 1, "origin", 0, "not sorted by origin, destination"),
    ],
)
def test_a_breach_names_table_column_row_and_remedy(table, row, column, value, said):
    if (table, column, row) == ("moves", "origin", 1) and value == 0:
        made = whole(moves=moves((0, 1, 1.0), (0, 2, 1.0)))
        broken = frames.PointSet(**{**vars(made), "moves": made.moves[::-1].reset_index(drop=True)})
    else:
        broken = changed(table, row, column, value)
    with pytest.raises(ValueError, match=f"{table}: .*{said}"):
        frames.check(broken)


def test_too_few_places_one_spot_and_degrees_are_refused():
    with pytest.raises(ValueError, match="1 places, at least 2 make a pair"):
        frames.check(frames.assemble(places(1), CRS))
    with pytest.raises(ValueError, match="0 places"):
        frames.check(frames.assemble(places(0), CRS))
    with pytest.raises(ValueError, match="all 6 places lie at"):
        frames.check(frames.assemble(places().assign(x=5e5, y=6e6), CRS))
    with pytest.raises(ValueError, match=r"look like degrees.*EPSG:4326"):
        frames.check(frames.assemble(places().assign(x=np.linspace(9, 10, 6), y=55.0), CRS))
    with pytest.raises(ValueError, match="column 'y' is missing"):
        frames.assemble(places().drop(columns="y"), CRS)


def test_land_elsewhere_or_in_another_system_is_refused():
    with pytest.raises(ValueError, match="none of 6 places lies within its bounds"):
        frames.check(whole(land=gpd.GeoSeries([box(7e5, 6e6, 8e5, 6.2e6)], crs=CRS)))
    made = whole()
    other = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs="EPSG:3035")
    with pytest.raises(ValueError, match="its CRS is EPSG:3035, that of the points EPSG:25832"):
        frames.check(frames.PointSet(**{**vars(made), "land": other}))


def test_a_missing_file_names_itself(tmp_path):
    frames.write(whole(), tmp_path)
    (tmp_path / "land.parquet").unlink()
    with pytest.raises(FileNotFoundError, match=r"land\.parquet is missing: run the prepare step"):
        frames.read(tmp_path)
