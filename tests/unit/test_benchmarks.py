"""Timings: worlds, limits and growth; movelaws itself on a few zones, and how failures are told."""

import importlib.util
import sys

import numpy as np
import pandas as pd
import pytest

from movelaws.benchmarks import (
    all_pairs,
    assemble,
    exponent,
    extrapolated,
    growth,
    random_world,
    relative_difference,
    why_not,
)
from movelaws.plotting.scaling import scaling

TITLES = ["Opportunities", "Radiation flows", "Gravity calibration", "Choice equilibrium"]
TITLES += ["Choice calibration", "Random classes", "Many classes"]
LIMITS = {"limit_s": 60, "memory_gb": 8, "repeats": 2, "patience_s": 5, "start_s": 120}


def load(root, name):
    spec = importlib.util.spec_from_file_location(name, root / f"scripts/benchmarks/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(root, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(root / "scripts"))
    return load(root, "run")


@pytest.fixture
def published(root, monkeypatch):
    monkeypatch.syspath_prepend(root / "scripts/benchmarks")
    return load(root, "published_choice")


@pytest.fixture
def worlds(tmp_path):
    files = {}
    for n in (12, 24):
        files[n] = str(tmp_path / f"{n}.npz")
        np.savez(files[n], **random_world(n, seed=3))
    return files


def runs(**columns):
    whole = {"n_zones": [500, 1000], "seconds": [1.0, 8.0], "peak_memory_mb": [100.0, 400.0]}
    return pd.DataFrame(whole | {"note": ["", ""]} | columns)


def test_all_pairs_lists_every_zone_but_the_origin():
    start, destination = all_pairs(5)
    for i in range(5):
        assert destination[start[i] : start[i + 1]].tolist() == [j for j in range(5) if j != i]


def test_a_world_keeps_its_outflows_and_is_drawn_again_from_its_seed():
    world = random_world(20, seed=1)
    np.testing.assert_array_equal(world["flow"].sum(axis=1), world["outflow"])
    assert not world["flow"].diagonal().any()
    pairs = set(zip(world["check_origin"], world["check_destination"], strict=True))
    assert len(pairs) == 20 * 19
    assert all(i != j for i, j in pairs)
    again, other = random_world(20, seed=1), random_world(20, seed=2)
    assert all(np.array_equal(world[name], again[name]) for name in world)
    assert not np.array_equal(world["mass"], other["mass"])


def test_a_world_of_two_zones_is_refused():
    with pytest.raises(ValueError, match="n = 2"):
        random_world(2, seed=0)


def test_costs_are_carried_on_by_their_power_law():
    assert extrapolated([500, 1000], [1, 8], 2000) == pytest.approx(64)
    assert extrapolated([500, 1000], [1, 1], 2000) == pytest.approx(4)
    assert extrapolated([500, 1000], [1, 1000], 2000) == pytest.approx(16000)
    assert extrapolated([1000], [3], 2000) == pytest.approx(12)
    assert extrapolated([], [], 2000) == 0


def test_a_run_beyond_a_limit_is_left_out_with_its_reason():
    assert why_not(runs(), 2000, 100, 16) is None
    assert why_not(runs(), 2000, 60, 16) == "not run: beyond 60 s, 64 s by extrapolation"
    assert why_not(runs(), 20000, 1e6, 16) == "not run: beyond 16 GB, 160 GB by extrapolation"
    left_out = runs(seconds=[1.0, np.nan], note=["", "not run: beyond 3 s, 4 s by extrapolation"])
    assert why_not(left_out, 2000, 3, 16) == "not run: beyond 3 s, 16 s by extrapolation"
    failed = runs(seconds=[1.0, np.nan], note=["", "failed: MemoryError"])
    assert why_not(failed, 2000, 100, 16) == "not run: failed at 1,000 zones"


def test_the_relative_difference_is_the_largest_and_infinite_against_nothing():
    ours = np.array([0.0, 2.0, 4.0])
    assert relative_difference(ours.copy(), ours) == 0
    assert relative_difference(np.array([0.0, 2.0, 5.0]), ours) == pytest.approx(0.25)
    assert relative_difference(np.array([1e-9, 2.0, 4.0]), ours) == np.inf
    with pytest.raises(ValueError, match="shape"):
        relative_difference(ours[:2], ours)


def test_planted_growth_is_recovered_and_unmeasured_sizes_do_not_count():
    n = np.array([500, 1000, 2000, 3000])
    table = pd.DataFrame(
        {"task": "radiation", "tool": "movelaws", "threads": 1, "n_zones": n,
         "seconds": 1e-6 * n**2.1, "peak_memory_mb": 1e-3 * n**1.9}
    )  # fmt: skip
    blank = table.tail(1).assign(n_zones=7201, seconds=np.nan)
    (row,) = growth(pd.concat([table, blank])).itertuples()
    assert (row.sizes, row.smallest_n, row.largest_n) == (4, 500, 3000)
    assert row.seconds_exponent == pytest.approx(2.1)
    assert row.seconds_exponent_last == pytest.approx(2.1)
    assert row.memory_exponent == pytest.approx(1.9)
    assert np.isnan(exponent([500], [1.0]))


def test_memory_too_small_to_tell_does_not_count_for_growth():
    table = runs(task="choice", tool="movelaws", threads=1, peak_memory_mb=[0.02, 11.0])
    (row,) = growth(table).itertuples()
    assert np.isnan(row.memory_exponent)
    assert row.seconds_exponent == pytest.approx(3)


def test_the_table_compares_each_result_with_ours_on_one_thread():
    table = pd.DataFrame(
        {"task": "radiation", "tool": ["PyTDLM", "movelaws", "movelaws"], "threads": [1, 2, 1],
         "n_zones": 12, "seconds": [6.0, 1.0, 2.0]}
    )  # fmt: skip
    values = {
        ("radiation", "movelaws", 1, 12): np.array([1.0, 2.0]),
        ("radiation", "movelaws", 2, 12): np.array([1.0, 2.0]),
        ("radiation", "PyTDLM", 1, 12): np.array([1.0, 2.2]),
    }
    made = assemble(table, values).set_index(["tool", "threads"])
    assert made.loc[("PyTDLM", 1), "max_relative_difference"] == pytest.approx(0.1)
    assert made.loc[("movelaws", 2), "max_relative_difference"] == 0
    assert np.isnan(made.loc[("movelaws", 1), "max_relative_difference"])
    assert made["times_ours"].to_dict() == {
        ("PyTDLM", 1): 3, ("movelaws", 1): 1, ("movelaws", 2): 1,
    }  # fmt: skip


def radiation_by_hand(world):
    """Simini et al. (2012), Eq. 2, pair by pair with loops."""
    mass, n = world["mass"].astype(float), world["mass"].size
    x, y = np.radians(world["longitude"]), np.radians(world["latitude"])
    nearer, shares = np.zeros((n, n)), np.zeros((n, n))
    for i in range(n):
        cosine = np.sin(y[i]) * np.sin(y) + np.cos(y[i]) * np.cos(y) * np.cos(x - x[i])
        order = [j for j in np.argsort(-cosine) if j != i]
        for rank, j in enumerate(order):
            s = nearer[i, j] = sum(mass[k] for k in order[:rank])
            shares[i, j] = mass[i] * mass[j] / ((mass[i] + s) * (mass[i] + s + mass[j]))
    return nearer, shares / shares.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("task", ["opportunities", "radiation", "calibration"])
def test_movelaws_is_timed_and_right(run, root, worlds, task):
    """In fresh processes, against loops by hand; the number of threads changes nothing."""
    command = [sys.executable, str(root / "scripts/benchmarks/ours.py"), "movelaws", task]
    table, found = run.climb(command, {24: worlds[24]}, 1, LIMITS)
    assert (table["seconds"] > 0).all()
    assert (table["seconds"] <= table["seconds_median"]).all()
    assert table["note"].tolist() == [""]
    if task == "calibration":
        np.testing.assert_allclose(found[24], [0.9, 0.004], rtol=0.05)
        return
    with np.load(worlds[24]) as world:
        by_hand = radiation_by_hand(world)[task == "radiation"]
        pairs = world["check_origin"], world["check_destination"]
    np.testing.assert_allclose(found[24], by_hand[pairs], rtol=1e-12)
    on_two = run.climb(command, worlds, 2, LIMITS)[1]
    assert sorted(on_two) == [12, 24]
    np.testing.assert_array_equal(on_two[24], found[24])


def test_the_game_is_timed_and_is_what_successive_averages_come_near(run, root, worlds):
    """In fresh processes; an equilibrium stays the same if travellers choose anew."""
    found = {}
    for tool, script in (("movelaws", "ours_choice"), ("averaging", "published_choice")):
        command = [sys.executable, str(root / f"scripts/benchmarks/{script}.py"), tool]
        table, values = run.climb([*command, "equilibrium"], worlds, 1, LIMITS)
        assert (table["seconds"] > 0).all()
        assert table["note"].str.match(r"\d+ iterations, ").all()
        found[tool] = values[24]
    with np.load(worlds[24]) as world:
        flow = np.zeros((24, 24))
        flow[world["check_origin"], world["check_destination"]] = found["movelaws"]
        away = measured_distance(world)
        weight = world["mass"] ** 3.85 * away**-1.07 * flow.sum(axis=0) ** -2.9
        again = weight * (world["outflow"] / weight.sum(axis=1))[:, None]
    np.testing.assert_allclose(again, flow, rtol=1e-8)
    assert np.abs(found["averaging"] - found["movelaws"]).max() < 0.1
    assert np.abs(found["averaging"] - found["movelaws"]).max() > 0


def measured_distance(world):
    """Great circles from cosines (n, n), inf from a zone to itself."""
    x, y = np.radians(world["longitude"]), np.radians(world["latitude"])
    cosine = np.sin(y) * np.sin(y[:, None])
    cosine += np.cos(y) * np.cos(y[:, None]) * np.cos(x - x[:, None])
    away = 6371.0088 * np.arccos(np.clip(cosine, -1, 1))
    np.fill_diagonal(away, np.inf)
    return away


def test_the_calibration_of_the_game_reaches_at_least_the_grid(run, root, worlds, published):
    command = [sys.executable, str(root / "scripts/benchmarks/ours_choice.py"), "movelaws"]
    table, values = run.climb([*command, "choice"], {24: worlds[24]}, 1, LIMITS)
    with np.load(worlds[24]) as world:
        inputs = {"flow": world["flow"].astype(float), "distance": measured_distance(world)}
    best = published.grid(inputs, step=2.5)
    (ours,) = values[24]
    assert table["note"].iloc[0].startswith(f"SSI {ours:.5f} at alpha = ")
    assert 0.5 * ours < best.ssi <= ours
    assert best.points == 125
    assert best.not_converged >= 50  # gamma 7.5 and 10


def test_the_similarity_of_the_grid_counts_all_pairs(published):
    flow, predicted = np.array([[0.0, 4.0], [2.0, 0.0]]), np.array([[0.0, 4.0], [6.0, 0.0]])
    assert published.ssi(flow, predicted) == pytest.approx((1 + 0.5) / 4)


@pytest.mark.parametrize(
    ("task", "tool", "size"),
    [("randomclasses", "ranking", 6 * 4), ("manyclass", "quadrature", 24 * 23)],
)
def test_unequal_zones_are_timed_and_come_out_as_written_down(run, root, worlds, task, tool, size):
    """In fresh processes, against NumPy and SciPy alone."""
    found = []
    for name, script, threads in (("movelaws", "ours", 2), (tool, "published", 1)):
        path = root / f"scripts/benchmarks/{script}_classes.py"
        command = [sys.executable, str(path), name, task]
        table, values = run.climb(command, {24: worlds[24]}, threads, LIMITS)
        assert (table["seconds"] > 0).all(), table["note"].tolist()
        found.append(values[24])
    ours, by_hand = found
    assert ours.size == size
    assert (ours > 0).all()
    np.testing.assert_allclose(by_hand, ours, rtol=1e-9)


def test_random_shapes_penalise_a_tenth_and_do_not_depend_on_how_many_are_drawn(root):
    measure = load(root, "measure")
    few, many = measure.random_shapes(100, 2), measure.random_shapes(100, 5)
    np.testing.assert_array_equal(many[:2], few)
    assert (np.count_nonzero(many, axis=1) == 10).all()
    assert (many.max(axis=1) == 1).all()
    assert (np.sort(many, axis=1) == np.sort(few[0])).all()
    assert not np.array_equal(many[0], many[1])


def test_a_run_of_many_parts_is_timed_by_the_part(root, monkeypatch):
    measure = load(root, "measure")
    clock = iter([0.0, 8.0, 10.0, 14.0])
    monkeypatch.setattr(measure.time, "perf_counter", lambda: next(clock))
    task = measure.Task("1", dict, lambda _: None, lambda *_: np.zeros(1), parts=4)
    assert measure.measure(task, {}, 2, 100)["seconds"] == [2.0, 1.0]


def test_the_table_says_how_long_all_the_draws_of_the_paper_take(root):
    table = pd.DataFrame(
        {"task": ["randomclasses"] * 3 + ["manyclass"], "n_zones": [1000, 3108, 3108, 3108],
         "seconds": [0.01, 0.06, 6.0, 20.0], "note": ["", "64 draws at a time", "", ""]}
    )  # fmt: skip
    notes = load(root, "table").with_whole_comparison(table)["note"].tolist()
    rate = "1,000 draws of 4 variables at this rate: "
    assert notes == ["", f"64 draws at a time; {rate}4.0 min", f"{rate}6.7 h", ""]


def test_a_published_method_runs_in_the_environment_of_the_project(run):
    command, why = run.command_for("grid", "choice", "published_choice.py", None)
    assert command == [sys.executable, "published_choice.py", "grid", "choice"]
    assert why == ""


def test_a_tool_that_fails_says_why_and_the_larger_sizes_are_not_tried(run, worlds):
    command = [sys.executable, "-c", "raise MemoryError('no more')"]
    table, values = run.climb(command, worlds, 1, LIMITS)
    assert table["note"].tolist() == ["failed: MemoryError: no more", "not run: failed at 12 zones"]
    assert table["seconds"].isna().all()
    assert values == {}


def test_a_tool_that_hangs_is_stopped(run, worlds):
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    limits = LIMITS | {"limit_s": 0.25, "start_s": 0}
    row, values = run.once(command, worlds[12], 1, limits)
    assert row["note"].startswith("failed: stopped after")
    assert values is None


def test_peers_that_cannot_be_installed_have_rows_that_say_so(root, run, tmp_path, monkeypatch):
    environment = load(root, "environment")
    monkeypatch.setattr(environment.sys, "executable", "false")
    made = environment.set_up("no.txt", tmp_path / "venv")
    assert made == {"python": None, "error": "cannot be installed: no message"}
    table = run.absent([1000, 500], made["error"])
    assert table["n_zones"].tolist() == [500, 1000]
    assert set(table["note"]) == {"not run: cannot be installed: no message"}


def test_the_figure_has_a_panel_per_task_for_time_and_for_memory():
    table = pd.concat(
        [runs(task=task, tool=tool, threads=1)
         for task, tool in (("radiation", "movelaws"), ("radiation", "PyTDLM"),
                            ("calibration", "movelaws"))]
    )  # fmt: skip
    made = scaling(table, growth(table), 16)
    assert len(made.axes) == 4
    assert [len(axes.lines) for axes in made.axes] == [2, 1, 3, 2]  # with the limit of memory


@pytest.mark.parametrize(("extra", "across"), [([], 5), (["randomclasses", "manyclass"], 4)])
def test_panels_of_many_tasks_stay_within_the_page_and_show_their_own_sizes(extra, across):
    tasks = ["opportunities", "radiation", "calibration", "equilibrium", "choice", *extra]
    table = pd.concat([runs(task=task, tool="movelaws", threads=1) for task in tasks])
    table.loc[table["task"] == "choice", "n_zones"] = [51, 340]
    made = scaling(table, growth(table), 16)
    assert len(made.axes) == 2 * len(tasks)
    places = [axes.get_position() for axes in made.axes]
    assert max(place.x1 for place in places) <= 1
    assert min(place.y0 for place in places) > 0
    assert [place.x0 == places[0].x0 for place in places].count(True) == (4 if extra else 2)
    titles = [{text.get_text() for text in axes.texts} & set(TITLES) for axes in made.axes]
    assert [title for found in titles for title in found] == TITLES[: len(tasks)]
    choice, equilibrium = (made.axes[titles.index({title})] for title in TITLES[4:2:-1])
    assert choice.get_xlim()[1] < 1000 < equilibrium.get_xlim()[1]


def test_the_figure_names_what_it_cannot_draw():
    table = runs(task="radiation", tool="movelaws", threads=1)
    with pytest.raises(ValueError, match="nothing to draw"):
        scaling(table.assign(seconds=np.nan), growth(table), 16)
    with pytest.raises(ValueError, match="'abacus' has no look"):
        scaling(table.assign(tool="abacus"), growth(table), 16)
    with pytest.raises(ValueError, match="'seconds'"):
        scaling(table.drop(columns="seconds"), growth(table), 16)
