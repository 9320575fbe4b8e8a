"""The adapters as a family, and the user's own table: what is kept, counted and refused."""

import inspect
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Polygon, box

from movelaws import adapters, frames
from tests.unit.raw_files import flows_of, read, write, zipped_layer

# ---------------------------------------------------------------- the adapters as a family


def test_every_adapter_states_its_roles_options_and_format():
    names = adapters.available()
    assert names == [
        "checkins",
        "denmark_moves",
        "england_commuting",
        "flowsr",
        "sf_taxi",
        "south_sudan",
        "table",
        "us_commuting",
        "us_counties",
        "us_migration",
    ]
    for name in names:
        module = adapters.load(name)
        assert module.REQUIRED and not set(module.REQUIRED) & set(module.OPTIONAL)
        known = {*module.REQUIRED, *module.OPTIONAL}
        groups = getattr(module, "ONE_OF", ())
        alike = {role for group in groups for role in group[1:]}
        for role in known - alike:
            assert role in module.__doc__
        assert all(group and known >= set(group) for group in groups)
        for role, by_ending in getattr(module, "REQUIRED_WITH", {}).items():
            assert known >= {role, *(needed for roles in by_ending.values() for needed in roles)}
        options = list(inspect.signature(module.read).parameters.values())[1:]
        assert all(o.kind is o.KEYWORD_ONLY and o.default is not o.empty for o in options)


@pytest.mark.parametrize("name", ["us_comuting", "../table", "_england", "Table", ""])
def test_an_unknown_adapter_is_refused(name):
    with pytest.raises(ValueError, match="adapter"):
        adapters.load(name)


def test_unknown_roles_and_options_and_missing_files_are_named(tmp_path):
    flows, zones = (write(tmp_path / name, "x\n1\n") for name in ("f.csv", "z.csv"))
    with pytest.raises(ValueError, match="role 'flow' is unknown; did you mean 'flows'"):
        adapters.read("table", {"flow": flows}, {})
    with pytest.raises(ValueError, match="role 'zones' is missing"):
        adapters.read("table", {"flows": flows}, {})
    with pytest.raises(ValueError, match="option 'delimeter' is unknown; did you mean 'delimiter'"):
        adapters.read("table", {"flows": flows, "zones": zones}, {"delimeter": ";"})
    with pytest.raises(FileNotFoundError, match=r"zones: there is no file .*gone\.csv"):
        adapters.read("table", {"flows": flows, "zones": tmp_path / "gone.csv"}, {})


@pytest.mark.parametrize(
    ("name", "roles", "options", "message"),
    [
        ("tables", [], {}, "adapter 'tables' is unknown; did you mean 'table'"),
        ("table", ["flows", "zone"], {}, "file role 'zone' is unknown; did you mean 'zones'"),
        ("table", ["flows"], {}, "role 'zones' is missing"),
        ("table", None, {"delimter": ";"}, "'delimter' is unknown; did you mean 'delimiter'"),
        ("table", None, {3: ";"}, "option 3 is unknown; there are origin, destination"),
        ("table", None, {"drop_self": "no"}, "'drop_self' = 'no': give true or false"),
        ("table", None, {"min_flow": "3"}, "'min_flow' = '3': give a number >= 0"),
        ("table", None, {"min_flow": -1}, "give a number >= 0"),
        ("table", None, {"min_flow": float("nan")}, "'min_flow' = nan: give a number >= 0"),
        ("table", None, {"min_flow": float("inf")}, "'min_flow' = inf: give a number >= 0"),
        ("table", None, {"delimiter": 1}, "'delimiter' = 1: give one character"),
        ("table", None, {"encoding": "klingon"}, "'klingon': give an encoding, such as utf-8"),
        ("table", None, {"origin": 1}, "'origin' = 1: give text"),
        ("table", None, {"attributes": "gini"}, "'attributes' = 'gini': give a list of columns"),
        ("table", None, {"attributes": [1]}, r"'attributes' = \[1\]: give a list of columns"),
        ("table", None, {"attributes": ["a", "a"]}, "of the zones, each once and none of zone_id"),
        ("table", None, {"attributes": ["x"]}, r"'attributes' = \['x'\]: give .* none of zone_id"),
        ("table", None, {"attributes": [" "]}, r"'attributes' = \[' '\]: give a list of columns"),
        ("table", None, {"crs": {"a": 1}}, "'crs' = .*: give text .* or a whole number or null"),
        ("us_commuting", None, {"flow_divisor": 0}, "give a number > 0"),
        ("us_commuting", None, {"flow_divisor": "2"}, "'2': give a number > 0"),
        ("us_commuting", None, {"flow_divisor": float("inf")}, "give a number > 0"),
        ("us_counties", None, {"exclude_states": [2]}, "each item a two-digit FIPS code in quotes"),
        ("england_commuting", ["flows", "boundaries"], {"level": "MSOA"}, "'mlad' or 'msoa'"),
        ("england_commuting", ["flows"], {}, "level 'mlad': the file role 'boundaries' is missing"),
        ("england_commuting", ["flows"], {"level": "msoa"}, "the file role 'msoa_points' is miss"),
        ("england_commuting", ["flows", "boundaries"], {"countries": []}, r"\['E'\], \['W'\] or"),
        ("us_migration", None, {"count": "n3"}, "'count' = 'n3': give 'n1' or 'n2'"),
    ],
)
def test_a_request_is_checked_without_looking_at_files(name, roles, options, message):
    roles = adapters.load(name).REQUIRED if roles is None else roles
    with pytest.raises(ValueError, match=message):
        adapters.check_request(name, roles, options)


