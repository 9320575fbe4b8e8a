"""Moves between French communes in the formats of INSEE."""

import zipfile

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Transformer
from shapely import box

from tests.unit.point_files import read, table, write

LAMBERT = Transformer.from_crs("EPSG:4326", "EPSG:2154", always_xy=True)
FLOWS = [
    ("01001", "Alpha", "01002", "Bêta", 3.5),
    ("01002", "Bêta", "01001", "Alpha", 1.25),
    ("01001", "Alpha", "01001", "Alpha", 70),
    ("01001", "Alpha", "99999", "Étranger", 8),
    ("75056", "Paris", "75103", "Paris 3e", 20),
    ("01002", "Bêta", "75118", "Paris 18e", 2),
    ("01001", "Alpha", "97411", "Saint-Denis", 1),
]
COLUMNS = ["CODGEO", "LIBGEO", "DCRAN", "L_DCRAN", "NBFLUX_C18_POP01P"]
WHERE = {"01001": (4.9, 46.1), "01002": (5.0, 46.2), "75056": (2.35, 48.86)}
PEOPLE = {"01001": 700, "01002": 300, "75056": 2_000_000}


@pytest.fixture
def files(tmp_path):
    rows = [
        (k, f"N{k}", *(round(v, 1) for v in LAMBERT.transform(*WHERE[k])), PEOPLE[k]) for k in WHERE
    ]
    names = ["code", "nom", "x", "y", "population"]
    return {
        "moves": table(tmp_path / "flux.csv", COLUMNS, FLOWS, ";"),
        "communes": table(tmp_path / "communes.csv", names, rows, ";"),
    }


def moves_of(made):
    ids = made.points["place_id"]
    return {
        (ids[row.origin], ids[row.destination]): row.moves
        for row in made.moves.itertuples(index=False)
    }


EXPECTED = {("01002", "01001"): 3.5, ("01001", "01002"): 1.25, ("75056", "01002"): 2}


def test_flows_between_communes_from_where_people_lived_before(files):
    made = read("insee", files)
    assert made.crs == "EPSG:2154" and moves_of(made) == EXPECTED
    assert made.points["weight"].tolist() == [700, 300, 2_000_000]
    assert made.points["town"].tolist() == ["N01001", "N01002", "N75056"]
    assert made.notes["rows of moves from abroad left out"] == 1
    assert made.notes["rows of moves overseas left out"] == 1
    assert made.notes["moves from a place to itself dropped"] == 90


def test_arrondissements_stay_where_they_are_places(files):
    text = files["communes"].read_text()
    x, y = LAMBERT.transform(2.34, 48.89)
    write(files["communes"], text + f"75118;Paris 18e;{x:.1f};{y:.1f};190000\n")
    assert moves_of(read("insee", files))[("75118", "01002")] == 2


def test_latin_1_and_archives_with_a_table_of_codes_read_the_same(files, tmp_path):
    text = files["moves"].read_text()
    write(tmp_path / "old.csv", text, "latin-1")
    assert moves_of(read("insee", files | {"moves": tmp_path / "old.csv"})) == EXPECTED
    with zipfile.ZipFile(tmp_path / "flux.zip", "w") as archive:
        archive.writestr("base-flux-mobilite-residentielle-2018.csv", text)
        archive.writestr("meta_base-flux-mobilite-residentielle-2018.csv", "COD_VAR;LIB\n")
    assert moves_of(read("insee", files | {"moves": tmp_path / "flux.zip"})) == EXPECTED


def test_individuals_are_summed_by_their_weights(files, tmp_path):
    rows = [
        ("01001", "ZZZZZ", "01002", 2.5),
        ("01001", "ZZZZZ", "01002", 1),
        ("01001", "ZZZZZ", "01001", 9),
    ]
    rows += [("75056", "75101", "01001", 4)]
    path = table(tmp_path / "FD_MIGCOM_2018.csv", ["COMMUNE", "ARM", "DCRAN", "IPONDI"], rows, ";")
    made = read("insee", files | {"moves": path})
    assert moves_of(made) == {("01002", "01001"): 3.5, ("01001", "75056"): 4}


