"""Paper 1 in the embedded default: its outputs, what was planted, and what a change reruns."""

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import yaml

from tests.running import planned_jobs

METHODS = ["case", "method", "error", "rms", "tv", "seconds", "iterations"]
# What takes long, and a change of style or wording must not repeat.
COSTLY = {
    "prepare_lattice",
    "lagrangian_fit",
    "lagrangian_forecast",
    "lagrangian_sensitivity",
    "lagrangian_seeds",
}


@pytest.fixture(scope="session")
def results(embedded):
    return embedded / "results" / "demo" / "lagrangian"


@pytest.fixture(scope="session")
def settings(embedded) -> dict:
    """What the config asks of the chapter."""
    return yaml.safe_load((embedded / "config" / "config.yaml").read_text())["lagrangian"]


@pytest.fixture(scope="session")
def ledger(embedded) -> pd.DataFrame:
    table = pd.read_csv(embedded / "results" / "demo" / "claims.csv")
    return table[table["paper"] == "lagrangian"]


@pytest.fixture(scope="session")
def cases(settings) -> list[str]:
    return [*settings["reference"]["cases"], *settings["cities"]]


def test_every_case_has_its_stable_outputs(results, cases):
    for case in cases:
        with xr.open_dataset(results / case / "fit.nc") as fit:
            assert {"gamma", "lambda", "q", "v", "error"} <= set(fit.variables)
            assert np.isfinite(fit["q"]).all()
            assert fit["error"].size == fit.sizes["iteration"]
        methods = pd.read_csv(results / case / "methods.csv")
        assert list(methods.columns[: len(METHODS)]) == METHODS
        assert {"persistence", "printed", "interpolation", "exact"} <= set(methods["method"])
        assert (results / case / "susceptibility.nc").stat().st_size > 1000
        observables = pd.read_csv(results / case / "observables.csv")
        assert {"inertia_ratio", "dissipation", "flow", "time"} <= set(observables.columns)


def test_each_method_comes_nearer_than_no_movement(results, cases):
    for case in cases:
        rms = pd.read_csv(results / case / "methods.csv").set_index("method")["rms"]
        assert rms["exact"] < rms["persistence"], case
        assert rms["interpolation"] < rms["persistence"], case
        assert rms["printed"] < rms["persistence"], case


def test_a_city_has_the_learning_rate_it_asks_for(results, settings, cases):
    printed = settings["printed"]["rate"]
    for case in cases:
        factor = settings["cities"].get(case, {}).get("rate_factor", 1)
        with xr.open_dataset(results / case / "fit.nc") as fit:
            assert json.loads(fit.attrs["settings"])["rate"] == [factor * r for r in printed], case
    assert any(city.get("rate_factor", 1) != 1 for city in settings["cities"].values())


def test_planted_parameters_are_found_and_predict(results, ledger):
    planted = ledger[ledger["published"].astype(str).str.startswith("planted")]
    assert {"L1", "L4"} <= set(planted["id"])
    assert (planted["verdict"] == "reproduced").all(), planted.to_string()
    forecasts = pd.read_csv(results / "forecasts.csv")
    day = forecasts[forecasts["task"] == "day"].set_index(["case", "variant"])["skill"]
    for case in day.index.get_level_values("case").unique():
        assert day[case, "homogeneous"] > max(0.5, day[case, "previous_day"])


def test_every_claim_has_a_verdict(ledger):
    assert set(ledger["id"]) == {f"L{number}" for number in range(1, 13)}
    assert ledger["verdict"].isin(["reproduced", "differs", "not testable"]).all()


def test_every_figure_is_drawn_twice(results):
    drawn = {path.stem for path in (results / "figures").glob("*.svg")}
    assert drawn == {path.stem for path in (results / "figures").glob("*.png")}
    assert {"fit_reference_1", "prediction", "susceptibility_cities", "chi_cities"} <= drawn
    assert len(drawn) >= 20


def test_the_results_are_told_in_sentences(results):
    table = pd.read_csv(results / "answers.csv")
    assert len(table) == 9
    assert table["answer"].str.startswith("In this synthetic run").all()


def test_an_edited_style_fits_nothing_again(embedded_copy):
    module = embedded_copy / "scripts" / "movelaws" / "plotting" / "lagrangian" / "prediction.py"
    module.write_text(module.read_text() + "\n# changed\n")
    rules = set(planned_jobs(embedded_copy))
    assert "lagrangian_figure_prediction" in rules
    assert not rules & COSTLY


def test_another_floor_is_fitted_on_the_same_lattices(embedded_copy):
    (embedded_copy / "mine.yaml").write_text("lagrangian: {floor: 2.0}\n")
    rules = set(planned_jobs(embedded_copy, "--configfile", "mine.yaml"))
    assert {"lagrangian_fit", "lagrangian_forecast"} <= rules
    assert "prepare_lattice" not in rules and "lagrangian_populations" not in rules
