"""Claims C1-C8 held against tables of a run: which are answered, on what, and for what reason."""

import numpy as np
import pandas as pd
import pytest

from movelaws.choice import toy
from movelaws.choice.claims import CHECKED, LOCATIONS, findings
from movelaws.choice.verdicts import REASONS
from tests.unit.choice_run import (
    SOLVER,
    SSI,
    US,
    by_claim,
    datasets,
    made,
    parameters,
    statistics,
    tables,
)

# ---------------------------------------------------------------- a published dataset


def test_a_run_that_agrees_with_the_print_reproduces_every_claim():
    found = by_claim(findings(tables(), {}))
    assert set(found) == {
        ("C1", US),
        ("C2", US),
        ("C3", US),
        ("C4", f"{US} (distance)"),
        ("C4", f"{US} (attraction)"),
        ("C5", "all"),
        ("C6", "all"),
        ("C7", "toy"),
        ("C8", US),
    }
    assert {finding.verdict for finding in found.values()} == {"reproduced"}


def test_one_movement_too_many_differs():
    found = by_claim(findings(tables(datasets=datasets(movements=2498465.0)), {}))
    assert found["C1", US].verdict == "differs"


def test_other_parameters_differ_with_the_reason_for_us_migration():
    found = by_claim(findings(tables(parameters=parameters(off=0.4)), {}))["C3", US]
    assert found.verdict == "differs"
    assert REASONS["C3", US] in found.reason


def test_the_reason_for_us_migration_is_not_given_for_another_dataset():
    given = tables(
        datasets=datasets("oslo"),
        parameters=parameters("oslo", off=0.4),
        statistics=statistics("oslo", ks=(0.06, 0.3)),
    )
    found = by_claim(findings(given, {}))
    assert found["C3", "oslo"].reason.count("off by 0.4") == 7
    assert found["C4", "oslo (distance)"].reason == "DCG off by 0.029"


def test_parameters_within_a_step_of_the_printed_grid_agree():
    assert by_claim(findings(tables(parameters=parameters(off=0.009)), {}))["C3", US].verdict == (
        "reproduced"
    )
    assert by_claim(findings(tables(parameters=parameters(off=0.011)), {}))["C3", US].verdict == (
        "differs"
    )


def test_the_absorption_is_shown_in_the_printed_unit():
    assert "7.73" in by_claim(findings(tables(), {}))["C3", US].published


@pytest.mark.parametrize(
    ("ks", "verdicts"),
    [
        ((0.040, 0.137), ("differs", "reproduced")),
        ((0.031, 0.160), ("reproduced", "differs")),
        ((0.0355, 0.118), ("reproduced", "reproduced")),  # within 0.005 and 0.02
    ],
)
def test_each_statistic_has_a_verdict_of_its_own(ks, verdicts):
    found = by_claim(findings(tables(statistics=statistics(ks=ks)), {}))
    own = tuple(found["C4", f"{US} ({name})"].verdict for name in ("distance", "attraction"))
    assert own == verdicts


# ---------------------------------------------------------------- synthetic worlds


def test_planted_parameters_inside_their_intervals_are_reproduced():
    found = by_claim(findings(made(), {}))
    name = "made (synthetic)"
    assert {found[claim, name].verdict for claim in ("C1", "C2", "C3", "C8")} == {"reproduced"}
    assert found["C3", name].published == "planted alpha 2, beta 1, gamma 0.5"
    assert all(found[claim, name].published.startswith("planted") for claim in ("C2", "C8"))
    assert found["C4", "-"].verdict == "not testable"


@pytest.mark.parametrize(
    ("truth", "verdict"),
    [
        ({"n_zones": 51, "total_flow": 2498464}, "reproduced"),
        ({"n_zones": 52, "total_flow": 2498464}, "differs"),
        ({"n_zones": 51, "total_flow": 2498465}, "differs"),
    ],
)
def test_travellers_and_locations_of_a_made_world_are_counted(truth, verdict):
    found = by_claim(findings(made(truths={"made": truth}), {}))["C1", "made (synthetic)"]
    assert found.verdict == verdict
    assert found.published.startswith("planted")


@pytest.mark.parametrize("laws", [{"made": "GMPow2"}, {}])
def test_a_world_of_another_law_is_not_said_to_be_a_game(laws):
    found = by_claim(findings(made(laws=laws), {}))
    for claim in ("C2", "C3", "C8"):
        finding = found[claim, "made (synthetic)"]
        assert finding.verdict == "not testable"
        assert laws.get("made", "not known") in finding.reason
        assert "DCG" not in finding.published
    assert found["C1", "made (synthetic)"].verdict == "reproduced"


# ---------------------------------------------------------------- the limits and the toy


