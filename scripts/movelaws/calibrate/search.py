"""Global search: a coarse scan of the unit box, then refinement from the best points."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.spatial import KDTree

from movelaws.calibrate.newton import minimise_convex, step_in_box
from movelaws.calibrate.objective import Objective

_SAMPLE_PAIRS = 200_000
_LINE_POINTS = {True: 33, False: 97}  # with and without derivatives
_BOX_POINTS = 256
_NEIGHBOURS = 6
_STARTS = 3
_SAMPLED_FACTOR = 8  # the optimum of a sample of the origins may lie some cells off


class Optimum(NamedTuple):
    """Best unit coordinates (k,), their loss, and whether the refinement converged."""

    u: np.ndarray
    loss: float
    converged: bool


def search(objective: Objective) -> Optimum:
    """Least loss in the unit box.

    A convex loss: Newton's method, from the optimum of a sample of the origins. Else, and where
    that does not settle, one parameter: a scan of 33 points, then downhill from the lowest by the
    slope (Newton, safeguarded by bisection); 97 points and Brent's method without derivatives.
    More: 256 Sobol points, then Newton or L-BFGS-B from the local minima among them; Nelder-Mead
    from the best of them without derivatives. Above 200,000 pairs the first steps use a systematic
    sample of the origins, the last ones always all of them.
    """
    coarse = objective.sample(_SAMPLE_PAIRS)
    found = _search_convex(objective, coarse) if objective.convex else None
    if found is None:
        by_line = objective.n_parameters == 1
        found = (_search_line if by_line else _search_box)(objective, coarse)
    if coarse is not objective:
        objective.evaluations += coarse.evaluations
    return found


def _search_convex(objective: Objective, coarse: Objective) -> Optimum | None:
    start = minimise_convex(coarse)
    u = start if coarse is objective else minimise_convex(objective, start)
    return None if u is None else Optimum(u, objective.loss(u), True)


def _search_line(objective: Objective, coarse: Objective) -> Optimum:
    points = np.linspace(0, 1, _LINE_POINTS[objective.smooth])
    scanned = np.array([coarse.loss(u) for u in points])
    starts, radius = points[_lowest_of_line(scanned)][:_STARTS], points[1]
    if starts.size == 0:
        return Optimum(np.array([0.5]), np.inf, False)
    if coarse is not objective:
        ends = _distinct([refine_line(coarse, at, radius).u for at in starts])
        starts = min(ends, key=objective.loss) if len(ends) > 1 else ends[0]
        return refine_line(objective, starts[0], radius * _SAMPLED_FACTOR)
    # a scan without derivatives is fine enough to tell the best of its minima
    starts = starts if objective.smooth else starts[:1]
    return min((refine_line(objective, at, radius) for at in starts), key=lambda found: found.loss)


def _lowest_of_line(scanned: np.ndarray) -> np.ndarray:
    """Local minima of the scan, best first; one for every stretch of equal losses."""
    before = np.concatenate([[np.inf], scanned[:-1]])
    after = np.concatenate([scanned[1:], [np.inf]])
    lowest = np.flatnonzero((scanned < before) & (scanned <= after))
    return lowest[np.argsort(scanned[lowest], kind="stable")]


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
    """Local minimum in [0, 1] downhill of ``at``, by the slope alone; None if not found.

    Newton's method. A step goes no further than ``radius``, which doubles each time; one that
    leaves the bracket of slopes of opposite sign is replaced by a bisection.
    """
    low, high = -np.inf, np.inf
    for _ in range(100):
        slope, bend = (float(value.ravel()[0]) for value in derivatives(at))
        if not np.isfinite(slope):
            return None
        if slope == 0 or (slope > 0 and at == 0) or (slope < 0 and at == 1):
            return at
        low, high = (at, high) if slope < 0 else (low, at)
        step = -slope / bend if bend > 0 else np.inf
        if abs(step) <= 1e-9:
            # quadratic convergence: the error left is of the order of the square of this step
            return min(max(at + step, 0.0), 1.0)
        if abs(step) > radius:
            step, radius = -np.sign(slope) * radius, 2 * radius
        after = min(max(at + step, 0.0), 1.0)
        if not low < after < high:
            after = (low + high) / 2
        if abs(after - at) <= 1e-14:
            return None
        at = after
    return None


def _search_box(objective: Objective, coarse: Objective) -> Optimum:
    from scipy.stats import qmc  # slow to load, and most laws have one parameter

    sobol = qmc.Sobol(objective.n_parameters, scramble=False)
    points = sobol.random(_BOX_POINTS) + 0.5 / _BOX_POINTS
    scanned = np.array([coarse.loss(u) for u in points])
    starts = points[_lowest_of_box(points, scanned, objective.smooth)][:_STARTS]
    if starts.size == 0:
        return Optimum(np.full(objective.n_parameters, 0.5), np.inf, False)
    if coarse is objective:
        return min((refine_box(objective, at) for at in starts), key=lambda found: found.loss)
    ends = _distinct([refine_box(coarse, at).u for at in starts])
    return refine_box(objective, min(ends, key=objective.loss) if len(ends) > 1 else ends[0])


def _distinct(points: list[np.ndarray]) -> list[np.ndarray]:
    kept = []
    for point in points:
        if all(np.abs(point - other).max() > 1e-6 for other in kept):
            kept.append(point)
    return kept


def _lowest_of_box(points: np.ndarray, scanned: np.ndarray, smooth: bool) -> np.ndarray:
    """Where to refine, best first: points below their neighbours, all if the loss has kinks."""
    usable = np.isfinite(scanned)
    if smooth:
        near = KDTree(points).query(points, _NEIGHBOURS + 1)[1][:, 1:]
        usable &= scanned <= scanned[near].min(axis=1)
    lowest = np.flatnonzero(usable)
    return lowest[np.argsort(scanned[lowest], kind="stable")]


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
    if objective.convex:
        best = minimise_convex(objective, start, weights)
        if best is not None:
            return Optimum(best, objective.loss(best, weights), True)
    box = [(0.0, 1.0)] * objective.n_parameters
    before = objective.loss(start, weights)
    scale = abs(before) or 1.0
    if not objective.smooth:
        return _refine_rough(objective, start, weights, box, scale, near)

    u, settled = _newton(objective, start, weights)
    if settled:
        loss = objective.loss(u, weights)
        if loss <= before + 1e-12 * scale:
            return Optimum(u, loss, True)

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
    """Newton steps in the box while the gradient falls; whether they settled."""
    gradient, hessian = objective.derivatives(u, weights)
    for _ in range(50):
        step = step_in_box(u, gradient, hessian)
        if step is None:
            return u, False
        after = np.clip(u + step, 0.0, 1.0)
        if np.abs(step).max() < 1e-10:
            # quadratic convergence: the error left is of the order of the square of this step
            return after, True
        next_gradient, next_hessian = objective.derivatives(after, weights)
        if _pull(after, next_gradient) > _pull(u, gradient):
            return u, bool(np.abs(step).max() < 1e-8)
        u, gradient, hessian = after, next_gradient, next_hessian
    return u, False


def _pull(u: np.ndarray, gradient: np.ndarray) -> float:
    """Largest component of the gradient that does not push out of the box."""
    held = ((u == 0) & (gradient > 0)) | ((u == 1) & (gradient < 0))
    return float(np.abs(np.where(held, 0.0, gradient)).max())


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
