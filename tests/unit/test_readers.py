"""Files from strangers: damaged, ambiguous or not what their ending says."""

import gzip
import json
import re
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

from movelaws import layers, readers

COLUMNS = {"id": ["id", "code"], "n": ["n"]}


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_headers_are_found_by_any_of_their_names_whatever_case_and_spaces(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(" Code ,N,other\n007, 1.5 ,x\n", encoding="utf-8")
    table = readers.read_table(path, COLUMNS)
    assert table.identifier("id").tolist() == ["007"]
    assert table.number("n").tolist() == [1.5]
    assert table.headers == {"id": " Code ", "n": "N"}


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("from,to,flow,flow", "called 'flow' (read as 'flow', 'flow.1')"),
        ("from,to,Flow,FLOW", "called 'Flow' (read as 'Flow', 'FLOW')"),
    ],
)
def test_a_repeated_header_is_never_taken_silently(tmp_path, header, named):
    path = tmp_path / "od.csv"
    path.write_text(f"{header}\na,b,1,2\n")
    with pytest.raises(ValueError, match=re.escape(f"{path}: more than one column is {named}")):
        readers.read_table(path, {"flow": ["flow"]})
    assert readers.read_table(path, {"from": ["from"]}).frame["from"].tolist() == ["a"]


def test_of_repeated_headers_both_can_be_asked_for(tmp_path):
    path = tmp_path / "od.csv"
    path.write_text("code,code,Flow,flow\na,b,1,2\n")
    names = {"origin": ["code"], "destination": ["code.1"], "flow": ["flow"]}
    assert readers.read_table(path, names).frame.iloc[0].tolist() == ["a", "b", "2"]


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".zip"])
def test_a_table_reads_the_same_from_a_plain_file_and_from_an_archive(tmp_path, suffix):
    path, text = tmp_path / f"a{suffix}", "id,n\nNA,1\n02,2\n"
    if suffix == ".zip":
        zipped(path, {"folder/a.csv": text, "readme.txt": "about"})
    elif suffix == ".csv.gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    assert readers.read_table(path, COLUMNS).identifier("id").tolist() == ["NA", "02"]


def test_damaged_and_ambiguous_archives_are_refused(tmp_path):
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(b"id,n\n" + b"a,1\n" * 9999)[:-20])
    with pytest.raises(ValueError, match=r"cut\.csv\.gz: damaged"):
        readers.read_table(cut, COLUMNS)
    two = zipped(tmp_path / "two.zip", {"a.csv": "id,n\n", "b.csv": "id,n\n"})
    with pytest.raises(
        ValueError, match=r"one CSV file in the archive, found \['a.csv', 'b.csv'\]"
    ):
        readers.read_table(two, COLUMNS)
    climbing = zipped(tmp_path / "climb.zip", {"../a.csv": "id,n\n"})
    with pytest.raises(ValueError, match="outside"):
        readers.read_table(climbing, COLUMNS)
    with pytest.raises(ValueError, match="outside"):
        layers.read_layer(climbing)
    with pytest.raises(ValueError, match=r"two\.zip: .* expected one layer"):
        layers.read_layer(two)


def test_missing_files_unknown_encodings_and_false_parquet_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.csv: there is no such file"):
        readers.read_table(tmp_path / "gone.csv", COLUMNS)
    with pytest.raises(FileNotFoundError, match=r"gone\.gpkg: there is no such file"):
        layers.read_layer(tmp_path / "gone.gpkg")
    path = tmp_path / "a.csv"
    path.write_text("id,n\na,1\n")
    with pytest.raises(ValueError, match="encoding='utf-9' is unknown"):
        readers.read_table(path, COLUMNS, encoding="utf-9")
    false = path.rename(tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="not a Parquet file"):
        readers.read_table(false, COLUMNS)


def test_numbers_may_be_missing_only_where_that_is_allowed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,n\na,\nb,NA\nc,3\n")
    table = readers.read_table(path, COLUMNS)
    assert table.number("n", missing=True).isna().tolist() == [True, True, False]
    with pytest.raises(ValueError, match=r"line 2, column 'n': '' is missing: .* \(2 such lines\)"):
        table.number("n")
    with pytest.raises(ValueError, match="line 4, column 'n': '3' is above 2"):
        table.number("n", missing=True, high=2)


def test_identifiers_that_parquet_stores_as_numbers_become_whole_text(tmp_path):
    frame = pd.DataFrame({"id": [1.0, 2.0, None], "n": [0.5, 2.0, 3.0]})
    frame.to_parquet(tmp_path / "a.parquet")
    table = readers.read_table(tmp_path / "a.parquet", COLUMNS)
    assert table.frame["id"].tolist() == ["1", "2", ""]
    assert table.number("n").tolist() == [0.5, 2.0, 3.0]
    with pytest.raises(ValueError, match="row 3, column 'id': '' is blank"):
        table.identifier("id")


