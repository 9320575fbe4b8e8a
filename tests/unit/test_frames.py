"""The contract of the canonical tables: what is let through, and what the errors say."""

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import Point, Polygon

from movelaws import frames


def zones(crs="EPSG:4326"):
    return gpd.GeoDataFrame(
        {
            "zone_id": ["b", "a"],
            "name": ["Beta", "Alpha"],
            "area_km2": [2.0, np.nan],
            "residential_population": [20, 10],
            "workplace_population": [np.nan, 5],
            "x": [1.0, 0.0],
            "y": [50.0, 51.0],
        },
        geometry=[Point(1, 50), Point(0, 51)],
        crs=crs,
    )


def flows():
    return pd.DataFrame({"origin": ["b", "a"], "destination": ["a", "b"], "flow": [3, 4]})


@pytest.fixture
def good():
    return frames.assemble(zones(), flows(), notes={"dropped": np.int64(2), "reading": "é"})


def broken(canonical, table, column, value, row=1):
    changed = getattr(canonical, table).copy()
    changed.loc[row, column] = value
    return dataclasses.replace(canonical, **{table: changed})


def test_assembled_tables_are_sorted_typed_and_keep_the_contract(good):
    assert frames.check(good) is good
    assert good.zones["zone_id"].tolist() == ["a", "b"]
    assert good.flows["origin"].tolist() == ["a", "b"]
    assert good.flows["flow"].dtype == float
    assert good.places["place_id"].tolist() == good.zones["zone_id"].tolist()


def test_attributes_of_zones_are_kept_behind_the_contract():
    canonical = frames.check(frames.assemble(zones().assign(gini=[0.4, 0.5]), flows()))
    assert canonical.zones.columns[-2:].tolist() == ["gini", "geometry"]
    assert "gini" not in canonical.places


def test_what_is_written_is_read_back(good, tmp_path):
    frames.write(good, tmp_path / "new" / "folder")
    again = frames.check(frames.read(tmp_path / "new" / "folder"))
    assert_geodataframe_equal(again.zones, good.zones)
    pd.testing.assert_frame_equal(again.flows, good.flows)
    pd.testing.assert_frame_equal(again.places, good.places)
    assert again.notes == {"dropped": 2, "reading": "é"}
    assert again.zones.crs == "EPSG:4326"
    assert not again.zones_only


def test_the_same_tables_are_written_to_the_same_bytes(good, tmp_path):
    for name in ("one", "two"):
        frames.write(good, tmp_path / name)
    for name in frames.FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_reading_names_the_missing_file(good, tmp_path):
    frames.write(good, tmp_path)
    (tmp_path / "places.parquet").unlink()
    with pytest.raises(FileNotFoundError, match=r"places\.parquet is missing: run the prepare"):
        frames.read(tmp_path)


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("flows", "flow", -1.0, r"flows: column 'flow', row 1 \(\['b', 'a'\]\) = -1.0: .* > 0"),
        ("flows", "flow", np.nan, "'flow', row 1 .* must not be missing"),
        ("flows", "flow", np.inf, "'flow', row 1 .* must be finite"),
        ("flows", "origin", "nowhere", "'nowhere' is not in zones .* add the zone or drop"),
        ("zones", "zone_id", " ", "zones: column 'zone_id', row 1 .* must not be blank"),
        ("zones", "area_km2", 0.0, "'area_km2', row 1 .* look at the polygon"),
        ("zones", "residential_population", -3.0, "'residential_population'.* = -3.0"),
        ("zones", "x", np.nan, "'x', row 1 .* must not be missing"),
        ("zones", "y", 91.0, "zone 'b' at x=1.0, y=91.0: .* swapped"),
        ("places", "workplace_population", np.inf, "places: column 'workplace_population'"),
        ("places", "zone_id", "c", "1 places lie in no zone, the notes declare 0"),
    ],
)
def test_errors_name_table_column_row_and_remedy(good, table, column, value, message):
    with pytest.raises(ValueError, match=message):
        frames.check(broken(good, table, column, value))


def test_flows_within_a_zone_are_an_error(good):
    with pytest.raises(ValueError, match=r"row 0 stays within zone 'a' .* drop flows"):
        frames.check(broken(good, "flows", "destination", "a", row=0))


def test_repeated_zones_and_pairs_are_errors(good):
    twice = dataclasses.replace(good, flows=pd.concat([good.flows] * 2, ignore_index=True))
    with pytest.raises(ValueError, match=r"\['a', 'b'\] occurs more than once \(2 such rows\)"):
        frames.check(twice)
    with pytest.raises(ValueError, match=r"zone_id \['b'\] occurs more than once"):
        frames.check(broken(good, "zones", "zone_id", "b", row=0))


