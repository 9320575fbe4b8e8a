"""What random draws start from, and what is counted for each (private)."""

from typing import NamedTuple

import numpy as np

from movelaws.inequality.surroundings import Surroundings

# Wrong pairs, pairs that both models predict exactly, sum of relative errors, and sum over pairs
# of the number of standard errors below (ties half), which is U.
WRONG, BOTH, WEIGHTED, BELOW = range(4)
SCORES = 4


class Observed(NamedTuple):
    """What draws are compared with.

    flow (n, n - 1) whole numbers; right (n, n - 1) bool, the standard model is exact there; below,
    see :class:`movelaws.inequality.ranks.RankTable`; nobody (SCORES,), the score of a model that
    predicts 0 for all pairs.
    """

    flow: np.ndarray
    right: np.ndarray
    below: np.ndarray
    nobody: np.ndarray


class Rows(NamedTuple):
    """All pairs of n zones, one row an origin, in the order of Surroundings.

    mass, outflow (n,); order, nearer, intervening (n, n - 1); p (n, n - 1) of the standard model
    and by_p (n, n - 1), the entries of each row by falling p; p_total (n,), the sums of its rows;
    farthest, largest and steepest (n,), the largest n_i + s_ij, p_ij and p_ij (n_i + s_ij).
    """

    mass: np.ndarray
    outflow: np.ndarray
    order: np.ndarray
    nearer: np.ndarray
    intervening: np.ndarray
    p: np.ndarray
    by_p: np.ndarray
    p_total: np.ndarray
    farthest: np.ndarray
    largest: np.ndarray
    steepest: np.ndarray


def prepared_observed(flow: np.ndarray, right: np.ndarray, below: np.ndarray) -> Observed:
    """See Observed; ``flow`` is float64."""
    values, counts = np.unique(flow, return_counts=True)
    nobody = np.empty(SCORES)
    nobody[WRONG] = nobody[WEIGHTED] = np.count_nonzero(flow)
    nobody[BOTH] = np.count_nonzero(right & (flow == 0))
    nobody[BELOW] = below[np.minimum(values, below.size - 1).astype(np.int64)] @ counts
    return Observed(flow, right, below, nobody)


def prepared_rows(surroundings: Surroundings, outflow: np.ndarray, p: np.ndarray) -> Rows:
    """See Rows; ``p`` is of the standard model."""
    reach = surroundings.mass[:, None] + surroundings.intervening
    return Rows(
        mass=surroundings.mass,
        outflow=outflow,
        order=surroundings.order,
        nearer=surroundings.nearer,
        intervening=surroundings.intervening,
        p=p,
        by_p=np.argsort(-p, axis=1, kind="stable").astype(np.int32),
        p_total=p.sum(axis=1),
        farthest=reach.max(axis=1),
        largest=p.max(axis=1),
        steepest=(p * reach).max(axis=1),
    )
