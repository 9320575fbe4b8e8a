"""The check-in adapter: four formats, one meaning; zones of every kind."""

import json

import geopandas as gpd
import numpy as np
import pytest
from shapely import box as rectangle

from movelaws import adapters, frames
from tests.unit.raw_files import flows_of, read, write
from tests.unit.visits import BOX, FLOWS, PLACES, VISITS, formats, lines, small, snap


@pytest.mark.parametrize(
    "name", ["snap", "snap packed", "sample", "d4d", "named", "located", "parquet"]
)
def test_every_format_gives_the_same_trips(tmp_path, name):
    files, options = formats(tmp_path)[name]
    canonical = read("checkins", files, **options)
    named = dict(zip(canonical.zones["zone_id"], "abc", strict=True))  # south to north, as a to c
    flows = {(named[o], named[d]): flow for (o, d), flow in flows_of(canonical).items()}
    assert flows == FLOWS
    assert canonical.zones["workplace_population"].tolist() == [4, 2, 2]
    assert canonical.zones["residential_population"].tolist() == [2, 2, 2]
    assert canonical.zones["y"].tolist() == [59.91, 59.93, 59.95]
    notes = canonical.notes
    assert (notes["trips"], notes["users with a trip"], notes["unit"]) == (5, 2, "trips")
    assert notes["check-ins in the zones"] == 8 and notes["steps within a zone"] == 1


def test_max_gap_and_limits_per_zone(tmp_path):
    brief = small(tmp_path, max_gap_hours=24)
    assert flows_of(brief) == FLOWS | {("a", "c"): 1}
    assert brief.notes["steps of more than 24 hours"] == 1
    many = small(tmp_path, min_trips=3)
    assert flows_of(many) == {("a", "b"): 1, ("b", "a"): 2}
    assert many.notes["zones with fewer than 3 trips dropped"] == 1
    assert flows_of(small(tmp_path, min_trips=2)) == FLOWS
    with pytest.raises(ValueError, match="no zone has 1 check-ins and 99 trips"):
        small(tmp_path, min_trips=99)
    with pytest.raises(ValueError, match="no zone has 2 check-ins and 4 trips"):
        # without c nothing is left that has four trips: dropping goes on until it stands still
        small(tmp_path, min_checkins=2, min_trips=4)


@pytest.mark.parametrize("outside", ["break", "skip"])
def test_outside_of_a_box(tmp_path, outside):
    south = small(tmp_path, box=[10.7, 59.9, 10.9, 59.96], outside=outside)
    assert flows_of(south) == FLOWS  # b lies on the edge
    without = small(tmp_path, box=[10.72, 59.9, 10.9, 59.96], outside=outside)
    assert flows_of(without) == {("a", "c"): 2}
    north = {"box": [10.6, 59.92, 10.9, 59.96], "outside": outside}  # a lies outside
    if outside == "skip":
        assert flows_of(small(tmp_path, **north)) == {("b", "c"): 2}
    else:
        with pytest.raises(ValueError, match="no zone has 1 check-ins and 1 trips"):
            small(tmp_path, **north)


def test_squares_clusters_cities_and_polygons(tmp_path):
    squares = small(tmp_path, zones="squares", cell_km=1, box=BOX)
    assert sorted(flows_of(squares).values()) == [1, 2, 2]
    assert squares.zones.crs.is_projected and squares.zones["area_km2"].tolist() == [1, 1, 1]
    clusters = small(tmp_path, zones="clusters", link_km=4)
    assert clusters.zones["zone_id"].tolist() == ["1", "2"]  # a with b, and c
    assert flows_of(clusters) == {("1", "2"): 2}
    assert clusters.zones["workplace_population"].tolist() == [6, 2]
    shapes = [rectangle(10.6, 59.9, 10.72, 60), rectangle(10.72, 59.9, 11, 59.94)]
    layer = gpd.GeoDataFrame({"code": ["w", "e"]}, geometry=shapes, crs="EPSG:4326")
    layer.to_file(tmp_path / "z.gpkg")
    files = {"checkins": write(tmp_path / "c.txt", snap()), "polygons": tmp_path / "z.gpkg"}
    polygons = read("checkins", files, zones="polygons", zone="code")
    assert flows_of(polygons) == {("e", "w"): 1, ("w", "e"): 2}
    assert polygons.notes["check-ins outside of all zones"] == 2
    with pytest.raises(ValueError, match=r"z\.gpkg: no column with the identifier .*option zone"):
        read("checkins", files, zones="polygons")


