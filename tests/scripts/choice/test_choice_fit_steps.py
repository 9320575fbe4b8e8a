"""The fits of paper 5 on a small country in which the game is played."""

import json

import pandas as pd
import pytest

from movelaws import frames
from tests.scripts.choice.steps import DATASET, MODELS, run, step
from tests.unit.crowded_world import TRUTH

WITHOUT_PARAMETERS = ["RM", "PWO"]
PROMISED = [
    "dataset",
    "model",
    "objective",
    "parameters",
    "ssi",
    "ssi_nonzero",
    "cpc",
    "ks_distance",
    "ks_attraction",
    "converged",
    "iterations",
    "seconds",
]
BESIDE = ["value", "at_bound", "evaluations", "coarse_best", "local_spread"]


def test_every_model_is_fitted_by_every_objective_that_it_can_be(fitted):
    table = fitted[0]
    wanted = [(m, "ssi") for m in MODELS]
    wanted += [(m, "poisson") for m in MODELS if m not in WITHOUT_PARAMETERS]
    assert sorted(zip(table["model"], table["objective"], strict=True)) == sorted(wanted)
    assert table.columns.tolist() == PROMISED + BESIDE
    assert table["converged"].all()


def test_the_planted_game_is_recovered(fitted):
    mine = fitted[1].query("model == 'DCG' and objective == 'poisson'").set_index("parameter")
    assert mine["value"].to_numpy() == pytest.approx(TRUTH, rel=0.15)
    half = (mine["high"] - mine["low"]) / 2
    assert ((mine["value"] - TRUTH).abs() < 2 * half).all()


def test_the_game_is_nowhere_below_the_models_it_holds(fitted):
    best = fitted[0].set_index(["objective", "model"])["value"]
    for objective in ("ssi", "poisson"):
        assert best[objective, "DCG"] >= best[objective, "GMPow2"] >= best[objective, "GMPow"]


def test_what_the_figures_read_adds_up(fitted, folder):
    saved, flows = fitted[2], frames.read(folder).flows
    assert saved.predictions["flow"].sum() == flows["flow"].sum()
    assert saved.predictions.columns.tolist()[4:] == MODELS
    assert saved.arrivals[MODELS].sum().to_numpy() == pytest.approx(flows["flow"].sum())
    shares = saved.distances.groupby("model")["share"].sum()
    assert set(shares.index) == {"flow", *MODELS}
    assert shares.to_numpy() == pytest.approx(1.0)


def test_the_step_writes_its_five_tables(zones, fitted, tmp_path):
    made = {
        "fits": "fits.csv",
        "parameters": "parameters.csv",
        "predictions": "p.parquet",
        "distances": "d.csv",
        "arrivals": "a.csv",
    }
    params = {"attraction": "workplace", "models": ["GMPow2", "DCG"], "objectives": ["ssi"]}
    out, log = run("fit", tmp_path, zones, made, **params, confidence=0.95, seed=1)
    again = pd.read_csv(out.fits).set_index("model")
    first = fitted[0].query("objective == 'ssi'").set_index("model")
    for model in ("DCG", "GMPow2"):
        assert json.loads(again.loc[model, "parameters"]) == json.loads(
            first.loc[model, "parameters"]
        )
    assert pd.read_parquet(out.predictions).columns.tolist()[-2:] == ["GMPow2", "DCG"]
    assert "zones without attraction (receive nobody): 0" in log


def test_the_order_of_the_objectives_does_not_lose_a_model(folder):
    _, _, saved = step("fit").fit(
        str(folder), DATASET, "workplace", ["GMPow", "RM"], ["poisson", "ssi"], 0.95, 1
    )
    assert {"GMPow", "RM"} <= set(saved.predictions.columns)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"zones\.parquet is missing"):
        step("fit").fit(str(tmp_path), DATASET, "arrivals", ["RM"], ["ssi"], 0.95, 1)
