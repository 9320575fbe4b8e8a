"""Intrinsic cost bin by bin from the joint likelihood of moves, with no form assumed."""

import numpy as np
import pandas as pd

from movelaws.distance_cost import _seen
from movelaws.distance_cost.joint import JointMoves

# Sums over origins are made in a fixed number of parts: no result depends on the threads.
_PARTS = 64


def joint_cost(
    joint: JointMoves, bins_per_cost: int = 8, *, tolerance: float = 1e-8
) -> pd.DataFrame:
    """Intrinsic cost bin by bin from the joint likelihood, with no form assumed.

    pi is constant within each bin of distances. At the maximum the moves of a bin equal those
    expected, pi_b sum_i n_i m_ib / Z_i with m_ib the weight that origin i sees there; solved by
    repeated scaling, which raises the likelihood at each step.

    Parameters
    ----------
    joint : moves of enough places that bins are kept.
    bins_per_cost : fine bins (see ``joint_moves``) per bin of the cost.
    tolerance : relative change of all costs at which to stop.

    Returns
    -------
    DataFrame with r_low, r_high (metres), moves, exposure (moves expected per unit of cost) and
    cost (scaled so that the moves' weighted mean of ln cost is 0); bins with places only.

    Raises
    ------
    ValueError
        If ``joint`` keeps places singly or ``bins_per_cost`` < 1.
    RuntimeError
        If the costs do not settle.
    """
    if not joint.step:
        raise ValueError("joint keeps each place singly: joint_cost needs binned distances")
    if bins_per_cost < 1:
        raise ValueError(f"bins_per_cost = {bins_per_cost}: at least 1 is needed")
    group = np.arange(joint.mass.shape[1]) // bins_per_cost
    seen = np.bincount(group, joint.bin_moves)
    edges = joint.low * np.exp(joint.step * np.append(np.arange(0, group.size, bins_per_cost),
                                                      group.size))  # fmt: skip
    cost = np.sqrt(edges[0] / edges[:-1])
    for _ in range(5000):
        exposure = _seen.sums_of_costs(joint.mass, group, cost, joint.moves, _PARTS).sum(axis=0)
        used = exposure > 0
        fresh = np.divide(seen, exposure, out=np.zeros_like(cost), where=used)
        fresh /= np.exp(np.average(np.log(fresh[seen > 0]), weights=seen[seen > 0]))
        change = np.abs(fresh - cost)[seen > 0] / fresh[seen > 0]
        cost = fresh
        if change.max() < tolerance:
            table = {"r_low": edges[:-1], "r_high": edges[1:], "moves": seen, "exposure": exposure}
            return pd.DataFrame(table | {"cost": cost})[used].reset_index(drop=True)
    raise RuntimeError(f"costs still change by {change.max():.2g}: raise tolerance")
