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

from movelaws.lagrangian.adjoint import Adjoint
from movelaws.lagrangian.fit import Fit, rms_of
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


class _Stop(StopIteration):
    pass


def minimise(
    objective: Objective,
    start: np.ndarray,
    *,
    bound: float,
    iterations: int,
    tolerance: float,
    corrections: int = 10,
) -> tuple[np.ndarray, list[float], list[float]]:
    """L-BFGS-B of SciPy from a start.

    Returns
    -------
    free : the free numbers found.
    errors, seconds : E before the first iteration and after each, and the wall time of each.
    """
    start = np.clip(start, -bound, bound).ravel()
    objective.adjoint.guard(*objective.parameters(start))
    scale, _ = objective.gradient(start)
    scale = scale or 1.0
    errors, values, seconds = [objective.last], [scale], [0.0]
    began = time.perf_counter()

    def scaled(free: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = objective.gradient(free)
        return value / scale, slope / scale

    def note(intermediate_result: OptimizeResult) -> None:
        # The last point that was tried is the one taken.
        errors.append(objective.last)
        values.append(float(intermediate_result.fun) * scale)
        seconds.append(time.perf_counter() - began)
        if len(values) > _PATIENCE and values[-1 - _PATIENCE] - values[-1] <= tolerance * values[
            -1 - _PATIENCE
        ]:
            raise StopIteration

    keep = max(3, min(corrections, int(_WORKSPACE / (2 * 8 * start.size))))
    found = minimize(
        scaled,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-bound, bound)] * start.size,
        callback=note,
        options={
            "maxiter": iterations,
            "maxfun": 20 * iterations + 20,
            "maxcor": keep,
            "ftol": 0.0,
            "gtol": 0.0,
            "maxls": 40,
        },
    )
    objective.message=found.message
    return found.x, errors, seconds
