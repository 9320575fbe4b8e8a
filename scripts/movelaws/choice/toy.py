"""The example of Fig. 1: two origins, three destinations, and a crowd that spreads."""

import numpy as np
import pandas as pd

from movelaws.game import Equilibrium, Game, Term, solve

ORIGINS = ("1", "2")
DESTINATIONS = ("A", "B", "C")
OUTFLOW = np.array([60.0, 40.0])
PAYOFF = np.array([120.0, 100.0, 80.0])
COST = np.array([[20.0, 10.0, 30.0], [50.0, 20.0, 10.0]])
CASES = {
    "congestion and crowding": Term("linear"),
    "congestion only": Term("none"),
}


def equilibria(tolerance: float = 1e-12) -> dict[str, Equilibrium]:
    """Equilibrium of U_ij = h_j - c_ij - T_ij - D_j, and of the same without D_j, by case.

    The paper's text lost the numbers of its figure: payoffs, costs and travellers are ours.
    """
    return {
        case: solve(
            Game(
                outflow=OUTFLOW,
                value=PAYOFF - COST,
                congestion=Term("linear"),
                crowding=crowding,
                origins=ORIGINS,
                destinations=DESTINATIONS,
            ),
            tolerance=tolerance,
        )
        for case, crowding in CASES.items()
    }


def table() -> pd.DataFrame:
    """One row per case and pair: payoff, cost, flow, arrivals and the utility there.

    Returns
    -------
    (12, 8) DataFrame: case, origin, destination, payoff, cost, flow, arrivals, utility (of one
    more traveller from the origin to the destination).
    """
    rows = []
    for case, found in equilibria().items():
        crowded = CASES[case].form != "none"
        for i, origin in enumerate(ORIGINS):
            for j, destination in enumerate(DESTINATIONS):
                flow, arrivals = found.flow[i, j], found.arrivals[j]
                utility = PAYOFF[j] - COST[i, j] - flow - (arrivals if crowded else 0.0)
                rows.append(
                    (case, origin, destination, PAYOFF[j], COST[i, j], flow, arrivals, utility)
                )
    columns = ["case", "origin", "destination", "payoff", "cost", "flow", "arrivals", "utility"]
    return pd.DataFrame(rows, columns=columns)


def spread_of_utility(found: pd.DataFrame, case: str = "congestion and crowding") -> float:
    """Largest difference of utility among the destinations that one origin uses (claim C7)."""
    used = found[(found["case"] == case) & (found["flow"] > 0)]
    return float(used.groupby("origin")["utility"].agg(np.ptp).max())
