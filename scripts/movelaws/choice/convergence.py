"""How fast the solvers approach the equilibrium, in one measure for all of them."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from movelaws.choice.games import game_of
from movelaws.game import Equilibrium, Term, solve, stability, successive_averages
from movelaws.od import Pairs

AVERAGES = {"averaging 0.25": 0.25, "averaging 1/n": "1/n"}
CHECKPOINTS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 50, 80, 120, 200, 300, 500, 1000, 2000)
EXACT = 1e-13
MOST_AVERAGES = 2000
_UNREACHED = 1e-300  # of a residual: so that nothing but the number of iterations ends a run


def errors(pairs: Pairs, alpha: float, beta: float, gamma: float) -> pd.DataFrame:
    """Largest relative error of a flow after so many iterations of each method.

    The reference is the equilibrium to 13 digits. Methods: ``anderson`` and ``fixed point`` (one
    unknown per destination, with and without acceleration), ``averaging 0.25`` (the paper's) and
    ``averaging 1/n`` (one unknown per pair).

    Returns
    -------
    DataFrame: method, iteration, residual (relative, without unit).
    """
    game = game_of(pairs, alpha, beta, Term("logarithmic", gamma))
    exact = solve(game, tolerance=EXACT).flow
    runs: dict[str, Callable[[int], Equilibrium]] = {
        "anderson": lambda n: solve(game, tolerance=EXACT, max_iterations=n),
        "fixed point": lambda n: solve(game, tolerance=EXACT, max_iterations=n, memory=0),
    }
    for name, phi in AVERAGES.items():
        runs[name] = lambda n, phi=phi: successive_averages(
            game, phi=phi, threshold=_UNREACHED, max_iterations=n
        )
    rows = []
    for method, run in runs.items():
        for n in CHECKPOINTS:
            found = run(n)
            rows.append((method, found.iterations, _relative(found.flow, exact)))
            if found.iterations < n or rows[-1][2] < 10 * EXACT:
                break
    return pd.DataFrame(rows, columns=["method", "iteration", "residual"])


def compared(dataset: str, pairs: Pairs, alpha: float, beta: float, gamma: float) -> pd.DataFrame:
    """Each method run to its own end: the accelerated ones to 1e-10, the averages as printed.

    Returns
    -------
    DataFrame: dataset, method, iterations, converged, utility_spread (largest difference of utility
        among the destinations of one origin), flow_error (largest relative error of a flow), gamma,
        and of ``movelaws.game.stability``: mu_max, phi_limit, rate_averaging, rate_fixed_point.
    """
    game = game_of(pairs, alpha, beta, Term("logarithmic", gamma))
    exact = solve(game, tolerance=EXACT)
    near = stability(game, exact)
    found = {
        "anderson": solve(game),
        "fixed point": solve(game, memory=0),
        "averaging 0.25": successive_averages(game, max_iterations=MOST_AVERAGES),
    }
    rows = [
        {
            "dataset": dataset,
            "method": method,
            "iterations": one.iterations,
            "converged": one.converged,
            "utility_spread": one.utility_spread,
            "flow_error": _relative(one.flow, exact.flow),
            "gamma": gamma,
            "mu_max": near.mu_max,
            "phi_limit": near.phi_limit,
            "rate_averaging": near.rate_averaging,
            "rate_fixed_point": near.rate_fixed_point,
        }
        for method, one in found.items()
    ]
    return pd.DataFrame(rows)


def _relative(flow: np.ndarray, exact: np.ndarray) -> float:
    used = exact > 0
    return float(np.max(np.abs(flow[used] / exact[used] - 1)))
