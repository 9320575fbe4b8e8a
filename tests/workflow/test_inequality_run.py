"""Paper 4 in the embedded default: its outputs, what was planted, and what a change reruns."""

import json

import pandas as pd
import pytest
import yaml

from tests.running import planned_jobs, run_snakemake

# The leading columns of inequality/<case>/tests.csv that readers may build upon.
PROMISED = [
    "variable",
    "delta_or_Delta",
    "U",
    "p_mw",
    "hamming",
    "p_binomial",
    "U_random_q05",
    "hamming_random_q05",
    "significant",
]
FLOWS = ["origin", "destination", "distance_km", "flow", "standard", "modified"]
FIGURES = ["classes", "grid", "errors", "changes", "ranks"]
# Parts of a case that have a figure each, then those that are tables.
DRAWN, TABLED = ["sensitivity", "likelihood", "exact"], ["benefits", "readings"]
TWO_BATCHES = {"inequality": {"cases": {"south_sudan": {"batches": 2}}}}
# What takes long, and a change elsewhere must not repeat.
COSTLY = {
    "prepare_od",
    "inequality_case",
    "inequality_draws",
    "inequality_sensitivity",
    "inequality_likelihood",
    "inequality_heldout",
    "symbolic_fit",
    "choice_fit",
}


@pytest.fixture(scope="session")
def results(embedded):
    return embedded / "results" / "demo" / "inequality"


@pytest.fixture(scope="session")
def settings(embedded) -> dict:
    """What the config asks of the chapter."""
    return yaml.safe_load((embedded / "config" / "config.yaml").read_text())["inequality"]


@pytest.fixture(scope="session")
def tests(results, settings) -> dict[str, pd.DataFrame]:
    """The verdict grid of each case."""
    return {case: pd.read_csv(results / case / "tests.csv") for case in settings["cases"]}


@pytest.fixture(scope="session")
def ledger(embedded) -> pd.DataFrame:
    claims = pd.read_csv(embedded / "results" / "demo" / "claims.csv")
    return claims[claims["paper"] == "inequality"]


def planted(embedded, case: dict) -> dict:
    """What the synthetic world of a case made its places suffer from."""
    truth = embedded / "results" / "demo" / "raw" / case["dataset"] / "truth.json"
    return json.loads(truth.read_text())["inequality"]


# ---------------------------------------------------------------- outputs


def test_the_promised_columns_lead_the_table_of_tests(tests, settings):
    for name, case in settings["cases"].items():
        table = tests[name]
        assert list(table.columns[: len(PROMISED)]) == PROMISED
        asked = {(variable, n) for variable in case["variables"] for n in case["exponents"]}
        assert set(zip(table["variable"], table["exponent"], strict=True)) == asked
        assert len(table) == len(asked)
        assert set(table["n_draws"]) == {case["draws"]}
        assert table[[*PROMISED, "z", "spearman", "weighted_hamming"]].notna().all(axis=None)
        assert table["hamming"].between(0, table["n_pairs"]).all()


def test_the_flows_of_both_models_are_whole_people_of_equal_number(results, tests):
    for case in tests:
        flows = pd.read_parquet(results / case / "flows.parquet")
        assert list(flows.columns) == [*FLOWS, "change_percent"]
        assert (flows[FLOWS[3:]].dtypes == "int64").all()
        assert (flows[FLOWS[3:]].max(axis=1) > 0).all() and not (flows[FLOWS[3:]] < 0).any(
            axis=None
        )
        assert not flows.duplicated(["origin", "destination"]).any()
        wrong = (flows["flow"] != flows["standard"]).sum()
        assert {wrong} == set(tests[case]["hamming_standard"])
        # rounded by pair, so nearly as many people leave as were seen to
        for model in ("standard", "modified"):
            assert flows[model].sum() == pytest.approx(flows["flow"].sum(), rel=0.01)


def test_every_part_of_a_case_is_there(results, settings):
    for name, case in settings["cases"].items():
        files = ["classes.csv", "changes.csv", "outflow.csv", "table_tests.md"]
        files += [f"{part}.csv" for part in (*DRAWN, *TABLED) if case.get(part)]
        for file in files:
            assert (results / name / file).stat().st_size > 0, file
    for name in settings["heldout"]:
        assert set(pd.read_csv(results / "heldout" / f"{name}.csv")["chosen_by"]) == {
            "hamming",
            "likelihood",
        }


def test_every_figure_is_drawn(results, settings):
    expected = ["two_cities", "small_network"]
    expected += [f"what_if_{name}" for name in settings["what_ifs"]]
    for name, case in settings["cases"].items():
        expected += [f"{name}_{part}" for part in FIGURES]
        expected += [f"{name}_{part}" for part in DRAWN if case.get(part)]
    assert {path.stem for path in (results / "figures").iterdir()} == set(expected)
    for name in expected:
        for suffix in ("svg", "png"):
            assert (results / "figures" / f"{name}.{suffix}").stat().st_size > 10_000, name


def test_the_answers_are_in_the_report(embedded, results):
    answers = pd.read_csv(results / "answers.csv")
    report = (embedded / "results" / "demo" / "report.html").read_text()
    assert len(answers) >= 5
    assert "Is the modified model better than the standard one" in report


# ---------------------------------------------------------------- what was planted


