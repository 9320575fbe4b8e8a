"""Other shares of penalised places give what the same case gives at that share."""

import pandas as pd
import pytest

from movelaws.inequality.grid import evaluate, judge
from movelaws.inequality.random_classes import drawn
from movelaws.inequality.sensitivity import by_share
from tests.unit.inequality_case import THRESHOLD, VARIABLES, built, tables

EXPONENTS = [-6, -4]
ASKED = {"draws": 25, "level": 0.05, "seed": 1, "job": ("test",), "drop_exact": False}


def settings(model: str) -> dict:
    return {"variables": VARIABLES, "model": model, "population": "residential"} | THRESHOLD[model]


def table(model: str, shares, **changes) -> pd.DataFrame:
    return by_share(*tables(), settings(model), EXPONENTS, shares, **(ASKED | changes))


def direct(case, share: float) -> pd.DataFrame:
    random = drawn(
        case, EXPONENTS, first=0, count=25, seed=1, job=("test", f"{share:g}"), drop_exact=False
    )
    return judge(evaluate(case, EXPONENTS, drop_exact=False), random, 0.05)


@pytest.mark.parametrize(
    ("model", "threshold"),
    [("two_class", {"share": 0.3}), ("linear", {"percentile": 70.0})],
)
def test_each_share_is_the_case_with_that_threshold(model, threshold):
    found = table(model, [0.1, 0.3])
    assert found.columns[0] == "share"
    assert found["share"].tolist() == [0.1] * 6 + [0.3] * 6
    other = found[found["share"] == 0.3].drop(columns="share").reset_index(drop=True)
    pd.testing.assert_frame_equal(other, direct(built(model, **threshold), 0.3))


def test_more_places_are_penalised_at_a_larger_share():
    found = table("two_class", [0.1, 0.25, 0.5])
    number = found.query("variable == 'deaths'").groupby("share")["n_penalised"].first()
    assert number.tolist() == [2, 5, 10]


def test_the_threshold_of_the_case_itself_does_not_matter():
    other = by_share(*tables(), settings("two_class") | {"share": 0.4}, EXPONENTS, [0.1], **ASKED)
    pd.testing.assert_frame_equal(other, table("two_class", [0.1]))


def test_shares_do_not_depend_on_which_others_are_asked_for():
    together = table("two_class", [0.1, 0.3])
    alone = table("two_class", [0.3])
    rows = together[together["share"] == 0.3].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows, alone)


def test_a_share_that_penalises_nobody_is_named():
    with pytest.raises(ValueError, match=r"share 0\.001: variable 'deaths'.*penalises none"):
        table("two_class", [0.1, 0.001])


def test_no_share_is_an_error():
    with pytest.raises(ValueError, match="at least one is needed"):
        table("two_class", [])
