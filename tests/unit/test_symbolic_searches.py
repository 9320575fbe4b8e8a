"""Searches of a dataset: exhaustive and evolved, and what they hand on."""

import numpy as np
import pandas as pd
import pytest

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.hall_of_fame import HallOfFame
from movelaws.symbolic.known_laws import MODEL_COMPLEXITY, known_laws
from movelaws.symbolic.observations import VARIABLES
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.programs import from_program, to_program
from movelaws.symbolic.searches import (
    chosen,
    equal_laws,
    evolved,
    exhaust,
    hall_of,
    landscape,
    starts_by_number,
)
from tests.unit.symbolic_worlds import world

STARTS = (8, 12, 16, 16)
SIZES = {"populations": 2, "size": 12, "iterations": 1, "cycles": 5, "batch_origins": 20}


@pytest.fixture(scope="module")
def seen():
    return world(4, sizes=[8] * 30).of_variables(["w_i", "w_j", "d"])


@pytest.fixture(scope="module")
def front(seen):
    return exhaust(seen, 5, 2, STARTS, 1)


def test_a_set_of_variables_or_all():
    data = world(1, sizes=[3, 3])
    assert chosen(data, "all") is data
    assert chosen(data, ["d", "w_j"]).names == ("d", "w_j")


def test_a_variable_that_a_dataset_lacks_is_named_with_the_key(seen):
    with pytest.raises(ValueError, match=r"variables\.city = .* has no r_j; choose from w_i, w_j"):
        chosen(seen, ["w_j", "r_j"], "city")


def test_starting_points_go_by_the_number_of_constants():
    assert starts_by_number([12, 32, 64, 128]) == {1: 12, 2: 32, 3: 64, 4: 128}


def test_known_laws_are_those_that_the_variables_can_write():
    assert set(known_laws(VARIABLES)) == {"GMZipf", "GMPow", "GMExp", "GMExpPow", "OPS", "RM"}
    assert set(known_laws(("w_j", "d"))) == {"GMZipf", "GMPow", "GMExp", "GMExpPow"}
    assert known_laws(("w_i", "s_w", "s_r", "d")) == {}
    zipf = known_laws(("d", "r_j"))["GMZipf"]
    assert str(from_program(zipf, ("d", "r_j"))) == "r_j / d"
    for model, law in known_laws(VARIABLES).items():
        if model in MODEL_COMPLEXITY:
            expression = from_program(law, VARIABLES)
            assert expression.complexity == MODEL_COMPLEXITY[model]


def test_the_hall_holds_the_laws_of_the_search(front, seen):
    hall = hall_of(front, 2)
    assert [(law.complexity, law.program.code.tolist()) for law in hall.laws] == [
        (law.complexity, law.program.code.tolist()) for law in front.laws
    ]
    evaluator = Evaluator(seen)
    for law in hall.laws:
        assert law.loss == pytest.approx(evaluator.loss(law.program), rel=1e-9)


def test_equal_laws_are_equal(front, seen):
    table = equal_laws(front)
    assert set(table["complexity"]) == {1, 3, 5}
    evaluator = Evaluator(seen)
    errors = [evaluator.rmse(to_program(parse(law), seen.names)) for law in table["expression"]]
    groups = pd.Series(errors).groupby([table["complexity"], table["rank"]])
    assert (groups.max() - groups.min() <= 1e-6 * groups.min()).all()
    assert len(table) > len(front.laws)


def test_every_point_of_the_landscape_is_a_law(front, seen):
    table = landscape(front)
    assert list(table.columns) == ["complexity", "n_constants", "rmse", "state", "expression"]
    assert np.isfinite(table["rmse"]).all()
    assert set(table["state"]) <= {"exact", "upper", "lower"}
    assert (table.loc[table["n_constants"] == 0, "state"] == "exact").all()
    assert (table["state"] == "upper").any()
    for row in table.iloc[::40].itertuples():
        assert parse(row.expression).complexity == row.complexity
        assert len(parse(row.expression).constants) == row.n_constants
    best = table.groupby("complexity")["rmse"].min()
    assert best[5] == pytest.approx(min(law.rmse for law in front.laws))


def test_of_a_crowded_landscape_the_best_stay(front):
    whole = landscape(front)
    sizes = whole.groupby("complexity").size()
    for most in (20, 1001):
        some = landscape(front, most, seed=3)
        assert (some.groupby("complexity").size() == sizes.clip(upper=most)).all()
        assert some["rmse"].min() == whole["rmse"].min()
        pd.testing.assert_frame_equal(some, landscape(front, most, seed=3))


def test_evolution_goes_on_from_what_is_known(front, seen):
    hall = hall_of(front, 2)
    found = evolved(seen, hall, 7, 2, SIZES, 1, "1")
    assert max(law.complexity for law in found.laws) <= 7
    for complexity in (3, 5):
        assert found.at(complexity)[0].loss <= hall.at(complexity)[0].loss * (1 + 1e-9)
    again = evolved(seen, hall, 7, 2, SIZES, 1, "1")
    pd.testing.assert_frame_equal(found.to_table(seen.names), again.to_table(seen.names))


def test_an_evolution_is_not_given_the_models(seen):
    given = known_laws(seen.names)["GMExpPow"].code.tolist()
    tiny = SIZES | {"cycles": 1}
    found = evolved(seen, HallOfFame(9), 7, 9, tiny, 1, "1")
    assert given not in [law.program.code.tolist() for law in found.laws]
