"""Timings of the Lagrangian dynamics: worlds, both tools on small ones, and the table."""

import importlib.util

import numpy as np
import pandas as pd
import pytest

from movelaws.benchmark_lattices import (
    DAYS,
    STEPS,
    disagreeing,
    iterations_of,
    lattices_growth,
    lattices_table,
    moving_city,
)
from movelaws.lattices import adapters


@pytest.fixture
def script(root, monkeypatch):
    monkeypatch.syspath_prepend(root / "scripts" / "benchmarks")

    def load(name):
        path = root / "scripts" / "benchmarks" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def test_a_city_breathes_and_is_nowhere_empty():
    population = moving_city(36, seed=1)["population"]
    assert population.shape == (STEPS + 1, 6, 6)
    assert population.min() > 1
    np.testing.assert_allclose(population.sum(axis=(1, 2)), 3600)
    np.testing.assert_allclose(population[-1], population[0])
    assert np.abs(population[STEPS // 2] / population[0] - 1).max() > 0.1
    assert np.array_equal(population, moving_city(36, seed=1)["population"])


@pytest.mark.parametrize("sites", [0, 1, 10])
def test_a_city_is_a_square(sites):
    with pytest.raises(ValueError, match=f"sites = {sites}"):
        moving_city(sites, seed=1)


def test_large_lattices_are_timed_with_fewer_iterations():
    assert [iterations_of(n) for n in (100, 400, 40_000)] == [2000, 500, 40]


@pytest.mark.parametrize("task", ["schedule", "gradient"])
def test_numpy_finds_what_movelaws_finds(script, task, monkeypatch):
    ours, published = script("ours_lattices"), script("published_lattices")
    monkeypatch.setattr(ours, "iterations_of", lambda sites: 7)
    monkeypatch.setattr(published, "iterations_of", lambda city: 7)
    monkeypatch.setattr(ours, "SHARED", 25)
    world, found = moving_city(64, seed=2, steps=12), []
    for module, tool in ((ours, "movelaws"), (published, "numpy")):
        timed = module.find(tool, task, 1)
        found.append(timed.values(timed.run(timed.read(world)), world))
    assert found[0].size == {"schedule": 8, "gradient": 11}[task]
    np.testing.assert_allclose(*found, rtol=1e-11)


def test_records_have_the_rows_asked_for(script, tmp_path):
    path = tmp_path / "records.csv"
    script("records").records(110_000, 1, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 110_001 and lines[0] == "uid,d,t,x,y"
    ours, published = script("ours_lattices"), script("published_lattices")
    assert published.decode(str(path)) == 110_000
    timed = ours.find("movelaws", "raster", 1)
    lattice = timed.run(timed.read({"records": np.array(str(path))}))
    assert timed.values(lattice, {}) == [110_000]
    users = lattice.population.sum(axis=(1, 2))
    assert users.max() <= 110_000 / DAYS and users.min() > 0
    assert "yjmob100k" in adapters.available()


def runs():
    rows = [
        ("schedule", "movelaws", 1, 100, 1e-4),
        ("schedule", "movelaws", 1, 40_000, 4e-2),
        ("schedule", "numpy", 1, 100, 2e-3),
        ("raster", "movelaws", 1, 1_000_000, 0.5),
    ]
    table = pd.DataFrame(rows, columns=["task", "tool", "threads", "n_zones", "seconds"])
    return table.assign(n_pairs=0, note="", peak_memory_mb=10.0)


def test_the_table_says_what_a_site_and_step_costs():
    values = {(*key, n): np.array([1.0]) for *key, n, _ in runs().iloc[:, :5].to_numpy()}
    values["schedule", "numpy", 1, 100] = np.array([1.0 + 1e-5])
    table = lattices_table(runs(), values).set_index(["task", "tool", "size"])
    assert table.loc[("schedule", "movelaws", 100), "ns_each"] == pytest.approx(10)
    assert table.loc[("schedule", "movelaws", 40_000), "ns_each"] == pytest.approx(10)
    assert table.loc[("raster", "movelaws", 1_000_000), "ns_each"] == pytest.approx(500)
    assert table.loc[("schedule", "numpy", 100), "times_ours"] == pytest.approx(20)
    note = table.loc[("schedule", "movelaws", 40_000), "note"]
    assert note == (
        "2,000 iterations at this rate: 80.00 s; with the 48 half hours of YJMob100K: 38.40 s"
    )
    assert table.loc[("schedule", "numpy", 100), "note"].endswith("rate: 4.00 s")
    wrong = disagreeing(table.reset_index())
    assert wrong["tool"].tolist() == ["numpy"]
    growth = lattices_growth(table.reset_index()).set_index(["task", "tool"])
    assert growth.loc[("schedule", "movelaws"), "seconds_exponent"] == pytest.approx(1)


def test_a_tool_that_was_not_run_has_no_cost():
    table = runs().iloc[:1].assign(seconds=np.nan, note="not run: beyond 200 s")
    table = lattices_table(table, {})
    assert table["ns_each"].isna().all()
    assert table["note"].tolist() == ["not run: beyond 200 s"]
