"""The figure steps of the symbolic paper on tiny saved results, as Snakemake runs them."""

import runpy
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

MODELS = ["GMExp", "RM"]
LABEL = "Nine squares"


@pytest.fixture
def saved(tmp_path):
    """Results of a run on nine squares: zones, predictions, curves and baselines."""
    column, row = (i.ravel() for i in np.meshgrid(np.arange(3), np.arange(3)))
    x, y = 4e5 + 1e4 * column, 3e5 + 1e4 * row
    ids = [f"Z{i}" for i in range(9)]
    shapes = shapely.box(x - 5e3, y - 5e3, x + 5e3, y + 5e3)
    zones = gpd.GeoDataFrame({"zone_id": ids, "x": x, "y": y}, geometry=shapes, crs="EPSG:27700")
    zones.to_parquet(tmp_path / "zones.parquet")
    origin, destination = np.nonzero(~np.eye(9, dtype=bool))
    flow = np.arange(1.0, 73.0)
    predictions = {
        "origin": np.array(ids)[origin],
        "destination": np.array(ids)[destination],
        "flow": flow,
        "distance_km": np.hypot(x[origin] - x[destination], y[origin] - y[destination]) / 1000,
        "GMExp": flow[::-1],
        "RM": np.full(72, flow.mean()),
    }
    pd.DataFrame(predictions).to_parquet(tmp_path / "predictions.parquet")
    fits = {
        "dataset": "squares",
        "model": MODELS,
        "parameter": ["0.05", None],
        "rmse": [40.0, 55.0],
        "cpc": [0.7, 0.6],
        "published_rmse": [40.01, 55.0],
        "published_cpc": [0.7, 0.6],
        "low": ["0.04", None],
        "high": ["0.06", None],
        "published_parameter": [0.049, np.nan],
        "source": "published",
    }
    pd.DataFrame(fits).to_csv(tmp_path / "baselines.csv", index=False)
    value = np.linspace(0.02, 0.15, 9)
    curve = {
        "model": "GMExp",
        "parameter": value,
        "rmse": 40 + 1e4 * (value - 0.05) ** 2,
        "cpc": 0.5,
    }
    pd.DataFrame(curve).to_csv(tmp_path / "curves.csv", index=False)
    return tmp_path


UNIT = {"unit": "commuters"}
STEPS = {
    "figure_flow_map": (
        ["zones", "predictions"],
        {"panels": ["flow", *MODELS], "label": LABEL, "titles": {"GMExp": r"m_j \, e^{-b d_{ij}}"}}
        | UNIT,
    ),
    "figure_decay": (["predictions"], {"models": MODELS, "label": LABEL} | UNIT),
    "figure_calibration": (
        ["curves", "baselines"],
        {"dataset": "squares", "label": LABEL, "parameters": {"GMExp": "$b$ (1/km)"}} | UNIT,
    ),
    "figure_agreement": (
        ["baselines"],
        {"labels": {"squares": LABEL}, "planted": {}, "tolerance_percent": {"squares": 0.1}} | UNIT,
    ),
}


def run(root, saved, step, **changed):
    inputs, params = STEPS[step]
    suffix = {"curves": "csv", "baselines": "csv"}
    snakemake = SimpleNamespace(
        input=SimpleNamespace(
            **{i: str(saved / f"{i}.{suffix.get(i, 'parquet')}") for i in inputs}
        ),
        output=SimpleNamespace(svg=str(saved / "out/f.svg"), png=str(saved / "out/f.png")),
        params=SimpleNamespace(**{"synthetic": False, "confidence": 0.95} | params | changed),
        log=[str(saved / "log.txt")],
    )
    path = root / "scripts" / "symbolic" / f"{step}.py"
    runpy.run_path(str(path), {"snakemake": snakemake}, run_name="__main__")
    return (saved / "out/f.svg").read_bytes(), (saved / "out/f.png").read_bytes()


@pytest.mark.parametrize("step", STEPS)
def test_a_step_writes_both_files_and_the_same_ones_again(root, saved, step):
    first = run(root, saved, step)
    assert first[0].startswith(b"<?xml")
    assert first[1].startswith(b"\x89PNG")
    assert len(first[0]) < 1_500_000
    assert run(root, saved, step) == first
    assert sorted(p.name for p in (saved / "out").iterdir()) == ["f.png", "f.svg"]


@pytest.mark.parametrize("step", STEPS)
def test_synthetic_data_are_named_in_the_figure(root, saved, step):
    assert b"synthetic data" not in run(root, saved, step)[0]
    assert b"synthetic data" in run(root, saved, step, synthetic=True)[0]


def test_without_published_values_the_planted_model_stands_out(root, saved):
    table = pd.read_csv(saved / "baselines.csv")
    table.assign(published_rmse=np.nan, published_cpc=np.nan).to_csv(
        saved / "baselines.csv", index=False
    )
    svg = run(root, saved, "figure_agreement", planted={"squares": "GMExp"})[0]
    assert b"<!-- GMExp (planted) -->" in svg
    assert b"<!-- published -->" not in svg


@pytest.mark.parametrize("step", ["figure_flow_map", "figure_decay"])
def test_a_model_that_could_not_be_fitted_is_named_in_the_log(root, saved, step):
    key = "panels" if step == "figure_flow_map" else "models"
    drawn = run(root, saved, step, **{key: ["flow", "IO", "RM"]})
    assert "IO is not drawn: the log of symbolic_fit" in (saved / "log.txt").read_text()
    assert drawn == run(root, saved, step, **{key: ["flow", "RM"]})


@pytest.mark.parametrize("step", ["figure_flow_map", "figure_decay"])
def test_a_missing_column_is_named_in_error_and_log(root, saved, step):
    flows = pd.read_parquet(saved / "predictions.parquet").drop(columns="flow")
    flows.to_parquet(saved / "predictions.parquet")
    with pytest.raises(ValueError, match="predictions: no column 'flow'; there are origin"):
        run(root, saved, step)
    assert "no column 'flow'" in (saved / "log.txt").read_text()
    assert not (saved / "out").exists()


def test_steps_are_short(root):
    for step in STEPS:
        assert len((root / "scripts/symbolic" / f"{step}.py").read_text().splitlines()) <= 60