def test_every_claim_has_a_verdict_and_all_that_was_planted_is_reproduced(ledger):
    assert set(ledger["id"]) == {f"I{number}" for number in range(1, 11)}
    assert set(ledger["verdict"]) <= {"reproduced", "differs", "not testable"}
    known = ledger["published"].astype(str).str.startswith("planted")
    assert set(ledger.loc[known, "id"]) == {f"I{number}" for number in range(2, 11)}
    # the two cities need nobody's data
    sure = ledger[known | (ledger["id"] == "I1")]
    assert (sure["verdict"] == "reproduced").all(), sure.to_string()


def test_only_what_was_planted_is_significant(embedded, tests, settings):
    for name, case in settings["cases"].items():
        culprit = planted(embedded, case)["variable"]
        guilty = {culprit} | {
            variable
            for variable, entry in case["variables"].items()
            if culprit in entry.get("union", [])
        }
        found = tests[name].groupby("variable")["significant"].any()
        assert set(found.index[found]) == guilty, name


def test_the_penalty_that_was_planted_is_the_likeliest(embedded, results, settings):
    for name, case in settings["cases"].items():
        law = planted(embedded, case)
        truth = law["delta_minus_1"] if case["model"] == "two_class" else law["Delta"]
        found = pd.read_csv(results / name / "likelihood.csv").set_index("variable")
        assert found.loc[law["variable"], "delta_minus_1"] == pytest.approx(truth, rel=0.05)
        assert found["gain_per_person"].idxmax() == law["variable"]


def test_a_what_if_keeps_everybody(results, settings):
    for name, entry in settings["what_ifs"].items():
        places = pd.read_csv(results / "what_ifs" / name / "destinations.csv")
        assert places["after"].sum() == pytest.approx(places["before"].sum(), rel=1e-9)
        assert places["change"].sum() == pytest.approx(0, abs=1e-6 * places["before"].sum())
        assert set(places.loc[places["struck"], "zone_id"]) == set(entry["struck"])
        assert (places.loc[places["struck"], "change"] < 0).all()
        assert places.loc[~places["struck"], "change"].sum() > 0
        facts = pd.read_csv(results / "what_ifs" / name / "summary.csv")
        facts = facts.set_index("quantity")["value"]
        assert facts["people who move"] == pytest.approx(places["before"].sum(), rel=1e-9)


# ---------------------------------------------------------------- what a change reruns


def test_only_the_batch_of_draws_that_is_lost_is_drawn_again(embedded_copy):
    case = embedded_copy / "results" / "demo" / "inequality" / "south_sudan"
    (case / "draws" / "1.parquet").unlink()
    (case / "tests.csv").unlink()  # as long as it is there, nobody asks for the draws
    jobs = planned_jobs(embedded_copy)
    assert jobs["inequality_draws"] == jobs["inequality_tests"] == 1
    assert COSTLY & set(jobs) == {"inequality_draws"}


def test_another_penalty_of_a_what_if_reruns_that_only(embedded_copy):
    change = "inequality: {what_ifs: {floods: {penalty: 1.0e-4}}}\n"
    (embedded_copy / "mine.yaml").write_text(change)
    rules = set(planned_jobs(embedded_copy, "--configfile", "mine.yaml"))
    assert {"inequality_what_if", "inequality_figure_what_if", "inequality_answers"} <= rules
    assert not rules & (COSTLY | {"inequality_tests", "inequality_claims"})


def test_another_benefit_reruns_what_rests_on_it(embedded_copy):
    module = embedded_copy / "scripts" / "movelaws" / "inequality" / "benefits.py"
    module.write_text(module.read_text() + "\n# changed\n")
    rules = set(planned_jobs(embedded_copy))
    assert {"inequality_benefits", "inequality_two_cities", "inequality_answers"} <= rules
    assert not rules & (COSTLY | {"inequality_tests"})


def test_an_edited_kernel_of_random_classes_draws_again_and_fits_nothing(embedded_copy):
    module = embedded_copy / "scripts" / "movelaws" / "inequality" / "draws.py"
    module.write_text(module.read_text() + "\n# changed\n")
    jobs = planned_jobs(embedded_copy)
    assert jobs["inequality_draws"] == 2
    untouched = {"prepare_od", "inequality_case", "inequality_likelihood", "symbolic_fit"}
    assert not (untouched | {"choice_fit", "inequality_what_if"}) & set(jobs)


def test_the_draws_may_be_divided_among_more_jobs(embedded, checkout):
    """Any division gives the same table, and one part that is lost is made again alone."""
    target = "results/demo/inequality/south_sudan/tests.csv"
    (checkout / "mine.yaml").write_text(yaml.safe_dump(TWO_BATCHES))
    asked = ["--configfile", "mine.yaml", "--", target]
    done = run_snakemake(checkout, "--cores", "2", *asked)
    assert done.returncode == 0, done.stdout[-3000:]
    assert (checkout / target).read_bytes() == (embedded / target).read_bytes()
    parts = checkout / "results" / "demo" / "inequality" / "south_sudan" / "draws"
    assert {path.name for path in parts.iterdir()} == {"1.parquet", "2.parquet"}
    (parts / "2.parquet").unlink()
    (checkout / target).unlink()
    assert planned_jobs(checkout, *asked) == {"inequality_draws": 1, "inequality_tests": 1}
