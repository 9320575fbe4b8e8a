"""Claims I1-I10 held against tables of a run: both verdicts of each, and when there is none."""

import numpy as np
import pytest

from movelaws.claims import read_claims, write_findings
from movelaws.inequality.claims import CHECKED, findings
from movelaws.inequality.claims_migration import STAND_INS
from movelaws.inequality.two_cities import crossings
from tests.running import ROOT
from tests.unit.inequality_run import (
    CROSSINGS,
    FOUND,
    SOUTH_SUDAN,
    US,
    by_share,
    commuting,
    found,
    judged,
    migration,
    one,
    outflow,
    run,
)

# ---------------------------------------------------------------- the whole list


def test_a_run_that_agrees_with_the_print_reproduces_every_claim_that_is_not_lost():
    listed = found()
    assert [claim for claim, _ in listed] == list(CHECKED)
    assert listed.pop(("I9", US)).verdict == "not testable"
    assert {finding.verdict for finding in listed.values()} == {"reproduced"}
    assert {dataset for _, dataset in listed} == {"two cities", SOUTH_SUDAN, US}


@pytest.mark.parametrize("left_out", [(), (SOUTH_SUDAN,), (US,), (SOUTH_SUDAN, US)])
def test_every_claim_of_the_list_has_a_finding_whatever_the_run_holds(left_out, tmp_path):
    claims = read_claims(ROOT / "config/published/claims.csv")
    wanted = set(claims.loc[claims["paper"] == "inequality", "id"])
    assert wanted == set(CHECKED)
    listed = findings(run(**dict.fromkeys(left_out)), CROSSINGS, {})
    assert {finding.id for finding in listed} == wanted
    write_findings(listed, tmp_path / "claims.csv")


def test_an_empty_run_answers_every_claim():
    listed = findings({}, CROSSINGS[:0], {})
    assert [finding.id for finding in listed] == list(CHECKED)
    assert {finding.verdict for finding in listed} == {"not testable"}


def test_a_case_that_the_paper_does_not_have_is_passed_over():
    assert found(england=migration()) == found()


def test_an_absent_case_is_not_testable_for_the_reason_given():
    listed = found({US: "the counties are not at hand"}, us_commuting=None)
    for claim in ("I7", "I8", "I9", "I10"):
        assert listed[claim, US].verdict == "not testable"
        assert listed[claim, US].reason == "the counties are not at hand"
    assert found(south_sudan=None)["I5", SOUTH_SUDAN].reason == "the case is not part of the run"


def test_claims_about_the_papers_data_are_not_tested_on_own_data():
    listed = found(south_sudan=migration(source="own"), us_commuting=commuting(source="own"))
    verdicts = {claim: finding.verdict for (claim, _), finding in listed.items()}
    assert verdicts.pop("I1") == "reproduced"
    assert set(verdicts.values()) == {"not testable"}
    assert "paper's dataset" in listed["I3", SOUTH_SUDAN].reason


# ---------------------------------------------------------------- I1, two cities


def test_the_crossing_of_the_two_cities_is_reported():
    finding = one("I1", "two cities", where=crossings())
    assert finding.verdict == "reproduced"
    assert finding.reproduced == f"from delta - 1 = {(2 / 1.01) ** 1e-4 - 1:.3g} on"


@pytest.mark.parametrize("at", [np.nan, np.inf, -0.1])
def test_cities_that_do_not_cross_differ(at):
    where = CROSSINGS.assign(delta_minus_1=at)
    finding = one("I1", "two cities", where=where)
    assert (finding.verdict, finding.reproduced) == ("differs", "p12 and p21 do not cross")


def test_cities_of_other_sizes_say_nothing_about_the_printed_ones():
    where = CROSSINGS.assign(n2=2e6)
    assert one("I1", "two cities", where=where).verdict == "not testable"


# ---------------------------------------------------------------- I2-I6, South Sudan


def test_one_flow_too_few_differs():
    finding = one("I2", SOUTH_SUDAN, south_sudan=migration(outflow=outflow(964)))
    assert (finding.verdict, finding.published, finding.reproduced) == ("differs", "965", "964")
    assert finding.reason == "off by 1"


def test_conflict_that_is_significant_differs_with_what_stands_in():
    tests = judged(FOUND | {"conflict": (-4.0,)})
    finding = one("I3", SOUTH_SUDAN, south_sudan=migration(tests=tests))
    assert finding.verdict == "differs"
    assert finding.reproduced == "conflict alone: significant at n = -4"
    assert finding.reason.startswith("conflict ahead by Mann-Whitney at n = -4, by wrong pairs at")
    assert finding.reason.endswith(STAND_INS)
    assert "counted in the county where they are" in STAND_INS
    assert "Juba is among the top eight" in STAND_INS


@pytest.mark.parametrize("silent", ["flood", "both"])
def test_floods_and_both_must_each_be_significant(silent):
    tests = judged(FOUND | {silent: ()})
    finding = one("I4", SOUTH_SUDAN, south_sudan=migration(tests=tests))
    assert finding.verdict == "differs"
    assert f"{silent} at no n" in finding.reproduced
    assert finding.reason.startswith(
        f"{silent} ahead by Mann-Whitney at no n, by wrong pairs at n = -5, -4"
    )


def test_a_variable_that_is_not_in_the_run_is_not_counted_as_agreeing():
    listed = found(south_sudan=migration(tests=judged({"flood": (-4.0,)})))
    assert listed["I3", SOUTH_SUDAN].verdict == "not testable"
    assert listed["I4", SOUTH_SUDAN].published == "flood significant for at least one n each"
    assert listed["I4", f"{SOUTH_SUDAN}, both"].verdict == "not testable"
    assert listed["I5", SOUTH_SUDAN].reason == "the run has no variable called both"


