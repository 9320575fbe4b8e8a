"""The inference schedule of the paper, exactly as printed (Sec. V, Eqs 12 to 24).

One iteration is a sweep n = 0, ..., T - 1 and a regularisation. At n the sweep takes v(n + 1) and
q(n + 1) by Eqs 12 and 13 from the parameters that stand at n, then changes these parameters by
Eqs 15 to 18; the trajectory of the sweep is not taken again with the changed ones. After the sweep
the parameters are smoothed along n (Eqs 19 to 22) and limited (Eqs 23 and 24).

Readings, where the text leaves a choice:

- Smoothing is simultaneous, all new values from the old ones ("we replace the parameters with
  local mean values"); the arrows of Eqs 19 to 22 taken in order of n, in place, are an option.
- n = T - 1 has no n + 1. It is taken like n = 0, the mean of the two; options: keep the value,
  or to count Gamma(T) = Lambda(T) = 0, which an array with one entry too many would give.
- eta_n = 0.001 + 0.0015 n "can slowly increase with n as magnitude of the gradients approaches to
  zero": n counts iterations from 0, since gradients approach zero with iterations. The letter n
  is that of time steps everywhere else, so this literal reading is an option.
- Eqs 15 and 16 have dt where the derivative of e_{n+1} has dt^2; as printed.
"""

from collections.abc import Callable
from time import perf_counter

import numba
import numpy as np

from movelaws.lagrangian import _sweep
from movelaws.lagrangian.fit import Fit, fitted
from movelaws.lagrangian.state import Reference

RATE = (0.001, 0.0015)
RATE_INDICES = ("iteration", "step")
# Weights of theta(n), theta(n - 1), theta(n + 1) in the new theta(n): inside, and at the ends.
_NONE = (1.0, 0.0, 0.0)
_INSIDE = (0.5, 0.25, 0.25)
_FIRST = (0.5, 0.0, 0.5)
_LAST = {"mean": (0.5, 0.5, 0.0), "keep": _NONE, "zero": (0.5, 0.25, 0.0)}
SMOOTHINGS = ("simultaneous", "in_place", "none")
LAST_STEPS = tuple(_LAST)
# Sites from which threads are worth their start, and iterations between two looks at the clock.
_MANY_SITES = 10_000
_BLOCK = 50


def fit_printed(
    reference: Reference,
    *,
    iterations: int = 2000,
    rate: tuple[float, float] = RATE,
    rate_index: str = "iteration",
    bound: float | None = None,
    smoothing: bool | str = True,
    last_step: str = "mean",
    progress: Callable[[int], None] | None = None,
) -> Fit:
    """Parameters by the local gradient descent of the paper, from Gamma = Lambda = 0.

    Parameters
    ----------
    iterations : t_GD >= 0.
    rate : (r0, r1), eta = r0 + r1 n.
    rate_index : what n is there: "iteration" or "step".
    bound : Gamma_max = Lambda_max > 0; None for N, the number of sites, as in the paper.
    smoothing : True or "simultaneous", "in_place", False or "none".
    last_step : smoothing at n = T - 1: "mean", "keep" or "zero" (see the module).
    progress : called with the number of iterations done since its last call.

    Returns
    -------
    Fit with method "printed"; ``error[k]`` is E of the trajectory after k iterations, and
    ``seconds`` that of the wall clock, linear in between looks at it.

    Raises
    ------
    ValueError
        If an option is not one of those named, or the schedule leaves the range of numbers.

    References
    ----------
    Benam and Ramezanpour (2025), Optimal transport by a Lagrangian dynamics of population
    distribution, Sec. V.
    """
    smoothing = _smoothing(smoothing)
    _check(iterations, rate, rate_index, bound, last_step)
    limit = float(reference.sites if bound is None else bound)
    weights = _weights(reference.steps, smoothing, last_step)
    work = _sweep.Work.of(reference)
    error, seconds = np.empty(iterations), np.zeros(iterations + 1)
    threads = reference.sites >= _MANY_SITES and numba.get_num_threads() > 1
    start = perf_counter()
    for first in range(0, iterations, _BLOCK):
        stop = min(first + _BLOCK, iterations)
        rates = _rates(rate, rate_index, first, stop, reference.steps)
        error[first:stop] = work.run(rates, weights, smoothing == "in_place", limit, threads)
        seconds[first + 1 : stop + 1] = np.linspace(
            seconds[first], perf_counter() - start, stop - first + 1
        )[1:]
        if not np.isfinite(error[first:stop]).all():
            raise ValueError(
                f"rate = {tuple(rate)}, bound = {limit:g}: the schedule left the range of numbers "
                f"by iteration {stop}; use a smaller rate or bound"
            )
        if progress:
            progress(stop - first)
    return fitted(
        "printed",
        reference,
        *work.parameters(),
        error,
        seconds,
        settings={
            "iterations": iterations,
            "rate": [float(value) for value in rate],
            "rate_index": rate_index,
            "bound": limit,
            "smoothing": smoothing,
            "last_step": last_step,
        },
    )


def _smoothing(smoothing: bool | str) -> str:
    if isinstance(smoothing, bool):
        return "simultaneous" if smoothing else "none"
    if smoothing not in SMOOTHINGS:
        raise ValueError(f"smoothing = {smoothing!r}: True, False or one of {SMOOTHINGS} is needed")
    return smoothing


def _check(
    iterations: int,
    rate: tuple[float, float],
    rate_index: str,
    bound: float | None,
    last_step: str,
) -> None:
    if iterations < 0:
        raise ValueError(f"iterations = {iterations}: at least 0 is needed")
    if len(rate) != 2 or not np.isfinite(rate).all() or min(rate) < 0:
        raise ValueError(f"rate = {rate}: two finite numbers >= 0 are needed")
    if rate_index not in RATE_INDICES:
        raise ValueError(f"rate_index = {rate_index!r}: one of {RATE_INDICES} is needed")
    if bound is not None and not 0 < bound < np.inf:
        raise ValueError(f"bound = {bound}: a finite number > 0, or None for N, is needed")
    if last_step not in LAST_STEPS:
        raise ValueError(f"last_step = {last_step!r}: one of {LAST_STEPS} is needed")


def _weights(steps: int, smoothing: str, last_step: str) -> np.ndarray:
    """(T, 3) weights of theta(n), theta(n - 1), theta(n + 1) in the smoothed theta(n)."""
    if smoothing == "none":
        return np.tile(_NONE, (steps, 1))
    weights = np.tile(_INSIDE, (steps, 1))
    weights[-1] = _LAST[last_step]
    weights[0] = _FIRST
    return weights


def _rates(
    rate: tuple[float, float], rate_index: str, first: int, stop: int, steps: int
) -> np.ndarray:
    """(stop - first, T) learning rates of these iterations and their steps."""
    index = np.arange(first, stop)[:, None] if rate_index == "iteration" else np.arange(steps)
    return np.ascontiguousarray(
        np.broadcast_to(rate[0] + rate[1] * index, (stop - first, steps)), dtype=float
    )
