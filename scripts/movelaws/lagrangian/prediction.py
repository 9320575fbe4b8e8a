"""Does the model predict? Held-out days and hours by variant, beside simple rules.

Tasks are those of ``movelaws.lagrangian.prediction_tasks``, rules those of ``prediction_rules``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from movelaws.lagrangian.blocks import Blocks, blocks
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.prediction_noise import counting_score
from movelaws.lagrangian.prediction_penalty import Learner, by_construction, tried
from movelaws.lagrangian.prediction_rules import ORACLES, RULES, rule_path
from movelaws.lagrangian.prediction_scores import Forecaster, Score, forecaster, score
from movelaws.lagrangian.prediction_tasks import AHEAD, Task, Trial
from movelaws.lagrangian.variants import VARIANTS

LEADS = (1.0, 2.0, 4.0, 8.0)
"""Hours ahead in the summary of task ``ahead``."""

CURVES = ("case", "task", "fit_day", "test_day", "variant", "n", "t", "hours", "rms", "tv")
SUMMARY = (
    "case", "task", "fit_day", "test_day", "first", "hours", "variant", "penalty", "parameters",
    "fit_rms", "validation", "rms", "tv", "skill", "low", "high", "tv_skill", "counting",
    "at_edge", "by_construction", "oracle", "common",
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
    leads_hours: Sequence[float] = LEADS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecasts of every task by every variant and rule.

    Parameters
    ----------
    tasks : of one case.
    variants : names of ``movelaws.lagrangian.variants.VARIANTS``.
    ridges : penalties to choose from, around "nothing moves" and without a unit (see
        ``movelaws.lagrangian.objective``).
    exact : further arguments of ``fit_exact``.
    block, replicates, level, seed : of the intervals of the skill, by blocks of sites.
    leads_hours : of the rows of task ``ahead`` in the summary: the nearest steps to them.

    Returns
    -------
    curves : DataFrame with CURVES: errors by time point n after the last known one, with ``hours``
        from that one; of task ``ahead`` n is the lead in steps.
    summary : DataFrame with SUMMARY, one row per task and variant or rule, and lead (``hours``, nan
        but for task ``ahead``). ``skill`` is 1 - rms / rms of persistence with its interval,
        ``tv_skill`` the same of the distance of densities; ``counting`` the share of the squared
        error of persistence that counting alone would give (see ``prediction_noise``), the same for
        all variants of a task; ``validation`` is the RMS of the forecasts that chose the penalty,
        by which a best variant may be chosen, and of the rules in the same; ``at_edge``: the
        penalty is an end of those tried, where it matters; ``by_construction``: the variant can not
        differ from persistence; ``oracle``: it knows what no forecast can; ``common``: an earlier
        day is known and so are all rules that need one, so that the task may be averaged with
        others.
    """
    tasks = list(tasks)
    curves: dict[int, list[pd.DataFrame]] = {i: [] for i in range(len(tasks))}
    rows: dict[int, list[dict]] = {i: [] for i in range(len(tasks))}
    rivals: dict[int, Score] = {}
    noise = [counting_score(one.population, one.fitted.floor, one.origins) for one in tasks]
    for name, number, made, about in _all_forecasts(tasks, variants, ridges, exact):
        task = tasks[number]
        found = score(made, task.truth, task.population, task.origins)
        rival = rivals.setdefault(number, found)  # persistence, the first of RULES
        key = _key(task, case) | {"variant": name}
        curves[number].append(_curve(task, found).assign(**key))
        drawn = blocks(task.fitted.shape, block, replicates=replicates, level=level, seed=seed)
        for lead in _leads(task, leads_hours):
            rows[number].append(key | about | _row(task, found, rival, noise[number], lead, drawn))
    if not tasks:
        return pd.DataFrame(columns=list(CURVES)), pd.DataFrame(columns=list(SUMMARY))
    everywhere = pd.concat([part for parts in curves.values() for part in parts])
    table = pd.DataFrame([row for part in rows.values() for row in part])
    return everywhere[list(CURVES)].reset_index(drop=True), table[list(SUMMARY)]


