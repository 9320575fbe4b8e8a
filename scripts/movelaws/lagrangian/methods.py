"""The fits of one case side by side: how near each comes, in what time, with how many parameters.

- persistence: nothing moves, q(n) = q(0).
- printed: the schedule of the paper; printed_long: the same with more iterations; printed_tuned:
  the same at the best of several learning rates, which the paper too found by trial.
- interpolation: the parameters of least norm that follow the data, step by step.
- exact: gradient of the whole trajectory and L-BFGS-B; exact_best: from the best of its starts.

A search that has converged went no lower any more; another start may still lead lower.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.fit import Fit, error_of, rms_of
from movelaws.lagrangian.interpolation import fit_interpolation
from movelaws.lagrangian.observables import inhabited
from movelaws.lagrangian.printed import fit_printed
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.tuning import DIVERGED, ran_away, schedule_of, tuned
from movelaws.lagrangian.variants import variant_of

PERSISTENCE, PRINTED, PRINTED_LONG = "persistence", "printed", "printed_long"
PRINTED_TUNED, INTERPOLATION = "printed_tuned", "interpolation"
EXACT, EXACT_BEST = "exact", "exact_best"
COLUMNS = (
    "case",
    "method",
    "error",
    "rms",
    "tv",
    "seconds",
    "iterations",
    "parameters",
    "rms_inhabited",
    "converged",
    "note",
)
HISTORY = ("case", "method", "iteration", "seconds", "error", "rms")
# Points of a history in a table: all of the first iterations, then about as many in each decade.
_FIRST, _LATER = 100, 300


@dataclass(frozen=True)
class Fits:
    """The fits of one reference, by method, and what is to be said of some, by :func:`fit_all`.

    A printed schedule that ran away is there too, with a note, unless it left the range of numbers.
    """

    by_method: Mapping[str, Fit]
    notes: Mapping[str, str] = field(default_factory=dict)

    def table(self, case: str) -> pd.DataFrame:
        """Table with ``COLUMNS``, a row for each method, that without movement first.

        ``rms_inhabited`` is the RMS over the cells that ever hold more than the floor;
        ``converged`` is True where a search by the exact gradient ended by its tolerance, False
        where it had used up its iterations, nan for all other methods; ``seconds`` are those of
        the run itself, without the other rates or starts tried.
        """
        reference = next(iter(self.by_method.values())).reference
        rows = [still(reference), *(_row(method, fit) for method, fit in self.by_method.items())]
        table = pd.DataFrame(rows).assign(case=case)
        table["note"] = [self.notes.get(method, "") for method in table["method"]]
        return table[list(COLUMNS)]

    def histories(self, case: str) -> pd.DataFrame:
        """Table with ``HISTORY`` of all iterative methods."""
        tables = [
            history(method, fit)
            for method, fit in self.by_method.items()
            if method != INTERPOLATION
        ]
        return pd.concat(tables, ignore_index=True).assign(case=case)[list(HISTORY)]


def fit_all(reference: Reference, printed: Mapping[str, Any], exact: Mapping[str, Any]) -> Fits:
    """Fit one reference by every method; compilation is over before a clock starts.

    Parameters
    ----------
    reference : data.
    printed : options of ``fit_printed``; ``long_iterations`` of a further, longer run (0 for none);
        ``rate_factors`` on the learning rate, of which the run of least E is kept (none if empty).
    exact : options of ``fit_exact``.

    Raises
    ------
    ValueError
        For an option that a method refuses.
    """
    schedule = schedule_of(printed)
    longer = int(printed.get("long_iterations", 0))
    bound = schedule.get("bound")
    exact = {"bound": bound} | dict(exact)
    _compile(reference, schedule, exact)
    fits, notes = {PRINTED: fit_printed(reference, **schedule)}, {}
    if longer:
        fits[PRINTED_LONG] = fit_printed(reference, **schedule | {"iterations": longer})
    notes |= {name: DIVERGED for name, fit in fits.items() if ran_away(fit)}
    found = tuned(reference, schedule, printed.get("rate_factors") or (), fits[PRINTED])
    if found:
        fits[PRINTED_TUNED], notes[PRINTED_TUNED] = found
    fits[INTERPOLATION] = fit_interpolation(reference, bound)
    fits[EXACT], fits[EXACT_BEST] = _searches(reference, exact)
    notes |= {
        name: f"from the start {fits[name].settings['start']}" for name in (EXACT, EXACT_BEST)
    }
    return Fits(fits, notes)


def still(reference: Reference) -> dict[str, Any]:
    """Row of the population that stays where it was at n = 0."""
    q = np.broadcast_to(reference.q[0], reference.q.shape)
    ends = {"seconds": 0.0, "iterations": 0, "parameters": 0, "converged": np.nan}
    return {"method": PERSISTENCE, **_deviations(q, reference), **ends}


def total_variation(q: np.ndarray, population: np.ndarray) -> np.ndarray:
    """(n,) share of the people that would have to be elsewhere.

    Parameters
    ----------
    q : (n, N) log populations of the model, whose densities are e^q / sum e^q.
    population : (n, N) agents of the data, without any floor.
    """
    weight = np.exp(q - q.max(axis=1, keepdims=True))
    density = weight / weight.sum(axis=1, keepdims=True)
    return 0.5 * np.abs(density - population / population.sum(axis=1, keepdims=True)).sum(axis=1)


def history(method: str, fit: Fit) -> pd.DataFrame:
    """Error and RMS of q by iteration and wall time, thinned to some hundred iterations."""
    reference, last = fit.reference, fit.error.size - 1
    kept = _kept(last)
    error = fit.error[kept]
    seconds = np.full(kept.size, np.nan) if fit.seconds is None else fit.seconds[kept]
    # All sites start on the data, so that E has no part from n = 0.
    values = 2 * error / (reference.dt * reference.steps * reference.sites)
    return pd.DataFrame(
        {
            "method": method,
            "iteration": kept,
            "seconds": seconds,
            "error": error,
            "rms": np.sqrt(values),
        }
    )


def _searches(reference: Reference, exact: Mapping[str, Any]) -> tuple[Fit, Fit]:
    """The fit by the exact gradient as asked for, and that from the best start."""
    best = fit_exact(reference, **dict(exact) | {"start": "best"})
    start = exact.get("start", "best")
    # A full variant is searched from one start: where it is the one asked for, so is the fit.
    full = variant_of(best.settings["variant"]).form == "full"
    if start == "best" or (full and start == best.settings["start"]):
        return best, best
    return fit_exact(reference, **exact), best


def _row(method: str, fit: Fit) -> dict[str, Any]:
    reference = fit.reference
    found = {"method": method, **_deviations(fit.q, reference)}
    found["seconds"] = np.nan if fit.seconds is None else float(fit.seconds[-1])
    found["iterations"] = fit.error.size - 1
    count = variant_of(fit.settings.get("variant", "full")).count(reference.shape, reference.steps)
    return found | {"parameters": count, "converged": _converged(fit)}


def _converged(fit: Fit) -> bool | float:
    """Whether a search ended before its iterations did, which only its tolerance brings about."""
    if fit.method != EXACT or variant_of(fit.settings["variant"]).form != "full":
        return np.nan
    return fit.error.size - 1 < fit.settings["iterations"]


def _deviations(q: np.ndarray, reference: Reference) -> dict[str, float]:
    apart = total_variation(q[1:], reference.population[1:])
    return {
        "error": error_of(q, reference),
        "rms": rms_of(q, reference),
        "tv": float(apart.mean()),
        "rms_inhabited": rms_of(q, reference, inhabited(reference)),
    }


def _kept(last: int) -> np.ndarray:
    """Iterations 0, 1, ... up to the last, ever fewer of them."""
    if last <= _FIRST:
        return np.arange(last + 1)
    later = np.geomspace(_FIRST, last, _LATER).round().astype(int)
    return np.unique(np.concatenate([np.arange(_FIRST), later]))


def _compile(reference: Reference, schedule: Mapping[str, Any], exact: Mapping[str, Any]) -> None:
    # On the data itself: which kernels are used depends on the size of the lattice.
    fit_printed(reference, **dict(schedule) | {"iterations": 1})
    fit_interpolation(reference, schedule.get("bound"))
    fit_exact(reference, **dict(exact) | {"iterations": 1})
