"""Scores of predictions made comparable: means over the same pairs of days for all."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from movelaws.lagrangian.tables import forecasts
from movelaws.plotting import panels
from movelaws.plotting.lagrangian.looks import ORACLES, RULES, VARIANTS

PAIR = ("fit_day", "test_day")
COLUMNS = ["case", "task", *PAIR, "variant", "parameters", "fit_rms", "validation", "rms", "skill",
           "low", "high"]  # fmt: skip
TASKS = ("ahead", "day", "hours", "hours_earlier")
PERSISTENCE = "persistence"


def scores(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Scores as in the table of forecasts, without what is persistence by construction.

    Parameters
    ----------
    table : COLUMNS, fit_day, test_day, and where known hours, oracle and by_construction.
    labels : of the cases; others drop out.

    Returns
    -------
    DataFrame as of :func:`movelaws.lagrangian.tables.forecasts`, and ``lead`` in hours, 0 where a
    task has one lead only.

    Raises
    ------
    ValueError
        If a column is missing or no case has a row.
    """
    panels.require_columns(table, COLUMNS, "prediction")
    known = [*VARIANTS, *RULES, PERSISTENCE]
    table = table[table["task"].isin(TASKS) & table["variant"].isin(known)]
    cases = [case for case in labels if (table["case"] == case).any()]
    if not cases:
        raise ValueError(f"prediction: no row of {', '.join(TASKS)} for {', '.join(labels)}")
    table = table.assign(
        oracle=flags(table, "oracle") | table["variant"].isin(ORACLES),
        by_construction=flags(table, "by_construction") & (table["variant"] != PERSISTENCE),
    )
    found = forecasts({case: table[table["case"] == case] for case in cases})
    found["lead"] = _leads(found)
    return found[~found["by_construction"].astype(bool)].reset_index(drop=True)


def shared(table: pd.DataFrame) -> pd.DataFrame:
    """Rows from the pairs of days that have every variant and rule, as in the table of forecasts.

    Parameters
    ----------
    table : rows of one case and task.
    """
    days = table.groupby(list(PAIR))["variant"].agg(set)
    whole = days[days.map(len) == max(map(len, days))].index
    return table[pd.MultiIndex.from_frame(table[list(PAIR)]).isin(whole)]


def flags(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of yes and no as read from a file, all no where it is missing."""
    if name not in table:
        return pd.Series(False, index=table.index)
    return table[name].astype(str).str.lower().isin(("true", "1", "1.0"))


def best(part: pd.DataFrame, names: Sequence[str] = VARIANTS) -> pd.Series | None:
    """Row of the largest finite skill among ``names`` that know no end; None if there is none."""
    chosen = part[part["variant"].isin(list(names)) & ~part["oracle"].astype(bool)]
    chosen = chosen[np.isfinite(chosen["skill"])]
    return None if chosen.empty else chosen.loc[chosen["skill"].idxmax()]


def chosen(part: pd.DataFrame) -> pd.Series | None:
    """Row of the variant of least error where penalties were chosen; None where none was tried."""
    tried = part[part["variant"].isin(VARIANTS)].dropna(subset=["validation"])
    return None if tried.empty else tried.loc[tried["validation"].idxmin()]


def _leads(table: pd.DataFrame) -> np.ndarray:
    """Whole hours of the task that has several leads: slots rarely meet them exactly."""
    hours = table.get("hours", pd.Series(0.0, index=table.index)).to_numpy(dtype=float)
    whole = np.where(hours >= 1, np.round(hours), np.round(hours, 2))
    return np.where(table["task"] == "ahead", np.nan_to_num(whole), 0.0)
