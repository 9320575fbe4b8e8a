"""From probabilities to flows of people."""

import numpy as np


def allocate(p: np.ndarray, outflow: np.ndarray) -> np.ndarray:
    """Share the people who leave each origin among its destinations.

    Parameters
    ----------
    p : (n, m) >= 0, weights of the destinations of each origin, not normalised.
    outflow : (n,) people who leave each origin, O_i >= 0.

    Returns
    -------
    (n, m) expected flows O_i p_ij / sum_j p_ij, people; a row of zeros stays one, whatever its
    outflow.

    Raises
    ------
    ValueError
        If shapes do not match, or a value is negative or not finite.
    """
    p, outflow = np.asarray(p, dtype=float), np.asarray(outflow, dtype=float)
    if p.ndim != 2 or outflow.shape != p.shape[:1]:
        raise ValueError(
            f"p has shape {p.shape} and outflow {outflow.shape}, expected (n, m) and (n,)"
        )
    total = p.sum(axis=1)
    for name, values, allowed in (
        ("p, its row sum", total, np.isfinite(total)),
        ("p, its least value in the row", low := p.min(axis=1, initial=0.0), low >= 0),
        ("outflow", outflow, np.isfinite(outflow) & (outflow >= 0)),
    ):
        if not allowed.all():
            row = int(np.argmin(allowed))
            raise ValueError(
                f"{name}, is {values[row]} for origin {row}: values are finite and >= 0"
            )
    flows = np.zeros_like(p)
    np.divide(p, total[:, None], out=flows, where=total[:, None] > 0)
    flows *= outflow[:, None]
    return flows


def rounded(flows: np.ndarray) -> np.ndarray:
    """Flows to the nearest whole number of people, halves upwards: floor(x + 1/2), int64.

    Parameters
    ----------
    flows : people, any shape, finite.

    Returns
    -------
    int64 of the same shape.

    Raises
    ------
    ValueError
        If a flow is not finite.
    """
    flows = np.asarray(flows, dtype=float)
    if not np.isfinite(flows).all():
        where = np.argwhere(~np.isfinite(flows))[0]
        raise ValueError(f"flows at {where.tolist()} is {flows[tuple(where)]}: not finite")
    return np.floor(flows + 0.5).astype(np.int64)
