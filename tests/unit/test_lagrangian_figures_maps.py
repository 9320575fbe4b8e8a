"""Figures of paper 1 with maps, and the error against time: what they draw is in the data."""

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting.lagrangian.convergence import FLOOR, convergence
from movelaws.plotting.lagrangian.layout import number
from movelaws.plotting.lagrangian.populations import populations
from movelaws.plotting.lagrangian.susceptibility import limit, susceptibility
from tests.unit import lagrangian_drawn as drawn
from tests.unit.drawn_world import assert_texts_apart
from tests.unit.lagrangian_drawn import all_cases, found, words


@pytest.mark.parametrize("kind", ["psi", "chi"])
def test_susceptibilities_are_symmetric_about_zero(kind):
    maps = {case: drawn.susceptibility(case) for case in drawn.CITIES}
    numbers = {case: drawn.summary(case) for case in drawn.CITIES}
    made = susceptibility(maps, numbers, drawn.CITIES, kind=kind, cell_m=dict.fromkeys(maps, 500.0))
    images = [image for axes in made.axes for image in axes.images]
    assert len(images) == 8
    for image in images:
        assert image.norm.vmin == -image.norm.vmax
        assert image.origin == "lower"
    assert len(found(made, "scale bar")) == 4
    r = number(numbers["japan"].set_index("quantity").loc[f"pearson_{kind}", "value"].iloc[0])
    assert f"$r$ = {r}" in words(made)
    assert_texts_apart(made)


def test_cells_without_people_are_empty_in_the_maps():
    people = np.ones((10, 10), dtype=bool)
    people[0, 3] = False
    made = susceptibility(
        {"japan": drawn.susceptibility("japan")},
        {"japan": drawn.summary("japan")},
        {"japan": "Japan"},
        inhabited={"japan": people.ravel()},
    )
    shown = np.ma.filled(made.axes[0].images[0].get_array(), np.nan)
    assert np.array_equal(np.isnan(shown), ~people)


def test_limits_are_robust_and_never_zero():
    values = np.append(np.linspace(-1, 1, 99), 1e6)
    assert limit(values) < 2
    assert limit(np.zeros(4)) == 1
    assert limit(np.array([0.0] * 99 + [3.0])) == 3


def test_susceptibility_needs_its_maps():
    with pytest.raises(ValueError, match="no 'psi_q0' by 'other'"):
        susceptibility(
            {"japan": drawn.susceptibility("japan")},
            {"japan": drawn.summary("japan")},
            {"japan": "Japan"},
            method="other",
        )


def test_convergence_ends_at_the_last_errors():
    history, methods = all_cases(drawn.convergence), all_cases(drawn.methods)
    made = convergence(history, methods, drawn.LABELS)
    assert len(found(made, "persistence")) == 8
    assert len(found(made, "printed")) == 8
    assert_texts_apart(made)
    last = methods.query("case == 'japan' and method == 'exact'")["rms"].iloc[0]
    assert number(last) in words(made)


def test_rates_and_starts_that_were_tried_are_drawn_without_a_number():
    history, methods = all_cases(drawn.convergence), all_cases(drawn.methods)
    for of, tried in (("printed", "printed_tuned"), ("exact", "exact_best")):
        history, methods = (
            pd.concat([table, table[table["method"] == of].assign(method=tried)])
            for table in (history, methods)
        )
    made = convergence(history, methods, drawn.LABELS)
    assert len(found(made, "printed_tuned")) == len(found(made, "exact_best")) == 8
    assert_texts_apart(made)


def test_a_run_that_diverged_leaves_its_panel():
    methods = all_cases(drawn.methods, ["japan"])
    methods.loc[methods["method"] == "printed_long", "rms"] = 9e29
    made = convergence(all_cases(drawn.convergence, ["japan"]), methods, {"japan": "Japan"})
    assert made.axes[0].get_ylim()[1] < 100
    assert "diverged" in words(made)


def test_errors_of_rounding_do_not_stretch_the_axis():
    methods = all_cases(drawn.methods, ["japan"])
    methods.loc[methods["method"] == "interpolation", "rms"] = 1e-16
    made = convergence(all_cases(drawn.convergence, ["japan"]), methods, {"japan": "Japan"})
    assert made.axes[0].get_ylim()[0] > FLOOR / 10


def test_population_maps_add_up_and_mark_what_nothing_moves_costs():
    data = drawn.populations("helsinki")["population"].to_numpy()
    made = populations(
        data, ["workdays", "saturday", "sunday"], name="helsinki", label="Helsinki", cell_m=250.0,
        slot_minutes=60, synthetic=True,
    )  # fmt: skip
    share = data / data.sum(axis=(2, 3), keepdims=True)
    away = found(made, "away")[0].get_ydata()
    assert away[0] == 0
    assert away[-1] == pytest.approx(50 * np.abs(share[0, -1] - share[0, 0]).sum())
    assert len(found(made, "moved 2")) == 1
    assert_texts_apart(made)


def test_population_maps_name_an_empty_time():
    data = drawn.populations("helsinki", days=1)["population"].to_numpy().copy()
    data[0, 3] = 0
    with pytest.raises(ValueError, match="nobody on day 'workdays' at time 3"):
        populations(data, ["workdays"], name="helsinki", label="Helsinki")
