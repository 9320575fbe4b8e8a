"""What follows from a fit of paper 5: profile, ridge, held-out origins, readings, what-ifs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from movelaws import frames
from tests.scripts.choice.steps import DATASET, GAMMAS, run, step
from tests.unit.crowded_world import TRUTH

CLOSED = {
    "title": "One is closed",
    "interventions": [{"destinations": {"largest": 1}, "closed": True}],
}


def test_the_profile_is_best_near_the_planted_crowding(profile, fitted):
    assert profile["gamma"].tolist() == [*GAMMAS, np.inf, np.inf]
    assert profile.loc[profile["value"].idxmax(), "gamma"] == TRUTH[2] == 1
    best = fitted[0].set_index(["objective", "model"])["value"]["ssi", "DCG"]
    assert (profile["value"] <= best + 1e-6).all()


def test_the_profile_begins_with_gravity_2(profile, fitted):
    gravity = fitted[0].set_index(["objective", "model"])["value"]["ssi", "GMPow2"]
    assert profile["value"].iloc[0] == pytest.approx(gravity, abs=1e-5)


def test_the_ridge_is_nowhere_above_the_optimum(zones, fitted, tmp_path):
    out, _ = run(
        "ridge", tmp_path, zones, {"surface": "s.csv"}, attraction="workplace", seed=1, size=4
    )
    found = pd.read_csv(out.surface)
    assert len(found) == 16
    assert found["alpha"].unique().tolist() == pytest.approx([0, 10 / 3, 20 / 3, 10])
    best = fitted[0].set_index(["objective", "model"])["value"]["ssi", "DCG"]
    assert (found["value"].dropna() <= best + 1e-6).all()
    assert found["value"].max() > best / 2


def test_every_origin_is_predicted_once_under_each_attraction(zones, folder, tmp_path):
    out, log = run(
        "heldout",
        tmp_path,
        zones,
        {"scores": "h.csv"},
        models=["DCG", "GMPow2", "RM"],
        folds=2,
        knowledge=["all", "training"],
        seed=1,
        attraction="workplace",
    )
    table = pd.read_csv(out.scores)
    assert len(table) == 2 * 2 * 3
    assert set(table["dataset"]) == {DATASET}
    one = table.query("model == 'RM' and attraction == 'all'")
    assert one["n_pairs"].sum() == len(frames.read(folder).flows)
    assert table[["ssi", "ssi_nonzero", "cpc"]].apply(lambda s: s.between(0, 1)).all(axis=None)
    assert "training" in log


def test_crowding_is_seen_where_attraction_is_counted_otherwise(zones, tmp_path):
    out, _ = run("reading", tmp_path, zones, {"reading": "r.csv"}, confidence=0.95, seed=1)
    table = pd.read_csv(out.reading).set_index(["attraction", "model", "objective"])
    assert set(table["dataset"]) == {DATASET}
    assert set(table.index.get_level_values(0)) == {"arrivals", "workplace", "residential"}
    game = table.loc[("workplace", "DCG", "poisson")]
    assert game["p_value"] < 1e-6
    assert game["gamma"] == pytest.approx(TRUTH[2], rel=0.2)


def test_the_solvers_agree_and_the_limits_hold(solved, fits):
    convergence, report = solved
    assert report["method"].tolist() == ["anderson", "fixed point", "averaging 0.25"]
    assert report["converged"].all()
    assert (report[["without_crowding", "fixed_attraction"]] < 1e-6).all(axis=None)
    assert set(convergence["method"]) == {*report["method"], "averaging 1/n"}
    game = pd.read_csv(fits).query("model == 'DCG' and objective == 'ssi'")["parameters"].iloc[0]
    assert report["gamma"].tolist() == [json.loads(game)["gamma"]] * 3


def test_a_counterfactual_takes_the_fit_of_its_objective(folder, fits, fitted, profile):
    what_if = step("counterfactual").what_if
    table, known = pd.read_csv(fits), fitted[1]
    by_ssi, similar = what_if(
        str(folder), CLOSED | {"objective": "ssi"}, "workplace", table, known, profile
    )
    by_chance, likely = what_if(str(folder), CLOSED, "workplace", table, known, profile)
    changed = by_ssi.destinations["intervention"] == "closed"
    assert changed.sum() == 1
    assert by_ssi.destinations.loc[changed, "after"].tolist() == [0]
    assert by_ssi.destinations["after"].sum() == pytest.approx(by_ssi.destinations["before"].sum())
    moved = [
        found.destinations.sort_values("zone_id")["before"].to_numpy()
        for found in (by_ssi, by_chance)
    ]
    assert not np.allclose(*moved, rtol=1e-6)
    for others in (similar, likely):
        assert np.isfinite(others["gamma"]).all()  # a limit does not respond, it is left out
        assert others["case"].iloc[0] == "without crowding"
        assert (others["arrivals_after"] == 0).all()
    gamma = known.query("model == 'DCG' and objective == 'poisson' and parameter == 'gamma'")
    range_of = likely.loc[likely["case"] == "fits as well", "gamma"]
    assert range_of.min() == pytest.approx(gamma["low"].iloc[0])
    assert range_of.max() == pytest.approx(gamma["high"].iloc[0])


def test_the_counterfactual_writes_its_tables_and_what_it_rests_on(
    zones, fits, fitted, profile, tmp_path
):
    given = zones | {"fits": fits}
    for name, table in {"profile": profile, "fitted": fitted[1]}.items():
        given[name] = str(tmp_path / f"{name}.csv")
        table.to_csv(given[name], index=False)
    names = ("destinations", "origins", "flows", "summary", "sensitivity")
    out, log = run(
        "counterfactual",
        tmp_path,
        given,
        {name: f"{name}.csv" for name in names} | {"calibration": "calibration.json"},
        case=CLOSED,
        attraction="workplace",
        unit="trips",
    )
    assert all(len(pd.read_csv(out[name])) for name in names)
    assert "One is closed" in log
    facts = json.loads(Path(out["calibration"]).read_text())
    assert (facts["objective"], facts["attraction"]) == ("poisson", "workplace")
    assert set(facts["parameters"]) == {"alpha", "beta", "gamma"}
    drawn, _ = run(
        "figure_counterfactual",
        tmp_path,
        {name: out[name] for name in (*names, "calibration")} | {"zones": zones["zones"]},
        {"svg": "page.svg", "png": "page.png"},
        case=CLOSED,
        unit="trips",
        synthetic=True,
    )
    assert "Calibrated by likelihood" in Path(drawn["svg"]).read_text()