BASICS = {"settlements": "s.csv", "population": "p.xlsx"}
COUNTIES = BASICS | {"boundaries": "adm2.zip"}
PARTS = {f"boundaries_{part}": f"adm2.{part}" for part in ("shx", "dbf", "prj")}
MONTH = {"register_2021_07": "july.xlsx"}


def test_one_file_of_a_group_is_enough_and_needed():
    message = (
        r"adapter 'south_sudan': give one at least of the file roles 'register_2020_01', .*\.\.\. "
        r"\(there are 132\); given \['settlements', 'population', 'boundaries'\]"
    )
    with pytest.raises(ValueError, match=message):
        adapters.check_request("south_sudan", COUNTIES, {})
    adapters.check_request("south_sudan", COUNTIES | MONTH, {})
    adapters.check_request("south_sudan", [*COUNTIES, *MONTH], {})


@pytest.mark.parametrize("name", ["adm2.shp", "ADM2.SHP", Path("folder") / "adm2.shp"])
@pytest.mark.parametrize("missing", PARTS)
def test_an_ending_may_ask_for_more_files(name, missing):
    shapefile = BASICS | MONTH | PARTS | {"boundaries": name}
    adapters.check_request("south_sudan", shapefile, {})
    shapefile.pop(missing)
    message = rf"'south_sudan', boundaries in a \.shp file: the file role '{missing}' is missing"
    with pytest.raises(ValueError, match=message):
        adapters.check_request("south_sudan", shapefile, {})


def test_requests_as_the_docstrings_describe_them_pass():
    table = {"crs": 25832, "min_flow": 2, "drop_self": False, "workplace": None, "x": "e"}
    adapters.check_request("table", ["flows", "zones"], table | {"delimiter": "\t"})
    england = {"level": "msoa", "countries": ["E", "W"], "min_flow": 2.5}
    adapters.check_request("england_commuting", ["flows", "msoa_points"], england)
    states = {"exclude_states": ["02", "15"], "flow_divisor": 2}
    adapters.check_request("us_commuting", ["flows", "boundaries"], states)


# ---------------------------------------------------------------- the user's own table

ZONES = "zone_id,name,lon,lat,population\n01,One,0.5,50,100\n02,Two,1.5,50,200\n3,Three,0,51,50\n"
FLOWS = "origin,destination,flow\n01,02,5\n02,01,2.5\n3,01,1\n01,01,9\n3,02,0\n"


@pytest.fixture
def own(tmp_path):
    return {
        "flows": write(tmp_path / "flows.csv", FLOWS),
        "zones": write(tmp_path / "zones.csv", ZONES),
    }


