"""Steps of the intrinsic cost: what lies in the scripts themselves."""

import importlib.util
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[3]


def step(name):
    path = ROOT / "scripts" / "pairdist" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"pairdist_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_printed_exponent_is_read_from_table_1():
    table = pd.read_csv(ROOT / "config" / "published" / "pairdist_table1_powerlaw.csv")
    read = step("cost").published_exponent
    assert read(table, "san_francisco") == 0.94
    assert read(table, "denmark_cities") is None
    assert read(table, "") is None


def test_all_steps_can_be_loaded():
    for name in ("town_cost", "estimators", "figure_cost", "figure_cost_towns",
                 "figure_estimators"):  # fmt: skip
        assert step(name).logged
