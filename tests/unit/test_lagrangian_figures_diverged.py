"""Figures of paper 1 where the printed schedule ran away: no model, words, and the data stay."""

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting.lagrangian.convergence import convergence
from movelaws.plotting.lagrangian.diverged import IN_KEY, MARKED, diverged, left_out, without
from movelaws.plotting.lagrangian.energy import energy
from movelaws.plotting.lagrangian.fits import Fitted, fits
from movelaws.plotting.lagrangian.flows import flows
from movelaws.plotting.lagrangian.inertia import inertia
from movelaws.plotting.lagrangian.parameters import parameters
from movelaws.plotting.lagrangian.seeds import seeds
from movelaws.plotting.lagrangian.susceptibility import susceptibility
from tests.unit import lagrangian_drawn as drawn
from tests.unit.drawn_world import assert_texts_apart, texts
from tests.unit.lagrangian_drawn import all_cases, found, words

LOST = frozenset({"madrid"})
HUGE = 1e60


@pytest.fixture(scope="module")
def cells():
    """Cells of all cases, those of the run that diverged beyond any axis."""
    table = all_cases(drawn.observables)
    own = (table["case"] == "madrid") & (table["method"] == "printed")
    table.loc[own, ["flow", "dissipation", "inertia_ratio"]] = HUGE
    return table


def grey(made):
    """Words in panels and rows about what is left out."""
    return [text.get_text() for text in texts(made) if text.get_gid() == "diverged"]


def stairs(made, case):
    return [p for axes in made.axes for p in axes.patches if p.get_gid() == f"histogram {case}"]


@pytest.mark.parametrize("size", [1e10, np.inf, np.nan])
def test_fits_further_than_any_populations_have_diverged(size, tmp_path):
    paths = []
    for case, scale in {"japan": 0.3, "madrid": size, "helsinki": 5.0}.items():
        fit = drawn.fit(case, 0.3).assign_attrs(rms=scale)
        paths.append(str(tmp_path / f"{case}.nc"))
        fit.to_netcdf(paths[-1])
    labels = {case: drawn.LABELS[case] for case in ("japan", "madrid", "helsinki")}
    assert diverged(paths, labels) == LOST
    with pytest.raises(ValueError, match="3 files for 1 cases"):
        diverged(paths, {"japan": "Japan"})


def test_only_the_printed_schedule_is_left_out():
    assert left_out(LOST, drawn.LABELS, "printed") == ["madrid"]
    assert left_out(LOST, drawn.LABELS, "exact") == []
    assert left_out(LOST, drawn.REFERENCES, "printed") == []
    table = all_cases(drawn.summary)
    kept = without(table, LOST)
    assert set(kept.query("case == 'madrid'")["method"]) == {"exact"}
    assert len(kept.query("case != 'madrid'")) == len(table.query("case != 'madrid'"))


def test_flows_keep_the_data_and_an_axis_for_the_others(cells):
    made = flows(cells, drawn.LABELS, drawn.KINDS, diverged=LOST)
    assert not stairs(made, "madrid")
    assert len(stairs(made, "japan")) == 3
    assert len(found(made, "median")) == 3 * (len(drawn.LABELS) - 1)
    assert len(found(made, "median of the data")) == 3 * len(drawn.LABELS)
    assert all(axes.get_xlim()[1] < 1e9 for axes in made.axes)
    assert grey(made) == [f"Madrid: {MARKED}"] * 3
    assert IN_KEY in words(made)
    assert_texts_apart(made)


def test_medians_of_the_data_lie_inside_the_axis_of_flows(cells):
    table = cells.copy()
    own = (table["case"] == "madrid") & (table["method"] == "reference")
    table.loc[own, "flow"] = 1e5
    made = flows(table, drawn.CITIES, drawn.KINDS, diverged=LOST)
    marks = [line.get_xdata()[0] for line in made.axes[0].get_lines()
             if line.get_gid() == "median of the data"]  # fmt: skip
    assert max(marks) == pytest.approx(1e5)
    assert made.axes[0].get_xlim()[1] > 1e5


def test_models_of_another_method_stay(cells):
    made = flows(cells, drawn.LABELS, drawn.KINDS, method="exact", diverged=LOST)
    assert len(stairs(made, "madrid")) == 3
    assert not grey(made)
    assert IN_KEY not in words(made)


@pytest.mark.parametrize("lost", [LOST, frozenset(drawn.CITIES)])
def test_parameters_name_the_case_and_draw_the_others(lost):
    tables = all_cases(drawn.parameter_histogram), all_cases(drawn.parameters)
    made = parameters(*tables, drawn.LABELS, drawn.KINDS, diverged=lost)
    for case in drawn.LABELS:
        kept = 0 if case in lost else 2
        assert len(stairs(made, case)) == len(found(made, f"laplace {case}")) == kept
    assert words(made).count(f"Madrid: {MARKED}") == 2
    assert_texts_apart(made)


