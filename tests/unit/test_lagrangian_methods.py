"""All fits of one case side by side."""

import numpy as np
import pytest

from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.growth import grow
from movelaws.lagrangian.methods import (
    COLUMNS,
    HISTORY,
    Fits,
    fit_all,
    history,
    still,
    total_variation,
)
from movelaws.lagrangian.printed import fit_printed
from movelaws.lagrangian.reference_dynamics import move
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.tuning import DIVERGED

PRINTED = {"iterations": 60, "long_iterations": 400, "rate_factors": [1, 3, 10],
           "rate": (0.001, 0.0015), "smoothing": True}  # fmt: skip
EXACT = {"iterations": 20, "smoothness": 1e-6, "ridge": 1e-8, "start": "zero"}


@pytest.fixture(scope="module")
def data():
    start = grow(5, 2000, seed=3)
    return reference(move(start, alpha=2.0, h=0.01, steps=20).population)


@pytest.fixture(scope="module")
def fits(data):
    return fit_all(data, PRINTED, EXACT)


def test_a_row_for_each_method(fits, data):
    table = fits.table("here")
    assert tuple(table.columns) == COLUMNS
    names = ["persistence", "printed", "printed_long", "printed_tuned", "interpolation", "exact",
             "exact_best"]  # fmt: skip
    assert table["method"].tolist() == names
    rows = table.set_index("method")
    assert rows["iterations"].tolist()[:3] == [0, 60, 400]
    links = 5 * 25 - 4 * 5
    assert rows["parameters"].tolist() == [0, *[2 * 20 * links] * 6]
    assert rows.loc["printed_long", "rms"] < rows.loc["printed", "rms"]
    assert (rows["rms"].drop("persistence") < rows.loc["persistence", "rms"]).all()
    assert (rows["seconds"].drop("persistence") > 0).all()
    assert (table["case"] == "here").all()
    np.testing.assert_allclose(rows["rms"], np.sqrt(2 * rows["error"] / data.sites))
    assert rows["tv"].between(0, 1).all()


def test_histories_begin_at_zero_and_end_with_the_row(fits):
    table, histories = fits.table("here").set_index("method"), fits.histories("here")
    assert tuple(histories.columns) == HISTORY
    for method, part in histories.groupby("method"):
        assert part["iteration"].iloc[0] == 0
        # The exact fit has chosen its start by then.
        assert part["seconds"].iloc[0] >= 0 and part["seconds"].is_monotonic_increasing
        assert part["iteration"].is_monotonic_increasing
        assert part["iteration"].iloc[-1] == table.loc[method, "iterations"]
        assert part["error"].iloc[-1] == pytest.approx(table.loc[method, "error"])
        assert part["rms"].iloc[-1] == pytest.approx(table.loc[method, "rms"])
    assert set(histories["method"]) == {*table.index} - {"persistence", "interpolation"}


def test_the_tuned_run_is_the_best_of_the_rates(fits, data):
    rows = fits.table("here").set_index("method")
    errors = {
        factor: fit_printed(data, iterations=60, rate=(0.001 * factor, 0.0015 * factor)).error[-1]
        for factor in (1, 3, 10)
    }
    best = min(errors, key=errors.get)
    assert rows.loc["printed_tuned", "error"] == pytest.approx(errors[best], rel=1e-9)
    assert rows.loc["printed_tuned", "iterations"] == 60
    assert rows.loc["printed_tuned", "note"].startswith(f"rate times {best}")
    assert (rows["note"].drop(["printed_tuned", "exact", "exact_best"]) == "").all()


def test_a_schedule_that_runs_away_says_so(data):
    fits = fit_all(data, {"iterations": 300, "rate": (30.0, 0.0), "bound": 1e3}, EXACT)
    notes = fits.table("here").set_index("method")["note"]
    assert notes["printed"] == DIVERGED and notes["interpolation"] == ""


def test_a_search_has_converged_if_it_ended_before_its_iterations(fits, data):
    rows = fits.table("here").set_index("method")
    assert rows.loc["exact", "converged"] is False and rows.loc["exact", "iterations"] == 20
    assert rows.loc["exact", "note"] == "from the start zero"
    assert rows["converged"].drop(["exact", "exact_best"]).isna().all()
    long = EXACT | {"iterations": 3000, "tolerance": 0.05}
    found = fit_all(data, {"iterations": 5}, long).table("here").set_index("method")
    assert found.loc["exact", "converged"] is True and found.loc["exact", "iterations"] < 3000


def test_the_best_start_is_fitted_beside_the_one_asked_for(fits, data):
    best = fits.by_method["exact_best"]
    assert best.settings["start"] != "zero" == fits.by_method["exact"].settings["start"]
    for start in ("best", best.settings["start"]):
        same = fit_all(data, {"iterations": 5}, EXACT | {"start": start}).by_method
        assert same["exact"] is same["exact_best"]
        np.testing.assert_array_equal(same["exact"].q, best.q)
    alone = fit_exact(data, **EXACT | {"start": best.settings["start"]})
    np.testing.assert_array_equal(alone.q, best.q)


def test_empty_cells_do_not_count_among_the_inhabited(data):
    state = reference(np.pad(data.population.reshape(-1, 5, 5), ((0, 0), (0, 5), (0, 0))))
    fit = fit_printed(state, iterations=10)
    rows = Fits({"printed": fit}).table("here")
    # The schedule leaves empty cells alone: their q is that of the floor throughout.
    np.testing.assert_allclose(rows["rms_inhabited"], rows["rms"] * np.sqrt(2))
    assert rows["note"].tolist() == ["", ""] and isinstance(fit, Fit)


def test_runs_are_left_out_where_none_is_asked_for(data):
    fits = fit_all(data, {"iterations": 5, "rate_factors": []}, EXACT)
    assert {"printed_long", "printed_tuned"}.isdisjoint(fits.by_method)


def test_long_histories_are_thinned(data):
    fit = fit_printed(data, iterations=3000)
    table = history("printed", fit)
    assert 300 < len(table) < 420
    assert table["iteration"].tolist()[:101] == [*range(101)]
    assert np.array_equal(table["error"], fit.error[table["iteration"]])


def test_the_bound_is_one_for_all(data):
    fits = fit_all(data, {"iterations": 5, "bound": 0.5}, {"iterations": 3})
    for fit in fits.by_method.values():
        assert fit.settings["bound"] == 0.5
        assert max(np.abs(fit.gamma).max(), np.abs(fit.lam).max()) <= 0.5


def test_nothing_moves(data):
    row = still(data)
    change = data.q[1:] - data.q[0]
    assert row["rms"] == pytest.approx(np.sqrt(np.mean(change**2)))
    assert (row["seconds"], row["iterations"], row["parameters"]) == (0, 0, 0)


def test_total_variation_counts_people_in_other_cells():
    population = np.array([[3.0, 1.0, 0.0], [2.0, 2.0, 4.0]])
    with np.errstate(divide="ignore"):
        q = np.log(np.array([[30.0, 10.0, 0.0], [1.0, 0.0, 1.0]])) + 700
    np.testing.assert_allclose(total_variation(q, population), [0, 0.25], atol=1e-12)
