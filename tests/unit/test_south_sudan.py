"""Movements between counties of South Sudan: registers, boundaries and points."""

import zipfile

import pytest
from openpyxl import load_workbook
from pyproj import CRS
from shapely import Point, Polygon

from movelaws import layers
from movelaws.adapters import _south_sudan_counties as names
from tests.unit.raw_files import flows_of, read, write, zipped_layer
from tests.unit.south_sudan_files import MOVES, counties, raw_files, register, sheet

EXPECTED = {("SS0102", "SS0304"): 7, ("SS0902", "SS0704"): 2}


@pytest.fixture
def files(tmp_path):
    return raw_files(tmp_path)


def with_layer(files, path):
    kept = {role: file for role, file in files.items() if not role.startswith("boundaries")}
    return kept | {"boundaries": path}


def test_nationals_who_moved_between_counties_are_counted(files):
    canonical = read("south_sudan", files)
    assert flows_of(canonical) == EXPECTED
    counted = {
        "rows of the registers": 9,
        "rows of movements to, from or through the country dropped": 2,
        "internal rows with an unknown county dropped": 1,
        "internal rows from or to Abyei dropped": 1,
        "internal rows within a county dropped": 1,
        "internal rows without South Sudanese nationals dropped": 1,
        "individuals who moved between counties": 9,
        "unit": "individuals",
        "counties without any movement": 0,
    }
    assert {name: canonical.notes[name] for name in counted} == counted


def test_everyone_is_counted_if_asked(files):
    flows = flows_of(read("south_sudan", files, nationals=False))
    assert flows == EXPECTED | {("SS0102", "SS0304"): 8, ("SS0704", "SS0902"): 9}


def test_zones_are_counties_without_abyei(files):
    zones = read("south_sudan", files).zones.set_index("zone_id")
    assert [*zones.index] == ["SS0102", "SS0304", "SS0704", "SS0902"]
    assert zones.crs.to_epsg() == 4326
    assert zones.loc["SS0304", "name"] == "Canal-Pigi"
    assert zones["workplace_population"].isna().all()
    assert zones["residential_population"].tolist() == [1000.5, 2000, 400, 100]
    # one degree each way near the equator
    assert zones.loc["SS0102", "area_km2"] == pytest.approx(111.2**2, rel=0.02)
    assert not {"conflict_deaths", "flood_displaced"} & set(zones.columns)


def test_the_point_of_a_county_is_the_mean_of_its_settlements(files):
    canonical = read("south_sudan", files)
    zones = canonical.zones.set_index("zone_id")
    assert zones.loc["SS0102", ["x", "y"]].tolist() == pytest.approx([31.4, 4.3])
    assert zones.loc["SS0304", ["x", "y"]].tolist() == pytest.approx([31.3, 9.3])
    assert zones.loc["SS0902", ["x", "y"]].tolist() == pytest.approx([25.5, 8.5])  # centroid
    notes = canonical.notes
    assert notes["counties without settlements, at the centroid of their polygon"] == "Raja"
    assert notes["settlements outside all counties"] == 1
    assert notes["settlements listed under another county than they lie in"] == 1


def test_months_are_summed_and_may_be_chosen(files, tmp_path):
    files["register_2020_03"] = register(tmp_path / "march.xlsx", "2020-03", MOVES[2:3])
    files["register_2021_01"] = register(tmp_path / "year.xlsx", "2021-01", MOVES[:1])
    canonical = read("south_sudan", files)
    assert flows_of(canonical) == {("SS0102", "SS0304"): 11, ("SS0902", "SS0704"): 4}
    assert canonical.notes["registers"] == "2020-01 to 2021-01 (3)"
    assert canonical.notes["months without a register"].startswith("2020-02, 2020-04")
    part = read("south_sudan", files, months=["2020-02", "2020-12"])
    assert flows_of(part) == {("SS0902", "SS0704"): 2}
    with pytest.raises(ValueError, match=r"months=\['2022-01', '2022-02'\]: no register of these"):
        read("south_sudan", files, months=["2022-01", "2022-02"])


def test_a_register_may_have_more_columns_and_no_internal_movement(files, tmp_path):
    rows = [["first line"], ["direction", "x", "total.ind", "dest.adm2.pcode", "dep.adm2.pcode"]]
    rows[1] += ["nationality.ssd.ind", "Interview.Month"]
    rows.append(["Outgoing", None, 3, "UG401", "SS0102", 3, "2020-02-01"])
    files["register_2020_02"] = sheet(tmp_path / "other.xlsx", rows, before=("Notes", "About"))
    assert flows_of(read("south_sudan", files)) == EXPECTED


