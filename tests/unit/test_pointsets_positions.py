"""Coordinates and moves that would give smooth but wrong numbers: refused, or counted."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer
from shapely import box

from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _positions
from tests.unit.point_files import read, table, write

PLACES = [(9.90 + 0.002 * k, 56.02 + 0.001 * (k % 7)) for k in range(120)]


def plane(crs, places=PLACES):
    east, north = Transformer.from_crs(4326, crs, always_xy=True).transform(*np.transpose(places))
    return np.column_stack([east, north]).tolist()


def points(tmp_path, spots, name="p.csv"):
    rows = [(f"a{k}", *at) for k, at in enumerate(spots)]
    return {"points": table(tmp_path / name, ["id", "x", "y"], rows)}


def table_of(tmp_path, spots, **options):
    return read("address_table", points(tmp_path, spots), place_id="id", **options)


# ---------------------------------------------------------------- scale and area of the CRS


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:3857", r"EPSG:3857.*draws distances 1\.789 times.*projected_crs: EPSG:32632"),
        ("EPSG:3031", r"EPSG:3031.*latitudes -90 to -60, not for longitude 10\.01"),
        ("EPSG:2193", r"EPSG:2193.*is for longitudes 166"),
        ("EPSG:32760", r"EPSG:32760.*not for .*is it of another region"),
    ],
)
def test_systems_that_draw_the_places_too_large_are_refused(tmp_path, crs, said):
    with pytest.raises(ValueError, match=said):
        table_of(tmp_path, PLACES, projected_crs=crs)
    if crs != "EPSG:32760":  # where Denmark's metres are those of the other side of the pole
        with pytest.raises(ValueError, match=said):
            table_of(tmp_path, plane(crs), crs=crs)


def test_every_system_that_is_let_pass_measures_what_a_geodesic_does(tmp_path):
    geod = Geod(ellps="GRS80")
    for crs, most in (("EPSG:25832", 0.001), ("EPSG:3035", 0.002), ("EPSG:27700", 0.008)):
        made = table_of(tmp_path, PLACES, projected_crs=crs)
        x, y = made.points["x"].to_numpy(), made.points["y"].to_numpy()
        true = geod.inv(*PLACES[0], *PLACES[-1])[2]
        drawn = np.hypot(x[-1] - x[0], y[-1] - y[0])
        assert abs(drawn / true - 1) < most
        noted = "scale of distances at the median place" in made.notes
        assert noted == (crs == "EPSG:27700")


def test_notes_say_where_the_places_are(tmp_path):
    made = table_of(tmp_path, plane(25832), crs=25832)
    assert made.notes["longitude of the places"] == "9.9000 to 10.1380"
    assert made.notes["latitude of the places"] == "56.0200 to 56.0260"
    swapped = table_of(tmp_path, PLACES, x="y", y="x")  # in range, and so only noted
    assert swapped.notes["latitude of the places"] == "9.9000 to 10.1380"


def test_a_national_system_beyond_its_zone_is_noted(tmp_path):
    bornholm = [(14.8 + 0.001 * k, 55.1 + 0.001 * (k % 5)) for k in range(40)]
    made = table_of(tmp_path, bornholm, projected_crs="EPSG:25832")
    assert made.notes["places outside the area of use of EPSG:25832"] == 40
    assert len(made.points) == 40


def test_degrees_outside_an_area_are_counted_the_shorter_way_round():
    lon, lat = np.array([5.0, 179.0, -179.0, 7.0, 6.5]), np.array([50.0, 50, 50, 90, 50])
    found = _positions._outside(lon, lat, (6.0, 40.0, 12.0, 84.0))
    np.testing.assert_allclose(found, [1, 167, 169, 6, 0])
    across = _positions._outside(np.array([179.0, -179.0, 0.0]), np.zeros(3), (170, -5, -170, 5))
    np.testing.assert_allclose(across, [0, 0, 170])


def test_swapped_metres_and_kilometres_are_refused(tmp_path):
    metres = plane(25832)
    with pytest.raises(ValueError, match="are x and y swapped"):
        table_of(tmp_path, metres, crs=25832, x="y", y="x")
    with pytest.raises(ValueError, match="are these kilometres"):
        table_of(tmp_path, (np.array(metres) / 1000).tolist(), crs=25832)
    names = ["id", "status", "etrs89koordinat_nord", "etrs89koordinat_øst"]
    rows = [(f"a{k}", 1, *at) for k, at in enumerate(metres)]
    with pytest.raises(ValueError, match=r"dawa.*are x and y swapped"):
        read("dawa", {"addresses": table(tmp_path / "d.csv", names, rows)})
    rows = [(f"a{k}", *at, "Paris") for k, at in enumerate(plane(2154, [(2.3, 48.9)] * 3))]
    swapped = table(tmp_path / "b.csv", ["id", "y", "x", "nom_commune"], rows, ";")
    with pytest.raises(ValueError, match=r"ban.*are x and y swapped"):
        read("ban", {"addresses": swapped})


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:2272", r"option crs='EPSG:2272' .*US survey foot.*option projected_crs"),
        ("EPSG:4978", r"option crs='EPSG:4978' .*no system of two coordinates"),
        ("EPSG:5773", r"option crs='EPSG:5773' .*no system of two coordinates"),
    ],
)
def test_systems_of_no_use_are_named_as_the_user_named_them(tmp_path, crs, said):
    with pytest.raises(ValueError, match=said) as error:
        table_of(tmp_path, plane(25832), crs=crs)
    assert "\n" not in str(error.value)


# ---------------------------------------------------------------- single rows


@pytest.mark.parametrize("stray", [(9.9, 56.0), (0, 0), (-0.5, 56.0)])
def test_rows_in_degrees_among_metres_are_dropped_and_counted(tmp_path, stray):
    metres = plane(25832)
    made = table_of(tmp_path, [*metres, stray], crs=25832)
    assert made.notes["places in degrees or at 0, 0 among metres dropped"] == 1
    assert made.points["place_id"].tolist() == [f"a{k}" for k in range(120)]
    with pytest.raises(ValueError, match=r"line 122, column 'x'.*in degrees or at 0, 0 among"):
        table_of(tmp_path, [*metres, stray, stray], crs=25832)


def test_half_the_rows_in_degrees_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"120 of 240 rows cannot be used.*in degrees"):
        table_of(tmp_path, [*plane(25832), *PLACES], crs=25832)


def test_a_danish_address_at_nought_is_dropped_and_counted(tmp_path):
    names = ["id", "status", "etrs89koordinat_øst", "etrs89koordinat_nord"]
    rows = [(f"a{k}", 1, *at) for k, at in enumerate([*plane(25832), (0, 0)])]
    made = read("dawa", {"addresses": table(tmp_path / "d.csv", names, rows)})
    assert made.notes["addresses in degrees or at 0, 0 among metres dropped"] == 1


def test_places_around_the_origin_of_their_own_system_all_stay(tmp_path):
    own = "+proj=laea +lat_0=56.023 +lon_0=10.019 +ellps=GRS80 +units=m"
    made = table_of(tmp_path, PLACES, projected_crs=own)
    small = (made.points["x"].abs() <= 180) & (made.points["y"].abs() <= 90)
    spots = made.points[["x", "y"]].to_numpy().tolist()
    assert small.any()
    assert len(table_of(tmp_path, spots, crs=own).points) == 120


@pytest.mark.parametrize("times", [1e12, 1e295])
def test_coordinates_far_off_the_globe_are_refused_before_they_are_stacked(tmp_path, times):
    far = [(x * times, y) for x, y in plane(25832)]
    with pytest.raises(ValueError, match=r"column 'x'.*beyond 1e8 m in x"):
        table_of(tmp_path, far, crs=25832, stack=True)
    one = table_of(tmp_path, [*plane(25832), far[0]], crs=25832, stack=True)
    assert one.notes["places beyond 1e8 m in x dropped"] == 1
    made = table_of(tmp_path, plane(25832), crs=25832)
    made.points.loc[3, "y"] *= times
    with pytest.raises(ValueError, match=r"row 3 .*are these metres"):
        frames.check(made)


def test_one_column_for_both_coordinates_is_refused(tmp_path):
    with pytest.raises(ValueError, match="x and y are both read from the column 'x'"):
        table_of(tmp_path, PLACES, y="X")
    with pytest.raises(ValueError, match="latitude and longitude both name the column 'x'"):
        checkins = points(tmp_path, PLACES)["points"]
        read("checkins_moves", {"checkins": checkins}, format="table", latitude="x", longitude="x")


# ---------------------------------------------------------------- land


def layer(path, shapes, crs):
    gpd.GeoDataFrame(geometry=shapes, crs=crs).to_file(path)
    return path


def test_land_that_cannot_be_drawn_or_holds_no_place_is_refused(tmp_path):
    files = points(tmp_path, plane(25832))
    how = {"crs": "EPSG:25832", "place_id": "id"}
    files["land"] = layer(tmp_path / "world.gpkg", [box(-180, -90, 180, 90)], 4326)
    with pytest.raises(ValueError, match=r"world\.gpkg: no polygon .*Cut it to the region"):
        read("address_table", files, **how)
    around = [box(9.8, 55.9, 9.81, 55.91), box(10.3, 56.3, 10.31, 56.31)]
    files["land"] = layer(tmp_path / "around.gpkg", around, 4326)
    for parts in ("with_places", "all"):
        with pytest.raises(ValueError, match=r"around\.gpkg: none of the 120 places lies on"):
            read("address_table", files, **how, land_parts=parts)


def test_polygons_on_the_other_side_of_the_globe_are_counted(tmp_path):
    files = points(tmp_path, plane(25832))
    shapes = [box(9, 55, 11, 57), box(-179, -80, -170, 80)]
    shapes = [shapely.MultiPolygon(shapes), box(60, 0, 100, 1)]  # of one country, and another one
    files["land"] = layer(tmp_path / "two.gpkg", shapes, 4326)
    made = read("address_table", files, crs="EPSG:25832", place_id="id", land_parts="all")
    assert len(made.land) == 1 and made.land.area.sum() == pytest.approx(2.81e10, rel=0.02)
    assert made.notes["polygons of the land far away left out"] == 2


# ---------------------------------------------------------------- files cut off or mistaken


def test_an_answer_that_overpass_did_not_finish_is_refused(tmp_path):
    nodes = "".join(
        f'<node id="{k + 1}" lat="{lat}" lon="{lon}"><tag k="addr:housenumber" v="1"/></node>'
        for k, (lon, lat) in enumerate(PLACES)
    )
    whole = write(tmp_path / "whole.osm", f"<osm><remark>2 s</remark>{nodes}</osm>")
    assert len(read("osm", {"extract": whole}).points) == 120
    said = "<remark> runtime error: Query timed out in &quot;query&quot; at line 3 </remark>"
    cut = write(tmp_path / "cut.osm", f"<osm><note>x</note>{nodes}{said}</osm>")
    with pytest.raises(ValueError, match=r"cut\.osm: .*not complete.*timed out.*smaller pieces"):
        read("osm", {"extract": cut})


def test_french_addresses_separated_by_commas_are_read_as_the_message_says(tmp_path):
    rows = [(f"a{k}", *at, "Paris") for k, at in enumerate(plane(2154, [(2.3, 48.9), (2.4, 48.8)]))]
    files = {"addresses": table(tmp_path / "b.csv", ["id", "x", "y", "nom_commune"], rows)}
    with pytest.raises(ValueError, match="set options: delimiter: ','"):
        read("ban", files)
    assert len(read("ban", files, delimiter=",").points) == 2


# ---------------------------------------------------------------- moves of which none is left


def with_moves(tmp_path, rows):
    files = points(tmp_path, PLACES)
    files["moves"] = table(tmp_path / "m.csv", ["origin", "destination", "n"], rows)
    return files


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("a0", "a0", 2), ("a3", "a3", 1)], "from a place to itself dropped: 3"),
        ([("a0", "a1", 0), ("a3", "a2", 0)], "rows of 0 moves left out: 2"),
    ],
)
def test_a_register_without_any_move_says_where_they_went(tmp_path, rows, said):
    with pytest.raises(ValueError, match=rf"m\.csv: no move between two places is left.*{said}"):
        read("address_table", with_moves(tmp_path, rows), place_id="id", moves="n")


def test_moves_that_end_where_they_begin_by_their_columns_are_refused(tmp_path):
    files = with_moves(tmp_path, [("a0", "a1", 1)])
    with pytest.raises(ValueError, match="both read from the column 'destination'"):
        read("address_table", files, place_id="id", origin="destination")
    rows = [(*PLACES[0], *PLACES[5])]
    files["moves"] = table(tmp_path / "xy.csv", ["ax", "ay", "bx", "by"], rows)
    for origin, destination in ((["ax", "ax"], ["bx", "by"]), (["ax", "ay"], ["ax", "ay"])):
        with pytest.raises(ValueError, match=r"xy\.csv: .*both"):
            read("address_table", files, origin_xy=origin, destination_xy=destination)
    made = read("address_table", files, origin_xy=["ax", "ay"], destination_xy=["bx", "by"])
    assert made.moves.to_numpy().tolist() == [[0, 5, 1.0]]
