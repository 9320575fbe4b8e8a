"""Order of the models, their distributions and planted parameters: verdicts C2, C3 and C8."""

import numpy as np
import pytest

from movelaws.choice.claims import findings
from movelaws.choice.verdicts import FOLLOWS, WORDS, widening
from tests.unit.choice_run import (
    LAW,
    SSI,
    US,
    by_claim,
    made,
    parameters,
    statistics,
    tables,
)

# ---------------------------------------------------------------- C2


@pytest.mark.parametrize(
    ("change", "verdict", "reason"),
    [
        ({}, "reproduced", ""),
        ({"GMPow": 0.736 + 1e-12}, "reproduced", ""),
        ({"DCG": 0.736 + 1e-10}, "differs", "not in the printed order"),
        ({"RM": np.nan}, "reproduced", ""),
        ({"GMPow": 0.736}, "reproduced", ""),  # gravity 2 may equal gravity 1
        ({"DCG": 0.736}, "differs", "not in the printed order"),  # the game may not
        ({"DCG": 0.73}, "differs", "not in the printed order"),
        ({"GMPow": 0.75}, "differs", "not in the printed order"),
        ({"IO": 0.73}, "differs", "IO not below gravity 1; DCG has the highest SSI"),
        ({"IO": 0.721}, "differs", "IO not below gravity 1"),
        ({"IO": 0.73, "PWO": 0.722}, "differs", "IO and PWO not below gravity 1"),
        ({"DCG": np.nan}, "not testable", "SSI of DCG"),
    ],
)
def test_the_order_of_the_models_decides_c2(change, verdict, reason):
    found = by_claim(findings(tables(statistics=statistics(ssi=SSI | change)), {}))["C2", US]
    assert found.verdict == verdict
    assert reason in found.reason


@pytest.mark.parametrize(
    "models",
    [
        [],
        ["DCG"],
        ["DCG", "GMPow2", "GMPow"],
        ["DCG", "GMPow", "IO"],
        ["DCG", "GMPow2", "IO"],
        ["GMPow2", "GMPow", "IO", "PWO", "RM"],
    ],
)
def test_an_order_of_which_models_are_missing_is_not_testable(models):
    ssi = {model: SSI[model] for model in models}
    found = by_claim(findings(tables(statistics=statistics(ssi=ssi)), {}))["C2", US]
    assert found.verdict == "not testable"
    missing = [m for m in ("DCG", "GMPow2", "GMPow") if m not in models]
    assert all(WORDS[model] in found.reason for model in missing)


def test_one_model_of_opportunities_is_enough():
    ssi = {model: SSI[model] for model in ("DCG", "GMPow2", "GMPow", "RM")}
    found = by_claim(findings(tables(statistics=statistics(ssi=ssi)), {}))["C2", US]
    assert found.verdict == "reproduced"
    assert "nesting" in found.tolerance


def test_a_model_above_the_game_is_not_said_to_be_below_it():
    found = by_claim(findings(tables(statistics=statistics(ssi=SSI | {"PWO": 0.9})), {}))["C2", US]
    assert found.verdict == "differs"
    assert "highest" not in found.reason


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.7, ", GMPowDC 0.7000"),
        (0.7845, "; doubly constrained gravity with one parameter 0.7845, within 0.001 of DCG"),
        (0.99, "; doubly constrained gravity with one parameter 0.9900, above DCG"),
    ],
)
def test_the_doubly_constrained_model_is_shown_but_no_part_of_the_order(value, words):
    given = tables(statistics=statistics(ssi=SSI | {"GMPowDC": value}))
    found = by_claim(findings(given, {}))["C2", US]
    assert found.verdict == "reproduced"
    assert found.reproduced.endswith(words)


# ---------------------------------------------------------------- C8


@pytest.mark.parametrize(
    ("ks", "flux", "missed"),
    [
        ((FOLLOWS["ks_distance"], FOLLOWS["ks_attraction"]), FOLLOWS["bins_on_diagonal"], []),
        ((0.11, 0.1), 0.9, ["KS of distance"]),
        ((0.05, 0.16), 0.9, ["KS of attraction"]),
        ((0.05, 0.1), 0.5, ["share of flux bins"]),
        ((0.11, 0.16), 0.0, ["KS of distance", "KS of attraction", "share of flux bins"]),
    ],
)
def test_the_three_distributions_decide_c8(ks, flux, missed):
    given = tables(statistics=statistics(ks=ks, flux=flux))
    found = by_claim(findings(given, {}))["C8", US]
    assert found.verdict == ("differs" if missed else "reproduced")
    assert all(words in found.reason for words in missed)
    assert found.reason.count(";") == max(0, len(missed) - 1)


