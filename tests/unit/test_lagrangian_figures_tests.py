"""Figures of paper 1 on energy, settings, seeds, totals and planted numbers."""

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting.lagrangian.drift import drift
from movelaws.plotting.lagrangian.energy import energy
from movelaws.plotting.lagrangian.planted import planted
from movelaws.plotting.lagrangian.seeds import seeds
from movelaws.plotting.lagrangian.sensitivity import sensitivity, with_base
from tests.unit import lagrangian_drawn as drawn
from tests.unit.drawn_world import assert_texts_apart
from tests.unit.lagrangian_drawn import all_cases, found, words


def test_energies_are_those_of_the_table():
    table = all_cases(drawn.energy)
    made = energy(table, drawn.CITIES, method="exact")
    lines = found(made, "hamiltonian")
    own = table.query("case == 'japan' and method == 'exact'")
    assert np.allclose(lines[0].get_ydata(), own["hamiltonian"])
    assert len(lines) == 4
    assert_texts_apart(made)
    with pytest.raises(ValueError, match="8 cases"):
        energy(table, drawn.LABELS)


def test_energies_of_many_magnitudes_are_stretched():
    table = drawn.energy("japan")
    table["kinetic"] *= np.where(table["n"] == 3, 1e6, 1)
    made = energy(table, {"japan": "Japan"})
    assert made.axes[0].get_yscale() == "asinh"
    assert made.axes[1].get_yscale() == "linear"
    assert_texts_apart(made)


@pytest.mark.parametrize("size", [1e-9, 1e-3, 1e3, 9.9e3, 1e5, 1e8])
def test_no_factor_stands_above_an_axis_of_energies(size):
    table = drawn.energy("japan")
    for name in ("kinetic", "potential", "hamiltonian", "dissipated", "injected"):
        table[name] *= size / 400
    made = energy(table, {"japan": "Japan"})
    made.canvas.draw()
    assert not any(axes.yaxis.get_offset_text().get_text() for axes in made.axes)
    labels = [text.get_text() for axes in made.axes for text in axes.get_yticklabels()]
    assert not any("e+" in label or label.startswith("-") for label in labels)


def names_of(axes):
    return [text.get_text() for text in axes.get_yticklabels()]


def test_the_settings_of_all_other_results_are_shaded_and_diverged_runs_marked():
    table = all_cases(drawn.sensitivity, drawn.CITIES)
    made = sensitivity(table, drawn.CITIES, base={"floor": "1.0", "side": 10, "smoothing": True})
    shaded = [p for axes in made.axes for p in axes.patches if p.get_gid() == "settled"]
    assert len(shaded) == len(made.axes) == 7 * 7
    assert sum(len(line.get_xdata()) for line in found(made, "gone")) == 1
    assert "diverged" in words(made)
    assert names_of(made.axes[0]) == ["0.1", "0.5", "1", "2", "5"]
    assert names_of(made.axes[4 * 7]) == ["10", "$N$, all cells", "1000"]
    assert names_of(made.axes[5 * 7]) == ["at once", "none"]
    assert_texts_apart(made)


@pytest.mark.parametrize("told", ["note", "size"])
def test_no_outcome_of_a_run_that_diverged_is_drawn(told):
    table = drawn.sensitivity("japan")
    lost = (table["what"] == "floor") & (table["value"] == "5")
    table.loc[lost, "median_time"] = 1e60
    table.loc[lost, "rms"] = np.nan if told == "note" else 1e28
    table.loc[lost, "note"] = "the schedule diverged" if told == "note" else ""
    made = sensitivity(table, {"japan": "Japan"})
    assert sum(len(line.get_xdata()) for line in found(made, "gone")) == 1
    times = made.axes[4]
    assert times.get_xlabel() == "" and times.get_xlim()[1] < 1
    (line,) = [line for line in times.get_lines() if line.get_gid() == "japan"]
    assert np.isnan(line.get_xdata()[-1]) and np.isfinite(line.get_xdata()[:-1]).all()


def test_a_run_that_was_not_made_is_no_run_that_diverged():
    table = drawn.sensitivity("japan")
    table.loc[table["what"] == "side", ["rms", "note"]] = np.nan, "side=5: give at most 4"
    made = sensitivity(table, {"japan": "Japan"})
    assert not any(len(line.get_xdata()) for line in found(made, "gone"))
    assert "diverged" not in words(made)


def test_the_base_is_a_run_of_every_setting_once():
    table = drawn.sensitivity("japan")
    done = with_base(table, {"floor": "1", "smoothing": "true"})
    floors = done[done["what"] == "floor"]
    assert sorted(floors["value"]) == ["0.1", "0.5", "1", "2", "5"]
    assert len(with_base(done, {"floor": "1", "smoothing": "true"})) == len(done)


def test_many_values_of_every_setting_find_room():
    table = all_cases(drawn.sensitivity, drawn.CITIES)
    base = table[table["what"] == "base"]
    more = {
        "closed_with": ("next_day", "same_day"),
        "last_step": ("keep", "zero"),
        "rate": ("0.3", "3", "30", "100"),
        "smoothing": ("in_place",),
        "bookkeeping": ("conserving",),
    }
    rows = [base.assign(what=what, value=v, rms=base["rms"] * (1.1 + n / 10))
            for what, values in more.items() for n, v in enumerate(values)]  # fmt: skip
    made = sensitivity(pd.concat([table, *rows]), drawn.CITIES)
    assert len(made.findobj(lambda one: one.get_gid() == "setting")) == 10
    assert names_of(made.axes[-7]) == ["its last slot", "the next day", "its own start"]
    assert made.get_size_inches()[1] * 25.4 < 240
    assert_texts_apart(made)


def test_a_table_without_changes_is_named():
    with pytest.raises(ValueError, match="no run with one of"):
        sensitivity(drawn.sensitivity("japan").query("what == 'base'"), {"japan": "Japan"})


def test_drift_is_drawn_in_percent():
    table = pd.concat([drawn.drift().assign(case=case) for case in drawn.REFERENCES])
    made = drift(table, drawn.REFERENCES)
    curve = found(made, "printed alpha1_h0")[0].get_ydata()
    assert curve.max() == pytest.approx(0.7)
    assert not np.any(found(made, "conserving alpha1_h0")[0].get_ydata())
    assert_texts_apart(made)
    with pytest.raises(ValueError, match="no rows of case 'japan'"):
        drift(table, drawn.LABELS)


def test_seeds_are_dots_beside_one_interval_per_case():
    cases = (*drawn.REFERENCES, "helsinki")
    table = drawn.seeds(cases, count=5)
    made = seeds(table, all_cases(drawn.summary), drawn.LABELS)
    rows, quantities = 4 + 2, len(made.axes)
    assert sum(len(line.get_xdata()) for line in found(made, "seed")) == 5 * rows * quantities
    assert len(found(made, "interval")) == 5 * quantities
    assert_texts_apart(made)


def test_planted_numbers_lie_under_what_is_found():
    made = planted(all_cases(drawn.planted, drawn.CITIES), drawn.CITIES)
    assert [line.get_xdata()[0] for line in found(made, "planted")][:4] == [8, -1.5, 12, -2]
    assert len(found(made, "found")) == 16
    assert "synthetic data" in words(made)
    assert_texts_apart(made)
