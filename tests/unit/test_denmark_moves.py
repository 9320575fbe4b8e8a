"""Moves between Danish municipalities, from files of a few lines and from the published ones."""

import gzip
import json
import zipfile

import pytest
from openpyxl import Workbook

from movelaws import adapters
from tests.unit.raw_files import flows_of, read, write

TOWNS = [
    ("101", "Copenhagen", "København", [(12.5, 55.6)]),
    ("411", "Christiansø", "Christiansø", [(15.2, 55.3)]),
    ("480", "Nordfyn", "Nordfyn", [(10.2, 55.5), (10.5, 55.5)]),
    ("580", "Aabenraa", "Aabenraa", [(9.4, 55.0)]),
]
FLOWS = (
    "orig,dest,n\nKøbenhavn,Nordfyns,5\nKøbenhavn,København,7\nNordfyns,København,3\n"
    "Aabenraa,Christiansø,2\nAabenraa,Nordfyns,0\n"
)
EXPECTED = {("101", "480"): 5, ("480", "101"): 3, ("580", "411"): 2}


def square(lon, lat):
    corners = [(0, 0), (0.2, 0), (0.2, 0.2), (0, 0.2), (0, 0)]
    return [[[lon + x, lat + y, -999.0] for x, y in corners]]


def boundaries(path, towns=TOWNS, columns=("lau_1", "label_en", "label_dk")):
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(columns, town[:3], strict=True)),
            "geometry": {"type": "Polygon", "coordinates": square(*corner)},
        }
        for town in towns
        for corner in town[3]
    ]
    return write(path, json.dumps({"type": "FeatureCollection", "features": features}))


@pytest.fixture
def files(tmp_path):
    return {
        "flows": write(tmp_path / "fly66.csv", FLOWS),
        "municipalities": boundaries(tmp_path / "dk.geojson"),
    }


def population(path, rows=None):
    sheet = (book := Workbook()).active
    sheet.append(["Befolkningen den 1. i måneden efter område og tid"])
    sheet.append(["Enhed: Antal"])
    sheet.append([None, "2023M12", "2024M01"])
    usual = [("Hele landet", 1, 110), ("Region Hovedstaden", 1, 60), ("København", 1, 60)]
    usual += [("Nordfyns", 1, 30), ("Aabenraa", 1, 19), ("Christiansø", 1, 1)]
    for row in usual if rows is None else rows:
        sheet.append(row)
    book.save(path)
    return path


def test_parts_of_one_municipality_are_one_flat_zone_in_metres(files):
    canonical = read("denmark_moves", files)
    zones = canonical.zones.set_index("zone_id")
    assert [*zones.index] == ["101", "411", "480", "580"]
    assert zones.crs.to_epsg() == 25832
    assert not zones.has_z.any()
    assert zones.loc["480", "geometry"].geom_type == "MultiPolygon"
    assert zones.loc["101", "name"] == "København"
    assert zones.loc["480", "geometry"].centroid.x == zones.loc["480", "x"]
    # 0.2 degrees of latitude are 22.27 km, of longitude at 55.6 degrees 12.6 km
    assert zones.loc["480", "area_km2"] == pytest.approx(2 * 22.27 * 12.6, rel=0.01)
    assert canonical.notes["parts of polygons joined"] == 1


def test_moves_are_counted_between_municipalities_only(files):
    canonical = read("denmark_moves", files)
    assert flows_of(canonical) == EXPECTED
    assert canonical.zones["workplace_population"].tolist() == [3, 2, 5, 0]
    assert canonical.zones["residential_population"].isna().all()
    assert canonical.notes["unit"] == "moves"
    assert canonical.notes["moves within a municipality dropped"] == 7


def test_a_municipality_without_moves_is_noted(files):
    write(files["flows"], "orig,dest,n\nKøbenhavn,Nordfyns,5\n")
    canonical = read("denmark_moves", files)
    assert canonical.notes["municipalities without any move"] == "Christiansø, Aabenraa"
    assert len(canonical.zones) == 4


