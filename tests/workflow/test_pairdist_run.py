"""Paper 3 in the embedded default: its outputs, what was planted, and what a change reruns."""

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.running import planned_jobs

PAIRS = ["r_low", "r_high", "count", "density", "relative_error"]
FITS = ["dataset", "model", "xmin", "xmax", "ks", "p", "loglik", "aic"]
# What takes long, and a change of style or wording must not repeat.
COSTLY = {
    "prepare_points",
    "pairdist_pairs",
    "pairdist_growth",
    "pairdist_cost",
    "pairdist_geographies",
    "pairdist_matter",
}


@pytest.fixture(scope="session")
def results(embedded):
    return embedded / "results" / "demo" / "pairdist"


@pytest.fixture(scope="session")
def settings(embedded) -> dict:
    """What the config asks of the chapter."""
    return yaml.safe_load((embedded / "config" / "config.yaml").read_text())["pairdist"]


@pytest.fixture(scope="session")
def ledger(embedded) -> pd.DataFrame:
    table = pd.read_csv(embedded / "results" / "demo" / "claims.csv")
    return table[table["paper"] == "pairdist"]


def test_the_pairs_of_every_point_set_are_counted(embedded, results, settings):
    for dataset in settings["datasets"]:
        pairs = pd.read_parquet(results / dataset / "pairs.parquet")
        assert list(pairs.columns[: len(PAIRS)]) == PAIRS
        points = pd.read_parquet(embedded / "results/demo/points" / dataset / "points.parquet")
        weight = points["weight"].to_numpy()
        every = (weight.sum() ** 2 - (weight**2).sum()) / 2
        assert pairs["count"].sum() == pytest.approx(every, rel=0.005)
        width = pairs["r_high"] - pairs["r_low"]
        assert (pairs["density"] * width).sum() == pytest.approx(1, rel=0.005)
        assert pairs["relative_error"].between(0, 0.005).all()


def test_costs_and_fits_of_moves_are_there(results, settings):
    for dataset in settings["cost"]["datasets"]:
        fits = pd.read_csv(results / dataset / "fits.csv")
        assert set(FITS) <= set(fits.columns)
        assert {"power_law", "joint", "sample_space", "piecewise"} <= set(fits["model"])
        cost = pd.read_csv(results / dataset / "cost.csv")
        assert np.isfinite(cost.loc[cost["pairs"] > 0, "cost"]).all()
        assert cost.loc[cost["pairs"] == 0, "cost"].isna().all()


def test_every_claim_has_a_verdict(ledger):
    assert set(ledger["id"]) == {f"P{number}" for number in range(1, 14)}
    planted = ledger[ledger["published"].astype(str).str.startswith("planted")]
    assert (planted["verdict"] == "reproduced").all(), planted.to_string()
    assert {"P1", "P2", "P3", "P4", "P5", "P12"} - set(planted["id"]) <= {"P12"}


def test_every_figure_is_drawn_twice(results):
    drawn = {path.stem for path in (results / "figures").glob("*.svg")}
    assert drawn == {path.stem for path in (results / "figures").glob("*.png")}
    assert len(drawn) >= 30


def test_the_results_are_told_in_sentences(results):
    table = pd.read_csv(results / "answers.csv")
    assert len(table) == 9
    assert table["answer"].str.startswith("In this synthetic run").all()


def test_an_edited_style_counts_nothing_again(embedded_copy):
    module = embedded_copy / "scripts" / "movelaws" / "plotting" / "pairdist" / "cost.py"
    module.write_text(module.read_text() + "\n# changed\n")
    rules = set(planned_jobs(embedded_copy))
    assert "pairdist_figure_cost" in rules
    assert not rules & COSTLY


def test_another_range_of_growth_is_fitted_alone(embedded_copy):
    (embedded_copy / "mine.yaml").write_text("pairdist: {growth: {to_m: 400}}\n")
    rules = set(planned_jobs(embedded_copy, "--configfile", "mine.yaml"))
    assert "pairdist_growth" in rules
    assert not rules & (COSTLY - {"pairdist_growth"})
