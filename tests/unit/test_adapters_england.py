"""The adapter of the 2011 Census of England and Wales on raw files of a few lines."""

import gzip
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import box

from tests.unit.raw_files import flows_of, read, write, zipped_layer

WESTMINSTER, CITY, BARNET, CARDIFF = "E09000033", "E09000001", "E09000003", "W06000015"
PARENT = {"E02000001": CITY, "E02000002": WESTMINSTER, "E02000003": BARNET, "W02000001": CARDIFF}
MSOA_PAIRS = [
    ("E02000001", "E02000002", 9),
    ("E02000001", "E02000003", 2),
    ("E02000001", "OD0000001", 4),
    ("E02000002", "E02000003", 3),
    ("E02000002", "OD0000003", 1),
    ("E02000003", "E02000001", 2),
    ("E02000003", "E02000002", 5),
    ("E02000003", "OD0000002", 8),
    ("E02000003", "S92000003", 6),
    ("W02000001", "E02000003", 10),
    ("E02000003", "W02000001", 20),
]


def pairs_csv(path, pairs, header="from,to,value"):
    text = header + "\n" + "".join(f"{o},{d},{n}\n" for o, d, n in pairs)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("wu01ew_msoa_v1.csv", text)
            archive.writestr("Metadata.txt", "about")
    else:
        path.write_text(text)
    return path


def district_pairs():
    table = pd.DataFrame(MSOA_PAIRS, columns=["o", "d", "n"]).replace(PARENT)
    return table.groupby(["o", "d"])["n"].sum().reset_index().itertuples(index=False)


@pytest.fixture
def england(tmp_path):
    centres = {"E02000001": -0.1, "E02000002": -0.15, "E02000003": -0.2, "W02000001": -3.2}
    lines = [f"{m},{m},{PARENT[m]},{x - 0.01},51.5,{x + 0.01},51.52\n" for m, x in centres.items()]
    layer = gpd.GeoDataFrame(
        {"areacd": [*PARENT.values()], "areanm": ["City", "Westminster", "Barnet", "Cardiff"]},
        geometry=[box(x - 0.02, 51.49, x + 0.02, 51.53) for x in centres.values()],
        crs="EPSG:4326",
    )
    layer.to_file(tmp_path / "lad.geojson")
    header = "areacd,areanm,parentcd,xmin,ymin,xmax,ymax\n"
    people = "areacd,areanm,usual_residents_2011\n" + "".join(
        f"{d},n,10\n" for d in PARENT.values()
    )
    return {
        "flows": pairs_csv(tmp_path / "lad.csv", district_pairs()),
        "msoa_flows": pairs_csv(tmp_path / "msoa.csv.gz", MSOA_PAIRS),
        "boundaries": tmp_path / "lad.geojson",
        "msoa_points": write(tmp_path / "msoa.csv", header + "".join(lines)),
        "residents": write(tmp_path / "residents.csv", people),
    }


def test_districts_are_merged_and_small_flows_dropped(england):
    canonical = read("england_commuting", england)
    expected = {(BARNET, WESTMINSTER): 7, (WESTMINSTER, BARNET): 5}
    assert flows_of(canonical) == expected
    zones = canonical.zones.set_index("zone_id")
    assert zones.loc[WESTMINSTER, "name"] == "Westminster"
    assert zones["workplace_population"].to_dict() == {BARNET: 15, WESTMINSTER: 9 + 7 + 4 + 1}
    assert zones["residential_population"].to_dict() == {BARNET: 10, WESTMINSTER: 20}
    assert canonical.zones.crs == "EPSG:27700"
    assert canonical.notes["districts merged into a neighbour"] == 1
    assert read("england_commuting", england, min_flow=6).flows["flow"].tolist() == [7]


def test_places_are_the_msoas_of_the_study_area_in_their_merged_district(england):
    places = read("england_commuting", england).places.set_index("place_id")
    assert places["zone_id"].tolist() == [WESTMINSTER, WESTMINSTER, BARNET]
    assert places["workplace_population"].tolist() == [2 + 4, 14 + 1, 15]
    assert places["residential_population"].isna().all()
    both = read("england_commuting", england, countries=["E", "W"])
    assert both.places["place_id"].tolist()[-1] == "W02000001"
    assert (BARNET, CARDIFF) in flows_of(both)