STATBANK = (
    '"{origin}";"TILKOMMUNE";"TID";"INDHOLD"\n"København";"Nordfyns";"2024";"5"\n'
    '"Nordfyns Kommune";"Copenhagen";"2024";3\n"Åbenrå";"Christians Ø";"2024";"2"\n'
    '"Åbenrå";"København";"2024";"-"\n"Åbenrå";"Nordfyn";"2024";".."\n'
    '"Hele landet";"København";"2024";"3"\n"Region Syddanmark";"København";"2024";"3"\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("origin", ["FRAKOMMUNE", "FRAFKOMMUNE", "fraflytningskommune"])
def test_the_table_of_statbank_in_its_variants(files, origin, encoding):
    write(files["flows"], STATBANK.format(origin=origin), encoding)
    canonical = read("denmark_moves", files)
    assert flows_of(canonical) == EXPECTED
    assert canonical.notes["moves not published counted as 0"] == 1
    assert canonical.notes["rows of totals, wider areas and other periods dropped"] == 2


def test_codes_stand_for_names(files, tmp_path):
    text = "FRAKOMMUNE;TILKOMMUNE;INDHOLD\n101;0480;5\n480 Nordfyns;101 København;3\n580;411;2\n"
    files["flows"] = tmp_path / "fly66.csv.gz"
    files["flows"].write_bytes(gzip.compress(text.encode("latin-1")))
    assert flows_of(read("denmark_moves", files)) == EXPECTED


def test_an_alias_works_in_both_directions(files):
    towns = [(code, None, "Nordfyns" if code == "480" else name, at) for code, _, name, at in TOWNS]
    boundaries(files["municipalities"], towns)
    write(files["flows"], FLOWS.replace("Nordfyns", "Nordfyn"))
    assert flows_of(read("denmark_moves", files)) == EXPECTED


def test_sexes_and_ages_are_summed_or_their_total_is_taken(files):
    header = "FRAKOMMUNE;TILKOMMUNE;KØN;ALDER;INDHOLD\n"
    rows = [f"København;Nordfyns;{sex};{age};1\n" for sex in ("Mænd", "Kvinder") for age in (1, 2)]
    write(files["flows"], header + "".join(rows))
    assert flows_of(read("denmark_moves", files)) == {("101", "480"): 4}
    totals = "København;Nordfyns;I alt;1;2\nKøbenhavn;Nordfyns;I alt;2;3\n"
    write(files["flows"], header + "".join(rows) + totals)
    assert flows_of(read("denmark_moves", files)) == {("101", "480"): 5}


def test_one_period_of_several_must_be_named(files):
    rows = "".join(f"København;Nordfyns;{year};{year}\n" for year in (2023, 2024))
    write(files["flows"], "FRAKOMMUNE;TILKOMMUNE;TID;INDHOLD\n" + rows)
    assert flows_of(read("denmark_moves", files, period="2023")) == {("101", "480"): 2023}
    with pytest.raises(ValueError, match=r"fly66.csv: periods '2023', '2024': set options: period"):
        read("denmark_moves", files)
    with pytest.raises(ValueError, match="no period '2022', there are '2023', '2024'"):
        read("denmark_moves", files, period="2022")


def test_a_period_needs_its_column(files):
    with pytest.raises(ValueError, match="no column TID"):
        read("denmark_moves", files, period="2024")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            FLOWS + "Kobenhavn,Nordfyns,1\nLondon,Nordfyns,1\n",
            r"column 'orig'.*'Kobenhavn' \(nearest: københavn.*'London' \(nearest: none\)",
        ),
        (FLOWS + "København,101 Nordfyns,1\n", "column 'dest'.*'101 Nordfyns'"),
        (
            FLOWS + "Nordfyns,København,4\n",
            "line 7, column 'dest': 'København' occurs twice .*leave out",
        ),
        (FLOWS + "Aabenraa,København,1.5\n", "line 7, column 'n': '1.5' is no whole number"),
        (FLOWS + "Aabenraa,København,-1\n", "'-1' is below 0"),
        (FLOWS + "Aabenraa,,1\n", "column 'dest': '' is blank"),
        ("a,b,c\n1,2,3\n", "no column 'orig'"),
        ("", "the file is empty"),
    ],
)
def test_a_bad_table_of_moves_is_refused(files, text, message):
    write(files["flows"], text)
    with pytest.raises(ValueError, match=message):
        read("denmark_moves", files)


def test_many_unknown_names_are_listed_shortened(files):
    write(files["flows"], "orig,dest,n\n" + "".join(f"Zzz{i},Nordfyns,1\n" for i in range(12)))
    with pytest.raises(ValueError, match=r"'Zzz9'.*and 2 more"):
        read("denmark_moves", files)


