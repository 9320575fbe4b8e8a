"""The step that fits other grown cities, other agents and other days."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from movelaws.lagrangian.printed import fit_printed
from movelaws.lagrangian.resampling import SEEDS_COLUMNS, city_seeds, grown, shuffles
from movelaws.lagrangian.state import reference
from movelaws.lattices import populations
from tests.unit.lagrangian_small_fit import walk

STEP = Path(__file__).resolve().parents[3] / "scripts" / "lagrangian" / "seeds.py"
DYNAMICS = {"alpha": 1.0, "h": 0.0, "side": 4, "agents": 300, "steps": 15, "c": 0.5, "radius": 1,
            "bookkeeping": "printed"}  # fmt: skip
BASE = {"iterations": 20}
BASES = {"slow": BASE, "fast": BASE, "town": BASE | {"rate": [0.0003, 0.00045]}}
SCHEDULES = {
    case: base | {"long_iterations": 0, "rate_factors": [1, 3]} for case, base in BASES.items()
}


class Named(SimpleNamespace):
    """Files by name, as Snakemake hands them to a script."""

    def get(self, name, default=None):
        return getattr(self, name, default)


def run(folder, given, **params):
    common = {"base": SCHEDULES, "floor": 1.0, "permutations": 9, "seed": 3, "repeats": 2,
              "couplings": ["staying", "independent"], "reference": {}, "days": {}}  # fmt: skip
    job = SimpleNamespace(
        input=Named(**given),
        output=SimpleNamespace(seeds=str(folder / "seeds.csv")),
        params=SimpleNamespace(**(common | params)),
        log=[str(folder / "log")],
    )
    runpy.run_path(str(STEP), {"snakemake": job}, run_name="__main__")
    return pd.read_csv(folder / "seeds.csv", dtype={"seed": str})


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    path = tmp_path_factory.mktemp("city") / "populations.nc"
    days = np.array([walk(), walk(seed=7)])
    populations.write(populations.Populations(days, ["mon", "sat"], {"repairs": {}}), path)
    return str(path)


def test_cities_agents_and_days(city, tmp_path):
    cases = {"slow": DYNAMICS, "fast": DYNAMICS | {"alpha": 10.0}}
    table = run(tmp_path, {"populations": [city]}, reference=cases, days={"town": "sat"})
    assert tuple(table.columns) == SEEDS_COLUMNS
    rms = table[table["quantity"] == "rms"].set_index(["case", "resampled", "seed"])["value"]
    rms = rms.sort_index()
    assert rms.index.is_unique
    assert rms.groupby(["case", "resampled"]).size().to_dict() == {
        ("slow", "growth"): 2,
        ("fast", "growth"): 2,
        ("slow", "shuffled"): 2,
        ("fast", "shuffled"): 2,
        ("town", "staying"): 2,
        ("town", "independent"): 2,
        ("town", "days"): 2,
        ("town", "shuffled"): 2,
    }
    second = grown(city_seeds(3, 2)[1], **DYNAMICS)
    assert rms["slow", "growth", "1"] == pytest.approx(fit_printed(reference(second), **BASE).rms)
    saturday = fit_printed(reference(walk(seed=7)), **BASES["town"])
    assert rms["town", "days", "sat"] == pytest.approx(saturday.rms)
    assert rms["town", "staying"].nunique() == 2
    days = {"slow": grown(3, **DYNAMICS), "town": walk(seed=7)}
    for case, day in days.items():
        (_, first), _ = shuffles(case, day, 2, 3)
        assert rms[case, "shuffled", "0"] == pytest.approx(
            fit_printed(reference(first), **BASES[case]).rms
        )
    quantities = table.groupby(["case", "resampled"])["quantity"].agg(set)
    assert quantities["town", "shuffled"] == quantities["town", "staying"]


def test_one_case_alone_and_again(city, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = (
        run(tmp_path / name, {"populations": city}, days={"town": "mon"}) for name in ("one", "two")
    )
    assert one.equals(two) and set(one["case"]) == {"town"}
    alone = run(tmp_path, {}, reference={"slow": DYNAMICS})
    assert set(alone["resampled"]) == {"growth", "shuffled"}
