"""Where trips go at the equilibrium of a planted destination choice game."""

from dataclasses import replace

import numpy as np

from movelaws.game import DestinationChoice
from movelaws.od import Pairs
from movelaws.synthetic.options import Law


def shares(law: Law, pairs: Pairs, outflow: np.ndarray) -> np.ndarray:
    """Share of each pair in the trips that leave its origin.

    Parameters
    ----------
    law : of the game, with alpha, beta and gamma.
    pairs : all pairs of zones, with the attraction as mass.
    outflow : (n_zones,) trips that leave each zone.

    Returns
    -------
    (n_pairs,) shares; those of an origin sum to 1, or are 0 where nobody leaves.
    """
    leaving = np.maximum(np.asarray(outflow, dtype=float), 0)
    spread = np.repeat(leaving / (pairs.n_zones - 1), np.diff(pairs.start))
    game = DestinationChoice(replace(pairs, flow=spread), attraction=pairs.mass)
    flows = game.flows(**law.parameters)
    sent = np.bincount(pairs.origin, weights=flows, minlength=pairs.n_zones)
    return flows / np.maximum(sent, np.finfo(float).tiny)[pairs.origin]
