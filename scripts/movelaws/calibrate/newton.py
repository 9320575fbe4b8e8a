"""Newton's method in the unit box, for losses that are convex there."""

from itertools import product

import numpy as np

from movelaws.calibrate.objective import Objective

_STEPS = 50
_HALVINGS = 30
_SETTLED = 1e-12
_FLAT = 1e-10


def minimise_convex(
    objective: Objective, start: np.ndarray | None = None, weights: np.ndarray | None = None
) -> np.ndarray | None:
    """Unit coordinates of the least loss of a convex objective, from any start.

    The log likelihood of a log-linear model is concave in the parameters (it is linear minus a
    log-sum-exp), so a point that meets the first-order conditions in the box is the global
    optimum. Every step minimises the quadratic model in the box and is cut until the slope at its
    end, along it, is no more than half of that at its start.

    Parameters
    ----------
    objective : with ``convex`` true.
    start : unit coordinates (k,); without, parameters start at 1, rates per km at 1 over the mean
        trip distance, which is how a sample of the origins is fitted first.
    weights : (n_origins,), how often each origin counts.

    Returns
    -------
    (k,) unit coordinates, exactly 0 or 1 on a bound; None if the method does not settle, as where
    the data leave a direction flat.
    """
    linear = objective.linear()
    theta = _start(objective) if start is None else objective.theta(start)
    x = np.clip(linear.unit(theta), 0.0, 1.0)
    found = _minimise(linear, x, weights)
    objective.evaluations += linear.evaluations
    if found is None:
        return None
    edge = (found == 0) | (found == 1)
    # the ends of both scales are the same bounds: no rounding may move a solution off them
    return np.where(edge, found, np.clip(objective.unit(linear.theta(found)), 0.0, 1.0))


def _start(objective: Objective) -> np.ndarray:
    prepared = objective.prepared
    by_km = np.array([p.unit == "1/km" for p in prepared.model.parameters])
    if not by_km.any():
        return np.ones(by_km.size)
    travelled = prepared.flow @ prepared.pairs.distance_km
    return np.where(by_km, prepared.flow.sum() / max(travelled, np.finfo(float).tiny), 1.0)


def _minimise(linear: Objective, x: np.ndarray, weights: np.ndarray | None) -> np.ndarray | None:
    outflow = linear.prepared.outflow[linear.prepared.origins]
    trips = outflow.sum() if weights is None else outflow @ weights
    gradient, hessian = linear.derivatives(x, weights)
    for _ in range(_STEPS):
        step = step_in_box(x, gradient, hessian)
        if step is None:
            return None
        fall = -gradient @ step
        if fall <= _SETTLED * trips:
            # quadratic convergence: what is left is of the order of the square of this step
            return np.clip(x + step, 0.0, 1.0)
        for _ in range(_HALVINGS):
            after = np.clip(x + step, 0.0, 1.0)
            gradient, hessian = linear.derivatives(after, weights)
            if gradient @ step <= fall / 2:
                break
            step, fall = step / 2, fall / 2
        else:
            return None
        x = after
    return None


def step_in_box(x: np.ndarray, gradient: np.ndarray, hessian: np.ndarray) -> np.ndarray | None:
    """Step to the least point of g's + s'Hs / 2 with x + s in the box; None if H is singular.

    Coordinates are free or on either bound: all 3^k combinations are tried, k being small.
    """
    if not _definite(hessian):
        return None
    best, least = None, np.inf
    for sides in product((None, 0.0, 1.0), repeat=x.size):
        free = np.array([side is None for side in sides])
        step = np.array([0.0 if side is None else side for side in sides]) - x
        step[free] = 0.0
        if free.any():
            pull = gradient[free] + hessian[np.ix_(free, ~free)] @ step[~free]
            step[free] = -np.linalg.solve(hessian[np.ix_(free, free)], pull)
        after = x + step
        value = gradient @ step + step @ hessian @ step / 2
        if value < least and (after >= 0).all() and (after <= 1).all():
            best, least = step, value
    return best


def _definite(hessian: np.ndarray) -> bool:
    """Whether the Hessian, scaled to a unit diagonal, is safely positive definite."""
    scale = np.sqrt(np.diag(hessian).clip(min=0))
    if not np.isfinite(hessian).all() or not (scale > 0).all():
        return False
    return bool(np.linalg.eigvalsh(hessian / np.outer(scale, scale))[0] > _FLAT)
