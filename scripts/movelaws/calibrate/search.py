"""Global search: a coarse scan of the unit box, then refinement from the best points."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import qmc

from movelaws.calibrate.objective import Objective

_SCAN_PAIRS = 200_000
_LINE_POINTS = 97
_BOX_POINTS = 256
_STARTS = 3
_SAMPLED_FACTOR = 8  # the optimum of a sample of the origins may lie some cells off


class Optimum(NamedTuple):
    """Best unit coordinates (k,), their loss, and whether the refinement converged."""

    u: np.ndarray
    loss: float
    converged: bool


def search(objective: Objective) -> Optimum:
    """Least loss in the unit box.

    One parameter: a scan of 97 points, then the derivative's root next to the best (Newton,
    safeguarded by bisection) or, where there is none, Brent's method. More: 256
    Sobol points, then L-BFGS-B and Newton, or Nelder-Mead, from the best. Above 200,000 pairs the
    scan uses a systematic sample of the origins, the refinement always all of them.
    """
    coarse = objective.sample(_SCAN_PAIRS)
    if objective.n_parameters == 1:
        found = _search_line(objective, coarse)
    else:
        found = _search_box(objective, coarse)
    if coarse is not objective:
        objective.evaluations += coarse.evaluations
    return found


def _search_line(objective: Objective, coarse: Objective) -> Optimum:
    points = np.linspace(0, 1, _LINE_POINTS)
    scanned = np.array([coarse.loss(u) for u in points])
    padded = np.concatenate([[np.inf], scanned, [np.inf]])
    lowest = (scanned <= padded[:-2]) & (scanned <= padded[2:]) & np.isfinite(scanned)
    candidates = np.flatnonzero(lowest)
    if candidates.size == 0:
        return Optimum(np.array([0.5]), np.inf, False)
    candidates = candidates[np.argsort(scanned[candidates], kind="stable")][:_STARTS]
    starts, radius = points[candidates], points[1]
    if coarse is not objective:
        starts = np.array([refine_line(coarse, at, radius).u[0] for at in starts])
        if starts.size > 1:
            starts = starts[np.argsort([objective.loss(at) for at in starts], kind="stable")]
        radius *= _SAMPLED_FACTOR
    return refine_line(objective, starts[0], radius)


def refine_line(
    objective: Objective, at: float, radius: float, weights: np.ndarray | None = None
) -> Optimum:
    """Refine a one-parameter optimum known to lie about ``radius`` from ``at``."""
    if objective.smooth:
        root = _stationary(lambda u: objective.derivatives(u, weights), at, radius)
        if root is not None:
            loss = objective.loss(root, weights)
            start = objective.loss(at, weights)
            if loss <= start + 1e-12 * abs(start):
                return Optimum(np.array([root]), loss, True)
    for _ in range(100):
        low, high = max(0.0, at - radius), min(1.0, at + radius)
        found = minimize_scalar(
            lambda u: objective.loss(u, weights),
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-11 * max(1.0, abs(at)) + 1e-12, "maxiter": 200},
        )
        at = float(found.x)
        left = low > 0 and at - low < 1e-3 * radius
        right = high < 1 and high - at < 1e-3 * radius
        if not (left or right):
            break
    best = min(((float(found.fun), at), *((objective.loss(e, weights), e) for e in _ends(at))))
    return Optimum(np.array([best[1]]), best[0], bool(found.success and not (left or right)))


def _ends(at: float) -> list[float]:
    """The bound of the box next to ``at``: a bounded search never quite reaches it."""
    return [end for end in (0.0, 1.0) if abs(at - end) < 1e-3]


def _stationary(
    derivatives: Callable[[float], tuple[np.ndarray, np.ndarray]], at: float, radius: float
) -> float | None:
    """Root of the derivative within ``radius`` of ``at``, rising through 0; None if not found.

    Newton's method; a step that leaves the bracket, or goes uphill, is replaced by a bisection.
    """
    ends = low, high = max(0.0, at - radius), min(1.0, at + radius)
    for _ in range(100):
        slope, bend = (float(value.ravel()[0]) for value in derivatives(at))
        if not np.isfinite(slope):
            return None
        if slope < 0:
            low = at
        elif slope > 0:
            high = at
        newton = at - slope / bend if bend > 0 else np.nan
        if abs(newton - at) <= 1e-9:
            # quadratic convergence: the error left is of the order of the square of this step
            return newton if ends[0] + 1e-9 < newton < ends[1] - 1e-9 else None
        after = newton if low <= newton <= high else (low + high) / 2
        if high - low <= 1e-14:
            return None
        at = after
    return None


def _search_box(objective: Objective, coarse: Objective) -> Optimum:
    sobol = qmc.Sobol(objective.n_parameters, scramble=False)
    points = sobol.random(_BOX_POINTS) + 0.5 / _BOX_POINTS
    scanned = np.array([coarse.loss(u) for u in points])
    starts = np.argsort(scanned, kind="stable")[:_STARTS]
    starts = starts[np.isfinite(scanned[starts])]
    if starts.size == 0:
        return Optimum(np.full(objective.n_parameters, 0.5), np.inf, False)
    found = [refine_box(objective, points[k]) for k in starts]
    return min(found, key=lambda optimum: optimum.loss)


def refine_box(
    objective: Objective,
    start: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    near: bool = False,
) -> Optimum:
    """Refine an optimum of several parameters from ``start``.

    ``near``: the optimum is close and a precision of 1e-5 of the box will do.
    """
    box = [(0.0, 1.0)] * objective.n_parameters
    scale = abs(objective.loss(start, weights)) or 1.0
    if not objective.smooth:
        return _refine_rough(objective, start, weights, box, scale, near)

    def value_and_gradient(u):
        return (
            objective.loss(u, weights) / scale,
            objective.derivatives(u, weights)[0] / scale,
        )

    options = {"ftol": 1e-14, "gtol": 1e-10, "maxiter": 500}
    found = minimize(
        value_and_gradient, start, jac=True, bounds=box, method="L-BFGS-B", options=options
    )
    u, settled = _newton(objective, found.x, weights)
    return Optimum(u, objective.loss(u, weights), bool(found.success or settled))


def _newton(
    objective: Objective, u: np.ndarray, weights: np.ndarray | None
) -> tuple[np.ndarray, bool]:
    """Newton steps while the gradient falls; whether they settled inside the box."""
    gradient, hessian = objective.derivatives(u, weights)
    for _ in range(50):
        if not np.isfinite(hessian).all() or np.linalg.eigvalsh(hessian)[0] <= 0:
            return u, False
        step = np.linalg.solve(hessian, gradient)
        after = u - step
        if (after <= 0).any() or (after >= 1).any():
            return u, False
        next_gradient, next_hessian = objective.derivatives(after, weights)
        if np.abs(step).max() < 1e-12:
            return after, True
        if np.abs(next_gradient).max() > np.abs(gradient).max():
            return u, bool(np.abs(step).max() < 1e-8)
        u, gradient, hessian = after, next_gradient, next_hessian
    return u, False


def _refine_rough(objective, start, weights, box, scale, near) -> Optimum:
    """Nelder-Mead, started again from where it stopped until that gains nothing more."""
    best = np.asarray(start, dtype=float)
    size, rounds, tolerance = (0.005, 1, (1e-5, 1e-7)) if near else (0.05, 6, (1e-8, 1e-13))
    loss, settled = np.inf, False
    for _ in range(rounds):
        inwards = np.where(best < 0.5, size, -size)
        options = {
            "xatol": tolerance[0],
            "fatol": tolerance[1],
            "maxfev": 400 * best.size,
            "initial_simplex": np.vstack([best, best + np.diag(inwards)]),
        }
        found = minimize(
            lambda u: objective.loss(u, weights) / scale,
            best,
            bounds=box,
            method="Nelder-Mead",
            options=options,
        )
        settled = bool(found.success and loss - found.fun < 1e-10)
        best, loss, size = found.x, min(loss, found.fun), 0.01
        if settled:
            break
    return Optimum(best, loss * scale, settled)
