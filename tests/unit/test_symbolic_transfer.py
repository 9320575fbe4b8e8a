"""Laws of one dataset tried on another."""

import numpy as np
import pytest

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.programs import to_program
from movelaws.symbolic.transfer import COLUMNS, transfer_table
from tests.unit.law_world import planted


@pytest.fixture(scope="module")
def worlds():
    return {
        "steep": planted(lambda w_i, w_j, d: w_j / d**2, 25, seed=1),
        "flat": planted(lambda w_i, w_j, d: w_j / d**1.2, 25, seed=2),
    }


FRONTS = {
    "steep": [parse("w_j / d"), parse("w_j / d^2.0")],
    "flat": [parse("w_j / d^1.2"), parse("w_j / 1.01^d")],
}


def test_the_right_form_travels_once_its_constants_are_refitted(worlds):
    table = transfer_table(worlds, FRONTS)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 4
    law = table[(table["fitted_on"] == "steep") & (table["complexity"] == 5)].iloc[0]
    assert law["tried_on"] == "flat"
    carried = Evaluator(worlds["flat"]).rmse(to_program(parse("w_j / d^2.0"), ("w_i", "w_j", "d")))
    assert law["rmse_carried"] == pytest.approx(carried)
    assert law["rmse_refitted"] < 1e-4 * carried
    assert law["expression_refitted"] == "w_j / d^1.2"
    assert law["cpc_carried"] < law["cpc_refitted"] == pytest.approx(1, abs=1e-6)
    assert (table["rmse_refitted"] <= table["rmse_carried"]).all()


def test_beside_it_stands_the_best_own_law_that_is_no_longer(worlds):
    table = transfer_table(worlds, FRONTS)
    rows = table[table["fitted_on"] == "steep"].set_index("complexity")["rmse_own"]
    assert np.isnan(rows[3])  # the shortest law of the other front has complexity 5
    assert rows[5] < 1e-6
    simple = table[table["complexity"] == 3].iloc[0]
    assert simple["rmse_carried"] == simple["rmse_refitted"]


def test_a_law_whose_variables_are_unknown_there_has_no_values(worlds):
    poor = {"steep": worlds["steep"], "flat": worlds["flat"].of_variables(["w_j", "d"])}
    fronts = {"steep": [parse("w_j / (d + w_i)")], "flat": [parse("w_j / d")]}
    table = transfer_table(poor, fronts).set_index("fitted_on")
    assert np.isnan(table.loc["steep", "rmse_refitted"])
    assert np.isfinite(table.loc["flat", "rmse_refitted"])


def test_an_invalid_law_has_an_infinite_error(worlds):
    fronts = {"steep": [parse("(w_j - 1000)^0.5")], "flat": [parse("w_j / d")]}
    row = transfer_table(worlds, fronts).iloc[0]
    assert row["rmse_carried"] == np.inf
    assert np.isnan(row["cpc_carried"])


def test_a_front_without_observations_is_named(worlds):
    with pytest.raises(ValueError, match="'moon' has no observations"):
        transfer_table(worlds, {"moon": []})
