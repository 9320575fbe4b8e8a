"""Steps of the reference dynamics and of the fits: what they write."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from movelaws.lagrangian.fit import read_fit
from movelaws.lagrangian.tuning import EDGE
from movelaws.lattices import populations

ROOT = Path(__file__).resolve().parents[3]
DYNAMICS = {
    "alpha": 1.0,
    "h": 0.05,
    "side": 5,
    "agents": 900,
    "steps": 12,
    "c": 0.5,
    "radius": 1,
    "bookkeeping": "printed",
}
PRINTED = {"iterations": 30, "long_iterations": 0, "rate_factors": [1, 3],
           "rate": [0.001, 0.0015], "bound": None}  # fmt: skip
EXACT = {"iterations": 5, "smoothness": 1e-6, "ridge": 1e-8}


def step(name):
    path = ROOT / "scripts" / "lagrangian" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"lagrangian_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def made(tmp_path):
    names = {"populations": "nc", "drift": "csv", "fit": "nc", "exact": "nc", "methods": "csv",
             "convergence": "csv"}  # fmt: skip
    return {name: str(tmp_path / f"{name}.{end}") for name, end in names.items()}


def test_the_reference_dynamics_and_its_totals(made):
    step("reference").run(DYNAMICS, 4, made)
    found = populations.read(made["populations"])
    assert found.population.shape == (1, 13, 5, 5)
    assert found.attrs["total"] == 900 == found.population[0, 0].sum()
    drift = pd.read_csv(made["drift"]).set_index("bookkeeping")
    np.testing.assert_allclose(drift.loc["conserving", "total"], 900)
    np.testing.assert_allclose(drift.loc["printed", "total"], found.day("0").sum(axis=(1, 2)))
    assert drift.loc["printed", "drift"].max() > 0.001


def test_all_cases_of_a_seed_start_from_one_city():
    make = step("reference").reference
    one, _ = make(**DYNAMICS, seed=4)
    other, _ = make(**DYNAMICS | {"alpha": 10.0, "bookkeeping": "conserving"}, seed=4)
    assert np.array_equal(one.population[0, 0], other.population[0, 0])
    assert not np.array_equal(one.population[0, -1], other.population[0, -1])


def test_a_fit_writes_both_fits_and_their_tables(made):
    step("reference").run(DYNAMICS, 4, made)
    given = {"day": "0", "floor": 0.5, "printed": PRINTED, "exact": EXACT}
    step("fit").fit(made["populations"], "here", made, **given)
    printed, exact = read_fit(made["fit"]), read_fit(made["exact"])
    assert (printed.method, exact.method) == ("printed", "exact")
    assert printed.reference.floor == 0.5
    methods = pd.read_csv(made["methods"]).set_index("method")
    assert methods.loc["printed", "rms"] == pytest.approx(printed.rms)
    assert methods.loc["exact", "rms"] == pytest.approx(exact.rms)
    assert methods.loc["printed_tuned", "rms"] < printed.rms
    assert methods.loc["printed_tuned", "note"] == f"rate times 3; {EDGE}"
    assert str(methods.loc["exact", "converged"]) == "False"
    convergence = pd.read_csv(made["convergence"])
    assert convergence["method"].value_counts()["printed"] == 31
    contents = {name: Path(made[name]).read_bytes() for name in ("fit", "exact")}
    step("fit").fit(made["populations"], "here", made, **given)
    assert contents == {name: Path(made[name]).read_bytes() for name in ("fit", "exact")}


def test_a_day_that_is_not_there_is_named(made):
    step("reference").run(DYNAMICS, 4, made)
    with pytest.raises(ValueError, match="no day 'sunday'; there are 0"):
        step("fit").fit(made["populations"], "here", made, day="sunday", floor=1.0,
                        printed=PRINTED, exact=EXACT)  # fmt: skip
