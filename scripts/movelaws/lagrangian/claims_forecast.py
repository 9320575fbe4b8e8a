"""What held-out days say about inertia (the claim behind Fig. 4), and planted days found again."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from movelaws.claims import Finding, compare_many, statement

RECOVERED = 0.1
"""Relative error allowed to a planted number: the files hold whole agents, slot by slot."""

_WITH, _WITHOUT = "time_independent", "time_independent_no_inertia"
_DAY = "day"


def forecast_findings(tables: Any, synthetic: set[str], published: set[str]) -> list[Finding]:
    """Findings on held-out days (further rows of L4) and on planted dynamics (rows of L1)."""
    found: list[Finding] = []
    for case, table in tables.prediction.items():
        if case in published:
            found += _inertia(case, table)
        elif case in synthetic:
            found += _predicted(case, table)
    for case, table in tables.planted.items():
        if case in synthetic:
            found.append(_planted(case, table))
    return found


def _days(table: pd.DataFrame) -> pd.DataFrame:
    """Mean over the pairs of days, by variant."""
    rows = table[table["task"] == _DAY]
    return rows.groupby("variant")[["rms", "skill", "low", "high"]].mean()


def _inertia(case: str, table: pd.DataFrame) -> Iterator[Finding]:
    """Whether the role of inertia shows in a day that was not fitted."""
    rows = _days(table)
    rms = rows["rms"]
    if not {_WITH, _WITHOUT} <= set(rms.index):
        return
    better, beyond_chance = rms[_WITH] < rms[_WITHOUT], rows.loc[_WITH, "low"] > 0
    still = rms.get("persistence", float("nan"))
    yield statement(
        "L4",
        f"{case}, a held-out day",
        "the role of inertia can not be ignored",
        f"RMS of q on another day {rms[_WITH]:.3f} with inertia, {rms[_WITHOUT]:.3f} without, "
        f"{still:.3f} where nothing moves",
        bool(better and beyond_chance),
        criterion="a smaller error with inertia than without, and than no movement by its interval",
        reason="the model with inertia does not predict another day better than no movement"
        if better
        else "a model without inertia predicts another day as well or better",
        evidence="lagrangian/figures/prediction.svg",
    )


def _predicted(case: str, table: pd.DataFrame) -> Iterator[Finding]:
    """Whether days of one planted law predict one another."""
    rows = _days(table)
    if "homogeneous" not in rows.index:
        return
    one = rows.loc["homogeneous"]
    yield statement(
        "L4",
        f"{case}, a held-out day (synthetic)",
        "planted dynamics of four numbers predict another day",
        f"skill over no movement {one['skill']:.2f} ({one['low']:.2f} to {one['high']:.2f})",
        bool(one["low"] > 0),
        criterion="skill above 0 with its interval",
        reason="another day is not predicted",
        evidence="lagrangian/figures/prediction.svg",
    )


def _planted(case: str, table: pd.DataFrame) -> Finding:
    """The planted Gamma and Lambda beside those of the fit that has the same form."""
    return compare_many(
        "L1",
        f"{case}, planted parameters",
        {
            row.parameter.replace("_", " "): (f"{row.planted:g}", row.value)
            for row in table.itertuples()
        },
        relative=RECOVERED,
        evidence="lagrangian/planted.csv",
        synthetic=True,
    )
