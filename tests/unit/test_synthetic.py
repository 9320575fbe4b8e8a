"""Synthetic worlds: the same bytes again, and a pipeline that gives back what was planted."""

import json

import pytest

from movelaws import adapters, synthetic
from tests.unit.synthetic_worlds import SMALL, canonical, contents, made_in

CONSTANT = {"SS_adm2.prj"}
"""Files that say the same for every seed: the coordinate system of the boundaries."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_in(tmp_path_factory, synthetic.available("od"))


@pytest.mark.parametrize("world", synthetic.available("od"))
def test_a_seed_makes_the_same_bytes_and_another_seed_other_ones(world, made, tmp_path):
    folder, truth = made[world]
    again = synthetic.write(world, tmp_path / "again", 1, SMALL[world])
    assert contents(tmp_path / "again") == contents(folder)
    assert again == truth
    synthetic.write(world, tmp_path / "other", 2, SMALL[world])
    other = contents(tmp_path / "other")
    same = {name for name, data in contents(folder).items() if other[name] == data}
    assert same <= CONSTANT


@pytest.mark.parametrize("world", synthetic.available("od"))
def test_the_canonical_tables_add_up_to_the_truth(world, made):
    folder, truth = made[world]
    tables = canonical(world, folder, truth)
    assert len(tables.zones) == truth["n_zones"]
    assert len(tables.flows) == truth["n_pairs"]
    assert tables.flows["flow"].sum() == truth["total_flow"]
    for column in ("workplace_population", "residential_population"):
        assert tables.zones[column].sum() == truth[column]
    assert json.loads(json.dumps(truth)) == truth


@pytest.mark.parametrize("world", synthetic.available("od"))
def test_every_role_of_the_adapter_has_its_file(world, made):
    folder, _ = made[world]
    module, adapter = synthetic.load(world), adapters.load(synthetic.adapter(world))
    assert set(adapter.REQUIRED) <= set(module.FILES)
    assert set(module.FILES) <= {*adapter.REQUIRED, *adapter.OPTIONAL}
    written = {*module.FILES.values(), *getattr(module, "EXTRA_FILES", {}).values()}
    assert set(contents(folder)) == written


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"counties": -3}, r"counties = -3: must be a whole number from 8 to 3000"),
        ({"counties": 40.5}, r"counties = 40.5: must be a whole number"),
        ({"counties": 40, "states": 30}, r"states = 30: must be a whole number from 1 to 10"),
        ({"counties": 40, "commuters": 10}, r"commuters = 10: must be a whole number from 8000"),
        ({"outflow_share": 1.5}, r"outflow_share = 1.5: must be a number from 0.001 to 0.9"),
        ({"dispersion": float("nan")}, r"dispersion = nan: must be a number from 0 to 10"),
        ({"law": {"model": "Gravity"}}, r"law: model = 'Gravity' is unknown; choose one of GMZipf"),
        ({"law": "GMExp"}, r"law = 'GMExp': give a model and its parameters"),
        ({"law": {"model": "GMExp", "b": 1}}, r"law = .*: give a model and its parameters"),
        ({"law": {"model": "GMExp"}}, r"law: GMExp has the parameters \['b'\], got \[\]"),
        (
            {"law": {"model": "GMExp", "parameters": {"b": -1}}},
            r"law: GMExp: b = -1.0 must be positive",
        ),
        (
            {"law": {"model": "GMExp", "parameters": {"b": "fast"}}},
            r"law: could not convert string to float: 'fast'",
        ),
        ({"countries": 3}, r"option 'countries' is unknown; did you mean 'counties'"),
    ],
)
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write("us_commuting", tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("world", "options", "message"),
    [
        ("abidjan_d4d", {"antennas": 5}, r"antennas = 5: must be a whole number from 8 to 2000"),
        ("china_weibo", {"trips": 10}, r"trips = 10: must be a whole number from 5000 to"),
        ("denmark_moves", {"residents": 9}, r"residents = 9: must be a whole number from 99000"),
        ("denmark_moves", {"leaving_share": 2}, r"leaving_share = 2: must be a number from"),
        ("denmark_moves", {"dispersion": -1}, r"dispersion = -1: must be a number from 0 to 10"),
        ("gowalla", {"form": "json"}, r"form = 'json': choose one of snap, sample"),
        ("gowalla", {"zoning": "hexagons"}, r"zoning = 'hexagons': choose one of squares, clus"),
        ("gowalla", {"zones": True}, r"zones = True: must be a whole number from 8 to 400"),
        ("sf_taxi", {"cells": 1000}, r"cells = 1000: must be a whole number from 8 to 200"),
        ("sf_taxi", {"trip": 10}, r"option 'trip' is unknown; did you mean 'trips'"),
        (
            "sf_taxi",
            {"law": {"model": "DCG", "parameters": {"alpha": 1, "beta": 1}}},
            r"DCG has the parameters \['alpha', 'beta', 'gamma'\], got \['alpha', 'beta'\]",
        ),
        (
            "us_migration",
            {"law": {"model": "DCG", "parameters": {"alpha": 1, "beta": 1, "gamma": -0.5}}},
            r"law: gamma = -0.5: must be a number from 0 to 20",
        ),
    ],
)
def test_bad_options_of_the_game_worlds_are_named(world, options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write(world, tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()


def test_a_law_that_empties_a_state_is_refused(tmp_path):
    law = {"model": "GMExp", "parameters": {"b": 0.5}}
    with pytest.raises(ValueError, match="nobody moves into"):
        synthetic.write("us_migration", tmp_path, 1, {"law": law})


def test_unknown_worlds_are_named():
    with pytest.raises(ValueError, match="world = 'mars' is unknown; choose one of abidjan"):
        synthetic.load("mars")


def test_the_files_of_a_world_may_depend_on_its_form():
    assert set(synthetic.files_of("gowalla", {})) == {"checkins"}
    assert set(synthetic.files_of("gowalla", {"form": "sample"})) == {"checkins", "places"}
    assert synthetic.files_of("us_migration", {})["flows"] == "stateoutflow1415.csv"
    with pytest.raises(ValueError, match="form = 'json': choose one of snap, sample"):
        synthetic.files_of("gowalla", {"form": "json"})
