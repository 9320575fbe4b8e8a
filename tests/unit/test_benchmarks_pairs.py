"""Timings of pair counts: the places, what is read off the timings, and tools that must agree."""

import importlib.util
import json
import re
import sys

import numpy as np
import pandas as pd
import pytest

from movelaws.benchmark_places import (
    COUNTRY_M,
    bin_errors,
    clustered_places,
    count_errors,
    growth_of_n_log_n,
    miscounting,
    pairs_growth,
    pairs_table,
)
from movelaws.benchmarks import why_not
from movelaws.plotting.pair_scaling import pair_scaling

LIMITS = {"limit_s": 60, "memory_gb": 8, "repeats": 1, "patience_s": 5, "start_s": 120}


def load(root, name):
    spec = importlib.util.spec_from_file_location(name, root / f"scripts/benchmarks/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def scripts(root, monkeypatch):
    monkeypatch.syspath_prepend(root / "scripts/benchmarks")
    monkeypatch.setenv("PYTHONPATH", str(root / "scripts"))
    return {name: load(root, name) for name in ("counting", "ours_pairs", "run")}


@pytest.fixture
def file(tmp_path):
    np.savez(tmp_path / "900.npz", **clustered_places(900, seed=3))
    return str(tmp_path / "900.npz")


def counts_by_hand(world, edges):
    x, y = world["x"], world["y"]
    apart = np.hypot(x[:, None] - x, y[:, None] - y)[np.triu_indices(x.size, 1)]
    return np.histogram(apart, edges)[0]


def runs():
    rows = [
        ("movelaws", 1, 1000, 2.0, 10.0),
        ("movelaws", 1, 10_000, 30.0, 100.0),
        ("movelaws-exact", 1, 1000, 2.0, 10.0),
        ("brute", 1, 1000, 8.0, 0.1),
        ("brute", 1, 10_000, np.nan, np.nan),
        ("TreeCorr", 2, 1000, 1.0, 20.0),
    ]
    table = pd.DataFrame(rows, columns=["tool", "threads", "n_zones", "seconds", "peak_memory_mb"])
    return table.assign(n_pairs=table["n_zones"] * (table["n_zones"] - 1), note="")


COUNTS = {
    ("movelaws", 1, 1000): np.array([0.0, 100.0, 1004.0]),
    ("movelaws-exact", 1, 1000): np.array([0.0, 100.0, 1000.0]),
    ("brute", 1, 1000): np.array([0.0, 100.0, 1000.0]),
    ("TreeCorr", 2, 1000): np.array([0.0, 120.0, 990.0]),
    ("movelaws", 1, 10_000): np.array([1.0, 2.0, 3.0]),
}


def test_places_are_clustered_and_drawn_again_from_their_seed():
    world = clustered_places(4000, seed=1)
    xy = np.column_stack([world["x"], world["y"]])
    assert xy.shape == (4000, 2)
    assert xy.min() >= 0
    assert xy.max() <= COUNTRY_M
    np.testing.assert_array_equal(xy, xy.round(2))
    edges = np.array([0.0, 1000.0, 10_000.0])
    near = counts_by_hand(world, edges)[0]
    uniform = 4000 * 3999 / 2 * np.pi * 1000**2 / COUNTRY_M**2
    assert near > 100 * uniform
    again, other = clustered_places(4000, seed=1), clustered_places(4000, seed=2)
    assert all(np.array_equal(world[name], again[name]) for name in world)
    assert not np.array_equal(world["x"], other["x"])


def test_a_country_of_one_place_is_refused():
    with pytest.raises(ValueError, match="n = 1"):
        clustered_places(1, seed=0)


@pytest.mark.parametrize("tool", ["movelaws", "movelaws-exact", "brute", "cKDTree"])
def test_every_tool_counts_what_loops_by_hand_count(scripts, root, file, tool):
    """In fresh processes; 900 places are few enough that movelaws counts all exactly."""
    command = [sys.executable, str(root / "scripts/benchmarks/ours_pairs.py"), tool, "pairs"]
    table, values = scripts["run"].climb(command, {900: file}, 1, LIMITS)
    assert (table["seconds"] > 0).all(), table["note"].tolist()
    with np.load(file) as world:
        np.testing.assert_array_equal(values[900], counts_by_hand(world, scripts["counting"].EDGES))


def test_the_grids_of_the_benchmark_stay_within_their_bound(scripts):
    world = clustered_places(3000, seed=5)
    ours = scripts["ours_pairs"]
    table = ours.movelaws_counts(world, exact_below=100.0, exact_work=0.0)
    by_hand = counts_by_hand(world, scripts["counting"].EDGES)
    off = np.abs(table["count"].to_numpy() - by_hand)
    assert (off <= table["relative_error"] * table["count"] + 1e-9).all()
    assert re.fullmatch(r"\d+ bins exact, others within \S+ %", ours.told(table, world))
    assert (ours.brute_counts(world) == by_hand).all()
    assert (ours.tree_counts(world) == by_hand).all()


def test_treecorr_counts_every_pair_where_its_environment_is_made(scripts, root, file):
    stamp = root / ".venv-bench/pairs/made.json"
    if not stamp.is_file() or json.loads(stamp.read_text())["error"]:
        pytest.skip("the environment of the peers is not made: make benchmarks")
    script = str(root / "scripts/benchmarks/peer_pairs.py")
    found = {}
    for tool in ("TreeCorr", "TreeCorr-exact"):
        command, why = scripts["run"].command_for(tool, "pairs", script, str(stamp))
        assert why == ""
        _, values = scripts["run"].climb(command, {900: file}, 1, LIMITS)
        found[tool] = values[900]
    with np.load(file) as world:
        by_hand = counts_by_hand(world, scripts["counting"].EDGES)
    np.testing.assert_array_equal(found["TreeCorr-exact"], by_hand)
    assert found["TreeCorr"].sum() == pytest.approx(by_hand.sum(), rel=0.05)


def test_the_table_has_speed_per_core_and_the_largest_error():
    table = pairs_table(runs(), COUNTS).set_index(["tool", "n_places"])
    pairs = 1000 * 999 / 2
    assert table.loc[("movelaws", 1000), "pairs_per_core"] == pytest.approx(pairs / 2)
    assert table.loc[("TreeCorr", 1000), "pairs_per_core"] == pytest.approx(pairs / 2)
    assert table.loc[("movelaws", 1000), "largest_error"] == pytest.approx(0.004)
    assert table.loc[("TreeCorr", 1000), "largest_error"] == pytest.approx(0.2)
    assert table.loc[("brute", 1000), "largest_error"] == 0
    assert np.isnan(table.loc[("movelaws", 10_000), "largest_error"])
    assert table.loc[("brute", 1000), "times_ours"] == pytest.approx(4)
    assert table.loc[("movelaws", 1000), "n_pairs"] == pairs


def test_errors_by_bin_are_those_of_the_largest_set_counted_exactly():
    errors = bin_errors(COUNTS, np.array([1.0, 10.0, 100.0, 1000.0]))
    assert set(errors["tool"]) == {"movelaws", "brute", "TreeCorr"}
    assert (errors["n_places"] == 1000).all()
    ours = errors[errors["tool"] == "movelaws"]
    np.testing.assert_allclose(ours["error"], [0, 0, 0.004])
    np.testing.assert_allclose(ours["r_high"], [10, 100, 1000])
    assert bin_errors({}, np.array([1.0, 2.0])).empty
    with pytest.raises(ValueError, match="shape"):
        count_errors(np.zeros(2), np.zeros(3))
    assert count_errors(np.array([1.0]), np.array([0.0]))[0] == np.inf


def test_exact_tools_that_disagree_are_named():
    assert miscounting(pairs_table(runs(), COUNTS)).empty
    wrong = COUNTS | {("brute", 1, 1000): np.array([0.0, 100.0, 1001.0])}
    assert miscounting(pairs_table(runs(), wrong))["tool"].tolist() == ["brute"]


def test_growth_stands_beside_that_of_n_log_n():
    n = np.array([10_000, 100_000, 1_000_000])
    table = pd.DataFrame(
        {"tool": "movelaws", "threads": 2, "n_places": n, "seconds": 1e-6 * n * np.log(n),
         "peak_memory_mb": 1e-4 * n}
    )  # fmt: skip
    (row,) = pairs_growth(table).itertuples()
    assert row.seconds_exponent == pytest.approx(row.n_log_n)
    assert row.seconds_exponent_last == pytest.approx(row.n_log_n_last)
    assert 1.05 < growth_of_n_log_n(n) < 1.15
    assert row.memory_exponent == pytest.approx(1)


def test_linear_growth_is_judged_by_its_own_least():
    done = pd.DataFrame({"n_zones": [1_000_000, 2_000_000], "seconds": [10.0, 21.0], "note": "",
                         "peak_memory_mb": 1.0})  # fmt: skip
    assert why_not(done, int(1e7), 200, 16) is not None
    assert why_not(done, int(1e7), 200, 16, least_growth=1) is None
    leap = done.assign(seconds=1.0, peak_memory_mb=[1.0, 1000.0])
    assert "GB by extrapolation" in why_not(leap, int(1e7), 200, 16, least_growth=1)
    assert why_not(leap, int(4e6), 200, 16, least_growth=1, most_growth=2) is None
    failed = done.assign(note=["", "failed: x"])
    assert "2,000,000 places" in why_not(failed, 10**7, 200, 16, places="places")


def test_the_figure_shows_time_memory_speed_and_errors():
    table = pairs_table(runs(), COUNTS)
    errors = bin_errors(COUNTS, np.array([1.0, 10.0, 100.0, 1000.0]))
    made = pair_scaling(table, pairs_growth(table), errors, 16)
    assert len(made.axes) == 4
    # A line for each tool and number of threads; memory has that of the limit too.
    assert [len(axes.lines) for axes in made.axes] == [4, 5, 4, 3]
    said = [t.get_text() for t in made.axes[3].texts]
    assert any("movelaws, n = 1,000" in text for text in said)
    with pytest.raises(ValueError, match="nothing to draw"):
        pair_scaling(table.assign(seconds=np.nan), pairs_growth(table), errors, 16)
    with pytest.raises(ValueError, match="has no look"):
        pair_scaling(table.assign(tool="abacus"), pairs_growth(table), errors, 16)


def test_every_pin_of_the_peer_has_a_hash(root):
    text = (root / "envs" / "bench-pairs.txt").read_text()
    entries = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.M)[1:]
    assert any(entry.startswith("treecorr==") for entry in entries)
    assert all("--hash=sha256:" in entry for entry in entries)
