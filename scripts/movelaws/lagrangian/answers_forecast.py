"""Sentences about days and hours that were not fitted."""

from collections.abc import Mapping

import pandas as pd

from movelaws.phrases import counted, listed

STILL, PREVIOUS = "persistence", "previous_day"
BASELINES = (STILL, PREVIOUS, "previous_change")
_TASKS = {"day": "another day", "hours": "the rest of the day"}
_PAIRS = {
    "time_independent": "time_independent_no_inertia",
    "homogeneous": "homogeneous_no_inertia",
}


def _mean(table: pd.DataFrame, task: str) -> pd.DataFrame:
    """Mean of one task over its pairs of days, by variant."""
    rows = table[table["task"] == task]
    return rows.groupby("variant")[["rms", "skill", "low", "high"]].mean()


def predicts(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """The best variant of each case and task beside persistence and the previous day."""
    said = []
    for task, words in _TASKS.items():
        parts, better = [], 0
        for case, table in tables.items():
            rows = _mean(table, task)
            models = rows.drop(index=[b for b in BASELINES if b in rows.index])
            if models.empty:
                continue
            best = models["rms"].idxmin()
            rivals = {b: rows.loc[b, "rms"] for b in BASELINES if b in rows.index}
            rival = min(rivals, key=rivals.get)
            better += bool(models.loc[best, "rms"] < rivals[rival])
            parts.append(
                f"{labels[case]} {models.loc[best, 'rms']:.3f} ({_name(best)}) against "
                f"{rivals[rival]:.3f} ({_name(rival)})"
            )
        if parts:
            said.append(
                f"For {words} the best variant has a smaller error than every simple rule in "
                f"{counted(better, len(parts), 'case')}; RMS of q: {'; '.join(parts)}"
            )
    return said


def _name(variant: str) -> str:
    return variant.replace("_", " ")


def inertia_helps(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Held-out error with and without inertia, of models of equal freedom."""
    said, helped = [], 0
    for case, table in tables.items():
        rms = _mean(table, "day")["rms"]
        for one, other in _PAIRS.items():
            if {one, other} <= set(rms.index):
                helped += bool(rms[one] < rms[other])
                said.append(f"{labels[case]}, {_name(one)}: {rms[one]:.3f} and {rms[other]:.3f}")
    if not said:
        return []
    return [
        f"On days that were not fitted a model with inertia errs less than one without in "
        f"{counted(helped, len(said), 'comparison')} (RMS of q with and without: {'; '.join(said)})"
    ]


def recovered(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Planted parameters of synthetic days beside those that were found."""
    parts = [
        f"{labels[case]} "
        + listed(
            f"{_name(r.parameter)} {r.value:.2f} for {r.planted:g}" for r in table.itertuples()
        )
        for case, table in tables.items()
        if not table.empty
    ]
    return [f"Found and planted: {'; '.join(parts)}"] if parts else []
