"""The learning rate by trial: its best value "is obtained by error and trial in order to minimize
the error function" (paper Sec. VI), which the paper does once, for one dynamics."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.printed import RATE, fit_printed
from movelaws.lagrangian.state import Reference

DIVERGED = "the schedule diverged"
"""Note of a fit that :func:`ran_away` or left the range of numbers."""
EDGE = "at the edge of what was tried"
NOT_ARGUMENTS = ("long_iterations", "rate_factors")
"""Options of the printed schedule that ``fit_printed`` does not take."""


def schedule_of(printed: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of ``fit_printed`` among the options of the printed schedule."""
    return {name: value for name, value in printed.items() if name not in NOT_ARGUMENTS}


def printed_or_none(state: Reference, arguments: Mapping[str, Any]) -> Fit | None:
    """Printed fit, or None where the schedule diverges; other errors stay.

    It diverges where it leaves the range of numbers, or ends out of that of populations: a run that
    the bound of the parameters keeps finite, at an RMS of 10^30, is no better than one that is not.
    """
    try:
        # Numbers may still be finite where their squares are not.
        with np.errstate(over="ignore", invalid="ignore"):
            fit = fit_printed(state, **arguments)
    except ValueError as error:
        if "range of numbers" not in str(error):
            raise
        print(error)
        return None
    if ran_away(fit):
        print(f"rate = {fit.settings['rate']}: the schedule diverged, to an RMS of {fit.rms:.3g}")
        return None
    return fit


def ran_away(fit: Fit) -> bool:
    """Whether a fit is further from the data than any populations of that many agents could be.

    Between ln(floor) and ln(total) no two values of q are more than ln(total / floor) apart.
    """
    total = float(fit.reference.population.sum(axis=1).max())
    return not fit.rms <= math.log(total / fit.reference.floor)


def times(rate: Iterable[float] | None, factor: float) -> tuple[float, ...]:
    """Learning rate (r0, r1) of which both parts are ``factor`` times larger; None for RATE."""
    return tuple(factor * part for part in (RATE if rate is None else rate))


def best_factor(errors: Mapping[float, float]) -> tuple[float, bool]:
    """Factor of least error, and whether none was tried on one side of it.

    Parameters
    ----------
    errors : by factor; not finite for a run that diverged, which counts as tried.

    Raises
    ------
    ValueError
        If all diverged.
    """
    ended = {factor: error for factor, error in errors.items() if np.isfinite(error)}
    if not ended:
        tried = ", ".join(f"{factor:g}" for factor in errors)
        raise ValueError(f"errors: every run diverged, at the factors {tried}; try smaller ones")
    best = min(ended, key=ended.get)
    return best, best in (min(errors), max(errors))


def tuned(
    reference: Reference,
    schedule: Mapping[str, Any],
    factors: Iterable[float],
    given: Fit | None = None,
) -> tuple[Fit, str] | None:
    """The printed schedule at the rate that leaves the least E, of those tried.

    Parameters
    ----------
    schedule : arguments of ``fit_printed``; its rate is what the factors multiply.
    factors : > 0.
    given : fit of ``schedule`` itself, if there is one: it need not be made again for factor 1.

    Returns
    -------
    The fit, and a note that names its factor, says where that is the smallest or largest tried
    (EDGE), and which factors diverged; None where all did.
    """
    best, errors = None, {}
    for factor in factors:
        arguments = dict(schedule) | {"rate": times(schedule.get("rate"), factor)}
        same = given is not None and factor == 1
        fit = given if same else printed_or_none(reference, arguments)
        fit = None if fit is None or ran_away(fit) else fit
        errors[float(factor)] = np.inf if fit is None else float(fit.error[-1])
        if fit is not None and (best is None or fit.error[-1] < best.error[-1]):
            best = fit
    if best is None:
        return None
    factor, edge = best_factor(errors)
    lost = ", ".join(f"{one:g}" for one, error in errors.items() if not np.isfinite(error))
    notes = [f"rate times {factor:g}", EDGE if edge else "", f"{lost} diverged" if lost else ""]
    return best, "; ".join(note for note in notes if note)
