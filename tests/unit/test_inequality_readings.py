"""Other readings of a case: reversed penalties, other outflows, other populations."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from movelaws.inequality.comparison import compare
from movelaws.inequality.reading_answers import other_readings
from movelaws.inequality.readings import readings
from movelaws.inequality.two_class import two_class
from movelaws.seeds import stream
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


def test_reversed_is_held_against_random_places_that_are_better_off(world):
    case_tables, case = world
    asked = {"drop_exact": False, "draws": 6, "seed": 2, "job": ("r",)}
    wanted = ["as read", "reversed"]
    found = readings(*case_tables, SETTINGS, EXPONENTS, wanted, **asked)
    observed = np.rint(case.surroundings.flow)
    for row in found[found["reading"] == "reversed"].itertuples():
        wrong = []
        for k in range(6):
            dealt = stream(2, "r", row.variable, str(k)).permutation(case.shapes[row.variable])
            flows = case.flows_of(two_class(case.surroundings, dealt > 0, row.penalty))
            wrong.append(np.count_nonzero(flows != observed))
        expected = (1 + np.count_nonzero(np.array(wrong) <= row.hamming)) / 7
        assert row.p_random_hamming == expected
    assert found.loc[found["reading"] == "as read", "p_random_hamming"].isna().all()
    again = readings(*case_tables, SETTINGS, EXPONENTS, wanted, **asked)
    pd.testing.assert_frame_equal(again, found)
    without = readings(*case_tables, SETTINGS, EXPONENTS, wanted, drop_exact=False)
    assert without["p_random_hamming"].isna().all()
    pd.testing.assert_frame_equal(
        without.drop(columns="p_random_hamming"), found.drop(columns="p_random_hamming")
    )


def test_false_discovery_is_over_all_readings(world):
    wanted = ["as read", "reversed"]
    found = readings(*world[0], SETTINGS, EXPONENTS, wanted, drop_exact=False)
    assert len(found) == 2 * 2 * len(VARIABLES)
    for name in ("mw", "binomial"):
        expected = false_discovery_control(found[f"p_{name}"])
        assert np.allclose(found[f"q_{name}"], expected, rtol=1e-14)


def test_fewer_than_no_draws_are_an_error(world):
    with pytest.raises(ValueError, match="draws = -1"):
        readings(*world[0], SETTINGS, EXPONENTS, ["reversed"], drop_exact=False, draws=-1)


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
    assert other_readings(table, 0.05)[-1] == "Random classes were not drawn for these"
    drawn = table.assign(p_random_hamming=[np.nan, 0.12], q_mw=[0.9, 0.04], q_binomial=[0.9, 0.04])
    _, second, third, last = other_readings(drawn, 0.05)
    assert "; of random classes treated alike, as many as 12 % do as well) passes" in second
    assert third == (
        "With the false discoveries among all these tests held at 5 %, Gini index (reversed) stands"
    )
    assert last == "Random classes were not drawn for the other readings"
    none = other_readings(drawn.assign(q_mw=0.2, p_random_hamming=0.3, n_draws=50), 0.05)
    assert "of 50 random classes treated alike" in none[1]
    assert none[-1].endswith("held at 5 %, none stands")
    assert other_readings(pd.DataFrame(), 0.05) == []
