"""Danish and French addresses in the formats of their registers."""

import numpy as np
import pytest
from pyproj import Transformer

from tests.unit.point_files import read, table, write

UTM = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)
LAMBERT = Transformer.from_crs("EPSG:4326", "EPSG:2154", always_xy=True)

DAWA = ["id", "status", "vejnavn", "supplerendebynavn", "postnrnavn", "kommunekode"]
DAWA += ["etrs89koordinat_øst", "etrs89koordinat_nord"]
DAWA += ["wgs84koordinat_bredde", "wgs84koordinat_længde"]


@pytest.fixture
def danish(tmp_path):
    rows = []
    for k, status in enumerate([1, 1, 3, 1, 1, 1]):
        lon, lat = 14.7 + k / 1000, 55.1
        east, north = (f"{v:.2f}" for v in UTM.transform(lon, lat))
        rows.append(
            (f"id-{k}", status, "Vej", "" if k else "Sø", "Rønne", "0400", east, north, lat, lon)
        )
    rows.append(("id-6", 1, "Vej", "", "Rønne", "0400", "", "", "", ""))
    return {"addresses": table(tmp_path / "dawa.csv", DAWA, rows)}


def test_danish_addresses_in_force_in_either_system(danish):
    made = read("dawa", danish, town="post")
    assert made.crs == "EPSG:25832"
    assert made.points["place_id"].tolist() == ["id-0", "id-1", "id-3", "id-4", "id-5"]
    assert set(made.points["town"]) == {"Rønne"}
    assert made.notes["addresses not in force left out"] == 1
    assert made.notes["addresses without a point left out"] == 1
    globe = read("dawa", danish, srid=4326, town="village")
    np.testing.assert_allclose(globe.points[["x", "y"]], made.points[["x", "y"]], atol=0.01)
    assert globe.points["town"].tolist() == ["Sø", "", "", "", ""]


def test_danish_addresses_of_the_small_format_need_their_srid(tmp_path):
    rows = [(f"a{k}", 1, 14.7 + k / 100, 55.1) for k in range(3)]
    files = {"addresses": table(tmp_path / "mini.csv", ["id", "status", "x", "y"], rows)}
    assert len(read("dawa", files, srid=4326).points) == 3
    with pytest.raises(ValueError, match="set options: srid"):
        read("dawa", files)
    with pytest.raises(ValueError, match=r"mini\.csv.*look like degrees"):
        read("dawa", files, srid=25832)


def test_the_register_of_moves_and_its_years(danish, tmp_path):
    rows = [("id-0", "id-3", 2015), ("id-0", "id-3", "2016-05-01"), ("id-4", "id-1", 2017)]
    danish["moves"] = table(tmp_path / "m.csv", ["fra", "til", "aar"], rows, ";")
    assert read("dawa", danish).moves.to_numpy().tolist() == [[0, 2, 2.0], [3, 1, 1.0]]
    made = read("dawa", danish, years=[2016, 2020], year="aar")
    assert made.moves["moves"].tolist() == [1, 1]
    assert made.notes["moves of other years left out"] == 1
    with pytest.raises(ValueError, match="no move in 1990 to 1991"):
        read("dawa", danish, years=[1990, 1991], year="aar")
    with pytest.raises(ValueError, match="no column 'year'"):
        read("dawa", danish, years=[2016, 2020])
    table(danish["moves"], ["from", "to", "n"], [("id-0", "id-2", 1), ("id-0", "id-1", 4)])
    with pytest.raises(ValueError, match="'id-2' is the first with an unknown destination"):
        read("dawa", danish)  # provisional addresses are no places
    assert read("dawa", danish, max_unusable=0.5).moves["moves"].tolist() == [4]


def test_danish_files_that_are_something_else(danish, tmp_path):
    with pytest.raises(ValueError, match=r"no coordinates among .*format=csv"):
        read("dawa", {"addresses": table(tmp_path / "x.csv", ["id", "status"], [("a", 1)])})
    text = danish["addresses"].read_text(encoding="utf-8").replace(",1,Vej", ",2,Vej")
    with pytest.raises(ValueError, match="no address has the status 1"):
        read("dawa", {"addresses": write(tmp_path / "closed.csv", text)})


BAN = ["id", "code_insee", "nom_commune", "x", "y", "lon", "lat"]


def french(path, rows, mark=";"):
    return {"addresses": table(path, BAN, rows, mark)}


def french_row(k, lon, lat, plane=True, commune="Paris 2e Arrondissement"):
    x, y = LAMBERT.transform(lon, lat)
    at = (f"{x:.2f}", f"{y:.2f}") if plane else ("", "")
    return (f"75102_{k}", "75102", commune, *at, lon, lat)


def test_french_addresses_in_lambert_or_from_degrees(tmp_path):
    rows = [french_row(k, 2.3 + k / 1000, 48.86, plane=k != 2) for k in range(4)]
    rows.append((*rows[0][:3], *rows[1][3:]))  # a further position of the first
    made = read("ban", french(tmp_path / "a.csv", rows))
    assert made.crs == "EPSG:2154" and set(made.points["town"]) == {"Paris"}
    assert made.points["place_id"].tolist()[-1] == "75102_0#2"
    assert made.notes["further positions of an address"] == 1
    assert made.notes["addresses placed by longitude and latitude"] == 1
    gaps = np.diff(made.points["x"][:4])
    assert np.ptp(gaps) < 0.05
    apart = read("ban", french(tmp_path / "a.csv", rows), town="commune")
    assert set(apart.points["town"]) == {"Paris 2e Arrondissement"}
    assert set(read("ban", french(tmp_path / "a.csv", rows), town="code_insee").points["town"]) == {
        "75102"
    }


def test_french_addresses_overseas_are_placed_by_degrees(tmp_path):
    rows = [
        (f"97411_{k}", "97411", "Saint-Denis", 338000 + k, 7690000, 55.45 + k / 1000, -20.9)
        for k in range(3)
    ]
    made = read("ban", french(tmp_path / "r.csv", rows), projected_crs="EPSG:2975")
    assert made.points["x"].between(3.3e5, 3.5e5).all()
    assert made.points["y"].between(7.6e6, 7.8e6).all()


def test_french_files_with_a_wrong_delimiter_or_degrees_for_metres(tmp_path):
    rows = [french_row(k, 2.3 + k / 1000, 48.86) for k in range(3)]
    with pytest.raises(ValueError, match="separated by a comma"):
        read("ban", french(tmp_path / "a.csv", rows, ","))
    rows = [(*row[:3], row[5], row[6], row[5], row[6]) for row in rows]
    with pytest.raises(ValueError, match=r"'x' and 'y'.*look like degrees"):
        read("ban", french(tmp_path / "a.csv", rows))
