"""How far the results hang on settings that the paper leaves open or found by trial.

The printed schedule is run again with one setting changed at a time; everything else stays. A
schedule that diverges (see ``tuning.printed_or_none``) is a row without values, that says so. The
paper found its learning rate by trial, so a note says where the best of the rates lies at the edge
of those tried.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from movelaws.lagrangian.fit import Fit, rms_of
from movelaws.lagrangian.observables import inhabited
from movelaws.lagrangian.parameters import PARAMETERS, bound_of, described, values_of
from movelaws.lagrangian.state import Reference, reference
from movelaws.lagrangian.summary import point_values
from movelaws.lagrangian.tuning import DIVERGED, EDGE, best_factor, printed_or_none, times
from movelaws.seeds import stream

BASE = "base"
"""``what`` of the row whose settings are those of all other results."""
FACTORS = ("rate", "iterations")
"""Settings whose values multiply that of the base."""
OPTIONS = ("rate_index", "bound", "smoothing", "last_step")
"""Arguments of ``fit_printed`` that are replaced."""
QUANTITIES = (
    "median_inertia_ratio",
    "share_negative_dissipation",
    "median_dissipation",
    "median_flow",
    "median_time",
    "pearson_psi",
    "pearson_p_psi",
)
COLUMNS = (
    "case",
    "what",
    "value",
    "rms",
    "persistence_rms",
    "median_abs_lambda",
    "median_abs_gamma",
    "share_at_bound",
    *QUANTITIES,
    "moran",
    "moran_p",
    "laplace_beats_normal",
    "touched",
    "note",
    "rms_inhabited",
    "persistence_rms_inhabited",
)
_MAP = "psi_v0"
"""Map of the columns moran and moran_p."""


def changes(
    base: Mapping[str, Any], floor: float, settings: Mapping[str, Iterable[Any]]
) -> list[tuple[str, Any, float, dict[str, Any]]]:
    """Settings of each run: (what, value, floor, arguments of ``fit_printed``), base first.

    Parameters
    ----------
    base : arguments of ``fit_printed``.
    floor : agents.
    settings : "floor" (agents), FACTORS or OPTIONS to their values. Values that change nothing are
        runs too, so that a row stands for each.

    Raises
    ------
    ValueError
        If there is no such setting.
    """
    runs: list[tuple[str, Any, float, dict[str, Any]]] = [(BASE, "", floor, dict(base))]
    for what, values in settings.items():
        for value in values:
            if what == "floor":
                runs.append((what, value, float(value), dict(base)))
            elif what in FACTORS:
                runs.append((what, value, floor, dict(base) | {what: _times(base, what, value)}))
            elif what in OPTIONS:
                runs.append((what, value, floor, dict(base) | {what: value}))
            else:
                known = ", ".join(("floor", *FACTORS, *OPTIONS))
                raise ValueError(f"settings has {what!r}: {known} can be changed")
    return runs


def rows(
    case: str,
    population: np.ndarray,
    base: Mapping[str, Any],
    *,
    floor: float,
    settings: Mapping[str, Iterable[Any]],
    others: Mapping[tuple[str, Any], np.ndarray | str] | None = None,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """One row per run of the printed schedule.

    Parameters
    ----------
    case : name, for the first column.
    population : (T + 1, ny, nx) agents of the base.
    base, floor, settings : as in :func:`changes`.
    others : populations made otherwise, such as ("side", 20) or ("bookkeeping", "conserving"),
        which are fitted with the settings of the base; or a text that says why there are none.
    permutations, seed : of Moran's I.

    Returns
    -------
    DataFrame with COLUMNS. ``value`` is a text; ``persistence_rms`` is that of a population that
    stays, for the same floor, and ``*_inhabited`` are those of the cells that ever hold more than
    the floor; ``touched`` are the cell-times below the floor; ``moran`` is that of the map psi_v0;
    ``laplace_beats_normal`` is True where it does for both Gamma and Lambda; ``note`` says where a
    run diverged or the best of the rates is at the edge of those tried.
    """
    found = []
    for what, value, least, arguments in changes(base, floor, settings):
        try:
            state = reference(population, least)
        except ValueError as error:
            # A floor above everybody is one of the settings tried, not a fault of the data.
            if what != "floor":
                raise
            found.append({"case": case, "what": what, "value": _text(value), "note": str(error)})
            continue
        found.append(_row(case, what, value, state, arguments, permutations, seed))
    for (what, value), given in (others or {}).items():
        if isinstance(given, str):
            print(f"{case}, {what} {value}: {given}")
            found.append({"case": case, "what": what, "value": _text(value), "note": given})
            continue
        state = reference(given, floor)
        found.append(_row(case, what, value, state, base, permutations, seed))
    return _edge_noted(pd.DataFrame(found, columns=list(COLUMNS)))


def persistence_rms(state: Reference, sites: np.ndarray | None = None) -> float:
    """RMS of q over the sites (all, or those of a mask) and n >= 1 where nothing moves."""
    return rms_of(np.broadcast_to(state.q[0], state.q.shape), state, sites)


def fit_values(fit: Fit, *, permutations: int, rng: np.random.Generator) -> dict[str, float]:
    """Everything that a run of the schedule is judged by, as numbers.

    Returns
    -------
    Quantities of ``summary.point_values``, rms, persistence_rms, both again over the inhabited
    sites, share_at_bound (of both parameters together) and laplace_beats_normal (1 or 0).
    """
    here = inhabited(fit.reference)
    values = {
        "rms": fit.rms,
        "persistence_rms": persistence_rms(fit.reference),
        "rms_inhabited": rms_of(fit.q, fit.reference, here),
        "persistence_rms_inhabited": persistence_rms(fit.reference, here),
    }
    tables = [described(values_of(fit, name), bound_of(fit)) for name in PARAMETERS]
    better = [table["laplace_loglik"] > table["normal_loglik"] for table in tables]
    return values | point_values(fit, permutations=permutations, rng=rng) | {
        "share_at_bound": float(np.mean([table["share_at_bound"] for table in tables])),
        "laplace_beats_normal": float(all(better)),
    }  # fmt: skip


def _times(base, what, factor):
    if what == "rate":
        return times(base.get("rate"), factor)
    return max(1, round(factor * base["iterations"]))


def _row(case, what, value, state, arguments, permutations, seed):
    row = {"case": case, "what": what, "value": _text(value), "touched": state.touched,
           "persistence_rms": persistence_rms(state), "note": "",
           "persistence_rms_inhabited": persistence_rms(state, inhabited(state))}  # fmt: skip
    fit = printed_or_none(state, arguments)
    if fit is None:
        return row | {"note": DIVERGED}
    values = fit_values(
        fit, permutations=permutations, rng=stream(seed, "lagrangian", "sensitivity")
    )
    print(f"{case}, {what} {_text(value)}: RMS {fit.rms:.3g}")
    return (
        {name: values[name] for name in values if name in COLUMNS}
        | row
        | {
            "moran": values[f"moran_{_MAP}"],
            "moran_p": values[f"moran_p_{_MAP}"],
            "laplace_beats_normal": bool(values["laplace_beats_normal"]),
        }
    )


def _edge_noted(table):
    """The table with a note where the best of the rates, of which the base has one, is extreme."""
    rates = table.index[table["what"] == "rate"]
    if not len(rates):
        return table
    # The base first: where a rate of factor 1 was asked for, it is the row of it that says so.
    rows = {1.0: table.index[table["what"] == BASE][0]}
    rows |= {float(table.loc[row, "value"]): row for row in rates}
    errors = {factor: table.loc[row, "rms"] for factor, row in rows.items()}
    if not np.isfinite(list(errors.values())).any():
        return table
    best, edge = best_factor(errors)
    if edge:
        table.loc[rows[best], "note"] = f"best of the rates, {EDGE}"
    return table


def _text(value):
    if value is None:
        return "N"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else str(value)
