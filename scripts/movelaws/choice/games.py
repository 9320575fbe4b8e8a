"""The destination choice game of one dataset as a general game, for what the fast solver lacks."""

import numpy as np

from movelaws.game import Game, Term
from movelaws.od import Pairs


def game_of(
    pairs: Pairs,
    alpha: float,
    beta: float,
    crowding: Term,
    *,
    capacity: np.ndarray | None = None,
) -> Game:
    """U_ij = alpha ln A_j - beta ln d_ij - ln T_ij - w(D_j) on all pairs.

    Parameters
    ----------
    pairs : all pairs, with A_j as mass and the observed flows; a pair not listed is closed.
    alpha, beta : exponents of attraction and distance.
    crowding : w(D_j).
    capacity : (n_zones,) most people that may arrive.

    References
    ----------
    Paper 5, Eq. 2.
    """
    with np.errstate(divide="ignore"):
        payoff = alpha * np.log(pairs.mass) if alpha else np.where(pairs.mass > 0, 0.0, -np.inf)
    value = np.full((pairs.n_zones, pairs.n_zones), -np.inf)
    value[pairs.origin, pairs.destination] = payoff[pairs.destination] - beta * np.log(
        pairs.distance_km
    )
    return Game(
        outflow=pairs.outflow,
        value=value,
        congestion=Term("logarithmic"),
        crowding=crowding,
        capacity=capacity,
        origins=[str(zone) for zone in pairs.zone_ids],
        destinations=[str(zone) for zone in pairs.zone_ids],
    )
