"""Claims I1-I10 held against tables of a run: both verdicts of each, and when there is none."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws.claims import read_claims, write_findings
from movelaws.claims.findings import check_findings
from movelaws.inequality.claims import CHECKED, findings
from movelaws.inequality.claims_migration import STAND_INS
from movelaws.inequality.two_cities import crossings
from tests.running import ROOT
from tests.unit.inequality_run import (
    CROSSINGS,
    FOUND,
    by_share,
    changes,
    commuting,
    flows,
    judged,
    migration,
    outflow,
    run,
)

SOUTH_SUDAN, US = "south_sudan", "us_commuting"


def found(absent=None, where=CROSSINGS, **cases) -> dict:
    """Findings by claim and dataset, after the checks that writing them makes."""
    listed = findings(run(**cases), where, absent or {})
    check_findings(listed)
    return {(finding.id, finding.dataset): finding for finding in listed}


def one(claim: str, dataset: str, **given):
    return found(**given)[claim, dataset]


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


# ---------------------------------------------------------------- I7-I10, the United States


def counties(**significant) -> pd.DataFrame:
    usual = {"gini": (-5.0,), "poverty": (-5.0,), "rent": (-4.0,), "unemployment": ()}
    return judged(usual | significant)


@pytest.mark.parametrize("silent", ["gini", "poverty", "rent"])
def test_each_inequality_must_be_significant(silent):
    finding = one("I7", US, us_commuting=commuting(tests=counties(**{silent: ()})))
    assert finding.verdict == "differs"
    assert finding.reason == (
        f"{silent} ahead by Mann-Whitney at no n, by wrong pairs at n = -5, -4"
    )
    assert "the poverty rate stands in" in finding.reproduced


def test_rent_that_is_not_at_hand_is_not_testable_for_its_reason():
    tests = counties()[lambda table: table["variable"] != "rent"]
    listed = found({"rent": "no rents"}, us_commuting=commuting(tests=tests))
    assert listed["I7", US].published == "gini and poverty significant for at least one n each"
    assert listed["I7", f"{US}, rent"].verdict == "not testable"
    assert listed["I7", f"{US}, rent"].reason == "no rents"


def test_unemployment_that_is_significant_differs():
    finding = one("I8", US, us_commuting=commuting(tests=counties(unemployment=(-5.0,))))
    assert (finding.verdict, finding.reproduced) == (
        "differs",
        "unemployment: significant at n = -5",
    )
    tests = counties()[lambda table: table["variable"] != "unemployment"]
    listed = found({"unemployment": "none"}, us_commuting=commuting(tests=tests))
    assert listed["I8", US].reason == "none"


def test_a_fraction_whose_print_is_lost_is_told_and_not_judged():
    finding = one("I9", US, us_commuting=commuting(outflow=outflow(9, 0.486)))
    assert finding.verdict == "not testable"
    lost = "the printed fraction and R2 are lost with the formulas"
    assert finding.reason == f"{lost}; here 7.75 % of the population, R2 = 0.486"
    counted = outflow(9, 0.486).assign(observed_share=0.1256, taken_share=0.617)
    reason = one("I9", US, us_commuting=commuting(outflow=counted)).reason
    assert "; 12.56 % of the population leave in fact; the regressed" in reason
    assert reason.endswith("outflows are 61.7 % of those counted")


def test_the_printed_rule_is_told_where_it_says_something_else():
    assert "n differs from class to class" in one("I7", US).tolerance
    assert "U / n^2" in one("I8", US).tolerance
    assert "U / n^2" not in one("I3", SOUTH_SUDAN).tolerance
    tests = counties()
    same = tests.assign(significant_printed=tests["significant"])
    assert "printed" not in one("I7", US, us_commuting=commuting(tests=same)).reproduced
    never = tests.assign(significant_printed=tests["variable"] == "unemployment")
    listed = found(us_commuting=commuting(tests=never))
    assert listed["I7", US].verdict == listed["I8", US].verdict == "reproduced"
    assert "by the printed rule, U itself: gini at no n; poverty" in listed["I7", US].reproduced
    assert listed["I8", US].reproduced.endswith("U itself: unemployment at n = -5, -4")


@pytest.mark.parametrize(
    "other",
    [
        {"distance_km": [50.0] * 5},
        {"error_standard": [-1] * 5},
        {"penalised_origin": [False] * 5},
        {"distance_km": [50.0] * 3, "error_standard": [3, 3, 3, 0, 0]},
    ],
)
def test_half_of_another_kind_is_too_many(other):
    finding = one("I10", US, us_commuting=commuting(changes=changes(**other)))
    assert finding.verdict == "differs"
    assert "5 all of it (gini, penalty 1e-7)" in finding.reproduced


def test_four_of_ten_of_another_kind_are_not():
    given = changes(penalised_origin=[False] * 5, penalised_destination=[True])
    finding = one("I10", US, us_commuting=commuting(changes=given))
    assert finding.verdict == "reproduced"
    assert "6 to or from penalised places" in finding.reproduced


def test_errors_that_do_not_shrink_are_no_improvement():
    finding = one("I10", US, us_commuting=commuting(changes=changes(error_modified=[-3] * 5)))
    assert finding.verdict == "differs"
    assert "the error of 5 is smaller under the modified model" in finding.reproduced
    assert "come no nearer" in finding.reason
    few = commuting(changes=changes(error_modified=[4] * 4))
    assert one("I10", US, us_commuting=few).verdict == "reproduced"


def test_the_variable_shown_in_place_of_rent_is_named():
    shown = {"variable": "gini", "exponent": -6}
    assert one("I10", US).reproduced.endswith("(the paper shows rent at 1e-7; gini is shown here)")
    tests = counties()[lambda table: table["variable"] != "rent"]
    finding = one("I10", US, us_commuting=commuting(tests=tests, shown=shown))
    assert finding.reproduced.endswith("(the paper shows rent at 1e-7; gini stands in for it)")
    rent = commuting(shown={"variable": "rent", "exponent": -7})
    assert "the paper shows" not in one("I10", US, us_commuting=rent).reproduced


def test_long_range_is_beyond_nine_trips_in_ten():
    assert "longer than 90 % of the trips (50 km)" in one("I10", US).reproduced
    fewer = flows().assign(flow=[60] * 10 + [300, 100])
    finding = one("I10", US, us_commuting=commuting(flows=fewer))
    assert finding.verdict == "differs"
    assert "(400 km)" in finding.reproduced


def test_what_is_usual_among_all_flows_is_no_finding():
    """Eight of ten are of that kind, but so are nearly all that the standard model predicts."""
    long = pd.DataFrame({"distance_km": [700.0] * 300, "flow": [0] * 300, "standard": [1] * 300})
    world = pd.concat([flows(), long], ignore_index=True)
    given = {"flows": world, "changes": changes(penalised_origin=[False] * 2)}
    finding = one("I10", US, us_commuting=commuting(**given))
    assert finding.verdict == "differs"
    assert "of all predicted flows 96 % are overestimated and as long" in finding.reproduced
    assert one("I10", US, us_commuting=commuting(flows=world)).verdict == "reproduced"


@pytest.mark.parametrize("given", [changes()[:0], changes(change_percent=[0.0] * 10)])
def test_a_model_that_changes_nothing_says_nothing_about_what_changes(given):
    assert one("I10", US, us_commuting=commuting(changes=given)).verdict == "not testable"


def test_a_table_without_trips_knows_no_long_range():
    still = flows().assign(flow=0)
    assert one("I10", US, us_commuting=commuting(flows=still)).verdict == "not testable"


def test_another_measure_of_the_floods_that_passes_is_named():
    tests = judged(FOUND | {"flood": (), "flood_share": (-4.0,)})
    finding = one("I4", SOUTH_SUDAN, south_sudan=migration(tests=tests))
    assert finding.verdict == "differs"
    assert "Flood_share at n = -4" in finding.reason


def test_the_reversed_penalty_is_named_where_it_passes():
    readings = pd.DataFrame(
        {
            "reading": "reversed",
            "label": ["Gini index", "Gini index", "Poverty rate"],
            "penalty": [-1e-8, -1e-7, -1e-8],
            "p_mw": [0.01, 0.01, 0.5],
            "p_binomial": [0.01, 0.01, 0.5],
        }
    )
    silent = commuting(tests=counties(gini=(), poverty=()), readings=readings)
    finding = one("I7", US, us_commuting=silent)
    assert finding.verdict == "differs"
    assert "with Gini index from -1e-08 on" in finding.reason
    assert "Poverty" not in finding.reason.split("reversed")[1]
    assert "random classes do" not in finding.reason
    drawn = replace(silent, readings=readings.assign(p_random_hamming=[0.2, np.nan, 0.1]))
    reason = one("I7", US, us_commuting=drawn).reason
    assert "from -1e-08 on (as many as 20 % of random classes do)" in reason


def test_the_exact_model_is_named_where_it_errs_less():
    exact = pd.DataFrame(
        {
            "label": ["Gini index", "Gini index", "Poverty rate"],
            "exponent": [-7.0, -6.0, -6.0],
            "p_mw_exact": [0.4, 0.01, 0.01],
            "hamming_exact": [99, 90, 101],
            "hamming_standard": 100,
        }
    )
    silent = commuting(tests=counties(gini=(), poverty=()), exact=exact)
    finding = one("I7", US, us_commuting=silent)
    assert "with Gini index from n = -6 on (exact.csv" in finding.reason
    assert "Poverty" not in finding.reason