@pytest.mark.parametrize(
    ("claim", "column"), [("C5", "without_crowding"), ("C6", "fixed_attraction")]
)
def test_the_worst_dataset_decides_an_identity(claim, column):
    worse = pd.concat([SOLVER, SOLVER.assign(dataset="other", **{column: 1e-5})])
    found = by_claim(findings(tables(solver=worse), {}))
    assert found[claim, "all"].verdict == "differs"
    assert f"other, {US}" in found[claim, "all"].reproduced
    rest = "C6" if claim == "C5" else "C5"
    assert found[rest, "all"].verdict == "reproduced"


def test_identities_without_a_dataset_are_not_testable():
    found = by_claim(findings(tables(solver=pd.DataFrame({"dataset": []})), {}))
    assert {found[claim, "all"].verdict for claim in ("C5", "C6")} == {"not testable"}


def test_an_identity_that_gave_no_number_is_not_reproduced():
    solver = SOLVER.assign(dataset=[US, "other"], without_crowding=[1e-15, np.nan])
    found = by_claim(findings(tables(solver=solver), {}))
    assert found["C5", "all"].verdict == "differs"
    assert found["C5", "all"].reason == "no number came out for other"
    assert found["C6", "all"].verdict == "reproduced"


@pytest.mark.parametrize(("gain", "verdict"), [(-3.0, "reproduced"), (0.5, "differs")])
def test_a_destination_that_nobody_uses_must_not_be_better(gain, verdict):
    table = toy.table()
    used = table.loc[1, "utility"]
    table.loc[0, ["flow", "utility"]] = 0.0, used + gain
    found = by_claim(findings(tables(toy=table), {}))["C7", "toy"]
    assert found.verdict == verdict
    assert "nobody uses" in found.reason or "unused are no better" in found.reproduced


def test_an_example_out_of_equilibrium_differs():
    table = toy.table()
    table.loc[0, "utility"] += 1e-3
    found = by_claim(findings(tables(toy=table), {}))["C7", "toy"]
    assert found.verdict == "differs"
    assert "1.0e-03" in found.reason


# ---------------------------------------------------------------- what cannot be had


def test_a_case_that_cannot_be_had_is_named_with_its_reason():
    found = by_claim(findings(tables(), {"oslo": "not at hand", US: "passed over: it is here"}))
    for claim in ("C2", "C3", "C4", "C8"):
        assert found[claim, "oslo"].verdict == "not testable"
        assert found[claim, "oslo"].reason == "not at hand"
    assert found["C2", US].verdict == "reproduced"


def test_the_locations_that_the_print_implies_are_told():
    found = by_claim(findings(tables(), dict.fromkeys([*LOCATIONS, "uk"], "not at hand.")))
    assert found["C4", "uk"].reason == found["C3", "japan"].reason == "not at hand."
    for case, count in LOCATIONS.items():
        reason = found["C4", case].reason
        assert reason.startswith("not at hand. The KS statistics")
        assert f"multiples of 1/{count}, so they are of {count} locations" in reason
        assert ("381" in reason) == (case == "abidjan")


@pytest.mark.parametrize("case", LOCATIONS)
def test_printed_statistics_are_multiples_of_one_over_the_locations(case, root):
    table = pd.read_csv(root / "config/published/choice_tableS2_S3_ks.csv")
    chosen = (table["statistic"] == "ks_attraction") & (table["dataset"] == case)
    printed = table[chosen].iloc[0, 2:].to_numpy(float)

    def fits(n):
        return np.array_equal(np.round(np.round(printed * n) / n, 3), printed)

    assert [n for n in range(2, LOCATIONS[case] + 1) if fits(n)] == [LOCATIONS[case]]
    assert not fits(381)


def test_own_datasets_are_not_what_the_claim_is_about():
    given = tables(
        datasets=datasets("city", "own"),
        parameters=parameters("city", "own"),
        statistics=statistics("city", "own"),
    )
    found = by_claim(findings(given, {}))
    for claim in ("C2", "C8"):
        assert found[claim, "city"].verdict == "not testable"
        assert "paper's datasets" in found[claim, "city"].reason


@pytest.mark.parametrize("source", ["synthetic", "published", "own"])
def test_every_claim_is_answered_whatever_the_run_holds(source):
    given = tables(
        datasets=datasets("city", source),
        parameters=parameters("city", "own"),
        statistics=statistics("city", "own"),
    )
    assert {finding.id for finding in findings(given, {})} == set(CHECKED)


def test_no_finding_without_a_verdict_or_a_reason():
    worst = tables(
        parameters=parameters(off=1.0),
        statistics=statistics(ssi={k: 1 - v for k, v in SSI.items()}, ks=(0.5, 0.5), flux=0.0),
        solver=SOLVER.assign(without_crowding=1.0, fixed_attraction=1.0),
    )
    for finding in findings(worst, {"far": "gone"}):
        if finding.verdict != "reproduced":
            assert finding.reason, finding
        if finding.verdict != "not testable":
            assert finding.published and finding.reproduced and finding.tolerance, finding
            assert finding.evidence.startswith("choice/")
