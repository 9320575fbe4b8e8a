"""The step that fits a case under other settings, for grown cities and for lattices."""

import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from movelaws.lagrangian.reference_dynamics import move
from movelaws.lagrangian.resampling import grown
from movelaws.lagrangian.sensitivity import persistence_rms
from movelaws.lagrangian.state import reference
from movelaws.lattices import coarsen, frames, populations

STEP = Path(__file__).resolve().parents[3] / "scripts" / "lagrangian" / "sensitivity.py"
DYNAMICS = {"alpha": 1.0, "h": 0.0, "side": 4, "agents": 300, "steps": 15, "c": 0.5, "radius": 1,
            "bookkeeping": "printed"}  # fmt: skip
CITY = {"side": 4, "days": ["mon", "tue"], "population": 1000.0}
SETTINGS = {"floor": [0.5], "iterations": [2], "side": [3, 6]}


class Named(SimpleNamespace):
    """Files by name, as Snakemake hands them to a script."""

    def get(self, name, default=None):
        return getattr(self, name, default)


def run(folder, given, **params):
    base = {"iterations": 20, "long_iterations": 0, "rate_factors": []}
    common = {"case": "toy", "base": base, "floor": 1.0, "permutations": 9, "seed": 3}
    job = SimpleNamespace(
        input=Named(**given),
        output=SimpleNamespace(sensitivity=str(folder / "sensitivity.csv")),
        params=SimpleNamespace(**(common | params)),
        log=[str(folder / "log")],
    )
    runpy.run_path(str(STEP), {"snakemake": job}, run_name="__main__")
    return pd.read_csv(folder / "sensitivity.csv", dtype={"value": str}, keep_default_na=False)


def lattice():
    rng = np.random.default_rng(1)
    shape, slots = (12, 12), 8
    return frames.check(
        frames.Lattice(
            population=rng.integers(1, 50, (2 * slots, *shape)).astype(float),
            mask=np.ones(shape, dtype=bool),
            day=np.repeat(["mon", "tue"], slots),
            slot=np.tile(np.arange(slots), 2),
            x=250.0 * np.arange(12),
            y=250.0 * np.arange(12),
            cell_m=250.0,
            crs="",
            source="nowhere",
            unit="users",
            slots=slots,
            slot_minutes=60.0,
            extensive=True,
        )
    )


def test_grown_cities_of_other_sides_and_bookkeepings(tmp_path):
    day = grown(3, **DYNAMICS)
    populations.write(
        populations.Populations(day[None], ["0"], {"repairs": {}}), tmp_path / "populations.nc"
    )
    table = run(
        tmp_path,
        {"populations": str(tmp_path / "populations.nc")},
        day="0",
        dynamics=DYNAMICS,
        city={},
        settings=SETTINGS | {"bookkeeping": ["printed", "conserving"]},
    )
    rows = table.set_index(["what", "value"])
    assert rows.index.is_unique and len(rows) == 1 + 2 + 2 + 2
    assert rows.loc[("bookkeeping", "printed"), "rms"] == rows.loc[("base", ""), "rms"]
    assert rows.loc[("bookkeeping", "conserving"), "rms"] != rows.loc[("base", ""), "rms"]
    moved = move(day[0], alpha=1.0, h=0.0, steps=15, bookkeeping="conserving").population
    np.testing.assert_allclose(moved.sum(axis=(1, 2)), 300)


def test_cities_merged_to_other_sides(tmp_path):
    made = lattice()
    frames.write(made, tmp_path)
    cases = coarsen.case(made, **CITY)
    populations.write(cases, tmp_path / "populations.nc")
    given = {"populations": str(tmp_path / "populations.nc"),
             "lattice": str(tmp_path / frames.FILES[0])}  # fmt: skip
    options = {"day": "tue", "dynamics": {}, "city": CITY}
    table = run(tmp_path, given, settings=SETTINGS | {"side": [4, 6, 5]}, **options)
    rows = table.set_index(["what", "value"])
    assert rows.loc[("side", "4"), "rms"] == rows.loc[("base", ""), "rms"]  # it is day tue
    assert rows.loc[("side", "6"), "rms"] != rows.loc[("base", ""), "rms"]
    assert rows.loc[("side", "5"), "rms"] == ""
    assert "5" in rows.loc[("side", "5"), "note"]
    none = run(tmp_path, given, settings={"floor": [2]}, **options)
    assert none["what"].tolist() == ["base", "floor"]


@pytest.mark.parametrize("base", [None, "same_day"])
def test_days_of_cities_that_end_otherwise(base, tmp_path):
    made = replace(lattice(), day=np.repeat(["1", "2"], 8))
    frames.write(made, tmp_path)
    city = CITY | {"days": ["1", "2"], "closed_with": base}
    populations.write(coarsen.case(made, **city), tmp_path / "populations.nc")
    given = {"populations": str(tmp_path / "populations.nc"),
             "lattice": str(tmp_path / frames.FILES[0])}  # fmt: skip
    settings = {"closed_with": ["next_day", "same_day"]}
    options = {"dynamics": {}, "city": city, "settings": settings}
    rows = run(tmp_path, given, day="1", **options).set_index(["what", "value"])
    alone = dict(city) | {"days": ["1"]}
    for value, asked in {"next_day": "next_day", "same_day": "same_day", "open": None}.items():
        if value == "open" and base is None:
            assert ("closed_with", "open") not in rows.index  # it is the base
            continue
        wanted = coarsen.case(made, **(alone | {"closed_with": asked})).population[0]
        assert len(wanted) == (8 if asked is None else 9)
        still = persistence_rms(reference(wanted, 1.0))
        assert float(rows.loc[("closed_with", value), "persistence_rms"]) == pytest.approx(still)
    same = rows.loc[("closed_with", "same_day"), "rms"] == rows.loc[("base", ""), "rms"]
    assert same == (base == "same_day")
    # no day follows the last one of the lattice
    last = run(tmp_path, given, day="2", **options).set_index(["what", "value"])
    assert last.loc[("closed_with", "next_day"), "rms"] == ""
    assert "'3', which the lattice does not" in last.loc[("closed_with", "next_day"), "note"]


def test_a_setting_that_there_is_not(tmp_path):
    day = grown(3, **DYNAMICS)
    populations.write(
        populations.Populations(day[None], ["0"], {"repairs": {}}), tmp_path / "populations.nc"
    )
    with pytest.raises(ValueError, match="settings has 'colour'"):
        run(tmp_path, {"populations": str(tmp_path / "populations.nc")}, day="0",
            dynamics=DYNAMICS, city={}, settings={"colour": [1]})  # fmt: skip
