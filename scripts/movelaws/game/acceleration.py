"""Fixed points of nonexpansive maps, accelerated after Anderson."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_ROUNDING = 64 * np.finfo(float).eps
ROUNDED = 1e-6
"""Largest residual at which changes within rounding count as convergence."""

Map = Callable[[np.ndarray], tuple[np.ndarray, float]]


@dataclass(frozen=True, eq=False)
class FixedPoint:
    """Where an iteration stopped.

    ``x`` is the last point evaluated, so ``residual``, which is ``history[-1]``, belongs to it.
    """

    x: np.ndarray
    residual: float
    history: np.ndarray
    converged: bool


def fixed_point(
    step: Map,
    x: np.ndarray,
    *,
    tolerance: float,
    max_iterations: int,
    memory: int,
    magnitude: float = 0.0,
) -> FixedPoint:
    """Iterate x -> g(x), with Anderson acceleration where it lowers the residual.

    Parameters
    ----------
    step : x (k,) -> g(x) (k,) and the residual of x; a nonexpansive map, so that plain iteration
        cannot get worse.
    x : (k,) where to start.
    tolerance : residual to stop at; a change of x within its rounding stops as well, where the
        residual is at most ``ROUNDED``.
    max_iterations : evaluations of the map, at most.
    memory : former differences the acceleration combines; 0 is plain iteration.
    magnitude : of the numbers the map computes with, whose rounding reaches x.

    Returns
    -------
    FixedPoint; ``converged`` is False after ``max_iterations``, or where nothing finite is left or
    nothing changes any more with a residual above ``ROUNDED`` and the tolerance.

    Notes
    -----
    scipy.optimize.anderson searches along a line for any root; here the map itself is a safe step,
    so a combination that raises the residual is dropped for it, at no further cost.

    References
    ----------
    Walker and Ni (2011), SIAM Journal on Numerical Analysis 49, 1715.
    """
    g, residual = step(x)
    history = [residual]
    steps: list[np.ndarray] = []
    images: list[np.ndarray] = []

    def reached() -> bool:
        if residual <= tolerance or not residual <= ROUNDED:
            return bool(residual <= tolerance)
        rounding = _ROUNDING * max(magnitude, np.abs(x).max(initial=0.0))
        return bool(np.abs(g - x).max(initial=0.0) <= rounding)

    def moving() -> bool:
        return bool(np.isfinite(g).all() and (g != x).any())

    while not reached() and len(history) < max_iterations and moving():
        proposal = _combined(g, g - x, steps, images)
        g_next, residual_next = step(proposal)
        history.append(residual_next)
        if steps and not residual_next <= residual:
            steps.clear()
            images.clear()
            if len(history) == max_iterations:
                break
            proposal = g
            g_next, residual_next = step(proposal)
            history.append(residual_next)
        if memory:
            images.append(g_next - g)
            steps.append(images[-1] - (proposal - x))
            del steps[:-memory], images[:-memory]
        x, g, residual = proposal, g_next, residual_next
    return FixedPoint(x, float(residual), np.array(history), reached())


def _combined(
    g: np.ndarray, f: np.ndarray, steps: list[np.ndarray], images: list[np.ndarray]
) -> np.ndarray:
    """The plain image, less the combination of former changes that explains f = g(x) - x best."""
    if not steps:
        return g
    weights = np.linalg.lstsq(np.column_stack(steps), f, rcond=1e-12)[0]
    combined = g - np.column_stack(images) @ weights
    return combined if np.isfinite(combined).all() else g
