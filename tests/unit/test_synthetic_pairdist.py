"""Synthetic worlds of places: same bytes again, published columns, and a round trip."""

import csv
import gzip
import json

import numpy as np
import pytest

from movelaws import synthetic
from movelaws.pointsets import adapters, bins, frames
from movelaws.synthetic import address_tables, authors_bins
from tests.unit.pairdist_worlds import SMALL, made_in, read
from tests.unit.synthetic_worlds import contents

PLACES = synthetic.available("points")
BINS = synthetic.available("bins")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_in(tmp_path_factory)


@pytest.mark.parametrize("world", PLACES + BINS)
def test_a_seed_makes_the_same_bytes_and_another_seed_other_ones(world, made, tmp_path):
    folder, truth = made[world]
    assert synthetic.write(world, tmp_path / "again", 1, SMALL[world]) == truth
    assert contents(tmp_path / "again") == contents(folder)
    synthetic.write(world, tmp_path / "other", 2, SMALL[world])
    other = contents(tmp_path / "other")
    assert all(other[name] != data for name, data in contents(folder).items())


@pytest.mark.parametrize("world", PLACES + BINS)
def test_every_role_of_the_adapter_has_its_file(world, made):
    folder, truth = made[world]
    module, adapter = synthetic.load(world), adapters.load(synthetic.adapter(world))
    assert set(adapter.REQUIRED) <= set(module.FILES)
    assert set(module.FILES) <= {*adapter.REQUIRED, *adapter.OPTIONAL}
    written = {*module.FILES.values(), *getattr(module, "EXTRA_FILES", {}).values()}
    assert set(contents(folder)) == written
    assert json.loads(json.dumps(truth, allow_nan=False)) == truth


def test_the_register_of_addresses_is_read_as_planted(made):
    folder, truth = made["denmark_addresses"]
    found = frames.check(read("denmark_addresses", folder, truth, land_parts="all"))
    assert found.crs == truth["crs"]
    assert len(found.points) == truth["addresses"]
    assert found.notes["addresses not in force left out"] == truth["addresses_provisional"]
    assert found.notes["places at the position of an earlier one"] == (
        truth["addresses"] - truth["buildings"]
    )
    assert found.notes["places in no town"] == truth["farms"]
    assert found.points["town"].nunique() - 1 == truth["official_towns"]
    assert found.moves["moves"].sum() == truth["moves"]
    assert len(found.land) == truth["land_parts"]
    assert found.land.area.sum() / 1e6 == pytest.approx(truth["land_area_km2"], rel=1e-4)
    assert "places off the land" not in found.notes


def test_addresses_of_one_building_can_be_stacked(made):
    folder, truth = made["denmark_addresses"]
    found = read("denmark_addresses", folder, truth, stack=True)
    assert len(found.points) == truth["buildings"]
    assert found.points["weight"].sum() == truth["addresses"]
    assert found.points["weight"].max() == truth["most_addresses_of_a_building"]


