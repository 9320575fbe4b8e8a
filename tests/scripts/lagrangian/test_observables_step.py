"""The step that says what two fits of one case mean, site by site and in all."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from movelaws.lagrangian.fit import write_fit
from movelaws.lagrangian.observables import observables
from tests.unit.lagrangian_small_fit import SHAPE, small_fit

STEP = Path(__file__).resolve().parents[3] / "scripts" / "lagrangian" / "observables.py"
MADE = {
    "observables": "observables.csv",
    "parameters": "parameters.csv",
    "histogram": "parameter_histogram.csv",
    "susceptibility": "susceptibility.nc",
    "summary": "summary.csv",
    "energy": "energy.csv",
    "integrators": "integrators.csv",
}
PARAMS = {"case": "toy", "block": 2, "replicates": 20, "level": 0.9, "permutations": 9, "seed": 1}


def run(folder, given):
    made = {name: str(folder / file) for name, file in MADE.items()}
    job = SimpleNamespace(
        input=SimpleNamespace(**given),
        output=made,
        params=SimpleNamespace(**PARAMS),
        log=[str(folder / "log")],
    )
    runpy.run_path(str(STEP), {"snakemake": job}, run_name="__main__")
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("observables")
    fits = {"fit": small_fit(bound=3.0), "exact": small_fit(seed=4, method="exact")}
    for name, fit in fits.items():
        write_fit(fit, folder / f"{name}.nc")
    given = {name: str(folder / f"{name}.nc") for name in fits}
    out = [run(folder / part, given) for part in ("one", "two") if (folder / part).mkdir() is None]
    return fits, *out


def test_every_table_has_both_fits_and_no_two_runs_differ(made):
    _, one, two = made
    for name in MADE:
        assert Path(one[name]).read_bytes() == Path(two[name]).read_bytes(), name
        if name != "susceptibility":
            table = pd.read_csv(one[name])
            assert {"printed", "exact"} <= set(table["method"])
            assert (table["case"] == "toy").all()


def test_tables_are_those_of_the_fits(made):
    fits, one, _ = made
    table = pd.read_csv(one["observables"])
    flow = table.loc[table["method"] == "exact", "flow"].to_numpy()
    np.testing.assert_allclose(flow, observables(fits["exact"])["flow"])
    parameters = pd.read_csv(one["parameters"]).set_index(["method", "parameter", "link_kind"])
    assert parameters.loc[("printed", "gamma", "all"), "share_at_bound"] > 0
    assert parameters.loc[("exact", "gamma", "all"), "share_at_bound"] == 0
    with xr.open_dataset(one["susceptibility"]) as maps:
        assert maps["chi_q0"].shape == (2, *SHAPE)
        assert maps["method"].to_numpy().tolist() == ["printed", "exact"]
        assert maps["spread_psi_v0"].dims == ("method", "n")
    summary = pd.read_csv(one["summary"]).set_index(["method", "quantity"])["value"]
    assert summary["exact", "median_flow"] == pytest.approx(np.median(flow))
