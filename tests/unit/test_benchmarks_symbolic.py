"""Timings of symbolic regression: the laws, movelaws against plain NumPy, and the peers."""

import importlib.util
import sys

import numpy as np
import pandas as pd
import pytest

from movelaws.benchmarks import disagreeing, random_world
from movelaws.symbolic import tokens
from movelaws.symbolic.evaluation import Evaluator

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
    return {name: load(root, name) for name in ("laws", "ours_symbolic", "machine", "run")}


@pytest.fixture
def laws(scripts):
    return scripts["laws"]


@pytest.fixture(scope="module")
def world():
    return random_world(45, seed=3)


@pytest.fixture
def file(world, tmp_path):
    np.savez(tmp_path / "45.npz", **world)
    return str(tmp_path / "45.npz")


def expected(laws, world):
    rows = laws.observed_rows(world)
    made = laws.laws(laws.LAWS, laws.SEED)
    return np.array([laws.loss(laws.values(law, rows.columns), rows) for law in made])


def test_the_laws_have_one_complexity_are_drawn_again_and_begin_with_the_published(scripts):
    laws, program = scripts["laws"], scripts["ours_symbolic"].program
    made = laws.laws(100, seed=2)
    assert made[0] == laws.PUBLISHED
    assert {tokens.complexity(program(law).code) for law in made} == {9}
    assert made == laws.laws(100, seed=2)
    assert made[:30] == laws.laws(30, seed=2)
    assert made[1:] != laws.laws(100, seed=3)[1:]
    assert len({repr(law) for law in made}) > 90


def test_rows_are_the_largest_flows_of_every_origin(laws, world):
    rows = laws.observed_rows(world)
    assert rows.flow.size == laws.n_rows(world) == 45 * 42
    assert (rows.columns > 0).all()
    for i in range(45):
        mine = rows.origin == i
        others = np.delete(world["flow"][i], i)
        np.testing.assert_array_equal(np.sort(rows.flow[mine]), np.sort(others)[-42:])
        assert i not in rows.destination[mine]
    np.testing.assert_array_equal(rows.outflow, np.bincount(rows.origin, rows.flow))


def test_opportunities_are_those_nearer_than_the_destination(laws, world):
    rows = laws.observed_rows(world)
    w, d, s = (rows.columns[laws.VARIABLES.index(name)] for name in ("r_j", "d", "s_r"))
    away = laws.great_circle_km(world["longitude"], world["latitude"], slice(None))
    for k in range(0, rows.flow.size, 97):
        i, j = rows.origin[k], rows.destination[k]
        assert d[k] == away[i, j]
        assert s[k] == pytest.approx((world["mass"] / 1e4)[away[i] < away[i, j]].sum())
        assert w[k] == world["mass"][j] / 1e4


def test_the_loss_is_that_of_allocation(laws, world):
    rows = laws.observed_rows(world)
    f = laws.values(laws.PUBLISHED, rows.columns)
    total = 0.0
    for i in range(45):
        mine = rows.origin == i
        total += ((rows.flow[mine].sum() * f[mine] / f[mine].sum() - rows.flow[mine]) ** 2).sum()
    assert laws.loss(f, rows) == pytest.approx(total)
    assert laws.loss(f * np.exp(rows.origin), rows) == pytest.approx(total)


def test_movelaws_gives_the_losses_of_plain_numpy(scripts, world):
    laws, ours = scripts["laws"], scripts["ours_symbolic"]
    inputs = ours.prepared(world)
    timed = ours.evaluation(inputs)
    np.testing.assert_allclose(timed.losses, expected(laws, world), rtol=1e-9)
    assert isinstance(inputs.evaluator, Evaluator)


def test_movelaws_is_timed_in_a_process_of_its_own(scripts, root, file, world):
    run, laws = scripts["run"], scripts["laws"]
    command = [sys.executable, str(root / "scripts/benchmarks/ours_symbolic.py"), "movelaws"]
    table, found = run.climb([*command, "evaluation"], {45: file}, 1, LIMITS)
    assert (table["seconds"] > 0).all(), table["note"].tolist()
    assert (
        table["note"]
        .str.fullmatch(r"1,890 rows, \d+\.\d\d G node-rows/s, \d+ % of the machine's bound")
        .all()
    )
    np.testing.assert_allclose(found[45], expected(laws, world), rtol=1e-9)


def test_the_searches_run_and_say_what_they_found(scripts, world, monkeypatch):
    ours = scripts["ours_symbolic"]
    monkeypatch.setattr(ours, "CERTIFIED_COMPLEXITY", 3)
    monkeypatch.setattr(ours, "ROUNDS", 1)
    monkeypatch.setitem(ours.EVOLUTION, "cycles_per_iteration", 5)
    for task, told in (("certified", "1,890 rows, "), ("evolution", "planted law ")):
        read, search, values, note, _ = ours.TASKS[task]
        found = search(read(world))
        assert note(found, world).startswith(told)
        assert (values(found, world) > 0).all()


def test_the_operations_of_a_law_are_counted(scripts):
    machine, laws = scripts["machine"], scripts["laws"]
    assert machine.operations(laws.PUBLISHED) == {"exp": 1, "multiply_add": 2, "divide": 1}
    assert machine.operations(laws.PLANTED) == {"exp": 2, "multiply_add": 1}
    power_of_sum = ("^", ("+", "w_i", "w_j"), 0.5)
    assert machine.operations(power_of_sum) == {"exp": 1, "log": 1, "multiply_add": 1}


def test_a_search_says_whether_it_came_near_the_planted_law(laws, world):
    rows = laws.observed_rows(world)
    planted = laws.loss(laws.values(laws.PLANTED, rows.columns), rows)
    told = laws.reached(planted, "3 rounds", world)
    assert told == "planted law reached: 1.0000 times its RMSE, 3 rounds; 1,890 rows"
    assert laws.reached(4 * planted, "3 rounds", world).startswith("planted law not reached: 2.0")


def test_only_tools_beyond_the_rounding_of_their_numbers_disagree():
    table = pd.DataFrame(
        {"task": ["evaluation"] * 4 + ["evolution"],
         "tool": ["movelaws", "gplearn", "pyoperon", "pyoperon", "gplearn"],
         "max_relative_difference": [np.nan, 2e-6, 5e-4, 2e-3, 0.5]}
    )  # fmt: skip
    assert disagreeing(table).index.tolist() == [1, 3]


@pytest.mark.parametrize(("tool", "rtol"), [("gplearn", 1e-6), ("pyoperon", 1e-3)])
def test_peers_give_the_same_losses(scripts, root, file, world, tool, rtol):
    """In their environment, where `make benchmarks` has made it."""
    stamp = root / ".venv-bench/symbolic/made.json"
    if not stamp.exists():
        pytest.skip("the environment of the peers is not made: make benchmarks")
    script = str(root / "scripts/benchmarks/peer_symbolic.py")
    command, error = scripts["run"].command_for(tool, "evaluation", script, str(stamp))
    if error:
        pytest.skip(f"the environment of the peers cannot be used: {error}")
    command[0] = str(root / command[0])
    table, found = scripts["run"].climb(command, {45: file}, 1, LIMITS)
    assert (table["seconds"] > 0).all(), table["note"].tolist()
    assert table["note"].str.startswith("1,890 rows, ").all()
    np.testing.assert_allclose(found[45], expected(scripts["laws"], world), rtol=rtol)
