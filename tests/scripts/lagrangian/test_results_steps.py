"""Steps behind the fits: planted parameters, forecasts, tables, claims and answers."""

import json
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from movelaws.lattices import populations
from tests.unit import lagrangian_found as made
from tests.unit.test_lagrangian_prediction import PARAMETERS, planted

ROOT = Path(__file__).resolve().parents[3]
PARTS = ("methods", "convergence", "summary", "parameters", "sensitivity", "prediction", "planted",
         "energy", "integrators", "observables", "drift")  # fmt: skip


class Named(SimpleNamespace):
    """Files by name, as Snakemake hands them to a script."""

    def get(self, name, default=None):
        return getattr(self, name, default)

    def __getitem__(self, name):
        return getattr(self, name)


def run(name, folder, given, results, **params):
    job = SimpleNamespace(
        input=Named(**given),
        output=Named(**{key: str(folder / file) for key, file in results.items()}),
        params=SimpleNamespace(**params),
        log=[str(folder / f"{name}.log")],
    )
    script = ROOT / "scripts" / "lagrangian" / f"{name}.py"
    runpy.run_path(str(script), {"snakemake": job}, run_name="__main__")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Two days of planted dynamics."""
    folder = tmp_path_factory.mktemp("city")
    days = np.stack([planted(1), planted(2)])
    populations.write(populations.Populations(days, ["a", "b"], {"repairs": {}}), folder / "p.nc")
    return folder, days


def test_planted_parameters_are_found(city, tmp_path):
    folder, _ = city
    (tmp_path / "truth.json").write_text(json.dumps(PARAMETERS))
    files = {"populations": str(folder / "p.nc"), "truth": str(tmp_path / "truth.json")}
    run("planted", tmp_path, files, {"planted": "planted.csv"}, case="x", floor=1.0, level=0.95)
    table = pd.read_csv(tmp_path / "planted.csv").set_index("parameter")
    assert list(table.index) == list(PARAMETERS)
    assert np.allclose(table["planted"], list(PARAMETERS.values()))
    assert np.allclose(table["value"], table["planted"], rtol=0.15, atol=0.3)


def test_forecasts_have_days_and_hours(city, tmp_path):
    folder, _ = city
    settings = {
        "variants": ["homogeneous"], "ridges": [1e-8], "exact": {"smoothness": 0.0}, "block": 2,
        "replicates": 20, "level": 0.9, "seed": 1,
    }  # fmt: skip
    run(
        "forecast",
        tmp_path,
        {"populations": str(folder / "p.nc")},
        {"curves": "curves.csv", "summary": "summary.csv"},
        case="x",
        day="a",
        forecasts=[["a", "b"]],
        floor=1.0,
        hours_share=0.6,
        settings=settings,
    )
    table = pd.read_csv(tmp_path / "summary.csv")
    tested = table.groupby("task")["test_day"].unique().map(set)
    assert tested.to_dict() == {
        "day": {"b"}, "ahead": {"b"}, "hours_earlier": {"b"}, "hours": {"a", "b"}
    }  # fmt: skip
    assert {"persistence", "previous_day", "homogeneous"} <= set(table["variant"])


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Made-up tables of a run, in the folders of its cases."""
    folder = tmp_path_factory.mktemp("run")
    tables, files = made.tables(planted={"japan": made.planted()}), {}
    for part in PARTS:
        files[part] = []
        for case, table in getattr(tables, part).items():
            path = folder / case / f"{part}.csv"
            path.parent.mkdir(exist_ok=True)
            table.assign(case=case).to_csv(path, index=False)
            files[part].append(str(path))
    return files | {"seeds": []}


def test_claims_and_answers_are_written(saved, tmp_path):
    known = {"reference": ["alpha1_h0", "alpha10_h005"], "synthetic": [], "absent": {}}
    run("claims", tmp_path, saved, {"claims": "c.csv"}, published=["japan", "helsinki"], **known)
    assert len(pd.read_csv(tmp_path / "c.csv")["id"].unique()) == 12
    labels = {case: case for case in ("alpha1_h0", "alpha10_h005", "japan", "helsinki")}
    files = {"csv": "a.csv", "md": "a.md"}
    run("answers", tmp_path, saved, files, labels=labels, synthetic=False)
    assert len(pd.read_csv(tmp_path / "a.csv")) == 9


def test_tables_of_all_cases_stand_side_by_side(saved, tmp_path):
    names = (
        "methods",
        "summary",
        "parameters",
        "integrators",
        "sensitivity",
        "forecasts",
        "planted",
    )
    files = {f"{name}_{kind}": f"{name}.{kind}" for name in names for kind in ("csv", "md")}
    run("tables", tmp_path, saved, files)
    assert len(pd.read_csv(tmp_path / "summary.csv")) == 4
    forecasts = pd.read_csv(tmp_path / "forecasts.csv")
    first = forecasts.groupby("case", sort=False).first()
    assert set(first["variant"]) == {"homogeneous"}  # the best one stands first
    assert (tmp_path / "planted.md").read_text(encoding="utf-8").count("12") > 0