def test_pairs_of_msoas_alone_give_the_same_districts(england, tmp_path):
    header = "Area of residence,Area of workplace,All categories: Sex,Male,Female"
    pairs = [(o, d, f"{n},0,{n}") for o, d, n in MSOA_PAIRS]
    path = pairs_csv(tmp_path / "wu01ew_msoa.zip", pairs, header)
    files = {k: v for k, v in england.items() if k != "msoa_flows"} | {"flows": path}
    summed, given = read("england_commuting", files), read("england_commuting", england)
    pd.testing.assert_frame_equal(summed.flows, given.flows)
    pd.testing.assert_frame_equal(summed.places, given.places)
    assert_geodataframe_equal(summed.zones, given.zones)


def test_msoas_without_a_parent_belong_to_the_district_around_them(england, tmp_path):
    given = read("england_commuting", england)
    table = pd.read_csv(england["msoa_points"])
    shapes = [box(r.xmin, r.ymin, r.xmax, r.ymax) for r in table.itertuples()]
    layer = gpd.GeoDataFrame(
        {"geo_code": table["areacd"], "geo_label": table["areanm"]}, geometry=shapes, crs=4326
    ).to_crs("EPSG:27700")
    england["msoa_points"] = zipped_layer(
        tmp_path / "infuse.zip", layer, ("shp", "shx", "dbf", "prj")
    )
    found = read("england_commuting", england)
    assert found.places["zone_id"].tolist() == given.places["zone_id"].tolist()
    assert np.allclose(found.places[["x", "y"]], given.places[["x", "y"]], atol=1.0)


def test_without_msoas_the_places_are_the_districts(england):
    files = {role: england[role] for role in ("flows", "boundaries")}
    canonical = read("england_commuting", files)
    assert canonical.places["place_id"].tolist() == [BARNET, WESTMINSTER]
    assert "districts themselves" in canonical.notes["places"]


def test_msoas_can_be_the_zones(england):
    files = {"flows": england["msoa_flows"], "msoa_points": england["msoa_points"]}
    canonical = read("england_commuting", files, level="msoa", min_flow=5)
    assert flows_of(canonical) == {("E02000001", "E02000002"): 9, ("E02000003", "E02000002"): 5}
    assert len(canonical.zones) == len(canonical.places) == 3


@pytest.mark.parametrize(
    ("roles", "options", "message"),
    [
        (["flows", "msoa_points"], {}, "level 'mlad': the file role 'boundaries' is missing"),
        (["flows", "msoa_points"], {"level": "msoa"}, "district pairs; level 'msoa' needs pairs"),
        (["flows", "boundaries"], {"level": "lad"}, "'level' = 'lad'"),
        (["flows", "boundaries"], {"countries": ["S"]}, r"'countries' = \['S'\]"),
        (["flows", "boundaries"], {"countries": "EW"}, "'countries' = 'EW'"),
    ],
)
def test_roles_and_options_that_do_not_fit_are_refused(england, roles, options, message):
    with pytest.raises(ValueError, match=message):
        read("england_commuting", {role: england[role] for role in roles}, **options)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("E0900001", BARNET, 3)], "line 2, column 'from': 'E0900001' is no area code"),
        ([(BARNET, "OD1", 3)], "line 2, column 'to': 'OD1' is no area code"),
        ([(BARNET, CITY, 3)] * 2, "line 3, .* occurs before"),
        ([(BARNET, CITY, 3), ("E02000001", CITY, 3)], "MSOAs .* and districts .* one level"),
        ([("E02000009", "E02000001", 3)], r"'E02000009' is not among the msoa_points \(1 such"),
    ],
)
def test_wrong_pairs_are_refused(england, pairs, message):
    pairs_csv(england["flows"], pairs)
    with pytest.raises(ValueError, match=message):
        read("england_commuting", england)
