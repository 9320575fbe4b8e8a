"""Sentences about days and hours that were not fitted."""

from collections.abc import Mapping

import pandas as pd

from movelaws.lagrangian.tables import forecasts
from movelaws.phrases import counted, listed, percent

STILL = "persistence"
RULES = (STILL, "previous_day", "previous_change", "damped", "historical_average",
         "damped_average", "line_to_end")  # fmt: skip
_TASKS = {"ahead": "another day", "day": "the whole of another day", "hours": "the rest of the day",
          "hours_earlier": "the rest of the day, from an earlier one"}  # fmt: skip
_FORMS = ("time_independent", "homogeneous")
_NAMES = {
    STILL: "no movement",
    "previous_day": "the other day as it was",
    "previous_change": "the other day's changes",
    "damped": "a way back to the other day",
    "historical_average": "the mean of the earlier days",
    "damped_average": "a way back to the mean of the earlier days",
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
    """How often the variant chosen beforehand beats no movement and the best rule, then by city.

    A last sentence says how much of the error of persistence counting alone would give.
    """
    if not tables:
        return []
    table = forecasts(tables)
    found = [
        (case, task, hours, chosen, rule)
        for (case, task, hours), rows in table.groupby(
            ["case", "task", "hours"], dropna=False, sort=False
        )
        if (chosen := _chosen(rows)) is not None and (rule := _best_rule(rows)) is not None
    ]
    if not found:
        return []
    above = [chosen["low"] > 0 for *_, chosen, _ in found]
    first = [
        won and chosen["skill"] > rule["skill"]
        for won, (*_, chosen, rule) in zip(above, found, strict=True)
    ]
    won = counted(sum(above), len(found), "forecast")
    lead = (
        "Fitted on other days or hours, the variant chosen beforehand has a skill above 0 (it errs "
        f"less than a population that stays, by its interval) in {won}, and a higher one than the "
        f"best simple rule as well in {sum(first) or 'none'}"
    )
    return [lead, *_by_city(found, labels), *_counting(table, labels)]


def _by_city(found: list[tuple], labels: Mapping[str, str]) -> list[str]:
    """The skills of each city, those of the best rule in brackets."""
    said = []
    for case in dict.fromkeys(one[0] for one in found):
        mine = [one[1:] for one in found if one[0] == case]
        parts = [
            f"{chosen['skill']:.2f} ({rule['skill']:.2f}) {_over(task, hours)}"
            for task, hours, chosen, rule in mine
        ]
        variants = listed(dict.fromkeys(_name(chosen) for *_, chosen, _ in mine))
        rules = listed(dict.fromkeys(_name(rule) for *_, rule in mine))
        said.append(
            f"{labels[case]}: skill of the model (of the best rule) {'; '.join(parts)}; "
            f"chosen were {variants}, best rules {rules}"
        )
    return said


def _over(task: str, hours: float) -> str:
    return f"{hours:.0f} h ahead" if hours == hours else f"over {_TASKS[task]}"


def _name(row: pd.Series) -> str:
    return _NAMES.get(row["variant"], row["variant"])


def _counting(table: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Share of the squared error of persistence that counting would give, at both ends of leads."""
    if "counting" not in table:
        return []
    ahead = table[(table["task"] == "ahead") & (table["variant"] == STILL)].dropna(
        subset=["counting"]
    )
    parts = []
    for case, rows in ahead.groupby("case", sort=False):
        ends = rows.sort_values("hours").iloc[[0, -1]].drop_duplicates("hours")
        shares = [f"{row.counting:.2f} at {row.hours:.0f} h" for row in ends.itertuples()]
        parts.append(f"{labels[case]} {listed(shares)}")
    if not parts:
        return []
    return [
        "Of the squared error of no movement, agents counted anew in each slot would alone give a "
        "share (near 1: hardly more to predict than the means; above 1: the same agents are "
        f"counted again, or smoothed): {'; '.join(parts)}"
    ]


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
    if not parts:
        return []
    rows = pd.concat([*tables.values()], ignore_index=True)
    held = int(((rows["low"] <= rows["planted"]) & (rows["planted"] <= rows["high"])).sum())
    off = 100 * float(((rows["value"] - rows["planted"]) / rows["planted"]).abs().max())
    return [
        f"Found and planted: {'; '.join(parts)}",
        f"The intervals hold the planted number in {counted(held, len(rows), 'row')}, the largest "
        f"error is {percent(off)}: they know the chance of the fit, not that the files hold whole "
        "agents",
    ]