def test_a_plain_table_needs_no_options(own):
    canonical = read("table", own)
    assert flows_of(canonical) == {("01", "02"): 5, ("02", "01"): 2.5, ("3", "01"): 1}
    assert canonical.zones["name"].tolist() == ["One", "Two", "Three"]
    assert canonical.zones["residential_population"].tolist() == [100, 200, 50]
    assert canonical.zones["workplace_population"].tolist() == [100, 200, 50]
    assert canonical.zones.crs == "EPSG:4326"
    assert canonical.notes["flows within a zone dropped"] == 1
    assert canonical.notes["flows of 0 or below 0 dropped"] == 1
    assert "serves as both" in canonical.notes["populations"]


def test_without_populations_arrivals_are_the_workplace_population(own, tmp_path):
    own["zones"] = write(tmp_path / "bare.csv", "zone_id,lon,lat\n01,0,50\n02,1,50\n3,0,51\n")
    canonical = read("table", own)
    assert canonical.zones["workplace_population"].tolist() == [12.5, 5.0, 0.0]
    assert canonical.zones["residential_population"].isna().all()
    assert "arrivals" in canonical.notes["workplace_population"]


LIVED_IN = (
    "zone_id,lon,lat,population, Gini ,change\n"
    "3,0,51,50,0.5,-3\n01,0.5,50,100,0.25,NA\n02,1.5,50,200,0.75,\n"
)


def test_further_numbers_of_the_zones_are_kept_on_request(own, tmp_path):
    write(own["zones"], LIVED_IN)
    zones = read("table", own).zones
    assert [*zones.columns] == [*frames.ZONE_COLUMNS]
    canonical = read("table", own, attributes=["gini", "change", "population"])
    zones = canonical.zones
    assert zones["gini"].tolist() == [0.25, 0.75, 0.5]
    np.testing.assert_array_equal(zones["change"], [np.nan, np.nan, -3])
    assert zones["population"].tolist() == zones["residential_population"].tolist()
    counted = [note for note in canonical.notes if note.startswith("zones without")]
    assert counted == ["zones without change"]
    assert canonical.notes["zones without change"] == 2
    frames.write(canonical, tmp_path / "od")
    again = frames.read(tmp_path / "od").zones
    np.testing.assert_array_equal(again["change"], zones["change"])


@pytest.mark.parametrize("suffix", ["gpkg", "parquet"])
def test_attributes_of_a_layer_are_kept_to_the_last_digit(own, tmp_path, suffix):
    values = [0.1 + 0.2, None, 1e-17]
    layer = gpd.GeoDataFrame(
        {"zone_id": ["01", "02", "3"], "gini": values, "floods": [3, 1, 2]},
        geometry=[box(k, 50, k + 1, 51) for k in range(3)],
        crs="EPSG:4326",
    )
    path = tmp_path / f"zones.{suffix}"
    layer.to_parquet(path) if suffix == "parquet" else layer.to_file(path)
    canonical = read("table", own | {"zones": path}, attributes=["floods", "gini"])
    np.testing.assert_array_equal(canonical.zones["gini"], np.array(values, dtype=float))
    assert canonical.zones["floods"].tolist() == [3, 1, 2]
    assert canonical.notes["zones without gini"] == 1
    layer.assign(gini=["0.3", "-", "0.2"]).to_parquet(tmp_path / "bad.parquet")
    with pytest.raises(ValueError, match=r"bad\.parquet: feature 2, column 'gini': '-' is not a"):
        read("table", own | {"zones": tmp_path / "bad.parquet"}, attributes=["gini"])


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("high", r"zones\.csv: line 2, column ' Gini ': 'high' is not a number"),
        ("inf", r"zones\.csv: line 2, column ' Gini ': 'inf' is not a number"),
        ("50 %", r"zones\.csv: line 2, column ' Gini ': '50 %' is not a number"),
    ],
)
def test_an_attribute_that_is_no_number_is_named(own, cell, message):
    write(own["zones"], LIVED_IN.replace("0.5,-3", f"{cell},-3"))
    with pytest.raises(ValueError, match=message):
        read("table", own, attributes=["gini"])
    with pytest.raises(ValueError, match=r"zones\.csv: no column 'rent' among .*name the column"):
        read("table", own, attributes=["rent"])