def test_inertia_keeps_the_exact_gradient(cells):
    made = inertia(cells, all_cases(drawn.summary), drawn.LABELS, drawn.KINDS, diverged=LOST)
    assert not stairs(made, "madrid")
    (mark,) = found(made, "median madrid")
    assert mark.get_marker() == "o"
    assert grey(made) == [MARKED]
    assert IN_KEY in words(made)
    assert_texts_apart(made)


def test_energies_of_the_case_are_empty_panels():
    made = energy(all_cases(drawn.energy), drawn.CITIES, diverged=LOST)
    assert len(found(made, "hamiltonian")) == 3
    assert len(grey(made)) == 3
    empty = [axes for axes in made.axes if not axes.get_lines()]
    assert len(empty) == 3 and not any(len(axes.get_yticks()) for axes in empty)
    assert IN_KEY in words(made)
    assert_texts_apart(made)


def test_cells_keep_the_reference_and_the_exact_gradient():
    cases = {
        case: Fitted({"printed": drawn.fit(case, 0.3), "exact": drawn.fit(case, 0.03)}, 60)
        for case in drawn.CITIES
    }
    made = fits(cases, drawn.LABELS, window="fullest", diverged=LOST)
    assert len(found(made, "printed")) == 27
    for gid in ("exact", "reference", "persistence"):
        assert len(found(made, gid)) == 36
    assert "× printed diverged" in words(made)
    assert IN_KEY in words(made)
    assert_texts_apart(made)


@pytest.mark.parametrize(("method", "count"), [("printed", 6), ("exact", 8)])
def test_maps_of_the_case_are_frames_with_words(method, count):
    maps = {case: drawn.susceptibility(case) for case in drawn.CITIES}
    numbers = {case: drawn.summary(case) for case in drawn.CITIES}
    made = susceptibility(maps, numbers, drawn.CITIES, method=method, diverged=LOST)
    assert sum(len(axes.images) for axes in made.axes) == count
    assert len(grey(made)) == 8 - count
    assert_texts_apart(made)


def seeds_with_lost():
    """All ways of all cases; two of five draws of Madrid's agents have nothing but that."""
    table = drawn.seeds(tuple(drawn.LABELS), count=5)
    staying = table[table["resampled"] == "staying"]
    table = pd.concat([table, staying.assign(resampled="independent")])
    gone = (table["case"] == "madrid") & (table["resampled"] == "staying") & (table["seed"] < 2)
    runs = table[["case", "resampled", "seed"]].drop_duplicates()
    lost = runs.eval("case == 'madrid' and resampled == 'staying' and seed < 2").astype(float)
    return pd.concat([table[~gone], runs.assign(quantity="diverged", value=lost)])


def test_seeds_count_what_diverged_and_fit_on_a_page():
    table = seeds_with_lost()
    made = seeds(table, all_cases(drawn.summary), drawn.LABELS, diverged=LOST)
    quantities, rows = len(made.axes), 4 + 3 * 4
    drawn_dots = sum(len(line.get_xdata()) for line in found(made, "seed"))
    assert drawn_dots == quantities * (5 * rows - 2)
    assert len(found(made, "interval")) == quantities * (len(drawn.LABELS) - 1)
    assert len(found(made, "diverged")) == quantities
    assert grey(made) == ["× 2 of 5"] * 2
    assert IN_KEY in words(made)
    assert made.get_size_inches()[1] * 25.4 <= 240
    assert_texts_apart(made)


def test_seeds_without_such_runs_say_nothing_of_them():
    made = seeds(drawn.seeds(), all_cases(drawn.summary), drawn.LABELS)
    assert not grey(made)
    assert IN_KEY not in words(made)


def test_the_note_of_a_method_says_that_it_diverged():
    methods = all_cases(drawn.methods, ["japan"]).assign(note=None)
    history = all_cases(drawn.convergence, ["japan"])
    assert "diverged" not in words(convergence(history, methods, {"japan": "Japan"}))
    methods.loc[methods["method"] == "exact", "note"] = "rate times 30; 100 diverged"
    assert "diverged" not in words(convergence(history, methods, {"japan": "Japan"}))
    methods.loc[methods["method"] == "printed", ["rms", "note"]] = 12.0, "the schedule diverged"
    assert "diverged" in words(convergence(history, methods, {"japan": "Japan"}))
