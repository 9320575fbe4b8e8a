"""Whether capacities of several destinations together leave people without room (private)."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from movelaws.game.problem import Game

_PARTS = 2**30  # maximum_flow counts in 32 bits


def without_room(game: Game) -> float:
    """People who find no place however all are sent, 0 where the capacities suffice.

    What the largest flow from the origins through the open ways to the destinations leaves behind.
    It is counted in whole parts of the outflow, 1e-9 of it, rounded in favour of room.
    """
    if game.capacity is None or not np.isfinite(game.capacity).any():
        return 0.0
    n, m = game.value.shape
    part = game.outflow.sum() / _PARTS
    leaving = np.floor(game.outflow / part)
    room = np.minimum(np.ceil(game.capacity / part) + 1, _PARTS)
    i, j = np.nonzero(game.open_pairs())
    source, sink = n + m, n + m + 1
    start = np.concatenate([np.full(n, source), i, n + np.arange(m)])
    end = np.concatenate([np.arange(n), n + j, np.full(m, sink)])
    most = np.concatenate([leaving, leaving[i], room]).astype(np.int32)
    network = coo_array((most, (start.astype(np.int32), end.astype(np.int32))), (n + m + 2,) * 2)
    arrived = maximum_flow(network.tocsr(), source, sink).flow_value
    return float((leaving.sum() - arrived) * part)
