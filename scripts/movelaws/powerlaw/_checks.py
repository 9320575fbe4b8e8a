"""What every estimator of this package asks of its input."""

import numpy as np


def checked_range(low: float, high: float) -> tuple[float, float]:
    """``low`` and ``high`` as floats with 0 < low < high < infinity."""
    low, high = float(low), float(high)
    if not 0 < low < high < np.inf:
        raise ValueError(f"low = {low}, high = {high}: a bounded range needs 0 < low < high < inf")
    return low, high


def checked_sample(r: np.ndarray, name: str = "r") -> np.ndarray:
    """(n,) finite positive distances."""
    r = np.asarray(r, dtype=float)
    if r.ndim != 1 or r.size == 0:
        raise ValueError(f"{name} has shape {r.shape}: a list of at least one distance is needed")
    bad = ~(np.isfinite(r) & (r > 0))
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"{name}[{at}] = {r[at]}: distances are finite and > 0")
    return r


def checked_amounts(amounts: np.ndarray, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Finite values >= 0 of the shape given, not all 0."""
    amounts = np.asarray(amounts, dtype=float)
    if amounts.shape != shape:
        raise ValueError(f"{name} has shape {amounts.shape}, expected {shape}")
    bad = ~(np.isfinite(amounts) & (amounts >= 0))
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"{name}[{at}] = {amounts[at]}: values are finite and >= 0")
    if not amounts.any():
        raise ValueError(f"all {name} are 0: there is nothing to fit")
    return amounts


def checked_edges(edges: np.ndarray) -> np.ndarray:
    """(n_bins + 1,) increasing positive edges."""
    edges = np.asarray(edges, dtype=float)
    if edges.ndim != 1 or edges.size < 2:
        raise ValueError(f"edges have shape {edges.shape}: at least two are needed")
    bad = ~(np.isfinite(edges) & (edges > 0))
    bad[1:] |= np.diff(edges) <= 0
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"edges[{at}] = {edges[at]}: edges are finite, > 0 and increase")
    return edges


def checked_level(level: float) -> float:
    """A confidence level in (0, 1)."""
    if not 0 < level < 1:
        raise ValueError(f"level = {level}: a confidence level lies between 0 and 1")
    return float(level)