def test_columns_delimiter_encoding_and_crs_are_options(tmp_path):
    files = {
        "flows": write(tmp_path / "f.csv", "von;nach;n\nä;b;4\nb;ä;1\n", "latin-1"),
        "zones": write(
            tmp_path / "z.csv", "id;ost;nord;ew;ap\nä;0;0;7;1\nb;3000;4000;8;2\n", "latin-1"
        ),
    }
    options = {"origin": "von", "destination": "nach", "flow": "n", "zone": "id", "x": "ost"}
    options |= {"y": "nord", "crs": "EPSG:25832", "residential": "ew", "workplace": "ap"}
    canonical = read("table", files, **options, delimiter=";", encoding="latin-1", min_flow=2)
    assert flows_of(canonical) == {("ä", "b"): 4}
    assert canonical.zones.set_index("zone_id").loc["b", ["x", "y"]].tolist() == [3000, 4000]
    assert canonical.zones["workplace_population"].tolist() == [2, 1]


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet", "zip"])
def test_zones_may_be_a_layer_of_polygons(own, tmp_path, suffix):
    bow_tie = Polygon([(2, 50), (3, 51), (3, 50), (2, 51)])
    layer = gpd.GeoDataFrame(
        {"zone_id": ["01", "02", "3"], "jobs": [1, 2, 3]},
        geometry=[box(0, 50, 1, 51), box(1, 50, 2, 51), bow_tie],
        crs="EPSG:4326",
    )
    path = tmp_path / f"zones.{suffix}"
    if suffix == "zip":
        zipped_layer(path, layer, ("shp", "shx", "dbf", "prj"))
    elif suffix == "parquet":
        layer.to_parquet(path)
    else:
        layer.to_file(path)
    canonical = read("table", own | {"zones": path})
    assert canonical.zones[["x", "y"]].iloc[0].tolist() == [0.5, 50.5]
    assert canonical.zones["area_km2"].iloc[0] == pytest.approx(7882, rel=0.01)
    assert canonical.notes["invalid polygons of zones repaired"] == 1


def test_parquet_keeps_text_and_turns_whole_numbers_into_identifiers(own, tmp_path):
    flows = pd.DataFrame({"origin": [1, 2], "destination": [2.0, 1.0], "flow": [3, 4]})
    zones = pd.DataFrame({"zone_id": [1, 2], "lon": [0.0, 1.0], "lat": [50.0, 50.5]})
    flows.to_parquet(tmp_path / "f.parquet")
    zones.to_parquet(tmp_path / "z.parquet")
    files = {"flows": tmp_path / "f.parquet", "zones": tmp_path / "z.parquet"}
    assert flows_of(read("table", files)) == {("1", "2"): 3, ("2", "1"): 4}


def test_spaces_around_headers_do_no_harm(own):
    write(own["zones"], ZONES.replace("lon,lat", " Lon , LAT"))
    assert len(read("table", own).zones) == 3