def test_unsorted_rows_are_an_error(good):
    with pytest.raises(ValueError, match="flows: rows are not sorted"):
        frames.check(dataclasses.replace(good, flows=good.flows[::-1].reset_index(drop=True)))


def test_a_missing_or_wrongly_typed_column_is_named(good):
    with pytest.raises(ValueError, match="zones: column 'area_km2' is missing"):
        frames.check(dataclasses.replace(good, zones=good.zones.drop(columns="area_km2")))
    numbered = good.flows.assign(origin=[1, 2])
    with pytest.raises(ValueError, match="flows: column 'origin'"):
        frames.check(dataclasses.replace(good, flows=numbered))


@pytest.mark.parametrize(
    ("crs", "message"),
    [
        (None, "zones: no coordinate reference system"),
        ("EPSG:2263", "zones: crs .* measures in US survey foot"),
        ("EPSG:4807", "zones: crs .* measures in grad"),
        ("EPSG:4978", "zones: crs 'WGS 84' .Geocentric CRS."),
        ("EPSG:25832", "zones: these look like degrees: .*zone 'a' at x=0.0, y=51.0"),
    ],
)
def test_zones_need_a_crs_that_can_be_measured_in(good, crs, message):
    moved = good.zones.set_crs(crs, allow_override=True)
    with pytest.raises(ValueError, match=message):
        frames.check(dataclasses.replace(good, zones=moved))


def test_metres_near_the_origin_of_a_projection_pass(good):
    metric = good.zones.set_crs("EPSG:25832", allow_override=True).assign(y=[51.0, 5100.0])
    frames.check(dataclasses.replace(good, zones=metric))


@pytest.mark.parametrize("shift", [0.0, 1e-13, 360.0])
def test_two_zones_at_one_point_are_named(good, shift):
    twins = good.zones.assign(x=[-180.0, -180.0 + shift], y=50.0)
    with pytest.raises(ValueError, match=r"zones: 'a' and 'b' have the same point \(1 such"):
        frames.check(dataclasses.replace(good, zones=twins))
    no_flows = dataclasses.replace(good, zones=twins, flows=good.flows[:0], zones_only=True)
    assert frames.check(no_flows) is no_flows


def test_zones_a_metre_apart_pass(good):
    near = good.zones.assign(x=[1.0, 1.00001], y=50.0)
    frames.check(dataclasses.replace(good, zones=near))


def test_zones_without_population_are_counted():
    empty = zones().assign(workplace_population=[0, np.nan])
    notes = frames.assemble(empty, flows()).notes
    assert notes == {"zones without workplace population": 1}


def test_an_invalid_polygon_is_named(good):
    bow_tie = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    bad = good.zones.set_geometry([Point(0, 51), bow_tie], crs=good.zones.crs)
    with pytest.raises(ValueError, match="geometry of zone 'b' is missing or invalid"):
        frames.check(dataclasses.replace(good, zones=bad))


def test_empty_tables_are_errors_unless_the_dataset_has_zones_only(good):
    no_flows = dataclasses.replace(good, flows=good.flows[:0])
    with pytest.raises(ValueError, match="flows: the table is empty"):
        frames.check(no_flows)
    frames.check(dataclasses.replace(no_flows, zones_only=True))
    with pytest.raises(ValueError, match="2 rows in a dataset marked zones_only"):
        frames.check(dataclasses.replace(good, zones_only=True))
    with pytest.raises(ValueError, match="zones: the table is empty"):
        frames.check(dataclasses.replace(no_flows, zones=good.zones[:0]))


def test_places_outside_the_zones_pass_when_declared(good):
    outside = broken(good, "places", "zone_id", "c")
    frames.check(dataclasses.replace(outside, notes={frames.OUTSIDE: 1}))


def test_what_an_adapter_does_not_know_is_filled_in():
    points = gpd.GeoSeries.from_xy([0.0, 1.0], [0.0, 1.0], crs="EPSG:4326")
    zones = gpd.GeoDataFrame(
        {"zone_id": ["a", "b"], "x": [0.0, 1.0], "y": [0.0, 1.0]}, geometry=points
    )
    flows = pd.DataFrame({"origin": ["a"], "destination": ["b"], "flow": [1.0]})
    found = frames.check(frames.assemble(zones, flows))
    assert found.zones["name"].tolist() == ["a", "b"]
    assert found.zones[["area_km2", "residential_population"]].isna().all(axis=None)
    with pytest.raises(ValueError, match="zones: column 'x' is missing"):
        frames.assemble(zones.drop(columns="x"), flows)