def test_communes_as_polygons_are_the_land_too(files, tmp_path):
    shapes = [box(x - 0.02, y - 0.02, x + 0.02, y + 0.02) for x, y in WHERE.values()]
    layer = gpd.GeoDataFrame({"code": [*WHERE], "nom": [*"abc"]}, geometry=shapes, crs=4326)
    files["communes"] = tmp_path / "communes.geojson"
    layer.to_file(files["communes"])
    people = [(k, f"name {k}", n) for k, n in PEOPLE.items()]
    files["population"] = table(tmp_path / "pop.csv", ["DEPCOM", "COM", "PMUN"], people, ";")
    made = read("insee", files)
    assert moves_of(made) == EXPECTED and made.points["weight"].tolist() == [*PEOPLE.values()]
    np.testing.assert_allclose(
        made.points[["x", "y"]], [LAMBERT.transform(*at) for at in WHERE.values()], atol=20
    )
    assert len(made.land) == 3
    del files["population"]
    with pytest.raises(ValueError, match="give the file role 'population'"):
        read("insee", files)
    assert read("insee", files, weight="one").points["weight"].sum() == 3


def test_communes_behind_addresses_weigh_their_number(files, tmp_path):
    rows = []
    for code, n in (("01001", 2), ("01002", 1), ("75056", 3), ("97411", 1)):
        for k in range(n):
            x, y = LAMBERT.transform(*WHERE.get(code, (5, 46)))
            rows.append((f"{code}_{k}", code, f"N{code}", f"{x + 10 * k:.1f}", f"{y:.1f}"))
    names = ["id", "code_insee", "nom_commune", "x", "y"]
    files["addresses"] = table(tmp_path / "ban.csv", names, rows, ";")
    both = read("insee", files, weight="addresses")
    assert both.points["weight"].tolist() == [2, 1, 3]
    del files["communes"]
    made = read("insee", files, weight="addresses")
    assert moves_of(made) == EXPECTED
    assert made.points["x"][2] - both.points["x"][2] == pytest.approx(10, abs=0.2)


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        (["CODGEO", "DCRAN", "N"], [("01001", "01002", 1)], "expected one column NBFLUX_"),
        (COLUMNS, [("01001", "a", "99100", "b", 1)], "all moves are from abroad"),
        (COLUMNS, [("01001", "a", "01999", "b", 1)], "'01999' is the first with an unknown origin"),
        (
            COLUMNS,
            [("01001", "a", "01002", "b", -1)],
            "'-1' is the first without a number of moves",
        ),
        (COLUMNS, [("97411", "a", "97412", "b", 1)], "everything is overseas"),
    ],
)
def test_tables_that_are_no_residential_mobility(files, columns, rows, said):
    table(files["moves"], columns, rows, ";")
    with pytest.raises(ValueError, match=said) as error:
        read("insee", files)
    assert "flux.csv" in str(error.value)


def test_communes_twice_or_in_degrees_for_metres(files):
    text = files["communes"].read_text()
    write(files["communes"], text + text.splitlines()[1] + "\n")
    with pytest.raises(ValueError, match=r"communes\.csv: column 'code': '01001' occurs more than"):
        read("insee", files)
    write(files["communes"], "code;x;y;population\n01001;4.9;46.1;7\n01002;5;46.2;3\n")
    with pytest.raises(ValueError, match="look like degrees"):
        read("insee", files)
    write(files["communes"], "code;lon;lat;population\n01001;4.9;46.1;7\n01002;5;46.2;3\n")
    with pytest.raises(ValueError, match="unknown"):
        read("insee", files)
    assert len(read("insee", files, max_unusable=0.5).points) == 2