def rule(task: Task, name: str) -> np.ndarray | None:
    """(T + 1, N) forecast of a simple rule, the truth up to ``first``; None without earlier day."""
    steps = task.end - task.first
    path = rule_path(name, task.truth, task.previous, task.average, task.first, steps, task.hour)
    return None if path is None else np.concatenate([task.truth[: task.first + 1], path])


def predicted(task: Task, fit: Fit) -> np.ndarray:
    """(T + 1, N) forecast of a fitted variant, the truth up to ``first``."""
    path = forecaster(fit, task.truth)(task.first, task.end - task.first)
    return np.concatenate([task.truth[: task.first + 1], path])


def _all_forecasts(
    tasks: Sequence[Task], variants: Sequence[str], ridges: Sequence[float], exact: Mapping
) -> Iterator[tuple[str, int, Forecaster, dict[str, Any]]]:
    """Name, number of the task, forecaster and what is known of it; variant by variant.

    Tasks that learn from the same day share its fits, which are let go with the variant.
    """
    none = {"penalty": np.nan, "parameters": 0, "fit_rms": np.nan, "validation": np.nan}
    none |= {"at_edge": False, "by_construction": False, "oracle": False}
    for name in RULES:
        for number, task in enumerate(tasks):
            made = _rule(name, task, task.hour)
            if made is not None:
                about = {"oracle": name in ORACLES, "validation": _tried_rule(name, task)}
                yield name, number, made, none | about
    for name in variants:
        learner = Learner(name, ridges, exact)
        for number, task in enumerate(tasks):
            choice = learner.choose(task)
            off = choice.fit.q[1 : task.window + 1] - task.fitted.q[1 : task.window + 1]
            about = {
                "penalty": choice.penalty,
                "parameters": VARIANTS[name].count(task.fitted.shape, task.window),
                "fit_rms": float(np.sqrt(np.mean(off**2))),
                "validation": choice.validation,
                "at_edge": choice.at_edge,
                "by_construction": by_construction(task, name),
            }
            yield name, number, forecaster(choice.fit, task.truth), none | about


def _rule(name: str, known: Task | Trial, hour: float) -> Forecaster | None:
    made = partial(rule_path, name, known.truth, known.previous, known.average, hour=hour)
    return None if made(0, 1) is None else made


def _tried_rule(name: str, task: Task) -> float:
    """RMS of a rule where the penalties are chosen; oracles are out of the choice."""
    trial = task.trial
    if trial is None or name in ORACLES:
        return np.nan
    made = _rule(name, trial, task.hour)
    return np.nan if made is None else tried(trial, made).rms


def _key(task: Task, case: str) -> dict[str, Any]:
    return {
        "case": case,
        "task": task.task,
        "fit_day": task.fit_day,
        "test_day": task.test_day,
        "first": task.first,
        "common": task.previous is not None,
    }


def _curve(task: Task, found: Score) -> pd.DataFrame:
    rms, tv = found.by_lead()
    lead = np.arange(1, len(rms) + 1)
    n = lead if task.task == AHEAD else task.first + lead
    return pd.DataFrame(
        {"n": n, "t": n * task.fitted.dt, "hours": lead * task.hour, "rms": rms, "tv": tv}
    )


def _leads(task: Task, leads_hours: Sequence[float]) -> list[int | None]:
    """Steps ahead that have a row of their own; None for all together."""
    if task.task != AHEAD:
        return [None]
    steps = (max(1, round(hours / task.hour)) for hours in leads_hours)
    return [lead for lead in dict.fromkeys(steps) if lead <= task.end - task.first]


def _row(
    task: Task, found: Score, rival: Score, noise: Score, lead: int | None, drawn: Blocks
) -> dict[str, float]:
    hours = np.nan
    if lead is not None:
        found, rival, noise = (each.at(lead) for each in (found, rival, noise))
        hours = lead * task.hour
    skill, low, high = found.against(rival, drawn)
    with np.errstate(divide="ignore", invalid="ignore"):
        tv_skill = float(1 - np.divide(found.tv, rival.tv))
        counting = float(np.divide(noise.rms, rival.rms) ** 2)
    return {
        "hours": hours, "rms": found.rms, "tv": found.tv, "skill": skill, "low": low, "high": high,
        "tv_skill": tv_skill, "counting": counting,
    }  # fmt: skip
