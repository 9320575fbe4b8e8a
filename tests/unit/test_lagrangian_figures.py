"""Figures of paper 1 on fits and cells: what they draw is in the data, nothing meets or is cut."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from movelaws.plotting.lagrangian import looks
from movelaws.plotting.lagrangian.fits import Fitted, corner_of, fits, rms, shares
from movelaws.plotting.lagrangian.flows import flows
from movelaws.plotting.lagrangian.inertia import inertia
from movelaws.plotting.lagrangian.layout import number
from movelaws.plotting.lagrangian.parameters import parameters
from tests.unit import lagrangian_drawn as drawn
from tests.unit.drawn_world import assert_texts_apart
from tests.unit.lagrangian_drawn import all_cases, found, words


@pytest.fixture(scope="module")
def reference_fits():
    cases = {
        case: Fitted({"printed": drawn.fit(case, 0.3), "exact": drawn.fit(case, 0.03)})
        for case in drawn.REFERENCES
    }
    return cases, fits(cases, drawn.LABELS)


def test_every_cell_shows_the_reference_the_fits_and_no_movement(reference_fits):
    cases, made = reference_fits
    for gid in ("reference", "printed", "exact", "persistence"):
        assert len(found(made, gid)) == 9 * len(cases), gid
    assert_texts_apart(made)


def test_north_is_up_and_the_middle_panel_is_the_destination(reference_fits):
    cases, made = reference_fits
    q = cases["alpha1_h0"].fits["printed"]["q"].to_numpy()
    middle, north = found(made, "printed")[4], found(made, "printed")[1]
    assert np.allclose(middle.get_ydata(), 100 * shares(q)[:, 5, 5])
    assert np.allclose(north.get_ydata(), 100 * shares(q)[:, 6, 5])


def test_persistence_keeps_the_first_population(reference_fits):
    _, made = reference_fits
    for line in found(made, "persistence"):
        assert np.ptp(line.get_ydata()) == 0
        assert to_hex(line.get_color()) == looks.PERSISTENCE.colour.lower()


def test_the_fullest_window_holds_more_people_than_the_centre():
    q = drawn.fit("helsinki", 0.1)["q_reference"].to_numpy()
    mean = shares(q).mean(axis=0)
    held = {}
    for window in ("centre", "fullest"):
        y, x = corner_of(q, window, (3, 3))
        held[window] = mean[y : y + 3, x : x + 3].sum()
    assert held["fullest"] >= held["centre"]


def test_the_errors_above_a_case_are_those_of_all_its_cells(reference_fits):
    cases, made = reference_fits
    fit = cases["alpha10_h0"].fits["exact"]
    error = rms(fit["q"].to_numpy(), fit["q_reference"].to_numpy())
    assert f"exact {number(error)}" in words(made)


def test_fits_of_cities_are_drawn_by_hour_and_small_lattices_whole():
    small = Fitted({"printed": drawn.fit("japan", 0.3, side=2)}, slot_minutes=60)
    made = fits({"japan": small}, drawn.LABELS, window="fullest", synthetic=True)
    assert len(found(made, "printed")) == 4
    assert "Time (h)" in words(made)
    assert "synthetic data" in words(made)


def test_fits_name_what_is_wrong():
    one = Fitted({"printed": drawn.fit("japan", 0.3)})
    with pytest.raises(ValueError, match="5 cases"):
        fits({str(k): one for k in range(5)}, {})
    with pytest.raises(ValueError, match="window 'middle'"):
        fits({"japan": one}, drawn.LABELS, window="middle")
    with pytest.raises(ValueError, match="'japan' has no fit"):
        fits({"japan": Fitted({})}, drawn.LABELS)


@pytest.fixture(scope="module")
def tables():
    names = ("parameter_histogram", "parameters", "observables", "summary")
    return {name: all_cases(getattr(drawn, name)) for name in names}


def test_parameters_show_every_case_and_the_better_law(tables):
    fits_of = tables["parameters"].copy()
    worse = fits_of["case"] == "madrid"
    fits_of.loc[worse, "laplace_loglik"] = fits_of.loc[worse, "normal_loglik"] - 500
    made = parameters(tables["parameter_histogram"], fits_of, drawn.LABELS, drawn.KINDS)
    assert "Madrid: normal +0.010" in words(made)
    assert "Japan: Laplace +0.40" in words(made)
    for case in drawn.LABELS:
        assert len(found(made, f"laplace {case}")) == 2
    assert len(found(made, "bound")) == 8
    assert_texts_apart(made)


def test_no_bound_is_drawn_where_nothing_was_clipped(tables):
    free = tables["parameters"].assign(share_at_bound=0.0)
    made = parameters(tables["parameter_histogram"], free, drawn.CITIES, drawn.KINDS)
    assert not found(made, "bound")
    assert "none at the bound" in words(made)


def test_inertia_shows_medians_of_both_methods(tables):
    made = inertia(tables["observables"], tables["summary"], drawn.LABELS, drawn.KINDS)
    one = tables["summary"].query(
        "case == 'helsinki' and method == 'exact' and quantity == 'median_inertia_ratio'"
    )
    at = [line.get_xdata()[0] for line in found(made, "median helsinki")]
    assert len(at) == 2
    assert one["value"].iloc[0] in at
    assert_texts_apart(made)


def test_inertia_shows_what_shuffled_days_give(tables):
    table = drawn.seeds(("japan", "helsinki"), count=5)
    made = inertia(tables["observables"], tables["summary"], drawn.CITIES, drawn.KINDS, seeds=table)
    own = table.query("case == 'japan' and resampled == 'shuffled'")
    median = own.query("quantity == 'median_inertia_ratio'")["value"].median()
    (mark,) = found(made, "shuffled japan")
    assert mark.get_xdata()[0] == median
    assert to_hex(mark.get_markerfacecolor()) == "#ffffff"
    assert not found(made, "shuffled madrid")
    assert "time-shuffled days" in words(made)
    assert "planted dynamics" not in words(made)
    assert_texts_apart(made)


def test_inertia_bins_hold_all_cells(tables):
    made = inertia(tables["observables"], tables["summary"], drawn.CITIES, drawn.KINDS)
    steps = next(p for p in made.axes[0].patches if p.get_gid() == "histogram japan")
    values, edges, _ = steps.get_data()
    assert np.sum(values * np.diff(np.log10(edges))) == pytest.approx(1)


def test_flows_show_medians_of_model_and_data(tables):
    made = flows(tables["observables"], drawn.LABELS, drawn.KINDS, synthetic=True)
    assert len(found(made, "median")) == 3 * len(drawn.LABELS)
    assert found(made, "median of the data")
    assert_texts_apart(made)


def test_flows_survive_cells_without_values(tables):
    cells = tables["observables"].copy()
    cells.loc[cells["case"] == "japan", ["dissipation", "time", "flow"]] = np.nan
    assert flows(cells, drawn.CITIES, drawn.KINDS)


def test_a_case_of_another_kind_is_named(tables):
    with pytest.raises(ValueError, match=r"kinds\['japan'\] = 'town'"):
        flows(tables["observables"], drawn.CITIES, drawn.KINDS | {"japan": "town"})


def test_a_missing_case_is_named(tables):
    with pytest.raises(ValueError, match="no rows of case 'mars'"):
        inertia(tables["observables"], tables["summary"], {"mars": "Mars"}, {"mars": "city"})


def test_every_method_and_case_has_a_colour_of_its_own():
    for group in (
        [look.colour for look in looks.METHODS.values()],
        [looks.case(name, drawn.LABELS).colour for name in drawn.REFERENCES],
        [looks.case(name, drawn.LABELS).colour for name in drawn.CITIES],
    ):
        assert len(set(group)) == len(group)
    assert len(looks.VARIANTS) == 9
    assert len({looks.variant(name)[:3] for name in looks.VARIANTS}) == 9
    with pytest.raises(ValueError, match="variant 'half'"):
        looks.variant("half")
