"""Two straight segments through the ratio f / p in log-log axes, by unweighted least squares.

This is how the two towns published in full were fitted: it gives back their parameters (to eight
and to four digits; the second stopped at a kink just short of the minimum). Every bin counts the
same, however few moves it holds, and bins without moves are lost; ``piecewise`` has the likelihood.
"""

import dataclasses

import numpy as np
from scipy.optimize import minimize_scalar

from movelaws.powerlaw._checks import checked_sample

# The residual sum has a kink at every point: between two points it is smooth.
_FEWEST = 2


@dataclasses.dataclass(frozen=True)
class Segments:
    """log10 y = height - (inside or outside) * log10(x / radius).

    Attributes
    ----------
    inside, outside : exponents (positive where the ratio falls).
    radius : where the segments meet, in the unit of x; height : log10 of the ratio there.
    residual : sum of squared residuals of log10 y.
    radii, residuals : the points tried as radius and the residual sum at each.
    """

    inside: float
    outside: float
    radius: float
    height: float
    residual: float
    radii: np.ndarray
    residuals: np.ndarray


def fit_segments(x: np.ndarray, y: np.ndarray, radii: np.ndarray | None = None) -> Segments:
    """Continuous two-segment line through (log10 x, log10 y).

    Parameters
    ----------
    x, y : (n,) distances and ratios, finite; points with y = 0 are left out.
    radii : radii to choose from; if None, all points that leave two on each side and, refined,
        every value between them.

    Returns
    -------
    Segments

    Raises
    ------
    ValueError
        If shapes differ, a value is not allowed, or no radius leaves two points on each side.
    """
    x, y = checked_sample(x, "x"), np.asarray(y, dtype=float)
    if y.shape != x.shape or not np.isfinite(y).all() or (y < 0).any():
        raise ValueError(f"y has shape {y.shape} for {x.size} x: finite ratios >= 0 are needed")
    order = np.argsort(x[y > 0], kind="stable")
    u, v = np.log10(x[y > 0])[order], np.log10(y[y > 0])[order]
    candidates = u if radii is None else np.log10(checked_sample(radii, "radii"))
    below = np.searchsorted(u, candidates)
    usable = candidates[(below >= _FEWEST) & (u.size - below >= _FEWEST)]
    if usable.size == 0:
        raise ValueError(f"{u.size} points with y > 0: no radius leaves two on each side")
    residuals = np.array([_line(u, v, at)[1] for at in usable])
    best = usable[np.argmin(residuals)]
    if radii is None:
        near = np.argsort(residuals)[:5]
        tried = [best] + [_between(u, v, usable, k + s) for k in near for s in (-1, 0)]
        best = min(tried, key=lambda at: _line(u, v, at)[1])
    (height, inside, outside), residual = _line(u, v, best)
    return Segments(-inside, -outside, float(10**best), height, residual, 10**usable, residuals)


def _line(u, v, at):
    """(height, slope before, slope after) and the residual sum with the break at ``at``."""
    design = np.column_stack([np.ones(u.size), np.minimum(u - at, 0), np.maximum(u - at, 0)])
    solution = np.linalg.lstsq(design, v, rcond=None)[0]
    return tuple(float(s) for s in solution), float(np.sum((v - design @ solution) ** 2))


def _between(u, v, usable, k):
    """Best break between usable points k and k + 1."""
    k = min(max(k, 0), usable.size - 1)
    ends = usable[k], usable[min(k + 1, usable.size - 1)]
    if ends[0] == ends[1]:
        return ends[0]
    return minimize_scalar(
        lambda at: _line(u, v, at)[1], bounds=ends, method="bounded", options={"xatol": 1e-12}
    ).x