def test_a_register_is_needed(files):
    files.pop("register_2020_01")
    with pytest.raises(ValueError, match=r"give one at least of .* 'register_2020_01'"):
        read("south_sudan", files)
    with pytest.raises(ValueError, match="'register_2020_13' is unknown; did you mean"):
        read("south_sudan", files | {"register_2020_13": files["population"]})


@pytest.mark.parametrize(
    "options",
    [{"months": ["2020-1", "2020-12"]}, {"months": ["2020-12", "2020-01"]}, {"months": "2020-01"}],
)
def test_months_are_two_in_order(files, options):
    with pytest.raises(ValueError, match=r"option 'months' .*give the first and the last month"):
        read("south_sudan", files, **options)


@pytest.mark.parametrize(
    ("move", "message"),
    [
        (("Internal", "SS0199", "SS0304", 1, 1), r"january.*'dep.adm2.pcode'.*'SS0199' \(nearest"),
        (("Internal", "SS0102", "SS0304", 1, -1), "'nationality.ssd.ind': '-1' is below 0"),
        (("Internal", "SS0102", "SS0304", 1, 2), "row 2, .*'2' is more than all .*, total.ind"),
        (("Internal", "SS0102", "SS0304", 1, 0.5), "row 2, .*'0.5' is no whole number"),
        (("Internal", "SS0102", "SS0304", 1, "NA"), "row 2, .*'NA' is missing"),
        (("Interne", "SS0102", "SS0304", 1, 1), "row 2, column 'direction': 'Interne' is unknown"),
    ],
)
def test_a_bad_row_of_a_register_is_named(files, move, message):
    register(files["register_2020_01"], moves=[move])
    with pytest.raises(ValueError, match=message):
        read("south_sudan", files)


def test_a_register_of_another_month_is_refused(files):
    files["register_2020_02"] = files.pop("register_2020_01")
    with pytest.raises(ValueError, match=r"january.xlsx: row 2, .*is not in 2020-02, the month"):
        read("south_sudan", files)


def test_a_register_given_as_two_months_is_refused(files, tmp_path):
    for month in ("2020-02", "2020-04"):
        path = register(tmp_path / f"{month}.xlsx", month, [*MOVES, *MOVES])
        files[f"register_{month.replace('-', '_')}"] = path
    with pytest.raises(
        ValueError, match=r"2020-04\.xlsx: has the same 18 rows as .*2020-02\.xlsx: give the"
    ):
        read("south_sudan", files)


def test_of_two_sheets_that_fit_none_is_chosen(files):
    path = files["register_2020_01"]
    book = load_workbook(path)
    book.copy_worksheet(book.worksheets[0]).title = "Excerpt"
    book.save(path)
    with pytest.raises(ValueError, match=r"january\.xlsx: several sheets, \['Sheet', 'Excerpt'\]"):
        read("south_sudan", files)


def test_swapped_coordinates_of_settlements_are_refused(files):
    text = files["settlements"].read_text()
    write(files["settlements"], text.replace("LATITUDE,LONGITUDE", "LONGITUDE,LATITUDE"))
    with pytest.raises(
        ValueError, match=r"7 of 7 settlements lie outside .* LONGITUDE and LATITUDE swapped"
    ):
        read("south_sudan", files)
    write(files["settlements"], text + "8,Raja,0,0\n")  # two of eight
    with pytest.raises(ValueError, match="2 of 8 settlements lie outside"):
        read("south_sudan", files)


def test_degrees_that_are_said_to_be_metres_are_refused(files):
    files["boundaries_prj"].write_text(CRS(32636).to_wkt("WKT1_ESRI"))
    with pytest.raises(
        ValueError, match=r"adm2\.shp: coordinates from 25, 4 to 34, 10 look like degrees.*36N"
    ):
        read("south_sudan", files)


def test_what_is_no_register_is_refused(files):
    path = files["register_2020_01"]
    register(path, header=["a"] * 7)
    with pytest.raises(ValueError, match=r"january.xlsx: no row in the top 30 .*'dep.adm2.pcode'"):
        read("south_sudan", files)
    register(path, moves=[])
    with pytest.raises(ValueError, match="a header but no rows"):
        read("south_sudan", files)
    write(path, "no workbook")
    with pytest.raises(ValueError, match=r"january\.xlsx: damaged or not an archive"):
        read("south_sudan", files)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"january\.xlsx: the file is empty"):
        read("south_sudan", files)


@pytest.mark.parametrize("damage", ["cut", "sheet", "none"])
def test_a_damaged_workbook_is_refused(files, damage):
    path = files["register_2020_01"]
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-200])
    else:
        parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:-300]
        with zipfile.ZipFile(path, "w") as archive:
            for name in parts if damage == "sheet" else ("a.txt",):
                archive.writestr(name, parts.get(name, b"no workbook"))
    with pytest.raises(ValueError, match=r"january\.xlsx: (damaged|cannot be read as a workbook)"):
        read("south_sudan", files)