def test_cities_of_the_places(tmp_path):
    where = "place,lat,lon,town\n" + lines(
        ((p, *PLACES[p], "north" if p == "c" else "south") for p in PLACES), ","
    )
    files = {
        "checkins": write(tmp_path / "c.csv", "user,time,place\n" + lines(VISITS, ",")),
        "places": write(tmp_path / "p.csv", where),
    }
    canonical = read("checkins", files, format="table", zones="cities", city="town")
    assert flows_of(canonical) == {("south", "north"): 2}
    centre = canonical.zones.set_index("zone_id").loc["south", "y"]
    assert centre == pytest.approx((4 * 59.91 + 2 * 59.93) / 6, abs=1e-4)


def test_the_crs_of_polygons_comes_from_the_file_or_the_option(tmp_path):
    shapes = [rectangle(10.6, 59.9, 10.72, 60), rectangle(10.72, 59.9, 11, 59.94)]
    layer = gpd.GeoDataFrame({"zone_id": ["w", "e"]}, geometry=shapes, crs="EPSG:4326")
    metres = json.loads(layer.to_crs("EPSG:25832").to_json(drop_id=True))
    metres.pop("crs", None)
    files = {"checkins": write(tmp_path / "c.txt", snap()), "polygons": tmp_path / "z.geojson"}
    write(files["polygons"], json.dumps(metres))
    with pytest.raises(ValueError, match=r"z\.geojson: .*off the globe .*option crs"):
        read("checkins", files, zones="polygons")
    given = read("checkins", files, zones="polygons", crs="EPSG:25832")
    assert flows_of(given) == {("e", "w"): 1, ("w", "e"): 2}
    assert given.zones.crs == "EPSG:25832"
    stated = metres | {"crs": {"type": "name", "properties": {"name": "EPSG:25832"}}}
    write(files["polygons"], json.dumps(stated))
    for crs in (None, 25832, "EPSG:32632"):  # the last is the same to a metre
        same = read("checkins", files, zones="polygons", crs=crs)
        assert flows_of(same) == flows_of(given)
    with pytest.raises(
        ValueError, match=r"z\.geojson: crs=4326, but the file states .*UTM zone 32N"
    ):
        read("checkins", files, zones="polygons", crs=4326)


def test_swapped_coordinates_and_empty_boxes_are_named(tmp_path):
    with pytest.raises(ValueError, match="none of 8 check-ins lies in a zone"):
        small(tmp_path, box=[0, 0, 1, 1])
    with pytest.raises(ValueError, match="none of 8 check-ins lies in a zone"):
        small(tmp_path, zones="squares", box=[0, 0, 1, 1])


@pytest.mark.parametrize(
    ("roles", "options", "message"),
    [
        (["checkins"], {"format": "sample"}, "format 'sample': the file role 'places' is missing"),
        (["checkins"], {"zones": "polygons"}, "the file role 'polygons' is missing"),
        (["checkins"], {"box": [10, 0, 5, 1]}, r"give \[west, south, east, north\] in degrees"),
        (["checkins"], {"min_places": 0}, "a whole number >= 1"),
        (["checkins"], {"max_unusable": 2}, "a share from 0 to 1"),
        (["checkins"], {"outside": "stop"}, "'break' or 'skip'"),
        (["checkins"], {"cell_km": 0}, r"a number >= 0\.001 \(km\)"),
        (["checkins"], {"cell_km": 1e-9}, r"a number >= 0\.001 \(km\)"),
        (["checkins"], {"crs": "EPSG:999999"}, "one such as 'EPSG:25832'"),
        (["checkins"], {"crs": 0}, "one such as 'EPSG:25832'"),
    ],
)
def test_requests_are_checked_before_files_are_read(roles, options, message):
    with pytest.raises(ValueError, match=message):
        adapters.check_request("checkins", roles, options)


def test_the_gowalla_sample(mirror):
    folder = mirror / "checkins_gowalla_sample"
    files = {
        "checkins": folder / "Gowalla_3_Gowalla_checkins.txt",
        "places": folder / "Gowalla_3_Gowalla_poi_coos.txt",
    }
    options = {"format": "sample", "zones": "squares", "box": [-97.80, 30.22, -97.69, 30.31]}
    canonical = frames.check(adapters.read("checkins", files, options))
    assert canonical.notes["check-ins read"] == 157_251 - 18
    assert canonical.notes["users read"] == 1000
    assert len(canonical.zones) == 84 and canonical.notes["trips"] == 15_858
    assert np.isclose(canonical.flows["flow"].sum(), 15_858)
