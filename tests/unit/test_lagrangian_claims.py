"""Claims L1-L12 and the sentences of the chapter, on tables whose verdict is known."""

import pytest

from movelaws.lagrangian.answers import answers
from movelaws.lagrangian.claims import CHECKED, findings
from movelaws.lagrangian.tuning import DIVERGED
from tests.unit import lagrangian_found as made

REFERENCE = {"alpha1_h0", "alpha10_h005"}
REAL = {"japan", "helsinki", "madrid"}
CITIES = ("japan", "helsinki", "madrid")
LABELS = {case: case.title() for case in (*REFERENCE, *CITIES)}


def verdicts(tables, synthetic=(), published=REAL, absent=None):
    found = findings(tables, REFERENCE, set(synthetic), set(published), absent or {})
    return {(f.id, f.dataset): f for f in found}


def one(found, claim, dataset):
    return found[claim, dataset].verdict


def test_every_claim_has_a_finding_and_none_stands_twice():
    found = findings(made.tables(), REFERENCE, set(), REAL, {"madrid": "not at hand"})
    assert {f.id for f in found} == set(CHECKED)
    keys = [(f.id, f.dataset) for f in found]
    assert len(keys) == len(set(keys))


def test_a_run_without_cases_says_why():
    found = findings(made.tables((), ()), set(), set(), set(), {"madrid": "not at hand"})
    assert {f.id for f in found} == set(CHECKED)
    assert {f.verdict for f in found} == {"not testable"}
    assert all("madrid: not at hand" in f.reason for f in found)


@pytest.mark.parametrize(
    ("part", "table", "claim", "dataset"),
    [
        ("convergence", {"alpha1_h0": made.convergence(1, 2)}, "L1", "alpha1_h0"),
        ("methods", {"alpha1_h0": made.methods(printed=0.6)}, "L1",
         "alpha1_h0, against no movement"),
        ("parameters", {"japan": made.parameters(-1)}, "L2", "japan"),
        ("summary", {"japan": made.summary(median_inertia_ratio=20)}, "L4", "japan"),
        ("summary", {"alpha1_h0": made.summary(median_time=0.45)}, "L8", "alpha1_h0"),
        ("summary", {"helsinki": made.summary(median_time=0.7)}, "L9", "helsinki"),
        ("summary", {"japan": made.summary(pearson_psi=0.6)}, "L11", "japan"),
        ("summary", {"japan": made.summary(moran_p_psi_q0=0.2)}, "L12", "japan"),
        ("summary", {"japan": made.summary(moran_psi_v0=-0.2)}, "L12", "japan"),
        ("prediction", {"japan": made.prediction(time_independent=0.19)}, "L4",
         "japan, a held-out day"),
        ("prediction", {"japan": made.prediction(time_independent=0.199,
                                                 time_independent_no_inertia=0.25)}, "L4",
         "japan, a held-out day"),
    ],
)  # fmt: skip
def test_what_does_not_hold_differs(part, table, claim, dataset):
    tables = made.tables(**{part: table})
    found = verdicts(tables)
    assert one(found, claim, dataset) == "differs"
    good = made.tables(summary={c: made.summary(median_time=0.3) for c in REFERENCE})
    assert one(verdicts(good), claim, dataset) == "reproduced"


def test_interactions_raise_accelerations():
    fast = made.tables(summary={"alpha10_h005": made.summary(median_inertia_ratio=3)})
    slow = made.tables(summary={"alpha10_h005": made.summary(median_inertia_ratio=0.5)})
    name = "alpha1_h0, alpha10_h005"
    assert one(verdicts(fast), "L5", name) == "reproduced"
    assert one(verdicts(slow), "L5", name) == "differs"


def test_cities_are_compared_as_far_as_they_are_there():
    japan = made.summary(
        median_abs_lambda=0.1, variance_inertia_ratio=0.1, median_dissipation=9,
        median_flow=1e-6, median_time=0.6,
    )  # fmt: skip
    two = verdicts(made.tables(summary={"japan": japan}))
    for claim in ("L3", "L6", "L10"):
        assert one(two, claim, "japan, helsinki") == "reproduced"
        assert "without madrid" in two[claim, "japan, helsinki"].tolerance
    assert one(two, "L7", "japan, helsinki") == "not testable"
    three = made.tables(
        cities=CITIES,
        summary={"japan": japan, "madrid": made.summary(share_negative_dissipation=0.4)},
    )
    found = verdicts(three)
    assert one(found, "L7", "japan, helsinki, madrid") == "reproduced"
    other = made.tables(cities=CITIES)
    assert one(verdicts(other), "L7", "japan, helsinki, madrid") == "differs"
    assert one(verdicts(other), "L3", "japan, helsinki, madrid") == "differs"


