"""Claims of paper 4 in synthetic worlds, where what was planted is to be seen and nothing else."""

import numpy as np
import pandas as pd
import pytest

from movelaws.claims.findings import check_findings
from movelaws.inequality.claims import findings
from movelaws.inequality.claims_migration import STAND_INS
from tests.unit.inequality_run import (
    CROSSINGS,
    FOUND,
    commuting,
    judged,
    migration,
    outflow,
    planted,
    run,
)

SOUTH_SUDAN, US = "south_sudan", "us_commuting"
ESTIMATED = pd.DataFrame(
    {
        "variable": ["flood", "gini"],
        "delta_minus_1": [1.1e-5, 0.9e-6],
        "low": [0.8e-5, 0.7e-6],
        "high": [1.3e-5, 1.2e-6],
    }
)


def world(truth: dict, **changed) -> dict:
    made = {"source": "synthetic", "truth": truth, "likelihood": ESTIMATED}
    return _found(south_sudan=migration(**(made | changed)), us_commuting=None)


def us(truth: dict, **changed) -> dict:
    made = {"source": "synthetic", "truth": truth, "likelihood": ESTIMATED}
    return _found(us_commuting=commuting(**(made | changed)), south_sudan=None)


def _found(**cases) -> dict:
    listed = findings(run(**cases), CROSSINGS, {})
    check_findings(listed)
    return {(finding.id, finding.dataset): finding for finding in listed}


def counties(*seen: str) -> pd.DataFrame:
    """Tests in which these variables are significant."""
    return judged({v: (-5.0,) * (v in seen) for v in ("gini", "poverty", "rent", "unemployment")})


def test_findings_of_a_synthetic_world_say_what_was_planted():
    listed = world(planted("flood", share=0.1, delta_minus_1=1e-5))
    made = {key: finding for key, finding in listed.items() if key[1].startswith(SOUTH_SUDAN)}
    assert {claim for claim, _ in made} == {"I2", "I3", "I4", "I5", "I6"}
    for (_, dataset), finding in made.items():
        assert dataset.endswith("(synthetic)")
        assert finding.published.startswith("planted ")
        assert finding.verdict == "reproduced"


def test_the_planted_penalty_must_lie_in_its_interval():
    name = f"{SOUTH_SUDAN}, penalty of flood (synthetic)"
    for value, verdict in ((1e-5, "reproduced"), (2e-5, "differs")):
        finding = world(planted("flood", delta_minus_1=value))["I4", name]
        assert finding.verdict == verdict
        assert finding.published == f"planted penalty {value:.3g}"
    name = f"{US}, penalty of gini (synthetic)"
    listed = us(planted("gini", percentile=90, Delta=1e-6), tests=counties("gini"))
    assert listed["I7", name].verdict == "reproduced"


def test_a_planted_variable_that_the_case_does_not_have_has_no_penalty_to_find():
    listed = world(planted("drought", delta_minus_1=1e-5), tests=judged(dict.fromkeys(FOUND, ())))
    assert not any("penalty" in dataset for _, dataset in listed)
    assert not any("penalty" in d for _, d in world(planted("flood"), likelihood=None))


def test_another_number_of_flows_than_planted_differs():
    listed = world(planted("flood", delta_minus_1=1e-5), outflow=outflow(966))
    finding = listed["I2", f"{SOUTH_SUDAN} (synthetic)"]
    assert (finding.verdict, finding.published) == ("differs", "planted 965")


def test_a_planted_flood_that_is_not_seen_differs():
    listed = world(planted("flood", delta_minus_1=1e-5), tests=judged(FOUND | {"flood": ()}))
    finding = listed["I4", f"{SOUTH_SUDAN} (synthetic)"]
    assert finding.verdict == "differs"
    assert finding.reason.endswith("another effect than the one that was planted")
    assert STAND_INS not in finding.reason


def test_a_planted_conflict_is_to_be_seen_and_floods_are_not():
    truth, name = planted("conflict", delta_minus_1=1e-5), f"{SOUTH_SUDAN} (synthetic)"
    seen = {"conflict": (-5.0,), "flood": (), "both": (-4.0,)}
    listed = world(truth, tests=judged(seen))
    assert listed["I3", name].published == (
        "planted conflict alone significant for at least one n (conflict penalised)"
    )
    assert listed["I3", name].verdict == "reproduced"
    # the union holds the planted variable, so either verdict on it is to be expected
    assert listed["I4", name].published == "planted conflict penalised, so flood never significant"
    assert listed["I4", name].verdict == "reproduced"
    listed = world(truth, tests=judged(seen | {"conflict": (), "flood": (-4.0,)}))
    assert listed["I3", name].verdict == listed["I4", name].verdict == "differs"


def test_a_world_without_inequality_expects_nothing_significant():
    name, nothing = f"{SOUTH_SUDAN} (synthetic)", judged(dict.fromkeys(FOUND, ()))
    listed = world(planted(None), tests=nothing)
    assert listed["I3", name].published.endswith("never significant (nothing penalised)")
    assert listed["I4", name].verdict == "reproduced"
    assert listed["I5", SOUTH_SUDAN].verdict == "not testable"
    assert world(planted(None))["I4", name].verdict == "differs"


@pytest.mark.parametrize(
    ("r_squared", "verdict"), [(0.51, "reproduced"), (0.5, "differs"), (np.nan, "differs")]
)
def test_a_made_world_sends_one_fraction_of_its_people(r_squared, verdict):
    listed = us(planted("gini", Delta=1e-6), outflow=outflow(9, r_squared))
    finding = listed["I9", f"{US} (synthetic)"]
    assert finding.verdict == verdict
    assert finding.reproduced == f"7.75 % of the population, R2 = {r_squared:.3f}"
    assert "the paper shows" not in listed["I10", f"{US} (synthetic)"].reproduced


def test_one_planted_inequality_is_to_be_seen_and_no_other_is_asked_for():
    truth, name = planted("gini", Delta=1e-6), f"{US} (synthetic)"
    listed = us(truth, tests=counties("gini"))
    assert listed["I7", name].verdict == "reproduced"
    assert "stands in" not in listed["I7", name].reproduced
    assert us(truth, tests=counties("poverty"))["I7", name].verdict == "differs"
    assert (
        us(planted("unemployment", Delta=1e-6), tests=counties())["I8", name].verdict == "differs"
    )