@pytest.mark.parametrize("value", [2.0**53, 1e17, 1e300])
def test_identifiers_stored_as_floats_too_large_to_be_exact_are_refused(tmp_path, value):
    pd.DataFrame({"id": [1.0, value], "n": [1, 2]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(
        ValueError, match=r"a\.parquet: row 2, column 'id': [\d.e+]+ is stored as a fl"
    ):
        readers.read_table(tmp_path / "a.parquet", COLUMNS)
    exact = pd.DataFrame({"id": [2**53 - 1, 2**62 + 1], "n": [1.5, None]})
    exact.to_parquet(tmp_path / "a.parquet")
    table = readers.read_table(tmp_path / "a.parquet", COLUMNS)
    assert table.identifier("id").tolist() == ["9007199254740991", "4611686018427387905"]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("a,1,234\nb,5\n", 2),
        ("a,1,234\nb,5,678\n", 2),
        ("a,1,\nb,5,678\n", 3),
        ("a,1,2,3,4\n", 2),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".zip"])
def test_a_row_longer_than_the_header_is_never_cut_off(tmp_path, rows, line, suffix):
    path = tmp_path / f"a{suffix}"
    if suffix == ".zip":
        zipped(path, {"a.csv": "id,n\n" + rows})
    else:
        path.write_text("id,n\n" + rows)
    message = rf"line {line} has more fields than the header .* thousands separators\?"
    with pytest.raises(ValueError, match=message):
        readers.read_table(path, COLUMNS)


@pytest.mark.parametrize("header", ["id,n", "id,n,", '"id",  n ', '"id",n,"two\nlines"'])
def test_a_delimiter_at_the_end_of_every_row_loses_nothing(tmp_path, header):
    path = tmp_path / "a.csv"
    end = ",," if "lines" in header else ","
    path.write_text(f"{header}\n01,1{end}\n02,2{end}\n")
    table = readers.read_table(path, COLUMNS)
    assert table.identifier("id").tolist() == ["01", "02"]
    assert table.number("n").tolist() == [1, 2]


def test_the_hint_at_another_delimiter_names_the_option_where_there_is_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id;n\na;1\n")
    with pytest.raises(ValueError, match=r"semicolon \(';'\) and not by a comma\? save it with"):
        readers.read_table(path, COLUMNS)
    with pytest.raises(ValueError, match=r"not by ','\? set options: delimiter: ';'$"):
        readers.read_table(path, COLUMNS, delimiter=",")


def polygon(ring):
    feature = {"type": "Feature", "properties": {"id": "a"}}
    feature["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def topology(arcs, indices):
    shape = {"type": "Polygon", "properties": {"id": "a"}, "arcs": [indices]}
    objects = {"o": {"type": "GeometryCollection", "geometries": [shape]}}
    return json.dumps({"type": "Topology", "objects": objects} | arcs)


RING = {"arcs": [[[0, 0], [1, 1], [1, 0], [0, 0]]]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[" * 100_000, "recursion"),
        ("null", "the content is not what the ending"),
        (polygon([[0, 0], [1, 1]]), "cannot be read as a layer"),
        (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "'feature 0' encloses no area"),
        (polygon([[0, 0], ["x", 1], [2, 2], [0, 0]]), "no geometry: .* or the file is damaged"),
        (topology({}, [0]), "no arcs or no objects: the file is damaged"),
        (topology(RING, [0, 7]), "arc 7 of the topology is missing, it has 1: the file is damaged"),
        (topology(RING, [-2]), "arc -2 of the topology is missing"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_damaged_layers_are_refused_with_the_name_of_the_file(tmp_path, content, message):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(ValueError, match=rf"(?s)a\.json: .*{message}"):
        layers.read_layer(tmp_path / "a.json", crs="EPSG:4326")


def test_a_topology_with_all_its_arcs_is_read(tmp_path):
    (tmp_path / "a.json").write_text(topology(RING, [0]))
    layer, repaired = layers.read_layer(tmp_path / "a.json", crs="EPSG:4326")
    assert [shape.area for shape in layer.geometry] == [0.5]
    assert repaired == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", '<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>'),
        ("a.json", '{"type": "gdal_streamed_alg", "command_line": "gdal vector convert x y"}'),
        ("a.json", "[1, 2]"),
        ("a.gpkg", "<OGRVRTDataSource/>"),
        ("a.vrt", "<OGRVRTDataSource/>"),
    ],
)
def test_a_layer_that_could_make_gdal_read_elsewhere_is_refused(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match="cannot be read as a layer"):
        layers.read_layer(tmp_path / name)


def test_layers_need_a_crs_and_geometries(tmp_path):
    layer = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[Point(91, 0), None])
    layer.set_crs("EPSG:4326").to_file(tmp_path / "hole.gpkg")
    with pytest.raises(ValueError, match="feature 1 has no geometry"):
        layers.read_layer(tmp_path / "hole.gpkg")
    layer.iloc[:1].to_parquet(tmp_path / "bare.parquet")
    with pytest.raises(ValueError, match="no coordinate reference system"):
        layers.read_layer(tmp_path / "bare.parquet")
    assert layers.read_layer(tmp_path / "bare.parquet", crs="EPSG:4326")[0].crs == "EPSG:4326"


def test_what_a_user_says_of_the_crs_agrees_with_the_file(tmp_path):
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[box(6e5, 6.6e6, 6.1e5, 6.7e6)], crs="EPSG:25832")
    frame.to_file(tmp_path / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"a.{suffix}", f"a.{suffix}")
    for said in (25832, "EPSG:32632"):  # the .prj names it its own way; WGS 84 is within a metre
        layer, _ = layers.read_layer(tmp_path / "a.zip", user_crs=said)
        assert layer.crs.to_epsg(min_confidence=20) == 25832
    for said in ("EPSG:25833", "EPSG:4326"):
        with pytest.raises(ValueError, match=rf"a\.zip: crs='{said}', but the file states ETRS"):
            layers.read_layer(tmp_path / "a.zip", user_crs=said)
    # what an adapter assumes of files without a CRS contradicts nothing
    assert layers.read_layer(tmp_path / "a.zip", crs="EPSG:4326")[0].crs.is_projected
    with pytest.raises(ValueError, match="give one such as"):
        layers.read_layer(tmp_path / "a.zip", user_crs="EPSG:999999")


