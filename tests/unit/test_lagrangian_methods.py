"""All fits of one case side by side."""

import numpy as np
import pytest

from movelaws.lagrangian.growth import grow
from movelaws.lagrangian.methods import (
    COLUMNS,
    HISTORY,
    fit_all,
    history,
    still,
    total_variation,
)
from movelaws.lagrangian.printed import fit_printed
from movelaws.lagrangian.reference_dynamics import move
from movelaws.lagrangian.state import reference

PRINTED = {"iterations": 60, "long_iterations": 400, "rate": (0.001, 0.0015), "smoothing": True}
EXACT = {"iterations": 20, "smoothness": 1e-6, "ridge": 1e-8}


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
    names = ["persistence", "printed", "printed_long", "interpolation", "exact"]
    assert table["method"].tolist() == names
    rows = table.set_index("method")
    assert rows["iterations"].tolist()[:3] == [0, 60, 400]
    links = 5 * 25 - 4 * 5
    assert rows["parameters"].tolist() == [0, *[2 * 20 * links] * 4]
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
    assert set(histories["method"]) == {"printed", "printed_long", "exact"}


def test_a_longer_run_is_left_out_where_none_is_asked_for(data):
    fits = fit_all(data, {"iterations": 5}, EXACT)
    assert "printed_long" not in fits.by_method


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
