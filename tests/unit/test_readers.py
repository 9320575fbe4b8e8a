"""Files from strangers: damaged, ambiguous or not what their ending says."""

import gzip
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
    layer = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[Point(0, 0), None])
    layer.set_crs("EPSG:4326").to_file(tmp_path / "hole.gpkg")
    with pytest.raises(ValueError, match="feature 1 has no geometry"):
        layers.read_layer(tmp_path / "hole.gpkg")
    layer.iloc[:1].to_parquet(tmp_path / "bare.parquet")
    with pytest.raises(ValueError, match="no coordinate reference system"):
        layers.read_layer(tmp_path / "bare.parquet")
    assert layers.read_layer(tmp_path / "bare.parquet", crs="EPSG:27700")[0].crs == "EPSG:27700"


def test_area_is_measured_on_the_ground_whatever_the_crs():
    square = gpd.GeoSeries([box(500_000, 5_000_000, 510_000, 5_010_000)], crs="EPSG:32632")
    for series in (square, square.to_crs("EPSG:4326"), square.to_crs("EPSG:3857")):
        assert layers.area_km2(series).iloc[0] == pytest.approx(100, rel=2e-3)
    assert layers.area_km2(square.centroid).isna().all()
