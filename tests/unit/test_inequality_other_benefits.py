"""The tests under other distributions of benefits; the uniform one against its closed form."""

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.benefits import Exponential, Pareto, Uniform
from movelaws.inequality.gain import gain_per_person
from movelaws.inequality.grid import evaluate
from movelaws.inequality.other_benefits import under_benefits
from movelaws.inequality.standard import standard
from tests.unit.inequality_case import built, moving, with_flow

PENALTIES = {
    "uniform": (Uniform(), [1e-6, 1e-4]),
    "exponential": (Exponential(), [0.01, 0.1]),
    "pareto": (Pareto(), [0.1]),
}


@pytest.fixture(scope="module")
def case():
    plain = built(n=12)
    people = np.round(0.05 * plain.surroundings.mass) + 5
    return moving(plain, plain.exact("either")(1e-4), people)


@pytest.fixture(scope="module")
def table(case):
    return under_benefits(case, "either", PENALTIES, drop_exact=False)


def test_there_is_a_row_per_distribution_and_penalty(table):
    assert table.columns.tolist() == [
        "benefit",
        "delta_minus_1",
        "hamming",
        "hamming_standard",
        "p_binomial",
        "U",
        "p_mw",
        "gain_per_person",
        "largest_error",
    ]
    asked = [(name, penalty) for name, (_, values) in PENALTIES.items() for penalty in values]
    assert list(zip(table["benefit"], table["delta_minus_1"], strict=True)) == asked


def test_the_integrals_are_as_accurate_as_asked(table):
    assert table["largest_error"].between(0, 1e-6).all()


def test_uniform_benefits_give_the_closed_form(case, table):
    uniform = table[table["benefit"] == "uniform"].reset_index(drop=True)
    known = evaluate(case, [-6, -4], drop_exact=False)
    known = known[known["variable"] == "either"].reset_index(drop=True)
    same = ["hamming", "hamming_standard", "p_binomial", "U", "p_mw"]
    pd.testing.assert_frame_equal(uniform[same], known[same])
    plain = standard(case.surroundings)
    gains = [
        gain_per_person(case.surroundings.flow, case.exact("either")(penalty), plain)
        for penalty in (1e-6, 1e-4)
    ]
    assert uniform["gain_per_person"].to_numpy() == pytest.approx(gains, rel=1e-4)


@pytest.mark.parametrize("benefit", [Uniform(), Exponential(), Pareto(), Pareto(3.0)])
def test_without_a_penalty_every_distribution_is_the_standard_model(case, benefit):
    row = under_benefits(case, "either", {"one": (benefit, [0.0])}, drop_exact=False).iloc[0]
    assert row["hamming"] == row["hamming_standard"]
    assert row["gain_per_person"] == pytest.approx(0, abs=1e-7)


def test_the_planted_distribution_and_penalty_are_the_best(table):
    best = table.loc[table["gain_per_person"].idxmax()]
    assert (best["benefit"], best["delta_minus_1"]) == ("uniform", 1e-4)


def test_nothing_depends_on_chance(case, table):
    pd.testing.assert_frame_equal(
        under_benefits(case, "either", PENALTIES, drop_exact=False), table, check_exact=True
    )


def test_pairs_that_both_get_right_can_be_left_out_of_one_test_only(case, table):
    kept = under_benefits(case, "either", {"pareto": PENALTIES["pareto"]}, drop_exact=True)
    row, full = kept.iloc[0], table.iloc[-1]
    assert row["hamming"] == full["hamming"]
    assert row["U"] < full["U"]


def test_an_unknown_variable_or_no_penalty_is_an_error(case):
    with pytest.raises(ValueError, match="'rain': the case has deaths, flood, either"):
        under_benefits(case, "rain", PENALTIES, drop_exact=False)
    with pytest.raises(ValueError, match="at least one delta - 1"):
        under_benefits(case, "flood", {"uniform": (Uniform(), [])}, drop_exact=False)


def test_half_a_person_is_an_error(case):
    broken = with_flow(case, case.surroundings.flow + 0.5)
    with pytest.raises(ValueError, match="whole numbers"):
        under_benefits(broken, "either", {"uniform": (Uniform(), [1e-4])}, drop_exact=False)
