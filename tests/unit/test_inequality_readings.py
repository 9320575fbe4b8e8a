"""Other readings of a case: reversed penalties, other outflows, other populations."""

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.comparison import compare
from movelaws.inequality.reading_answers import other_readings
from movelaws.inequality.readings import readings
from movelaws.inequality.two_class import two_class
from tests.unit.inequality_case import THRESHOLD, VARIABLES, built, tables

EXPONENTS = [-6, -5]
SETTINGS = {
    "variables": VARIABLES,
    "model": "two_class",
    "population": "residential",
    "outflow": "observed",
    **THRESHOLD["two_class"],
}


@pytest.fixture(scope="module")
def world():
    return tables(), built()


def test_as_read_gives_the_numbers_of_the_case(world):
    case_tables, case = world
    found = readings(*case_tables, SETTINGS, EXPONENTS, ["as read"], drop_exact=False)
    observed = np.rint(case.surroundings.flow).astype(np.int64).ravel()
    variable = next(iter(case.shapes))
    direct = compare(observed, case.standard().ravel(), case.modified(variable, 1e-5)[0].ravel())
    row = found[(found["variable"] == variable) & (found["exponent"] == -5)].iloc[0]
    assert row["hamming"] == direct.hamming
    assert row["p_mw"] == direct.p_mw


def test_reversed_is_a_delta_below_one(world):
    case_tables, case = world
    found = readings(*case_tables, SETTINGS, [-5], ["reversed"], drop_exact=False)
    assert (found["penalty"] == -1e-5).all()
    variable = next(iter(case.shapes))
    better = case.flows_of(two_class(case.surroundings, case.shapes[variable] > 0, -1e-5))
    observed = np.rint(case.surroundings.flow)
    wrong = np.count_nonzero(better != observed)
    assert found.set_index("variable").loc[variable, "hamming"] == wrong


def test_an_unknown_reading_is_named(world):
    with pytest.raises(ValueError, match="upside down"):
        readings(*world[0], SETTINGS, EXPONENTS, ["upside down"], drop_exact=False)


def test_the_answer_names_what_passes_and_what_does_not():
    table = pd.DataFrame(
        {
            "reading": ["as read", "reversed"],
            "variable": "gini",
            "label": "Gini index",
            "penalty": [1e-8, -1e-8],
            "hamming": [110, 90],
            "hamming_standard": 100,
            "p_mw": [0.9, 0.01],
            "p_binomial": [0.9, 0.01],
        }
    )
    first, second, *_ = other_readings(table, 0.05)
    assert first == "As the config reads it no variable passes both tests"
    assert "Gini index (90 wrong pairs against 100" in second
    assert other_readings(pd.DataFrame(), 0.05) == []
