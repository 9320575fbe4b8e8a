"""Fit by the exact gradient of the whole trajectory and L-BFGS-B.

The objective, with r the deviation from the reference and theta the free parameters on all links:

    J = E + ridge / 2 int |theta|^2 dt + smoothness / 2 int |d theta / dt|^2 dt
      = dt sum_n 1/2 |r(n)|^2 + ridge / 2 dt sum_n |theta(n)|^2
        + smoothness / 2 sum_n |theta(n+1) - theta(n)|^2 / dt

E is that of Eq. 11, the mean over the days where there are several. The penalties are integrals, so
that they mean the same at any number of steps and for all variants: a constant parameter is a
theta(n) that never changes, a homogeneous one counts on each of its links.
"""

import time
from collections.abc import Sequence

import numpy as np
from scipy.optimize import OptimizeResult, minimize
from threadpoolctl import threadpool_limits

from movelaws.lagrangian.adjoint import Adjoint
from movelaws.lagrangian.fit import Fit, rms_of
from movelaws.lagrangian.interpolation import fit_interpolation
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.onestep import one_step
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.variants import Variant, held, variant_of

_PATIENCE = 20
"""Iterations over which progress is judged."""
_WORKSPACE = 1e9
"""Bytes that the corrections of L-BFGS-B may take; fewer are kept on the largest lattices."""