def test_degrees_off_the_globe_are_refused(tmp_path):
    across = gpd.GeoDataFrame({"a": [1]}, geometry=[box(170, -90, 190, -60)], crs="EPSG:4326")
    across.to_file(tmp_path / "a.gpkg")
    assert len(layers.read_layer(tmp_path / "a.gpkg")[0]) == 1
    off = across.set_geometry(across.translate(0, 170))
    off.to_file(tmp_path / "off.gpkg")
    with pytest.raises(
        ValueError, match=r"off\.gpkg: coordinates up to 190, 110 are off the globe"
    ):
        layers.read_layer(tmp_path / "off.gpkg")


def test_degrees_in_a_projection_are_refused(tmp_path):
    path, country = tmp_path / "a.gpkg", box(24, 3, 36, 13)
    for crs in ("EPSG:32636", "EPSG:2263"):  # metres, US survey feet
        gpd.GeoDataFrame({"a": [1]}, geometry=[country], crs=crs).to_file(path)
        with pytest.raises(
            ValueError, match=r"a\.gpkg: coordinates from 24, 3 to 36, 13 look like degrees"
        ):
            layers.read_layer(path)
    json_path = tmp_path / "a.geojson"  # without a CRS of its own
    collection = gpd.GeoSeries([country]).to_json()
    json_path.write_text(collection)
    assert layers.read_layer(json_path)[0].crs.is_geographic
    with pytest.raises(ValueError, match="or by the option crs, such as to EPSG:4326"):
        layers.read_layer(json_path, user_crs="EPSG:32636")
    # A town near the origin of its plane is wider than that, and a plane may be in kilometres.
    for unit, across in (("m", 1000), ("km", 50)):
        plane = f"+proj=laea +lat_0=7 +lon_0=30 +units={unit}"
        town = gpd.GeoDataFrame({"a": [1]}, geometry=[box(0, 0, across, across)], crs=plane)
        town.to_file(path)
        assert len(layers.read_layer(path)[0]) == 1


def test_a_workbook_that_is_none_is_named(tmp_path):
    path = zipped(tmp_path / "a.xlsx", {"a.txt": "no workbook"})
    with pytest.raises(ValueError, match=r"a\.xlsx: cannot be read as a workbook: KeyError"):
        readers.read_table(path, COLUMNS)


def test_area_is_measured_on_the_ground_whatever_the_crs():
    square = gpd.GeoSeries([box(500_000, 5_000_000, 510_000, 5_010_000)], crs="EPSG:32632")
    for series in (square, square.to_crs("EPSG:4326"), square.to_crs("EPSG:3857")):
        assert layers.area_km2(series).iloc[0] == pytest.approx(100, rel=2e-3)
    assert layers.area_km2(square.centroid).isna().all()