def test_a_row_far_below_all_others_does_not_run_for_ever(files):
    path = files["register_2020_01"]
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    parts[part] = parts[part].replace(b'<row r="10"', b'<row r="9999999999"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="more than 1,048,576 rows"):
        read("south_sudan", files)


@pytest.mark.parametrize("suffix", ["shx", "dbf", "prj"])
def test_a_part_of_the_shapefile_that_is_missing_is_named(files, suffix):
    path = files[f"boundaries_{suffix}"]
    named = {role: file for role, file in files.items() if file != path}
    with pytest.raises(ValueError, match=rf"the file role 'boundaries_{suffix}' is missing"):
        read("south_sudan", named)  # though it lies beside
    path.unlink()
    with pytest.raises(FileNotFoundError, match=rf"boundaries_{suffix}: there is no file .*adm2"):
        read("south_sudan", files)
    if suffix != "prj":
        with pytest.raises(ValueError, match=rf"there is no adm2\.{suffix} beside it"):
            layers.read_layer(files["boundaries"])


def test_a_part_of_the_shapefile_that_lies_elsewhere_is_refused(files, tmp_path):
    (tmp_path / "other").mkdir()
    files["boundaries_dbf"] = files["boundaries_dbf"].rename(tmp_path / "other" / "adm2.dbf")
    with pytest.raises(ValueError, match=r"boundaries_dbf is .* must lie beside it"):
        read("south_sudan", files)


def test_a_shapefile_cut_short_is_refused(files):
    for role in ("boundaries_dbf", "boundaries"):
        content = files[role].read_bytes()
        files[role].write_bytes(content[:-150])
        with pytest.raises(ValueError, match=r"adm2\.shp: "):
            read("south_sudan", files)
        files[role].write_bytes(content)


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
def test_boundaries_may_be_one_file(files, tmp_path, suffix):
    path = tmp_path / f"one{suffix}"
    counties().to_file(path)
    assert flows_of(read("south_sudan", with_layer(files, path))) == EXPECTED


def test_the_counties_are_found_among_the_layers_of_an_archive(files, tmp_path):
    path = zipped_layer(tmp_path / "ssd_adm2.zip", counties(), ("shp", "shx", "dbf", "prj"))
    assert flows_of(read("south_sudan", with_layer(files, path))) == EXPECTED
    other = counties().drop(columns="ADM2_PCODE")
    other.to_file(tmp_path / "ssd_adm1.shp")
    with zipfile.ZipFile(path, "a") as archive:
        for suffix in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"ssd_adm1.{suffix}", f"ssd_adm1.{suffix}")
    assert flows_of(read("south_sudan", with_layer(files, path))) == EXPECTED
    with pytest.raises(ValueError, match=r"expected one layer \(.*found \['ssd_adm1.shp', 'ssd_ad"):
        layers.read_layer(path)
    with pytest.raises(ValueError, match="one layer with 'adm3' in its name"):
        layers.read_layer(path, named="adm3")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ADM2_PCODE": "SS01"}, "'SS01' is no code of a county such as SS0101"),
        ({"ADM2_PCODE": "SS0304"}, "county SS0304 occurs more than once"),
        ({"ADM2_EN": "canal pigi"}, "has the codes SS0102 and SS0304"),
        ({"ADM2_EN": "-"}, "county SS0102 has no name"),
        ({"geometry": Point(31, 4)}, "counties must be polygons"),
        ({"geometry": Polygon([(0, 0), (0, 0), (0, 0)])}, "encloses no area"),
    ],
)
def test_bad_boundaries_are_refused(files, tmp_path, changes, message):
    layer = counties()
    for column, value in changes.items():
        layer.loc[0, column] = value
    layer.to_file(tmp_path / "bad.gpkg")
    with pytest.raises(ValueError, match=message):
        read("south_sudan", with_layer(files, tmp_path / "bad.gpkg"))
    layer.rename(columns={"ADM2_EN": "a", "ADM2_PCODE": "b"}).to_file(tmp_path / "none.gpkg")
    with pytest.raises(ValueError, match=r"no column with the code of the county|polygons|no area"):
        read("south_sudan", with_layer(files, tmp_path / "none.gpkg"))


def test_a_county_is_found_under_every_spelling_of_the_alias_table():
    spelled = [name for group in names.ALIASES for name in group]
    assert len({names.plain(name) for name in spelled}) == len(spelled)
    assert names.plain("Kajo-Keji County") == names.plain("kajo  keji") == "kajo keji"
    assert names.is_abyei("Abyei PCA area")
    assert not names.is_abyei("Abiemnhom")
