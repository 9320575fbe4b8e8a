"""The section of paper 4 in the config: what the schema and the names let pass, and what not."""

import copy
from collections.abc import Mapping

import pytest
import yaml

from movelaws.allocation.models import MODELS
from movelaws.runs import check_names, check_schema

CASE = "inequality.cases.south_sudan"


@pytest.fixture(scope="module")
def schema(root):
    return root / "workflow" / "schemas" / "config.schema.yaml"


@pytest.fixture(scope="module")
def default(root) -> dict:
    return yaml.safe_load((root / "config" / "config.yaml").read_text())


def merged(config: Mapping, change: Mapping) -> dict:
    """The config with a change laid over it, as Snakemake does."""
    result = copy.deepcopy(dict(config))
    for key, value in change.items():
        inside = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if inside else value
    return result


def of_case(**change) -> dict:
    return {"cases": {"south_sudan": change}}


def of_variable(name: str, entry: dict | None) -> dict:
    return of_case(variables={name: entry})


def test_the_default_passes(default, schema):
    check_schema(default, schema)
    check_names(default, MODELS)


@pytest.mark.parametrize(
    "change",
    [
        {"active": []},
        {"active": ["us_commuting"]},
        {"cases": {"us_commuting": None}},
        {"what_ifs": {"floods": None}, "heldout": {"next_year": None}},
        of_case(sensitivity=None, benefits=None),
        of_case(likelihood=None) | {"heldout": {"next_year": None}},
        of_case(model="linear", share=None, percentile=90),
        of_case(draws=50, batches=50),
        of_variable("wealth", {"label": "Wealth", "unit": "USD", "column": "wealth"}),
        {"absent": {"rent": "not at hand", "gini": None}},
    ],
)
def test_what_may_be_left_out_or_added(default, schema, change):
    config = merged(default, {"inequality": change})
    check_schema(config, schema)
    check_names(config, MODELS)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"levle": 0.1}, "inequality: key 'levle' is unknown; did you mean 'level'?"),
        ({"level": 0}, "inequality.level: 0"),
        ({"level": 0.6}, "inequality.level: 0.6"),
        ({"active": "some"}, "inequality.active: 'some'"),
        (of_case(shar=0.2), f"{CASE}: key 'shar' is unknown; did you mean 'share'?"),
        (of_case(share=0), f"{CASE}.share: 0"),
        (of_case(share=1), f"{CASE}.share: 1"),
        (of_case(model="gravity"), f"{CASE}.model: 'gravity'"),
        (of_case(model="linear"), f"{CASE}: 'percentile' is a required property"),
        (of_case(population="both"), f"{CASE}.population"),
        (of_case(outflow="guessed"), f"{CASE}.outflow: 'guessed'"),
        (of_case(exponents=[]), f"{CASE}.exponents"),
        (of_case(exponents=[-4, -4]), f"{CASE}.exponents"),
        (of_case(exponents=[-16, -4]), f"{CASE}.exponents.0: -16"),
        (of_case(draws=19), f"{CASE}.draws: 19"),
        (of_case(draws=20.5), f"{CASE}.draws: 20.5"),
        (of_case(batches=0), f"{CASE}.batches: 0"),
        (of_case(sensitivity={"shares": [0.1, 0]}), f"{CASE}.sensitivity.shares.1: 0"),
        (of_case(likelihood={"per_decade": 0}), f"{CASE}.likelihood.per_decade: 0"),
        (of_case(likelihood={"bootstraps": 1}), f"{CASE}.likelihood.bootstraps: 1"),
        ({"cases": {"us_commuting": {"exact": [4]}}}, "us_commuting.exact.0: 4"),
        ({"cases": {"us_commuting": {"exact": [-400]}}}, "us_commuting.exact.0: -400"),
        (of_case(benefits={"pareto": [0]}), f"{CASE}.benefits.pareto.0: 0"),
        (of_case(readings={"tried": ["upside"], "exponents": [-4]}), "readings.tried.0: 'upside'"),
        (of_variable("flood", {"colunm": "x"}), "flood: key 'colunm' is unknown; did you mean"),
        (of_variable("both", {"union": ["flood"]}), "variables.both.union: ['flood']"),
        ({"heldout": {"next_year": {"draws": 1}}}, "inequality.heldout.next_year.draws: 1"),
        ({"what_ifs": {"floods": {"penalty": -1}}}, "inequality.what_ifs.floods.penalty: -1"),
        ({"what_ifs": {"floods": {"struck": []}}}, "inequality.what_ifs.floods.struck: []"),
        ({"what_ifs": {"mine": {"case": "south_sudan"}}}, "inequality.what_ifs.mine: 'title'"),
        ({"cases": {"figures": None}}, "figures"),  # would write where the figures lie
    ],
)
def test_a_value_that_is_not_allowed_is_named(default, schema, change, named):
    with pytest.raises(ValueError) as error:
        check_schema(merged(default, {"inequality": change}), schema)
    assert named in str(error.value)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"active": ["south_sudna"]}, "inequality.active: 'south_sudna' is unknown; did you mean"),
        ({"active": ["us_commuting"], "cases": {"us_commuting": None}}, "inequality.active: 'us_c"),
        (of_case(dataset="atlantis"), f"{CASE}.dataset: 'atlantis' is unknown"),
        (
            of_variable("both", {"union": ["conflict", "floods"]}),
            f"{CASE}.variables.both.union: 'floods' is unknown; did you mean 'flood'?",
        ),
        (of_variable("flood", None), f"{CASE}.variables.both.union: 'flood' is unknown"),
        (of_variable("both", {"column": "x"}), "variables.both: give either column or union"),
        (of_variable("new", {"label": "New"}), "variables.new: give either column or union"),
        (of_case(shown={"variable": "hunger"}), f"{CASE}.shown.variable: 'hunger' is unknown"),
        (of_case(shown={"exponent": -9}), f"{CASE}.shown.exponent = -9: choose one of [-8, -7"),
        (of_case(benefits={"variable": "hunger"}), f"{CASE}.benefits.variable: 'hunger'"),
        (
            of_case(likelihood={"lowest": -1, "highest": -2}),
            f"{CASE}.likelihood: lowest = -1 must be below highest = -2",
        ),
        (of_case(likelihood={"lowest": -1}), f"{CASE}.likelihood: lowest = -1 must be below"),
        (of_case(likelihood=None), f"inequality.heldout.next_year: {CASE}.likelihood is null"),
        (of_case(share=None), f"{CASE}.share is null: model = two_class needs it"),
        (of_case(percentile=90), f"{CASE}.percentile = 90: model = two_class takes share and no"),
        (of_case(model="linear", percentile=90), f"{CASE}.share = 0.1: model = linear takes perc"),
        (
            of_case(model="linear", share=None, percentile=0.9),
            f"{CASE}.percentile = 0.9: give percent, such as 90",
        ),
        (of_case(draws=50, batches=51), f"{CASE}.batches = 51: at most one for each of the draws"),
        (
            of_case(benefits={"exponential": [], "pareto": []}),
            f"{CASE}.benefits: exponential and pareto are both empty",
        ),
        (
            {"heldout": {"next_year": {"tested": "south_sudan_2020"}}},
            "inequality.heldout.next_year: fitted and tested are both 'south_sudan_2020'",
        ),
        ({"heldout": {"next_year": {"case": "sudan"}}}, "inequality.heldout.next_year.case: 'su"),
        (
            {"heldout": {"next_year": {"tested": "south_sudan_2022"}}},
            "inequality.heldout.next_year.tested: 'south_sudan_2022' is unknown; did you mean",
        ),
        (
            {"heldout": {"next_year": {"fitted": "atlantis"}}},
            "inequality.heldout.next_year.fitted: 'atlantis'",
        ),
        ({"what_ifs": {"floods": {"case": "sudan"}}}, "inequality.what_ifs.floods.case: 'sudan'"),
        ({"cases": {"south_sudan": None}}, "case: 'south_sudan' is unknown"),
        ({"what_ifs": {"floods": {"penalty": float("nan")}}}, "what_ifs.floods.penalty = nan"),
    ],
)
def test_a_name_that_is_unknown_is_named(default, change, named):
    with pytest.raises(ValueError) as error:
        check_names(merged(default, {"inequality": change}), MODELS)
    assert named in str(error.value)


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ({"variable": "floods"}, "od.south_sudan: inequality: variable = 'floods': choose one of"),
        ({"share": 2}, "od.south_sudan: inequality: share = 2: must be a number from"),
        ({"percentile": 90}, "od.south_sudan: inequality = {"),
    ],
)
def test_the_inequality_of_a_world_is_checked_before_it_is_written(default, option, named):
    planted = {"south_sudan": {"world": {"options": {"inequality": option}}}}
    with pytest.raises(ValueError) as error:
        check_names(merged(default, {"od": planted}), MODELS)
    assert named in str(error.value)


def test_an_inequality_needs_the_radiation_model_as_the_law(default):
    law = {"model": "GMExp", "parameters": {"b": 0.04}}
    planted = {"south_sudan": {"world": {"options": {"law": law}}}}
    with pytest.raises(ValueError, match=r"od\.south_sudan: law: model = 'GMExp': an inequality"):
        check_names(merged(default, {"od": planted}), MODELS)
