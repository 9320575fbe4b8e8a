"""Claims I7-I10 of paper 4, on the United States, held against tables of a run."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.unit.inequality_run import (
    SOUTH_SUDAN,
    US,
    changes,
    commuting,
    counties,
    flows,
    found,
    one,
    outflow,
)


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