class Objective:
    """J and its gradient by the free numbers of a variant.

    Parameters
    ----------
    references : days fitted together.
    variant : which model.
    ridge, smoothness : >= 0, see the module.
    window : last time point that counts.
    """

    def __init__(
        self,
        references: Sequence[Reference],
        variant: Variant,
        *,
        ridge: float = 0.0,
        smoothness: float = 0.0,
        window: int | None = None,
    ) -> None:
        for name, value in (("ridge", ridge), ("smoothness", smoothness)):
            if not 0 <= value < np.inf:
                raise ValueError(f"{name} = {value}: a finite number >= 0 is needed")
        self.adjoint = Adjoint(references, window)
        self.variant, self.ridge, self.smoothness = variant, ridge, smoothness
        self.shape, self.dt = self.adjoint.shape, self.adjoint.dt
        self.parts = variant.parts(self.shape, self.adjoint.window)
        gamma, lam = self.parameters(np.zeros(self.parts))
        self._slopes = np.empty_like(gamma), np.empty_like(lam)
        self._varies = variant.form == "full" and self.parts[1] > 1
        span = self.dt if variant.form == "full" else self.dt * self.adjoint.window
        self._weight = span * variant.multiplicity(self.shape)

    def parameters(self, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gamma and Lambda of free numbers, of whatever shape."""
        return self.variant.unpack(free.reshape(self.parts), self.shape, self.dt)

    def error(self, free: np.ndarray) -> float:
        """E alone."""
        return self.adjoint.error(*self.parameters(free))

    def value(self, free: np.ndarray) -> float:
        """J alone."""
        return self.error(free) + self._penalty(free.reshape(self.parts), None)

    def gradient(self, free: np.ndarray) -> tuple[float, np.ndarray]:
        """J and its (free.size,) gradient."""
        free = free.reshape(self.parts)
        self.last = self.adjoint.value(*self.parameters(free), *self._slopes)
        slope = self.variant.pull(*self._slopes, self.shape, self.dt)
        return self.last + self._penalty(free, slope), slope.ravel()

    def _penalty(self, free: np.ndarray, slope: np.ndarray | None) -> float:
        total = 0.0
        if self.ridge:
            weighted = self.ridge * self._weight * free
            total += 0.5 * float(np.vdot(weighted, free))
            if slope is not None:
                slope += weighted
        if self.smoothness and self._varies:
            change = np.diff(free, axis=1) * (self.smoothness / self.dt)
            total += 0.5 * self.dt / self.smoothness * float(np.vdot(change, change))
            if slope is not None:
                slope[:, 1:] += change
                slope[:, :-1] -= change
        return total


def minimise(
    objective: Objective,
    start: np.ndarray,
    *,
    bound: float,
    iterations: int,
    tolerance: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """L-BFGS-B of SciPy from a start.

    It runs without bounds, at a fraction of the cost of an iteration, until a number passes its
    bound, and with them from there.

    Returns
    -------
    free : (size,) free numbers found.
    errors, seconds : (iterations done + 1,) E before the first iteration and after each, and the
        wall time since the first.
    """
    free = np.clip(start, -bound, bound).ravel()
    objective.adjoint.guard(*objective.parameters(free))
    history = _History(objective, free, tolerance)
    # The threads of a matrix library cost more than they gain on such vectors, and the order of
    # their sums, so the last digits of the result, depends on their number.
    with threadpool_limits(1, user_api="blas"):
        for limits in (None, [(-bound, bound)] * free.size):
            left = iterations - history.done
            if left < 1:
                break
            history.bound = np.inf if limits else bound
            keep = max(3, min(10, int(_WORKSPACE / (2 * free.nbytes))))
            found = minimize(
                history.scaled,
                free,
                jac=True,
                method="L-BFGS-B",
                bounds=limits,
                callback=history.note,
                options={
                    "maxiter": left,
                    "maxfun": 20 * left + 20,
                    "maxcor": keep,
                    "ftol": 0.0,
                    "gtol": 0.0,
                    "maxls": 40,
                },
            )
            free = found.x
            if np.max(np.abs(free)) <= bound:
                break
            history.forget_last()
            free = np.clip(free, -bound, bound)
    return free, np.array(history.errors), np.array(history.seconds)


class _History:
    """What L-BFGS-B calls: the objective over its start, and the record of each iteration."""

    def __init__(self, objective: Objective, start: np.ndarray, tolerance: float) -> None:
        self.objective, self.tolerance, self.bound = objective, tolerance, np.inf
        value, _ = objective.gradient(start)  # compiles as well, before the clock starts
        self.scale = value or 1.0
        self.errors, self.values, self.seconds = [objective.last], [value], [0.0]
        self.began = time.perf_counter()

    @property
    def done(self) -> int:
        return len(self.values) - 1

    def scaled(self, free: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = self.objective.gradient(free)
        return value / self.scale, slope / self.scale

    def note(self, intermediate_result: OptimizeResult) -> None:
        # The point that an iteration takes is the last one it tried.
        self.errors.append(self.objective.last)
        self.values.append(float(intermediate_result.fun) * self.scale)
        self.seconds.append(time.perf_counter() - self.began)
        if np.max(np.abs(intermediate_result.x)) > self.bound or self._stalls():
            raise StopIteration

    def forget_last(self) -> None:
        """Drop a point beyond the bounds."""
        for record in (self.errors, self.values, self.seconds):
            if len(record) > 1:
                record.pop()

    def _stalls(self) -> bool:
        if self.done < _PATIENCE:
            return False
        before = self.values[-1 - _PATIENCE]
        return before - self.values[-1] <= self.tolerance * before


def _starts(
    references: Sequence[Reference], variant: Variant, objective: Objective, bound: float
) -> dict[str, np.ndarray]:
    """Free numbers to begin from, by name."""
    window = objective.adjoint.window
    zero = np.zeros(objective.parts)
    starts = {"zero": zero}
    if variant.groups == 2:
        # Gamma_aa = 1 / dt stops all motion: nothing moves, whatever v(0).
        still = zero.copy()
        still[(0, 0) if variant.form == "homogeneous" else (0, slice(None), 0)] = 1 / objective.dt
        starts["still"] = still
    if variant.form != "full":
        starts["onestep"] = one_step(references, variant, window)
    elif len(references) == 1:
        found = fit_interpolation(references[0], bound, variant=variant.name)
        free = variant.pack(found.gamma, found.lam, objective.shape, objective.dt)
        starts["interpolation"] = np.ascontiguousarray(free[:, :window])
    return starts


def _best(objective: Objective, starts: dict[str, np.ndarray], bound: float) -> str:
    values = {
        name: objective.value(np.clip(start, -bound, bound)) for name, start in starts.items()
    }
    return min(values, key=lambda name: values[name] if np.isfinite(values[name]) else np.inf)


def fit_exact(
    reference: Reference | Sequence[Reference],
    *,
    variant: str = "full",
    smoothness: float = 0.0,
    ridge: float = 0.0,
    bound: float | None = None,
    iterations: int = 500,
    window: int | None = None,
    tolerance: float = 1e-3,
    start: str = "best",
) -> Fit:
    """Fit of a variant by the exact gradient (see the module for the objective).

    Parameters
    ----------
    reference : a day, or several equal days that share one set of parameters.
    variant : one of ``VARIANTS``.
    smoothness, ridge : penalties, >= 0.
    bound : on the absolute value of each free number; N unless given.
    iterations : at most.
    window : last time point that counts (default: all); later parameters are the last ones held.
    tolerance : the fit ends where J falls by no more than this share in 20 iterations.
    start : "zero" as the printed schedule, "still" (nothing moves, by Gamma_aa = 1 / dt), "onestep"
        (constant variants: least squares of single steps), "interpolation" (full ones, of a single
        day), or "best", the one of least J.

    Returns
    -------
    Fit of method "exact" with the trajectory of the first day over all steps. ``error`` is E up to
    the window, the mean over the days; ``rms`` that of all days over all steps.

    Raises
    ------
    ValueError
        If an argument is out of range, days differ in size, or the start is unknown or explodes.
    """
    references = (reference,) if isinstance(reference, Reference) else tuple(reference)
    kind = variant_of(variant)
    objective = Objective(references, kind, ridge=ridge, smoothness=smoothness, window=window)
    first = references[0]
    bound = float(first.sites) if bound is None else float(bound)
    if not 0 < bound < np.inf:
        raise ValueError(f"bound = {bound}: a finite number > 0 is needed")
    if iterations < 1:
        raise ValueError(f"iterations = {iterations}: at least 1 is needed")
    starts = _starts(references, kind, objective, bound)
    begin = _best(objective, starts, bound) if start == "best" else start
    if begin not in starts:
        raise ValueError(f"start = {start!r} with {variant!r}: one of best, {', '.join(starts)}")
    free, errors, seconds = minimise(
        objective, starts[begin], bound=bound, iterations=iterations, tolerance=tolerance
    )
    gamma, lam = (held(part, first.steps) for part in objective.parameters(free))
    paths = [
        simulate(day.q[0], day.v0, gamma, lam, day.mu, day.shape, day.dt, day.steps)
        for day in references
    ]
    squares = [rms_of(q, day) ** 2 for (q, _), day in zip(paths, references, strict=True)]
    return Fit(
        method="exact",
        gamma=gamma,
        lam=lam,
        q=paths[0][0],
        v=paths[0][1],
        error=errors,
        rms=float(np.sqrt(np.mean(squares))),
        seconds=seconds,
        reference=first,
        settings={
            "variant": variant,
            "smoothness": float(smoothness),
            "ridge": float(ridge),
            "bound": bound,
            "iterations": int(iterations),
            "window": objective.adjoint.window,
            "tolerance": float(tolerance),
            "start": begin,
            "days": len(references),
            "parameters": kind.count(first.shape, objective.adjoint.window),
            "at_bound": int(np.count_nonzero(np.abs(free) >= bound)),
        },
    )
