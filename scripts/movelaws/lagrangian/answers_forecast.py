"""Sentences about days and hours that were not fitted."""

from collections.abc import Mapping

import pandas as pd

from movelaws.lagrangian.tables import forecasts
from movelaws.phrases import counted, listed

STILL = "persistence"
RULES = (STILL, "previous_day", "previous_change", "damped", "line_to_end")
_TASKS = {"ahead": "another day", "day": "the whole of another day", "hours": "the rest of the day",
          "hours_earlier": "the rest of the day, from an earlier one"}  # fmt: skip
_FORMS = ("time_independent", "homogeneous")
_NAMES = {
    STILL: "no movement",
    "previous_day": "the other day as it was",
    "previous_change": "the other day's changes",
    "damped": "a way back to the other day",
    "homogeneous": "four numbers",
    "homogeneous_no_inertia": "two numbers, no inertia",
    "homogeneous_no_dissipation": "two numbers, no dissipation",
    "time_independent": "by cell",
    "time_independent_no_inertia": "by cell, no inertia",
    "time_independent_no_dissipation": "by cell, no dissipation",
    "full": "by time and cell",
    "full_no_inertia": "by time and cell, no inertia",
    "full_no_dissipation": "by time and cell, no dissipation",
}


def predicts(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """The variant chosen beforehand, by case and task, beside persistence and the best rule."""
    if not tables:
        return []
    table = forecasts(tables)
    said = []
    for (task, hours), rows in table.groupby(["task", "hours"], dropna=False, sort=False):
        parts, above = [], 0
        for case, one in rows.groupby("case", sort=False):
            chosen, rule = _chosen(one), _best_rule(one)
            if chosen is None or rule is None:
                continue
            above += bool(chosen["low"] > 0)
            parts.append(
                f"{labels[case]} {chosen['skill']:.2f} ({chosen['low']:.2f} to "
                f"{chosen['high']:.2f}; {_NAMES.get(chosen['variant'], chosen['variant'])}; best "
                f"rule {rule['skill']:.2f}, {_NAMES.get(rule['variant'], rule['variant'])})"
            )
        if parts:
            lead = f", {hours:.0f} h ahead" if hours == hours else ""
            said.append(
                f"For {_TASKS[task]}{lead} the variant that was chosen without it has a skill over "
                f"no movement above 0, by its interval, in {counted(above, len(parts), 'case')}: "
                f"{'; '.join(parts)}"
            )
    return said


def _chosen(rows: pd.DataFrame) -> pd.Series | None:
    """The model of least error where penalties were chosen, not where it is tried."""
    models = rows[~rows["variant"].isin(RULES)]
    if "by_construction" in models:
        models = models[~models["by_construction"].astype(bool)]
    models = models.dropna(subset=["validation"])
    return None if models.empty else models.loc[models["validation"].idxmin()]


def _best_rule(rows: pd.DataFrame) -> pd.Series | None:
    """The best simple rule but those that know the end."""
    rules = rows[rows["variant"].isin(RULES)]
    if "oracle" in rules:
        rules = rules[~rules["oracle"].astype(bool)]
    return None if rules.empty else rules.loc[rules["rms"].idxmin()]


def inertia_helps(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Held-out error with and without inertia, of models of equal freedom, on other days."""
    if not tables:
        return []
    table = forecasts(tables)
    table = table[table["task"].isin(["ahead", "day"])]
    said, helped, tried = [], 0, 0
    for case, rows in table.groupby("case", sort=False):
        by_lead = rows.pivot_table(index=["task", "hours"], columns="variant", values="rms",
                                   dropna=False)  # fmt: skip
        for form in _FORMS:
            pair = {form, f"{form}_no_inertia"}
            if not pair <= set(by_lead.columns):
                continue
            both = by_lead[[form, f"{form}_no_inertia"]].dropna()
            won = int((both[form] < both[f"{form}_no_inertia"]).sum())
            helped, tried = helped + won, tried + len(both)
            said.append(f"{labels[case]}, {_NAMES[form]}: {won} of {len(both)}")
    if not tried:
        return []
    return [
        "On days that were not fitted, at each lead, a model with inertia errs less than the same "
        f"one without in {counted(helped, tried, 'comparison')} ({'; '.join(said)})"
    ]


def recovered(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Planted parameters of synthetic days beside those that were found."""
    parts = [
        f"{labels[case]} "
        + listed(
            f"{row.parameter.replace('_', ' ')} {row.value:.2f} for {row.planted:g}"
            for row in table.itertuples()
        )
        for case, table in tables.items()
        if not table.empty
    ]
    return [f"Found and planted: {'; '.join(parts)}"] if parts else []
