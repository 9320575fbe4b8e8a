"""Does a model's derivative match its weights, and do the flows determine its parameters?"""

import numpy as np

from movelaws.allocation import Prepared, sums
from movelaws.calibrate.objective import Objective

_SAMPLE_PAIRS = 20_000
_WHERE = (0.45, 0.25, 0.65)  # unit coordinates: the first at which an origin can be allocated
_STEP = 1e-4
_TOLERANCE = 1e-3  # of the greatest derivative: far above rounding, far below a wrong formula
_NOISE = 1e-14
_FLAT = 1e-12


def check_derivatives(objective: Objective) -> None:
    """Compare gradient and Hessian on a sample of the origins with differences of the sums.

    Raises
    ------
    ValueError
        If they disagree: the model would end anywhere and call that converged.
    """
    sample = objective.sample(_SAMPLE_PAIRS).fresh()
    prepared, likelihood = sample.prepared, sample.name == "poisson"
    for at in _WHERE:
        u = np.full(sample.n_parameters, at)
        value = _values(prepared, sample.theta(u), likelihood)
        if np.isfinite(value).any():
            break
    else:
        return  # nothing can be allocated: the search says why
    gradient, hessian = sample.scores(u)
    for a in range(u.size):
        step = np.zeros(u.size)
        step[a] = _STEP
        higher, lower = (_values(prepared, sample.theta(u + d), likelihood) for d in (step, -step))
        upper, under = (sample.scores(u + side)[0] for side in (step, -step))
        usable = np.isfinite(value + higher + lower)
        noise = _NOISE * np.abs(value[usable]).max(initial=0.0) / _STEP
        _compare(prepared, "first", gradient[usable, a], (higher - lower)[usable], noise)
        noise = _NOISE * np.abs(gradient[usable]).max(initial=0.0) / _STEP + noise * _TOLERANCE
        _compare(prepared, "second", hessian[usable, a], (upper - under)[usable], noise)


def _values(prepared: Prepared, theta: np.ndarray, likelihood: bool) -> np.ndarray:
    """Loss of every origin, up to a constant; nan where it cannot be allocated."""
    totals, status = prepared.sums(theta)
    value = -totals[:, 2] if likelihood else totals[:, 0] / 2
    return np.where((status == sums.OK) & np.isfinite(value), value, np.nan)


def _compare(
    prepared: Prepared, which: str, stated: np.ndarray, difference: np.ndarray, noise: float
) -> None:
    measured = difference / (2 * _STEP)
    greatest = np.fmax(np.abs(measured).max(initial=0.0), np.abs(stated).max(initial=0.0))
    if not (np.abs(stated - measured) <= _TOLERANCE * greatest + noise).all():
        raise ValueError(
            f"derivatives of model {prepared.model.name} disagree with its weights ({which} ones): "
            "correct its branch of fill_derivatives in allocation/rows.py, its attraction, or what "
            "it says of being linear; a written deterrence must be smooth within and just beyond "
            "the bounds of its parameters"
        )


def undetermined(
    objective: Objective, gradient: np.ndarray, hessian: np.ndarray, on_bound: np.ndarray
) -> np.ndarray:
    """Parameters (k,) on which the flows say nothing, at an optimum.

    The loss does not bend along them (or by nan) and, on a bound, is not pulled against it
    either: the exponent of masses that are all alike, or an optimum on a plateau.

    Parameters
    ----------
    gradient, hessian : (n_origins, k) and (n_origins, k, k), of ``Objective.scores``.
    on_bound : (k,) booleans.
    """
    outflow = objective.prepared.outflow
    least = _FLAT * (outflow.sum() if objective.name == "poisson" else (outflow**2).sum())
    bent = np.abs(np.diag(hessian.sum(axis=0))) > least
    pulled = on_bound & (np.abs(gradient.sum(axis=0)) > least)
    return ~(bent | pulled)