def test_gravity_2_stands_beside_the_game():
    found = by_claim(findings(tables(), {}))["C8", US]
    assert found.reproduced == (
        "KS of distance 0.031 (gravity 2: 0.031), KS of attraction 0.137 (gravity 2: 0.157), "
        "share of flux bins on the diagonal 0.900 (gravity 2: 0.750)"
    )
    alone = statistics(ssi={"DCG": 0.785})
    assert "gravity" not in by_claim(findings(tables(statistics=alone), {}))["C8", US].reproduced


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (statistics(flux=np.nan), "share of flux bins"),
        (statistics(ks=(np.nan, 0.1)), "KS of distance"),
        (statistics(ssi={"GMPow2": 0.7}), "DCG"),
    ],
)
def test_distributions_without_a_number_are_not_testable(given, words):
    found = by_claim(findings(tables(statistics=given), {}))["C8", US]
    assert found.verdict == "not testable"
    assert words in found.reason


# ---------------------------------------------------------------- planted parameters


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
@pytest.mark.parametrize(("share", "verdict"), [(0.99, "reproduced"), (1.01, "differs")])
def test_the_interval_is_widened_for_three_parameters_at_once(name, share, verdict):
    planted = dict(LAW)
    planted[name] += share * widening(0.95) * 0.1
    found = by_claim(findings(made(planted), {}))["C3", "made (synthetic)"]
    assert found.verdict == verdict
    assert found.reason == ("" if verdict == "reproduced" else f"{name} outside")


@pytest.mark.parametrize(("confidence", "verdict"), [(0.95, "differs"), (0.8, "reproduced")])
def test_the_interval_is_widened_from_the_confidence_it_has(confidence, verdict):
    given = made(LAW | {"beta": 1.0 + 1.6 * 0.1}, confidence=confidence)
    found = by_claim(findings(given, {}))["C3", "made (synthetic)"]
    assert found.verdict == verdict
    assert f"the {100 * confidence:g} % one" in found.tolerance


def with_ends(low, high, names=("gamma",), reason="it says why"):
    table = parameters("made", "synthetic", planted=LAW).assign(reason="")
    mine = table["parameter"].isin(names)
    table.loc[mine, ["low", "high", "reason"]] = low, high, reason
    return by_claim(findings(made(parameters=table), {}))["C3", "made (synthetic)"]


def test_a_parameter_without_an_interval_is_not_reproduced():
    found = with_ends(np.nan, np.nan)
    assert found.verdict == "differs"
    assert found.reason == "gamma: no interval (it says why)"
    assert "gamma 0.5 (no interval)" in found.reproduced
    assert with_ends(np.nan, np.nan, reason=np.nan).reason == "gamma: no interval"


@pytest.mark.parametrize("ends", [(-np.inf, np.inf), (-np.inf, 1.0), (0.1, np.inf)])
def test_a_parameter_that_the_data_leave_open_is_not_testable(ends):
    found = with_ends(*ends, names=("alpha", "gamma"))
    assert found.verdict == "not testable"
    assert found.reason == "the data do not identify alpha and gamma (it says why)"


def test_a_parameter_outside_decides_before_one_that_is_left_open():
    table = parameters("made", "synthetic", planted=LAW | {"beta": 9.0})
    table.loc[table["parameter"] == "gamma", ["low", "high"]] = -np.inf, np.inf
    found = by_claim(findings(made(parameters=table), {}))["C3", "made (synthetic)"]
    assert (found.verdict, found.reason) == ("differs", "beta outside")


def test_a_planted_value_that_is_not_known_is_not_judged():
    table = parameters("made", "synthetic", planted={"alpha": 2.0})
    found = by_claim(findings(made(parameters=table), {}))["C3", "made (synthetic)"]
    assert found.verdict == "not testable"
    assert "planted beta and gamma" in found.reason


@pytest.mark.parametrize("kept", ["objective == 'ssi'", "model != 'DCG'", "parameter != 'beta'"])
def test_without_the_likelihood_planted_parameters_are_not_testable(kept):
    table = parameters("made", "synthetic", planted=LAW).query(kept)
    found = by_claim(findings(made(parameters=table), {}))["C3", "made (synthetic)"]
    assert found.verdict == "not testable"
    assert "poisson" in found.reason


def test_the_widening_is_that_of_bonferroni():
    """Three two-sided intervals hold together with 99 % where each misses in a third of 1 %."""
    assert widening(1 - 0.01 / 3) == pytest.approx(1)
    assert widening(0.95) == pytest.approx(2.935 / 1.960, abs=1e-3)
    with pytest.raises(ValueError, match=r"confidence = 1\.0: it must lie between 0 and 1"):
        widening(1.0)
