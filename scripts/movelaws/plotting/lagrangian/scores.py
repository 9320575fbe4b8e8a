"""Scores of predictions made comparable: means over the same pairs of days for all."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from movelaws.plotting import panels
from movelaws.plotting.lagrangian.looks import ORACLES, RULES, VARIANTS

COLUMNS = ["case", "task", "variant", "parameters", "fit_rms", "rms", "skill", "low", "high"]
TASKS = ("ahead", "day", "hours")
PAIR = ("fit_day", "test_day")
PERSISTENCE = "persistence"


def scores(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """One row per case, task, lead and variant, without those that are persistence by construction.

    Numbers are means over the pairs of days that all of a group share; ``lowest`` and ``highest``
    are the skills of the worst and the best pair, and ``lead`` is in hours, 0 where a task has one
    lead only.

    Parameters
    ----------
    table : COLUMNS, and where known fit_day, test_day, hours, oracle and by_construction.
    labels : of the cases; others drop out.

    Raises
    ------
    ValueError
        If a column is missing or no case has a row.
    """
    panels.require_columns(table, COLUMNS, "prediction")
    known = [*VARIANTS, *RULES, PERSISTENCE]
    kept = table["case"].isin(list(labels)) & table["task"].isin(TASKS)
    table = table[kept & table["variant"].isin(known)].copy()
    if table.empty:
        raise ValueError(f"prediction: no row of {', '.join(TASKS)} for {', '.join(labels)}")
    table["lead"] = _leads(table)
    table["oracle"] = flags(table, "oracle") | table["variant"].isin(ORACLES)
    table = table[~flags(table, "by_construction") | (table["variant"] == PERSISTENCE)]
    keys = ["case", "task", "lead"]
    groups = shared(table, keys).groupby([*keys, "variant"], sort=False)
    found = groups[["parameters", "fit_rms", "rms", "skill", "low", "high"]].mean()
    found["lowest"], found["highest"] = groups["skill"].min(), groups["skill"].max()
    found["oracle"], found["pairs"] = groups["oracle"].any(), groups.size()
    return found.reset_index()


def shared(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Rows of each group from the pairs of days that all its variants and rules have in common.

    A variant or rule that lacks more than half of the pairs drops out, rather than those pairs.
    """
    pair = [name for name in PAIR if name in table]
    if not pair or table.empty:
        return table
    parts = []
    for _, part in table.groupby(list(keys), sort=False):
        there = part.groupby(["variant", *pair]).size().unstack(pair) > 0
        most = there[there.mean(axis=1) >= 0.5]
        there = most if most.all().any() else there[there.all(axis=1)]
        common = there.columns[there.all()]
        own = pd.MultiIndex.from_frame(part[pair]) if len(pair) > 1 else pd.Index(part[pair[0]])
        parts.append(part[part["variant"].isin(there.index) & own.isin(common)])
    return pd.concat(parts, ignore_index=True)


def flags(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of yes and no as read from a file, all no where it is missing."""
    if name not in table:
        return pd.Series(False, index=table.index)
    return table[name].astype(str).str.lower().isin(("true", "1", "1.0"))


def best(part: pd.DataFrame, names: Sequence[str] = VARIANTS) -> pd.Series | None:
    """Row of the largest finite skill among ``names`` that know no end; None if there is none."""
    chosen = part[part["variant"].isin(list(names)) & ~part["oracle"]]
    chosen = chosen[np.isfinite(chosen["skill"])]
    return None if chosen.empty else chosen.loc[chosen["skill"].idxmax()]


def _leads(table: pd.DataFrame) -> np.ndarray:
    """Whole hours of the task that has several leads: slots rarely meet them exactly."""
    hours = table.get("hours", pd.Series(0.0, index=table.index)).to_numpy(dtype=float)
    whole = np.where(hours >= 1, np.round(hours), np.round(hours, 2))
    return np.where(table["task"] == "ahead", np.nan_to_num(whole), 0.0)
