"""The steps that prepare a lattice and the populations of a case: files, logs, named errors."""

import importlib.util
import json

import numpy as np
import pandas as pd
import pytest

from movelaws.lattices import frames, populations


def load(root, name):
    spec = importlib.util.spec_from_file_location(
        name.replace("/", "_"), root / f"scripts/{name}.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(9)
    rows = [
        (day, slot, x, y, int(rng.integers(1, 90)))
        for day in ("mon", "tue")
        for slot in range(4)
        for x in range(7)
        for y in range(6)
    ]
    table = pd.DataFrame(rows, columns=["day", "slot", "x", "y", "population"])
    table.to_csv(tmp_path / "own.csv", index=False)
    return {"table": tmp_path / "own.csv"}


OPTIONS = {"day": "day", "cell_m": 500.0, "slot_minutes": 60}


@pytest.fixture
def lattice(root, files, tmp_path):
    load(root, "prepare/lattice").prepare("lattice_table", files, OPTIONS, tmp_path / "set")
    return tmp_path / "set" / "lattice.nc"


def test_the_prepare_step_writes_both_files_and_prints_the_notes(root, files, tmp_path, capsys):
    load(root, "prepare/lattice").prepare("lattice_table", files, OPTIONS, tmp_path / "set")
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == sorted(frames.FILES)
    made = frames.check(frames.read(tmp_path / "set" / "lattice.nc"))
    table = pd.read_csv(files["table"])
    totals = table.groupby(["day", "slot"])["population"].sum()
    np.testing.assert_array_equal(made.population.sum(axis=(1, 2)), totals)
    printed = capsys.readouterr().out
    assert "2 days, 8 moments of 4 a day, 6 x 7 cells of 500 m (cell numbers), 42 in" in printed


def test_the_same_files_give_the_same_bytes(root, lattice, files, tmp_path):
    load(root, "prepare/lattice").prepare("lattice_table", files, OPTIONS, tmp_path / "again")
    for name in frames.FILES:
        assert (tmp_path / "again" / name).read_bytes() == (lattice.parent / name).read_bytes()


def test_the_populations_step_writes_agents_and_repairs(root, lattice, tmp_path, capsys):
    step = load(root, "lagrangian/populations")
    settings = {"side": 3, "days": ["tue"], "population": 1000, "pad": True}
    step.prepare(lattice, settings, tmp_path / "populations.nc")
    made = populations.read(tmp_path / "populations.nc")
    assert made.population.shape == (1, 4, 3, 3) and made.days == ["tue"]
    np.testing.assert_allclose(made.population.sum(axis=(2, 3)), 1000)
    assert made.attrs["repairs"]["empty rows and columns of cells added"] == "0 and 2"
    assert (made.attrs["side"], made.attrs["unit"], made.attrs["slot_minutes"]) == (3, "people", 60)
    assert json.dumps(made.attrs["repairs"]) in capsys.readouterr().out
    step.prepare(lattice, settings, tmp_path / "again.nc")
    assert (tmp_path / "again.nc").read_bytes() == (tmp_path / "populations.nc").read_bytes()


def test_the_day_that_closes_another_is_read_with_it(root, files, tmp_path):
    table = pd.read_csv(files["table"]).replace({"mon": "2024-02-29", "tue": "2024-03-01"})
    table.to_csv(files["table"], index=False)
    load(root, "prepare/lattice").prepare("lattice_table", files, OPTIONS, tmp_path / "set")
    lattice, step = tmp_path / "set" / "lattice.nc", load(root, "lagrangian/populations")
    settings = {"side": 3, "pad": True, "population": 500, "closed_with": "next_day"}
    step.prepare(lattice, settings | {"days": ["2024-02-29"]}, tmp_path / "populations.nc")
    made = populations.read(tmp_path / "populations.nc")
    assert made.population.shape == (1, 5, 3, 3) and made.days == ["2024-02-29"]
    step.prepare(lattice, {"side": 3, "pad": True, "population": 500}, tmp_path / "open.nc")
    both = populations.read(tmp_path / "open.nc")
    np.testing.assert_allclose(made.population[0, :4], both.day("2024-02-29"))
    np.testing.assert_allclose(made.population[0, 4], both.day("2024-03-01")[0])
    with pytest.raises(ValueError, match=r"lattice\.nc: day '2024-03-01' .* of day '2024-03-02'"):
        step.prepare(lattice, settings | {"days": ["2024-03-01"]}, tmp_path / "none.nc")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"closed_with": "tomorrow"}, "option 'closed_with' = 'tomorrow'"),
        ({"sides": 3}, "option 'sides' is unknown; did you mean 'side'"),
        ({"side": 1}, "option 'side' = 1: give a whole number >= 2"),
        ({"side": 3}, r"lattice\.nc .*: side=3 does not divide the 6 x 7 cells"),
        (
            {"side": 3, "days": ["sun"]},
            r"lattice\.nc \(asked for by the test\): there is no day 'sun'; there are mon, tue",
        ),
    ],
)
def test_settings_that_do_not_fit_leave_no_file(root, lattice, tmp_path, settings, said):
    step = load(root, "lagrangian/populations")
    with pytest.raises(ValueError, match=said):
        step.prepare(lattice, settings, tmp_path / "populations.nc", "the test")
    assert not (tmp_path / "populations.nc").exists()
