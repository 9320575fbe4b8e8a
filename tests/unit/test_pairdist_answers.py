"""Sentences about paper 3, from tables made by hand."""

import pytest

from movelaws.pairdist.answers import COLUMNS, answers
from movelaws.pairdist.claims import Tables
from tests.unit import pairdist_tables as made

COST = "What does distance cost?"
ONE = "Is the cost one power law?"


def told(synthetic=False, **parts) -> dict[str, str]:
    """Answers by question."""
    table = answers(Tables(**parts), made.LABELS, synthetic)
    assert list(table.columns) == COLUMNS
    found = dict(table.itertuples(index=False))
    for text in found.values():
        for flaw in ("nan", "..", ": .", "None"):
            assert flaw not in text
    return found


def everything() -> dict:
    return {
        "growth": {"island": made.growth()},
        "radii": {"island": made.radii()},
        "positions": {"island": made.positions()},
        "definition": {"island": made.definition()},
        "geographies": {"island": made.geographies(costs=(1.0, 0.5))},
        "models": {"island": made.models()},
        "fits": {"island": made.fits()},
        "table1": {"bins": made.table1()},
        "cities": {"bins": made.cities()},
        "city_radii": {"bins": made.city_radii()},
        "aggregate": {"bins": made.aggregate()},
        "matter": made.matter(),
    }


def test_every_question_has_an_answer_where_there_are_tables():
    assert len(told(**everything())) == 9
    assert all(
        text.startswith("In this synthetic run") for text in told(True, **everything()).values()
    )


def test_nothing_is_said_of_what_was_not_made():
    assert told() == {}
    assert set(told(models={"island": made.models()})) == {"Gravity or radiation?"}


def test_the_cost_is_given_by_both_likelihoods_with_what_was_planted():
    text = told(fits={"island": made.fits()})[COST]
    assert "Island, addresses 1.002 (0.992 to 1.012), given all places 1.002" in text
    assert "(planted 1)" in text


@pytest.mark.parametrize(
    ("better", "p", "words"),
    [
        (False, 0.4, "rejected (p at most 0.05) in 0 of 1 dataset"),
        (True, 0.01, "log-normal and two power laws"),
    ],
)
def test_the_verdict_on_one_power_law_goes_either_way(better, p, words):
    assert words in told(fits={"island": made.fits(p=p, better=better)})[ONE]


def test_moves_take_to_the_model_with_the_lower_aic():
    ask = "Gravity or radiation?"
    assert "ahead of radiation, by AIC, in 1 of 1" in told(models={"island": made.models()})[ask]
    other = made.models(aic=(9.0, 1.0))
    assert "ahead of radiation, by AIC, in 0 of 1" in told(models={"island": other})[ask]
    assert told(models={"island": made.models(growth=float("nan"))}) == {}
    without = made.models().drop(columns=["aic_gravity", "aic_radiation"])
    assert "AIC" not in told(models={"island": without})[ask]
