"""L-BFGS-B of SciPy on the objective, at the cost of a search without bounds where it can be.

With 10^5 numbers an iteration with bounds costs four times one without, and hardly a parameter ever
meets its bound. So a large problem is searched without: where a number passes its bound it is set
there for good, and the search begins again with the others; after ``_ROUNDS`` such rounds, and for
small problems from the start, the bounds are SciPy's. The guard of ``Adjoint`` keeps J finite
wherever a line search looks.
"""

import time

import numpy as np
from scipy.optimize import Bounds, OptimizeResult, minimize
from threadpoolctl import threadpool_limits

from movelaws.lagrangian.objective import Objective

_LARGE = 5000
"""Numbers from which on bounds are costly."""
_ROUNDS = 20
_PATIENCE = 20
"""Iterations over which progress is judged."""
_WORKSPACE = 1e9
"""Bytes that the corrections of L-BFGS-B may take; fewer are kept on the largest lattices."""


def minimise(
    objective: Objective,
    start: np.ndarray,
    *,
    bound: float,
    iterations: int,
    tolerance: float,
    began: float | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower J from a start.

    Parameters
    ----------
    objective : J of a variant.
    start : free numbers; those beyond the bound begin at it.
    bound : on the absolute value of each.
    iterations : at most.
    tolerance : the search ends where J falls by no more than this share in 20 iterations.
    began : ``time.perf_counter()`` from which the seconds count (default: the first gradient).

    Returns
    -------
    free : (size,) free numbers found.
    errors, seconds : (iterations done + 1,) E before the first iteration and after each, and the
        wall time of each.

    Raises
    ------
    ValueError
        If the start explodes.
    """
    free = np.clip(start, -bound, bound).ravel()
    objective.adjoint.guard(*objective.parameters(free))
    history = _History(objective, free, tolerance, began)
    # The threads of a matrix library cost more than they gain on such vectors, and the order of
    # their sums, so the last digits of the result, depends on their number.
    with threadpool_limits(1, user_api="blas"):
        for number in range(_ROUNDS + 1):
            bounded = number == _ROUNDS or free.size < _LARGE
            history.begin(free, np.inf if bounded else bound)
            free = np.clip(_round(history, free, bound, bounded, iterations), -bound, bound)
            if not history.passed or history.done >= iterations:
                break
    if history.passed:
        history.errors[-1] = objective.error(free)
    return free, np.array(history.errors), np.array(history.seconds)


def _round(
    history: "_History", free: np.ndarray, bound: float, bounded: bool, iterations: int
) -> np.ndarray:
    left, units = iterations - history.done, history.objective.units
    found = minimize(
        history.scaled,
        free / units,
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(-bound / units, bound / units) if bounded else None,
        callback=history.note,
        options={
            "maxiter": left,
            "maxfun": 20 * left + 20,
            "maxcor": max(3, min(10, int(_WORKSPACE / (2 * free.nbytes)))),
            "ftol": 0.0,
            "gtol": 0.0,
            "maxls": 40,
        },
    )
    return found.x * units


class _History:
    """What L-BFGS-B calls: the objective over its start, and the record of each iteration."""

    def __init__(
        self, objective: Objective, start: np.ndarray, tolerance: float, began: float | None
    ) -> None:
        self.objective, self.tolerance = objective, tolerance
        value, _ = objective.gradient(start)  # compiles as well, before the clock starts
        self.scale = value or 1.0
        self.moves: np.ndarray | float = 1.0
        self.began = time.perf_counter() if began is None else began
        self.errors, self.values = [objective.last], [value]
        self.seconds = [time.perf_counter() - self.began]

    @property
    def done(self) -> int:
        return len(self.values) - 1

    def begin(self, free: np.ndarray, bound: float) -> None:
        """A round from here, in which numbers at the bound stay (none if it is infinite)."""
        self.bound, self.passed = bound, False
        self.moves = self.moves * (np.abs(free) < bound) if bound < np.inf else 1.0

    def scaled(self, free: np.ndarray) -> tuple[float, np.ndarray]:
        units = self.objective.units
        value, slope = self.objective.gradient(free * units)
        return value / self.scale, slope * self.moves * (units / self.scale)

    def note(self, intermediate_result: OptimizeResult) -> None:
        # The point that an iteration takes is the last one it tried.
        self.errors.append(self.objective.last)
        self.values.append(float(intermediate_result.fun) * self.scale)
        self.seconds.append(time.perf_counter() - self.began)
        largest = np.max(np.abs(intermediate_result.x * self.objective.units))
        # Changing units and back moves the last digit of a number at its bound.
        self.passed = bool(largest > self.bound * (1 + 1e-12))
        if self.passed or self._stalls():
            raise StopIteration

    def _stalls(self) -> bool:
        if self.done < _PATIENCE:
            return False
        before = self.values[-1 - _PATIENCE]
        return before - self.values[-1] <= self.tolerance * before
