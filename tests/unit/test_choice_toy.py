"""Fig. 1 as numbers of ours: equilibria by hand, and what a crowd at the destination changes."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from movelaws.choice import toy

CROWDED, FREE = "congestion and crowding", "congestion only"


@pytest.fixture(scope="module")
def solved() -> pd.DataFrame:
    return toy.table()


def flows_of(table: pd.DataFrame, case: str) -> np.ndarray:
    return table.loc[table["case"] == case, "flow"].to_numpy().reshape(2, 3)


def best_by_potential(crowded: bool) -> np.ndarray:
    """The flows that maximise the potential of the game, by a solver that knows no game."""

    def loss(flat: np.ndarray) -> float:
        flow = flat.reshape(2, 3)
        gained = ((toy.PAYOFF - toy.COST) * flow).sum() - (flow**2).sum() / 2
        return -(gained - crowded * (flow.sum(axis=0) ** 2).sum() / 2)

    leaving = [
        {"type": "eq", "fun": lambda flat, i=i: flat.reshape(2, 3)[i].sum() - toy.OUTFLOW[i]}
        for i in range(2)
    ]
    start = np.repeat(toy.OUTFLOW / 3, 3)
    # The loss is in the thousands: a smaller tolerance is below its rounding on some processors.
    options = {"ftol": 1e-11, "maxiter": 500}
    found = minimize(loss, start, bounds=[(0, None)] * 6, constraints=leaving, options=options)
    assert found.success
    return found.x.reshape(2, 3)


@pytest.mark.parametrize(("case", "crowded"), [(CROWDED, True), (FREE, False)])
def test_the_equilibrium_is_the_maximum_of_the_potential(solved, case, crowded):
    assert flows_of(solved, case) == pytest.approx(best_by_potential(crowded), abs=1e-4)


def test_the_crowded_equilibrium_is_that_of_the_linear_equations(solved):
    """All six flows are positive, so equal utilities and outflows are eight linear equations."""
    matrix, right = np.zeros((8, 8)), np.zeros(8)
    for i in range(2):
        for j in range(3):
            row = 3 * i + j
            matrix[row, row] += 1.0  # T_ij
            matrix[row, [j, 3 + j]] += 1.0  # D_j
            matrix[row, 6 + i] = 1.0  # the utility of the origin
            right[row] = toy.PAYOFF[j] - toy.COST[i, j]
            matrix[6 + i, row] = 1.0
        right[6 + i] = toy.OUTFLOW[i]
    exact = np.linalg.solve(matrix, right)
    assert (exact[:6] > 0).all()
    assert flows_of(solved, CROWDED).ravel() == pytest.approx(exact[:6], rel=1e-9)
    utility = solved.loc[solved["case"] == CROWDED, "utility"].to_numpy().reshape(2, 3)
    assert utility == pytest.approx(np.repeat(exact[6:], 3).reshape(2, 3), rel=1e-9)


def test_all_travellers_go_somewhere_and_arrivals_are_their_sums(solved):
    for _, one in solved.groupby("case"):
        assert one.groupby("origin")["flow"].sum().tolist() == pytest.approx([60, 40])
        sums = one.groupby("destination")["flow"].transform("sum")
        assert one["arrivals"].to_numpy() == pytest.approx(sums.to_numpy())


@pytest.mark.parametrize("case", [CROWDED, FREE])
def test_no_traveller_would_be_better_off_elsewhere(solved, case):
    assert toy.spread_of_utility(solved, case) < 1e-6
    one = solved[solved["case"] == case]
    used = one[one["flow"] > 0].groupby("origin")["utility"].min()
    left = one[one["flow"] == 0]
    assert (left["utility"].to_numpy() <= used.loc[left["origin"]].to_numpy() + 1e-6).all()


def test_a_crowd_at_the_destination_spreads_the_travellers(solved):
    arrivals = solved.groupby(["case", "destination"])["arrivals"].first().unstack()
    assert np.ptp(arrivals.loc[CROWDED]) < np.ptp(arrivals.loc[FREE])


def test_the_spread_is_told_where_utilities_differ(solved):
    moved = solved.copy()
    moved.loc[0, "utility"] += 0.5
    assert toy.spread_of_utility(moved) == pytest.approx(0.5)
    assert toy.spread_of_utility(moved, FREE) < 1e-6


def test_the_spread_survives_the_table_on_disk(solved, tmp_path):
    solved.to_csv(tmp_path / "toy.csv", index=False)
    assert toy.spread_of_utility(pd.read_csv(tmp_path / "toy.csv")) < 1e-6
