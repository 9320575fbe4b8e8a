"""What paper 4 does not have: likelihood, exact classes, benefits, another period, what-ifs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from movelaws import frames
from movelaws.claims import read_findings
from movelaws.inequality.claims import CHECKED
from tests.scripts.inequality.steps import (
    EVALUATION,
    LIKELIHOOD,
    MANY_CLASSES,
    PLANTED,
    TWO_CLASSES,
    run,
)

TABLE = {"csv": "t.csv", "md": "t.md"}


@pytest.fixture(scope="module")
def estimated(zones, cased):
    return run(
        "likelihood",
        Path(cased.grid).parent,
        zones,
        {"csv": "likelihood.csv", "md": "likelihood.md", "profiles": "profiles.csv"},
        settings=TWO_CLASSES,
        evaluation=EVALUATION,
        seed=1,
    )[0]


def test_the_likelihood_finds_the_planted_penalty(estimated):
    row = pd.read_csv(estimated.csv).set_index("variable").loc["flood"]
    assert row["low"] <= row["delta_minus_1"] <= row["high"]
    # a bootstrap of so few origins is too sure of itself
    slack = (row["high"] - row["low"]) / 2
    assert row["low"] - slack <= PLANTED <= row["high"] + slack
    assert row["share_positive"] == 1
    profiles = pd.read_csv(estimated.profiles)
    assert profiles.columns.tolist() == ["delta_minus_1", "gain_per_person", "variable"]
    # the grid of the config, divided further where the interval is narrow
    assert (profiles.groupby("variable").size().loc[["both", "conflict", "flood"]] >= 43).all()
    best = profiles.query("variable == 'flood'")["gain_per_person"].max()
    assert row["gain_per_person"] == pytest.approx(best, rel=0.01)
    # by default there are no random classes
    assert pd.read_csv(estimated.csv)["p_random_gain"].isna().all()


def test_the_exact_model_stands_beside_the_linear_one(zones, tmp_path):
    out, log = run("exact", tmp_path, zones, TABLE, settings=MANY_CLASSES, evaluation=EVALUATION)
    table = pd.read_csv(out.csv)
    assert table["exponent"].tolist() == [-9, -5] * 3
    assert (table.query("exponent == -9")["moved_share"] < 1e-6).all()
    assert "moved_share" in log


def test_only_the_benefits_that_are_asked_for_are_tried(zones, tmp_path):
    out, _ = run("benefits", tmp_path, zones, TABLE, settings=TWO_CLASSES, evaluation=EVALUATION)
    assert pd.read_csv(out.csv)["benefit"].tolist() == ["exponential"]
    assert Path(out.md).exists()


def test_the_penalty_of_one_period_helps_in_the_next(zones, later, tmp_path):
    out, _ = run(
        "heldout",
        tmp_path,
        {"fitted_zones": zones["zones"], "tested_zones": later["zones"]},
        TABLE,
        wildcards={"name": "next_year"},
        settings=TWO_CLASSES,
        evaluation=EVALUATION,
        seed=1,
    )
    table = pd.read_csv(out.csv).set_index(["variable", "chosen_by"])
    row = table.loc["flood", "likelihood"]
    assert row["delta_minus_1"] == pytest.approx(PLANTED, rel=0.3)
    assert row["gain_per_person"] > 0.01
    assert row["test_hamming"] < row["test_hamming_standard"]


def test_struck_places_lose_arrivals(zones, tmp_path):
    made = {"flows": "f.csv", "destinations": "d.csv", "summary": "s.csv"}
    made |= {"destinations_md": "d.md", "summary_md": "s.md", "range": "r.csv", "range_md": "r.md"}
    made |= {"largest": "l.csv", "largest_md": "l.md"}
    settings = {"settings": TWO_CLASSES, "penalty": 1e-4, "unit": "people on the move"}
    settings |= {"others": [1e-3, 1e-5]}
    out, log = run("what_if", tmp_path, zones, made, struck=["Zone 3", "z005"], **settings)
    arrivals, facts = pd.read_csv(out.destinations), pd.read_csv(out.summary)
    assert (arrivals.loc[arrivals["struck"], "change"] < 0).all()
    leaving = frames.read(Path(zones["zones"]).parent).flows["flow"].sum()
    assert arrivals[["before", "after"]].sum().to_numpy() == pytest.approx(leaving)
    assert "people on the move" in facts["unit"].tolist()
    assert pd.read_csv(out.flows)["destination_name"].iloc[0].startswith("Zone")
    assert len(pd.read_csv(out.largest)) == 20
    reach = pd.read_csv(out.range)
    assert reach["delta_minus_1"].tolist() == [1e-5, 1e-4, 1e-3]
    assert reach["lost"].is_monotonic_increasing
    struck = arrivals[arrivals["struck"]]
    assert reach["lost"].iloc[1] == pytest.approx(-struck["change"].sum())
    assert "places struck" in log
    with pytest.raises(ValueError, match="no zone is called 'Zone X'"):
        run("what_if", tmp_path, zones, made, struck=["Zone X"], **settings)


@pytest.fixture(scope="module")
def cities(tmp_path_factory) -> dict:
    made = {name: f"{name}.csv" for name in ("curves", "crossings", "network", "limits")}
    out, _ = run("two_cities", tmp_path_factory.mktemp("cities"), {}, made)
    assert {"uniform", "exponential"} <= set(pd.read_csv(out.curves)["benefit"])
    return {"crossings": out.crossings}


def about(**changed) -> dict:
    settings = {
        "source": "synthetic",
        "shown": EVALUATION["shown"],
        "share": 0.2,
        "sensitivity": False,
        "likelihood": True,
        "readings": False,
        "exact": False,
        "truth": "",
    }
    return settings | changed


def test_the_claims_of_a_made_world_are_answered(cities, cased, judged, estimated, tmp_path):
    law = {"variable": "flood", "share": 0.2, "delta_minus_1": PLANTED}
    pairs = int(pd.read_csv(cased.outflow)["pairs"].iloc[0])
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"n_pairs": pairs, "inequality": law}))
    out, log = run(
        "claims",
        tmp_path,
        cities | {"tests": [judged.tests]},
        {"claims": "claims.csv"},
        cases={"south_sudan": about(truth=str(truth))},
        absent={"us_commuting": "no counties"},
    )
    verdicts = {(one.id, one.dataset): one.verdict for one in read_findings(out.claims)}
    made = "south_sudan (synthetic)"
    assert {verdicts[claim, made] for claim in ("I2", "I3", "I4", "I5")} == {"reproduced"}
    assert verdicts["I4", "south_sudan, penalty of flood (synthetic)"] == "reproduced"
    assert verdicts["I6", "south_sudan"] == "not testable"
    assert verdicts["I1", "two cities"] == "reproduced"
    assert {claim for claim, _ in verdicts} == set(CHECKED)
    assert "I9 us_commuting: not testable" in log


def test_the_claims_of_a_run_without_cases_are_answered_too(cities, tmp_path):
    given = cities | {"tests": []}
    out, _ = run("claims", tmp_path, given, {"claims": "claims.csv"}, cases={}, absent={})
    found = read_findings(out.claims)
    assert [one.id for one in found] == list(CHECKED)
    assert {one.verdict for one in found[1:]} == {"not testable"}


def test_tables_that_the_case_does_not_ask_for_are_not_read(cities, judged, tmp_path):
    out, _ = run(
        "claims",
        tmp_path,
        cities | {"tests": [judged.tests]},
        {"claims": "claims.csv"},
        cases={"south_sudan": about(source="published", likelihood=False)},
        absent={},
    )
    found = {one.id: one for one in read_findings(out.claims)}
    assert found["I2"].verdict == "differs"
    assert found["I2"].dataset == "south_sudan"


def test_every_variable_is_estimated_from_the_same_bootstrap(zones, tmp_path):
    """A variable gives the same interval whichever others are estimated before it."""
    one = TWO_CLASSES | {"variables": {"flood": TWO_CLASSES["variables"]["flood"]}}
    few = EVALUATION | {"likelihood": LIKELIHOOD | {"per_decade": 4, "random": 19}}
    tables = []
    for name, settings in (("all", TWO_CLASSES), ("one", one)):
        made = {"csv": "l.csv", "md": "l.md", "profiles": "p.csv"}
        asked = {"settings": settings, "evaluation": few, "seed": 1}
        out, _ = run("likelihood", tmp_path / name, zones, made, **asked)
        tables.append(pd.read_csv(out.csv).set_index("variable").loc["flood"])
    assert np.all(tables[0] == tables[1])
    assert tables[0]["p_random_gain"] == 1 / 20


def test_the_reversed_reading_is_held_against_random_classes(zones, tmp_path):
    asked = {"tried": ["as read", "reversed"], "exponents": [-4], "draws": 5}
    given = {"settings": TWO_CLASSES, "evaluation": EVALUATION | {"readings": asked}, "seed": 1}
    out, log = run("readings", tmp_path, zones, TABLE, **given)
    table = pd.read_csv(out.csv)
    held = table["p_random_hamming"].notna()
    assert table.loc[held, "reading"].unique().tolist() == ["reversed"]
    assert held.sum() == 3
    assert {"q_mw", "q_binomial"} <= set(table.columns)
    assert "p_random_hamming" in log