def test_without_floods_and_both_nothing_is_said_about_them():
    listed = found({"flood": "no floods"}, south_sudan=migration(tests=judged({"conflict": ()})))
    assert listed["I4", f"{SOUTH_SUDAN}, flood"].reason == "no floods"
    assert listed["I4", f"{SOUTH_SUDAN}, both"].verdict == "not testable"
    assert ("I4", SOUTH_SUDAN) not in listed


@pytest.mark.parametrize(("after", "verdict"), [(0.551, "reproduced"), (0.55, "differs")])
def test_the_share_of_right_flows_must_rise(after, verdict):
    tests = judged(FOUND).assign(exact_share=after)
    finding = one("I5", SOUTH_SUDAN, south_sudan=migration(tests=tests))
    assert finding.verdict == verdict
    assert f"{100 * after:.1f} % with the modified model" in finding.reproduced


def test_how_many_random_classes_do_as_well_stands_beside_the_rise():
    tests = judged(FOUND).assign(p_random_hamming=0.49)
    finding = one("I5", SOUTH_SUDAN, south_sudan=migration(tests=tests))
    assert "as many as 49 % of random classes of the same size rise as" in finding.reproduced


def test_the_rise_is_that_of_the_printed_penalty_whichever_is_shown():
    tests = judged(FOUND)
    tests.loc[tests["exponent"] == -5, "exact_share"] = 0.1
    shown = {"variable": "flood", "exponent": -5}
    finding = one("I5", SOUTH_SUDAN, south_sudan=migration(tests=tests, shown=shown))
    assert finding.verdict == "reproduced"
    assert finding.tolerance.startswith("Both, delta = 1 + 1e-4")
    rest = tests[tests["exponent"] == -5]
    finding = one("I5", SOUTH_SUDAN, south_sudan=migration(tests=rest))
    assert finding.reason == "the case has no penalty 1e-4"


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.05, "differs"), (0.2, "differs"), (0.3, "reproduced")]
)
def test_only_the_neighbouring_thresholds_must_agree(share, verdict):
    shares = {s: FOUND for s in (0.05, 0.1, 0.2, 0.3)}
    table = by_share(shares | {share: FOUND | {"flood": ()}})
    finding = one("I6", SOUTH_SUDAN, south_sudan=migration(sensitivity=table))
    assert finding.verdict == verdict
    assert finding.tolerance == "whether any n is significant, at 5, 20 % beside 10 %"
    if verdict == "differs":
        assert f"another verdict for flood at {100 * share:g} %" in finding.reproduced
        assert finding.reproduced.endswith("of single penalties 1 of 12 differ")


def test_a_variable_that_becomes_significant_differs_too():
    table = by_share({0.1: FOUND, 0.2: FOUND | {"conflict": (-4.0,)}})
    finding = one("I6", SOUTH_SUDAN, south_sudan=migration(sensitivity=table))
    assert finding.verdict == "differs"
    assert "conflict at 20 %" in finding.reproduced


def test_where_nothing_is_significant_at_the_share_of_the_case_nothing_can_be_robust():
    none = dict.fromkeys(FOUND, ())
    table = by_share({0.05: none, 0.1: none, 0.2: none | {"conflict": (-4.0,)}, 0.4: FOUND})
    finding = one("I6", SOUTH_SUDAN, south_sudan=migration(sensitivity=table))
    assert finding.verdict == "not testable"
    assert finding.reason == (
        "of both, conflict, flood nothing is significant at the share that stands for the "
        "paper's, 10 %, so no verdict could be robust"
    )


def test_only_the_papers_variables_are_judged_over_the_thresholds():
    none, at = dict.fromkeys(FOUND, ()), {"flood_share": (-4.0,), "heat": ()}
    table = by_share({0.1: none | at, 0.2: none | at | {"flood_share": ()}})
    finding = one("I6", SOUTH_SUDAN, south_sudan=migration(sensitivity=table))
    assert finding.verdict == "not testable"
    assert finding.reason.endswith(
        "further variables, significant: Flood_share at 10 %; Heat at no share"
    )
    table = by_share({0.1: FOUND | at, 0.2: FOUND | {"flood_share": (), "heat": (-5.0,)}})
    finding = one("I6", SOUTH_SUDAN, south_sudan=migration(sensitivity=table))
    assert finding.verdict == "reproduced"
    assert finding.reproduced.endswith("of single penalties 0 of 6 differ")
    others = migration(sensitivity=by_share({0.1: at, 0.2: at}))
    assert "no shares were tried" in one("I6", SOUTH_SUDAN, south_sudan=others).reason


@pytest.mark.parametrize("table", [None, by_share({0.1: FOUND})])
def test_without_other_thresholds_robustness_is_not_testable(table):
    finding = one("I6", SOUTH_SUDAN, south_sudan=migration(sensitivity=table))
    assert (finding.verdict, "no other shares" in finding.reason) == ("not testable", True)


def test_the_threshold_at_the_end_of_the_list_has_one_neighbour():
    table = by_share({0.1: FOUND, 0.2: FOUND})
    finding = one("I6", SOUTH_SUDAN, south_sudan=migration(sensitivity=table))
    assert finding.tolerance.endswith("at 20 % beside 10 %")


def test_another_measure_of_the_floods_that_passes_is_named():
    tests = judged(FOUND | {"flood": (), "flood_share": (-4.0,)})
    finding = one("I4", SOUTH_SUDAN, south_sudan=migration(tests=tests))
    assert finding.verdict == "differs"
    assert "Flood_share at n = -4" in finding.reason