def test_made_up_days_say_nothing_of_cities_and_find_what_was_planted():
    tables = made.tables(planted={"japan": made.planted()})
    found = verdicts(tables, synthetic=("japan", "helsinki"), published=())
    for claim in ("L3", "L6", "L7", "L9", "L10"):
        assert one(found, claim, "japan, helsinki (synthetic)") == "not testable"
    assert one(found, "L1", "japan, planted parameters (synthetic)") == "reproduced"
    assert one(found, "L4", "japan, a held-out day (synthetic)") == "reproduced"
    off = made.tables(planted={"japan": made.planted(15.0)})
    found = verdicts(off, synthetic=("japan", "helsinki"), published=())
    assert one(found, "L1", "japan, planted parameters (synthetic)") == "differs"


def test_answers_follow_the_tables():
    table = answers(made.tables(planted={"japan": made.planted()}), LABELS, False)
    text = dict(zip(table["question"], table["answer"], strict=True))
    assert len(text) == 9
    day = text["Does the model predict a day that it has not seen?"]
    assert "all 2 forecasts" in day and "chosen were four numbers, best rules no movement" in day
    assert "all 4 comparisons" in text["Does inertia matter?"]
    settings = text["How far do settings that the paper leaves open matter?"]
    assert "the floor of empty cells 4.0 and 1.1" in settings
    assert "left the data altogether, with the learning rate, in Alpha1_H0" in settings
    models = ("homogeneous", "homogeneous_no_inertia")
    models += ("time_independent", "time_independent_no_inertia")
    worse = made.tables(prediction={"japan": made.prediction(**dict.fromkeys(models, 0.4))})
    table = answers(worse, LABELS, True)
    assert "1 of 2 forecasts" in table["answer"].iloc[0]
    assert "tests the workflow" in table["answer"].iloc[0]
    dark = made.prediction(homogeneous=0.05).assign(by_construction=True)
    none = answers(made.tables(prediction={"japan": dark, "helsinki": dark}), LABELS, False)
    assert none["question"].iloc[0] != "Does the model predict a day that it has not seen?"
    assert table["answer"].str.startswith("In this synthetic run").all()


def test_no_tables_no_answers():
    assert answers(made.tables((), ()), LABELS, False).empty


def test_parameters_of_a_diverged_schedule_decide_nothing():
    lost = {"helsinki": made.methods(note=DIVERGED), "alpha1_h0": made.methods(note=DIVERGED)}
    found = verdicts(made.tables(methods=lost))
    for claim in ("L2", "L4", "L11", "L12"):
        for case in lost:
            finding = found[claim, case]
            assert finding.verdict == "not testable" and "rate_factor" in finding.reason
        assert one(found, claim, "japan") == "reproduced"
    assert not {("L8", "alpha1_h0"), ("L9", "helsinki")} & set(found)
    assert {("L9", "japan"), ("L8", "alpha10_h005")} <= set(found)


def test_what_was_not_planted_in_made_up_days_is_not_judged():
    found = verdicts(made.tables(), synthetic=CITIES, published=())
    for claim in ("L2", "L4", "L11", "L12"):
        finding = found[claim, "japan (synthetic)"]
        assert finding.verdict == "not testable" and finding.reproduced
        assert one(found, claim, "alpha1_h0") == "reproduced"
    assert one(found, "L4", "japan, a held-out day (synthetic)") == "reproduced"


def test_a_schedule_that_diverged_has_no_number_in_a_sentence():
    table = made.methods(printed=1e30, printed_long=1e30, note=DIVERGED)
    table.loc[table["method"] == "printed_long", "note"] = DIVERGED
    methods = {"japan": table, "helsinki": made.methods(printed_long=0.2)}
    text = answers(made.tables(methods=methods), LABELS, False).set_index("question")["answer"]
    text = text["Does it follow the day that it was fitted to?"]
    assert "in 3 of 4 cases" in text
    assert "it diverged in Japan; 0.30 against 0.50 (Helsinki)" in text
    assert "With more sweeps it is 0.2; it diverged in Japan" in text and "1e+30" not in text


def test_every_row_leads_to_what_the_report_shows():
    found = findings(made.tables(), REFERENCE, set(), REAL, {})
    led = {(f.id, f.dataset): f.evidence for f in found if f.evidence}
    assert led["L11", "alpha1_h0"] == "lagrangian/figures/susceptibility_reference.svg"
    assert led["L12", "japan"] == "lagrangian/figures/susceptibility_cities.svg"
    tables = {f"lagrangian/{name}.csv" for name in ("methods", "parameters", "planted")}
    assert all(path in tables or "/figures/" in path for path in led.values())
