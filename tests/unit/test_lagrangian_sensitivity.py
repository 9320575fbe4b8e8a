"""Runs of the printed schedule under other settings: one change at a time, and only that."""

import numpy as np
import pytest

from movelaws.lagrangian import sensitivity as module
from movelaws.lagrangian.printed import fit_printed
from movelaws.lagrangian.state import reference
from tests.unit.lagrangian_small_fit import walk

BASE = {"iterations": 60, "rate": (0.001, 0.0015)}
SETTINGS = {
    "floor": [0.5, 20],
    "rate": [0.1, 10],
    "rate_index": ["step"],
    "iterations": [10],
    "bound": [None, 0.5],
    "smoothing": [False, "in_place"],
    "last_step": ["keep", "zero"],
}
OPTIONS = {"floor": 1.0, "permutations": 9, "seed": 1}


@pytest.fixture(scope="module")
def table():
    others = {
        ("side", 3): walk(shape=(3, 3)),
        ("side", 4): "4 does not divide 7",
        ("bookkeeping", "conserving"): walk(),
    }
    return module.rows("toy", walk(), BASE, settings=SETTINGS, others=others, **OPTIONS)


def row(table, what, value):
    found = table[(table["what"] == what) & (table["value"] == value)]
    assert len(found) == 1, (what, value)
    return found.iloc[0]


def test_a_row_for_every_setting(table):
    assert tuple(table.columns) == module.COLUMNS
    assert table["what"].iloc[0] == module.BASE
    assert len(table) == 1 + 12 + 3
    assert not table.duplicated(["what", "value"]).any()
    assert row(table, "bound", "N")["rms"] == table["rms"].iloc[0]
    assert row(table, "smoothing", "false")["rms"] != table["rms"].iloc[0]


@pytest.mark.parametrize(
    ("what", "value", "arguments"),
    [
        ("rate", "0.1", {"rate": (0.0001, 0.00015)}),
        ("rate_index", "step", {"rate_index": "step"}),
        ("iterations", "10", {"iterations": 600}),
        ("bound", "0.5", {"bound": 0.5}),
        ("last_step", "keep", {"last_step": "keep"}),
        ("last_step", "zero", {"last_step": "zero"}),
        ("smoothing", "in_place", {"smoothing": "in_place"}),
    ],
)
def test_rows_are_fits_with_that_setting_alone(table, what, value, arguments):
    fit = fit_printed(reference(walk(), 1.0), **(BASE | arguments))
    found = row(table, what, value)
    assert found["rms"] == pytest.approx(fit.rms)
    assert found["median_abs_gamma"] == pytest.approx(np.median(np.abs(fit.gamma[fit.gamma != 0])))
    assert found["persistence_rms"] == table["persistence_rms"].iloc[0]
    assert (fit.settings["smoothing"] == "simultaneous") == (value != "in_place")
    assert found["rms"] != table["rms"].iloc[0] or what == "bound"


def test_floors_touch_cells_and_change_what_it_means_to_stay(table):
    state = reference(walk(), 20)
    found = row(table, "floor", "20")
    assert found["touched"] == state.touched > 0
    assert found["persistence_rms"] == pytest.approx(
        np.sqrt(np.mean((state.q[1:] - state.q[0]) ** 2))
    )
    assert row(table, "floor", "0.5")["touched"] == 0


def test_cells_without_people_do_not_count_among_the_inhabited():
    padded = np.pad(walk(), ((0, 0), (0, 4), (0, 0)))
    found = module.rows("toy", padded, BASE, settings={}, **OPTIONS)
    base = found.iloc[0]
    for name in ("rms", "persistence_rms"):
        assert base[f"{name}_inhabited"] == pytest.approx(base[name] * np.sqrt(2))


def test_the_best_rate_at_the_edge_is_noted(table):
    rates = {1.0: table["rms"].iloc[0]}
    rates |= {k: row(table, "rate", f"{k:g}")["rms"] for k in (0.1, 10)}
    assert min(rates, key=rates.get) == 10
    assert row(table, "rate", "10")["note"] == f"best of the rates, {module.EDGE}"
    assert (table["note"] != "").sum() == 2  # the other has no population
    inside = module.rows("toy", walk(), BASE, settings={"rate": [1, 0.1]}, **OPTIONS)
    assert inside["note"].tolist() == ["", f"best of the rates, {module.EDGE}", ""]


def test_other_populations_are_fitted_as_the_base(table):
    same = row(table, "bookkeeping", "conserving")
    assert same["rms"] == table["rms"].iloc[0]
    assert row(table, "side", "3")["rms"] == fit_printed(
        reference(walk(shape=(3, 3)), 1.0), **BASE
    ).rms  # fmt: skip
    missing = row(table, "side", "4")
    assert missing["note"] == "4 does not divide 7" and np.isnan(missing["rms"])


def test_a_schedule_that_diverges_is_a_row_that_says_so():
    table = module.rows(
        "toy", walk(), BASE | {"smoothing": "none", "bound": 1e300}, settings={"rate": [1e150]},
        **OPTIONS,
    )  # fmt: skip
    assert table["note"].tolist() == [f"best of the rates, {module.EDGE}", module.DIVERGED]
    assert np.isnan(table["rms"].iloc[1]) and table["persistence_rms"].notna().all()


def test_an_option_that_the_schedule_does_not_have_is_an_error():
    with pytest.raises(ValueError, match="rate_index = 'day'"):
        module.rows("toy", walk(), BASE, settings={"rate_index": ["day"]}, **OPTIONS)
    with pytest.raises(ValueError, match=r"settings has 'colour': floor, rate"):
        module.changes(BASE, 1.0, {"colour": ["red"]})


def test_equal_seeds_give_equal_tables(table):
    few = {"floor": [20]}
    once, again = (module.rows("toy", walk(), BASE, settings=few, **OPTIONS) for _ in range(2))
    assert once.equals(again)