@pytest.mark.parametrize(
    ("towns", "columns", "message"),
    [
        (TOWNS, ("code", "label_en", "label_dk"), r"no column with the code"),
        (TOWNS, ("lau_1", "label_en", "nom"), r"no column with the Danish name"),
        ([("1x1", "A", "A", [(9, 55)])], None, "'1x1' is no code"),
        ([*TOWNS, ("102", "Copenhagen", "København", [(9, 55)])], None, "codes 101 and 102"),
        ([*TOWNS, ("101", "Dragør", "Dragør", [(9, 55)])], None, "code 101 has the names"),
    ],
)
def test_bad_boundaries_are_refused(files, towns, columns, message):
    boundaries(files["municipalities"], towns, columns or ("lau_1", "label_en", "label_dk"))
    with pytest.raises(ValueError, match=message):
        read("denmark_moves", files)


def test_boundaries_must_be_polygons(files):
    layer = json.loads(files["municipalities"].read_text())
    layer["features"][0]["geometry"] = {"type": "Point", "coordinates": [9, 55]}
    write(files["municipalities"], json.dumps(layer))
    with pytest.raises(ValueError, match="must be polygons"):
        read("denmark_moves", files)


def test_the_population_comes_from_the_workbook(files, tmp_path):
    files["population"] = population(tmp_path / "FOLK1AM.xlsx")
    canonical = read("denmark_moves", files)
    assert canonical.zones["residential_population"].tolist() == [60, 1, 30, 19]
    assert canonical.notes["areas wider than a municipality left out of the population"] == 2
    assert canonical.notes["residential_population"] == "inhabitants, 2024M01"
    canonical = read("denmark_moves", files, population_month="2023M12")
    assert canonical.zones["residential_population"].tolist() == [1, 1, 1, 1]


def test_the_population_may_be_a_csv(files, tmp_path):
    rows = "".join(f"{name};{n}\n" for n, (_, _, name, _) in enumerate(TOWNS))
    files["population"] = write(tmp_path / "folk.csv", "OMRÅDE;2024M01\n" + rows, "latin-1")
    zones = read("denmark_moves", files).zones
    assert zones["residential_population"].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([("København", 1, 5)], {}, "no population of 'Christiansø', 'Nordfyn', 'Aabenraa'"),
        ([("Kbhvn", 1, 5)], {}, r"column .*: no municipality .* 'Kbhvn'"),
        ([("København", 1, 5), ("Copenhagen", 1, 5)], {}, "row 5, .*'Copenhagen' occurs twice"),
        ([("København", 1, "many")], {}, "'many' is not a number"),
        (None, {"population_month": "2030M01"}, r"columns \['område', '2030M01'\].*month"),
        (None, {"population_month": "January"}, r"give a month \(2024M01\)"),
    ],
)
def test_a_bad_population_is_refused(files, tmp_path, rows, options, message):
    files["population"] = population(tmp_path / "FOLK1AM.xlsx", rows)
    with pytest.raises(ValueError, match=message):
        read("denmark_moves", files, **options)


def test_what_is_no_workbook_is_refused(files, tmp_path):
    files["population"] = write(tmp_path / "FOLK1AM.xlsx", "no workbook")
    with pytest.raises(ValueError, match=r"FOLK1AM\.xlsx: damaged or not an archive"):
        read("denmark_moves", files)
    with zipfile.ZipFile(files["population"], "w") as archive:
        archive.writestr("a.txt", "no workbook either")
    with pytest.raises(ValueError, match=r"FOLK1AM\.xlsx: cannot be read as a workbook"):
        read("denmark_moves", files)


def test_the_published_moves_of_2024(mirror):
    files = {
        "flows": mirror / "denmark_moves_2024/fly66_2024_municipality_od.csv",
        "municipalities": mirror / "denmark_municipalities/municipalities.geojson",
        "population": mirror / "denmark_moves_2024/FOLK1AM.xlsx",
    }
    canonical = adapters.read("denmark_moves", files, {})
    assert len(canonical.zones) == 99
    assert len(canonical.flows) == 8084
    assert canonical.flows["flow"].sum() == 321_396
    assert canonical.zones["residential_population"].sum() == 5_961_249  # the row of the country
    assert canonical.zones["area_km2"].sum() == pytest.approx(42_950, rel=0.01)
    assert canonical.notes["parts of polygons joined"] == 311 - 99
