"""Edges of distance bins."""

import math
from itertools import pairwise

import numpy as np

from movelaws.pairs.points import EARTH_RADIUS_M

LINEAR_STEP_M = 1.0
LINEAR_END_M = 2_000.0
LOG_END_M = 1_500_000.0
LOG_PER_DECADE = 20


def linear_edges(step: float = LINEAR_STEP_M, end: float = LINEAR_END_M) -> np.ndarray:
    """Edges 0, step, 2 step, ... up to and including ``end``, metres.

    Raises
    ------
    ValueError
        If step or end is not positive and finite, or ``end`` is no multiple of ``step``.
    """
    _check_positive(step=step, end=end)
    n = round(end / step)
    if n < 1 or not math.isclose(n * step, end, rel_tol=1e-9):
        raise ValueError(f"end = {end:g} m is no multiple of step = {step:g} m")
    return np.arange(n + 1) * step


def log_edges(low: float, high: float, per_decade: int = LOG_PER_DECADE) -> np.ndarray:
    """Edges with equal ratios from ``low`` to ``high``, metres.

    There are at least ``per_decade`` bins in each factor of ten; both ends are edges.

    Raises
    ------
    ValueError
        If an argument is not positive and finite, or ``high`` does not exceed ``low``.
    """
    _check_positive(low=low, high=high, per_decade=per_decade)
    if high <= low:
        raise ValueError(f"high = {high:g} m must exceed low = {low:g} m")
    n = max(1, math.ceil(per_decade * math.log10(high / low) - 1e-9))
    edges = low * (high / low) ** (np.arange(n + 1) / n)
    edges[-1] = high
    return edges


def default_edges(
    step: float = LINEAR_STEP_M,
    linear_end: float = LINEAR_END_M,
    end: float = LOG_END_M,
    per_decade: int = LOG_PER_DECADE,
) -> np.ndarray:
    """Edges of the house: 1 m to 2 km linear, then equal ratios to 1,500 km."""
    return np.concatenate(
        [linear_edges(step, linear_end), log_edges(linear_end, end, per_decade)[1:]]
    )


def checked_edges(edges: np.ndarray) -> np.ndarray:
    """Edges as float64 metres.

    Parameters
    ----------
    edges : (n_bins + 1,) metres, >= 0 and strictly increasing. A distance r belongs to the bin
        with edges[k] <= r < edges[k + 1].

    Raises
    ------
    ValueError
        If there are fewer than two edges, one is negative or not finite, or they do not increase.
    """
    edges = np.ascontiguousarray(edges, dtype=float)
    if edges.ndim != 1 or edges.size < 2:
        raise ValueError(f"edges have shape {edges.shape}: at least 2 in one row are needed")
    bad = ~(np.isfinite(edges) & (edges >= 0))
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"edges[{at}] = {edges[at]}: edges are finite and >= 0, in metres")
    rising = np.diff(edges) > 0
    if not rising.all():
        at = int(np.argmin(rising))
        raise ValueError(
            f"edges[{at + 1}] = {edges[at + 1]:g} does not exceed edges[{at}] = {edges[at]:g}: "
            "bins must increase"
        )
    return edges


def bin_names(edges: np.ndarray) -> list[str]:
    """Name of each bin, such as "10 m - 20 m" or "1.5 km - 2 km"."""
    edges = checked_edges(edges)
    return [f"{_length(a)} - {_length(b)}" for a, b in pairwise(edges)]


def squared_edges(edges: np.ndarray, great_circle: bool) -> np.ndarray:
    """(n_bins + 1,) squares of the straight lines that belong to distances, m^2.

    On the sphere the straight line is the chord 2 R sin(r / 2R); no distance exceeds pi R.
    """
    if not great_circle:
        return edges * edges
    half_angle = edges / (2 * EARTH_RADIUS_M)
    chord = 2 * EARTH_RADIUS_M * np.sin(np.minimum(half_angle, np.pi / 2))
    # Antipodes are at most pi R apart: an edge beyond that lies above every chord, rounding too.
    beyond = half_angle > np.pi / 2 * (1 + 1e-12)
    return np.where(beyond, edges * edges, chord * chord)


def _length(metres: float) -> str:
    return f"{metres / 1000:.4g} km" if metres >= 1000 else f"{metres:.4g} m"


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} = {value}: must be finite and > 0")