def test_addresses_have_the_columns_of_the_service(made):
    folder, _ = made["denmark_addresses"]
    with (folder / "adgangsadresser.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == address_tables.COLUMNS
    first = dict(zip(header, rows[0], strict=True))
    assert first["status"] == "1" and len(first["id"]) == 36
    assert first["kommunekode"].isdigit() and len(first["kommunekode"]) == 4
    assert 8 < float(first["wgs84koordinat_længde"]) < 16
    east, north = float(first["etrs89koordinat_øst"]), float(first["etrs89koordinat_nord"])
    assert first["ddkn_km1"] == f"1km_{int(north // 1000)}_{int(east // 1000)}"
    assert len({row[0] for row in rows}) == len(rows)
    unplaced = [row for row in rows if row[header.index("nøjagtighed")] == "U"]
    assert unplaced and all(row[header.index("etrs89koordinat_øst")] == "" for row in unplaced)


def test_the_extract_of_an_island_is_read_as_planted(made):
    folder, truth = made["samsoe_osm"]
    found = frames.check(read("samsoe_osm", folder, truth))
    assert len(found.points) == truth["addresses"] == found.notes["places that are nodes"]
    walls = read("samsoe_osm", folder, truth, what="buildings")
    assert len(walls.points) == truth["buildings"]
    assert found.land.area.sum() / 1e6 == pytest.approx(truth["land_area_km2"], rel=2e-3)


def test_the_addresses_of_a_city_are_read_as_planted(made):
    folder, truth = made["paris_ban"]
    found = frames.check(read("paris_ban", folder, truth, town="commune"))
    assert found.crs == truth["crs"]
    assert len(found.points) == truth["addresses"]
    assert found.points["town"].nunique() == truth["arrondissements"]
    with gzip.open(folder / "adresses-75.csv.gz", "rt", encoding="utf-8") as file:
        header = file.readline().strip()
    assert header == (
        "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;"
        "code_insee_ancienne_commune;nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;"
        "libelle_acheminement;nom_afnor;source_position;source_nom_voie;certification_commune;"
        "cad_parcelles"
    )


def test_the_moves_between_communes_are_read_as_planted(made):
    folder, truth = made["france_insee"]
    found = frames.check(read("france_insee", folder, truth))
    assert len(found.points) == truth["communes"]
    assert found.points["weight"].sum() == truth["population"]
    assert found.moves["moves"].sum() == truth["moves"]
    assert len(found.moves) == truth["pairs_with_moves"]
    assert found.notes["rows of moves from abroad left out"] > 0


def test_weighted_moves_between_communes_are_multiples(tmp_path):
    truth = synthetic.write("france_insee", tmp_path, 1, {"communes": 30, "weight": 2.5})
    found = read("france_insee", tmp_path, truth)
    assert found.moves["moves"].sum() == 2.5 * truth["moves_counted"]


def test_checkins_are_read_as_planted(made):
    folder, truth = made["checkin_displacements"]
    found = frames.check(read("checkin_displacements", folder, truth))
    assert found.crs == truth["crs"]
    assert len(found.points) == truth["places"]
    assert found.moves["moves"].sum() == truth["moves"]
    assert found.notes["check-ins read"] == truth["checkins"]


def test_the_bins_of_the_authors_are_read_as_planted(made):
    folder, truth = made["authors_bins"]
    found = bins.check(read("authors_bins", folder, truth))
    assert found.bins["case"].nunique() == len(authors_bins.CASES)
    assert len(found.cities) == truth["towns"]
    assert found.cities["inside"].mean() == pytest.approx(-truth["inside_drawn_mean"])
    assert set(found.towns["town"]) == set(authors_bins.TOWNS)
    france = found.bins[found.bins["case"] == "france"]
    assert france.loc[france["moves"].notna(), "r_m"].min() > 3000
    both = found.bins.dropna()
    np.testing.assert_allclose(both["ratio"], both["moves"] / both["pairs"], rtol=1e-12)
    params = np.load(folder / "84910847_piecewise_params.npy")
    assert params.shape == (4,) and (params[2:] < 0).all()


@pytest.mark.parametrize(
    ("world", "options", "message"),
    [
        ("denmark_addresses", {"addresses": 5}, r"addresses = 5: must be a whole number from 200"),
        ("denmark_addresses", {"towns": 500}, r"towns = 500: must be a whole number from 2 to 240"),
        ("denmark_addresses", {"packing": 0.9}, r"packing = 0.9: must be a number from 0.4 to"),
        ("denmark_addresses", {"exponent": "1"}, r"exponent = '1': must be a number from -2 to 5"),
        ("denmark_addresses", {"cost": {"inside": 1}}, r"cost = .*: give both exponents"),
        (
            "denmark_addresses",
            {"cost": {"inside": 9, "outside": 2}},
            r"cost: inside = 9: must be a number from -2 to 5",
        ),
        ("denmark_addresses", {"island_town": 1}, r"island_town = 1: must be true or false"),
        ("denmark_addresses", {"radius_exponent": 2}, r"radius_exponent = 2: must be a number"),
        ("denmark_addresses", {"town": 3}, r"option 'town' is unknown; did you mean 'towns'"),
        ("samsoe_osm", {"towns": 1}, r"towns = 1: must be a whole number from 2 to 75"),
        ("paris_ban", {"addresses": 1.5}, r"addresses = 1.5: must be a whole number"),
        ("france_insee", {"communes": 2}, r"communes = 2: must be a whole number from 20 to 3000"),
        ("france_insee", {"weight": 0}, r"weight = 0: must be a number from 1 to 100"),
        (
            "checkin_displacements",
            {"start": "home"},
            r"start = 'home': choose one of places, pairs",
        ),
        ("authors_bins", {"exponents": {"uk": 1}}, r"exponents: 'uk' is no case; choose of dk, fr"),
        ("authors_bins", {"exponents": 1}, r"exponents = 1: give one per case"),
        ("authors_bins", {"exponents": {"dk": None}}, r"exponents: dk = None: must be a number"),
        ("authors_bins", {"radius_tail": 1}, r"radius_tail = 1: must be a number from 1.1 to 20"),
    ],
)
def test_bad_options_are_named(world, options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write(world, tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()


def test_worlds_are_listed_by_section():
    assert "us_commuting" in synthetic.available("od")
    others = {*synthetic.available("od"), *synthetic.available("lattices")}
    assert set(synthetic.available()) == {*others, *PLACES, *BINS}
    known = "od, points, bins, lattices"
    with pytest.raises(ValueError, match=f"section = 'maps': choose one of {known}"):
        synthetic.available("maps")
