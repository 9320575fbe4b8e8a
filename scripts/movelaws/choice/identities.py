"""What the game becomes in its two limits, on the zones of a dataset (claims C5 and C6)."""

from dataclasses import replace

import numpy as np

from movelaws.allocation import predict
from movelaws.benchmarks import relative_difference
from movelaws.choice.games import game_of
from movelaws.game import Term, doubly_constrained, solve
from movelaws.od import Pairs

TOLERANCE = 1e-12


def without_crowding(pairs: Pairs, alpha: float, beta: float) -> float:
    """Largest relative difference between the game without crowding and gravity 2 (C5).

    Parameters
    ----------
    pairs : all pairs of zones, with the attraction as mass.
    alpha, beta : exponents of attraction and distance.

    References
    ----------
    Paper 5, Eqs 3, 4 and 11.
    """
    found = solve(game_of(pairs, alpha, beta, Term("none")), tolerance=TOLERANCE)
    gravity = predict("GMPow2", pairs, {"a": alpha, "b": beta})
    return relative_difference(_listed(pairs, found.flow), gravity)


def fixed_attraction(pairs: Pairs, beta: float) -> float:
    """Largest relative difference between the game with fixed arrivals and doubly constrained
    gravity (C6).

    Every destination holds exactly as many as are observed to arrive, so that what crowds it, its
    shadow price, becomes the balancing factor of Wilson's model.

    Parameters
    ----------
    pairs : all pairs of zones, with their observed flows.
    beta : exponent of distance.

    References
    ----------
    Paper 5, Eqs S26-S34.
    """
    arrivals = np.bincount(pairs.destination, weights=pairs.flow, minlength=pairs.n_zones)
    observed = replace(pairs, mass=arrivals)
    game = game_of(observed, 0.0, beta, Term("none"), capacity=arrivals)
    gravity = doubly_constrained(observed, arrivals, beta)
    return relative_difference(_listed(pairs, solve(game, tolerance=TOLERANCE).flow), gravity)


def _listed(pairs: Pairs, flow: np.ndarray) -> np.ndarray:
    return flow[pairs.origin, pairs.destination]
