"""Intrinsic costs of distance as tables that compiled code reads.

ln pi is linear in ln r between the nodes of a table: a power law is a table of two nodes, exactly,
and the largest cost on any range of distances is that at a node or at an end of the range, exactly.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Cost = float | Callable[[np.ndarray], np.ndarray]

_NODES_PER_DECADE = 512
SLACK = 1e-9
"""Distances this near to an end of a range, as a share, count as the end itself (rounding)."""

# ln of a cost that counts as 0: exp of it is the smallest number there is.
_LOG_ZERO = -745.0


class LawTable(NamedTuple):
    """ln pi at equally spaced ln r, the largest being 0.

    start, step : ln of the first node (metres) and the spacing. values : (n_nodes,) ln pi.
    low, high : ln of the ends; pi is 0 outside low <= ln r < high.
    """

    start: float
    step: float
    values: np.ndarray
    low: float
    high: float


def checked_range(low: float, high: float) -> tuple[float, float]:
    """Range of distances, 0 < low < high < infinity, metres.

    Raises
    ------
    ValueError
        If it is none. No power law with an exponent > 0 reaches 0 m.
    """
    low, high = float(low), float(high)
    if not 0 < low < high < math.inf:
        raise ValueError(f"low = {low}, high = {high}: distances need 0 < low < high < inf, metres")
    return low, high


def law_table(cost: Cost, low: float, high: float) -> LawTable:
    """Table of an intrinsic cost on [low, high), metres.

    Parameters
    ----------
    cost : the exponent a of pi ~ r^-a, or a function of (n,) distances in metres that gives (n,)
        values >= 0 of any scale. A function is read at 512 nodes per decade: between two nodes it
        is taken as a power law, an error of about 3e-6 times its curvature in ln-ln scale.
    low, high : range; other moves do not occur.

    Raises
    ------
    ValueError
        If the exponent is not finite, or the function gives values of another shape, negative, not
        finite or all 0.
    """
    low, high = checked_range(low, high)
    start, end = math.log(low), math.log(high)
    if callable(cost):
        n = max(2, math.ceil(_NODES_PER_DECADE * (end - start) / math.log(10)) + 1)
        nodes = np.linspace(start, end, n)
        values = _logs(cost, np.exp(nodes))
    else:
        if not math.isfinite(cost):
            raise ValueError(f"cost = {cost}: an exponent is finite")
        nodes = np.array([start, end])
        values = -float(cost) * nodes
    step = nodes[1] - nodes[0]
    return LawTable(start, float(step), values - values.max(), start - SLACK, end - SLACK)


def _logs(cost, r):
    values = np.asarray(cost(r), dtype=float)
    if values.shape != r.shape:
        raise ValueError(f"cost gives shape {values.shape} for distances of shape {r.shape}")
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"cost({r[at]:g} m) = {values[at]}: costs are finite and >= 0")
    if not values.any():
        raise ValueError(f"cost is 0 at all distances from {r[0]:g} to {r[-1]:g} m")
    return np.log(values, out=np.full(r.size, _LOG_ZERO), where=values > 0)
