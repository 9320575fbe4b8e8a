"""Does the model predict? Held-out days and hours by variant, beside simple rules.

Simple rules: ``persistence`` keeps the last known slot, ``previous_day`` takes the values of an
earlier day, ``previous_change`` its changes from the last known slot on.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from movelaws.lagrangian.blocks import Blocks, blocks
from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.methods import total_variation
from movelaws.lagrangian.prediction_tasks import LEAST, Task
from movelaws.lagrangian.variants import VARIANTS, forecast

PERSISTENCE, PREVIOUS, CHANGE = "persistence", "previous_day", "previous_change"
RULES = (PERSISTENCE, PREVIOUS, CHANGE)
FARTHEST = 20.0
"""A forecast that runs away from the last known q is stopped here: a factor of half a billion."""
INNER = 0.6
"""Share of the fitted part on which penalties are fitted; the rest of that part chooses."""

CURVES = ("case", "task", "fit_day", "test_day", "variant", "n", "t", "rms", "tv")
SUMMARY = (
    "case", "task", "fit_day", "test_day", "first", "variant", "penalty", "parameters", "fit_rms",
    "rms", "tv", "skill", "low", "high",
)  # fmt: skip


def predictions(
    tasks: Iterable[Task],
    case: str,
    *,
    variants: Sequence[str],
    ridges: Sequence[float],
    exact: Mapping[str, Any],
    block: int,
    replicates: int,
    level: float,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecasts of every task by every variant and rule.

    Parameters
    ----------
    tasks : of one case.
    variants : names of ``movelaws.lagrangian.variants.VARIANTS``.
    ridges : penalties to choose from, on the fitted part alone.
    exact : further arguments of ``fit_exact``.
    block, replicates, level, seed : of the intervals of the skill, by blocks of sites.

    Returns
    -------
    curves : DataFrame with CURVES, errors by time point after the last known one.
    summary : DataFrame with SUMMARY; skill = 1 - rms / rms of persistence, with its interval.
    """
    curves, rows = [], []
    for task in tasks:
        drawn = blocks(task.fitted.shape, block, replicates=replicates, level=level, seed=seed)
        later = slice(task.first + 1, None)
        still = rule(task, PERSISTENCE)
        for name, path, about in _all_forecasts(task, variants, ridges, exact):
            key = {
                "case": case,
                "task": task.task,
                "fit_day": task.fit_day,
                "test_day": task.test_day,
                "variant": name,
            }
            off = path[later] - task.truth[later]
            apart = total_variation(path[later], np.exp(task.truth[later]))
            rms = np.sqrt(np.mean(off**2, axis=1))
            n = np.arange(task.first + 1, len(task.truth))
            curves.append(
                pd.DataFrame({"n": n, "t": n * task.fitted.dt, "rms": rms, "tv": apart}).assign(
                    **key
                )
            )
            skill = _skill(off, still[later] - task.truth[later], drawn)
            rows.append(
                key
                | {"first": task.first, **about, "rms": float(np.sqrt(np.mean(off**2)))}
                | {"tv": float(apart.mean()), **skill}
            )
    if not rows:
        return pd.DataFrame(columns=list(CURVES)), pd.DataFrame(columns=list(SUMMARY))
    return pd.concat(curves, ignore_index=True)[list(CURVES)], pd.DataFrame(rows)[list(SUMMARY)]


def rule(task: Task, name: str) -> np.ndarray | None:
    """(T + 1, N) forecast of a simple rule, the truth up to ``first``; None without earlier day."""
    known = task.truth[task.first]
    if name == PERSISTENCE:
        path = np.broadcast_to(known, task.truth.shape).copy()
    elif task.previous is None:
        return None
    elif name == PREVIOUS:
        path = task.previous.copy()
    elif name == CHANGE:
        path = known + task.previous - task.previous[task.first]
    else:
        raise ValueError(f"rule = {name!r}: one of {', '.join(RULES)}")
    path[: task.first + 1] = task.truth[: task.first + 1]
    return path


def predicted(task: Task, fit: Fit) -> np.ndarray:
    """(T + 1, N) forecast of a fitted variant, the truth up to ``first``."""
    q0, v0 = task.state
    data = task.fitted
    steps = len(task.truth) - 1 - task.first
    q, _ = forecast(fit, q0, v0, data.mu, data.shape, data.dt, steps, first=task.first)
    far = np.nan_to_num(q - q0, nan=FARTHEST, posinf=FARTHEST, neginf=-FARTHEST)
    later = q0 + np.clip(far, -FARTHEST, FARTHEST)
    return np.concatenate([task.truth[: task.first], later])


def chosen_ridge(
    task: Task, variant: str, ridges: Sequence[float], exact: Mapping[str, Any]
) -> float:
    """The penalty that predicts the last part of what may be fitted best, seen from its first."""
    inner = round(INNER * task.window)
    if len(ridges) == 1 or not LEAST <= inner <= task.window - 1:
        return float(ridges[-1])
    data = task.fitted
    now, before = data.q[inner], data.q[inner - 1]
    errors = []
    for ridge in ridges:
        fit = fit_exact(data, variant=variant, ridge=ridge, window=inner, **exact)
        q, _ = forecast(
            fit, now, (now - before) / data.dt, data.mu, data.shape, data.dt,
            task.window - inner, first=inner,
        )  # fmt: skip
        off = np.nan_to_num(q - data.q[inner : task.window + 1], nan=FARTHEST, posinf=FARTHEST)
        errors.append(float(np.mean(np.clip(off, -FARTHEST, FARTHEST) ** 2)))
    return float(ridges[int(np.argmin(errors))])


def _all_forecasts(task, variants, ridges, exact):
    for name in RULES:
        path = rule(task, name)
        if path is not None:
            yield name, path, {"penalty": np.nan, "parameters": 0, "fit_rms": np.nan}
    for name in variants:
        ridge = chosen_ridge(task, name, ridges, exact)
        fit = fit_exact(task.fitted, variant=name, ridge=ridge, window=task.window, **exact)
        off = fit.q[1 : task.window + 1] - task.fitted.q[1 : task.window + 1]
        about = {
            "penalty": ridge,
            "parameters": VARIANTS[name].count(task.fitted.shape, task.window),
            "fit_rms": float(np.sqrt(np.mean(off**2))),
        }
        yield name, predicted(task, fit), about


def _skill(off: np.ndarray, still: np.ndarray, drawn: Blocks) -> dict[str, float]:
    """1 - rms / rms of persistence; its interval from blocks of sites."""
    size = drawn.draws.shape[1]
    sums = [
        np.bincount(drawn.label, weights=(each**2).sum(axis=0), minlength=size)
        for each in (off, still)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        each = 1 - np.sqrt((drawn.draws @ sums[0]) / (drawn.draws @ sums[1]))
        value = 1 - np.sqrt(sums[0].sum() / sums[1].sum())
    low, high = drawn.interval(each)
    return {"skill": float(value), "low": low, "high": high}