def test_a_byte_order_mark_and_blank_lines_do_no_harm(own):
    own["flows"].write_text("\ufeff" + FLOWS.replace("02,01", "\n02,01") + "\n\n", encoding="utf-8")
    assert len(read("table", own).flows) == 3


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (("flows", ",", ";"), {}, r"flows\.csv: no column 'origin'.* separated by a semicolon"),
        (("flows", "flow\n", "trips\n"), {}, "no column 'flow' among .*name the column in the opt"),
        (("flows", "2.5", "many"), {}, "line 3, column 'flow': 'many' is not a number"),
        (("flows", "2.5", '"1,000"'), {}, "'1,000' is not a number: .* thousands"),
        (("flows", "2.5", "-2"), {}, "line 3, column 'flow': '-2' is below 0"),
        (("flows", "2.5", "inf"), {}, "'inf' is not a number"),
        (("flows", "2.5", ""), {}, "line 3, column 'flow': '' is missing"),
        (("flows", "3,01,1", ",01,1"), {}, "line 4, column 'origin': '' is blank"),
        (
            ("flows", "02,01", "9,01"),
            {},
            "line 3, column 'origin': '9' is not among the zones: add",
        ),
        (
            ("flows", "02,01", "2,1"),
            {},
            "'2' is not among the zones: leading zeros differ from '02'",
        ),
        (("flows", "3,02,0", "01,02,1"), {}, "line 6, .* occurs before: merge them"),
        (("flows", "2.5", "2.5,7"), {}, "cannot be read as a table.* line 3"),
        (
            ("zones", "1.5,50", "1.5,150"),
            {},
            "line 3, column 'lat': '150' is no latitude.* swapped",
        ),
        (("zones", "50,200", "50"), {}, "line 3, column 'population': '' is missing"),
        (("zones", "lon,lat", "x,y"), {"x": "x", "y": "y"}, "stated system: set the option crs"),
        (("zones", "02,Two", "01,Two"), {}, "line 3, column 'zone_id': '01' occurs more than once"),
        (("zones", "200", "-200"), {}, "'population': '-200' is below 0"),
        (("zones", "One", "One"), {"crs": "EPSG:0"}, "crs='EPSG:0': give one such as"),
        (("zones", "One", "One"), {"workplace": "jobs"}, "no column 'jobs'"),
        (("zones", "One", "One"), {"drop_self": False}, "9 move within zone '01'"),
        (("zones", "One", "One"), {"duplicates": "keep"}, "'duplicates' = 'keep': give 'error' or"),
        (("zones", "One", "One"), {"delimiter": ", "}, "'delimiter' = ', ': give one character"),
        (("zones", "lon,lat", "lon,y"), {"crs": "EPSG:25832"}, "'lon', 'y' are degrees by their"),
        (
            ("zones", "lon,lat", "x,y"),
            {"crs": 25832},
            r"flows .*flows\.csv, zones .*zones\.csv\): zones: these look like degrees",
        ),
        (("zones", "1.5,50", "0.5,50"), {}, r"zones\.csv\): zones: '01' and '02' have the same p"),
        (("zones", "One", "One"), {"crs": "EPSG:4807"}, r"zones\.csv\): zones: crs .* grad"),
        (("zones", "One", "One"), {"crs": "EPSG:4978"}, r"zones\.csv: .* degrees by their names"),
        (("flows", "01,02,5", "01,02,1,234"), {}, "line 2 has more fields than the header"),
        (("zones", "One", "One"), {"min_flow": 99}, r"flows\.csv, .*: flows: the table is empty"),
    ],
)
def test_errors_name_file_line_column_and_remedy(own, change, options, message):
    role, old, new = change
    text = own[role].read_text()
    assert old in text
    write(own[role], text.replace(old, new, 1 if old != "," else -1))
    with pytest.raises(ValueError, match=message):
        read("table", own, **options)


def test_files_that_are_no_tables_are_refused(own):
    own["flows"].write_bytes("origin,destination,flow\né,b,1\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"not UTF-8.*0xe9.*save it as UTF-8"):
        read("table", own)
    write(own["flows"], "")
    with pytest.raises(ValueError, match="the file is empty"):
        read("table", own)
    write(own["flows"], "origin,destination,flow\n")
    with pytest.raises(ValueError, match="a header but no rows"):
        read("table", own)
    layer = own["zones"].with_suffix(".gpkg")
    layer.write_bytes(b"not a layer")
    with pytest.raises(ValueError, match="cannot be read as a layer"):
        read("table", own | {"zones": layer})
    with pytest.raises(ValueError, match=r"zones\.parquet: not a Parquet file"):
        read("table", own | {"zones": layer.rename(layer.with_suffix(".parquet"))})


def test_repeated_pairs_are_summed_on_request(own):
    write(own["flows"], FLOWS + "01,02,7\n")
    canonical = read("table", own, duplicates="sum")
    assert flows_of(canonical)["01", "02"] == 12
    assert canonical.notes["rows of repeated pairs summed"] == 1
