"""What stands beside a number of a claim: other settings, shuffled days, the data themselves."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from movelaws.lagrangian.tuning import DIVERGED

SHUFFLED = "shuffled"
"""Realisations in ``seeds.csv`` whose time points were put in random order."""


def under_settings(table: pd.DataFrame | None, column: str, holds: Callable[[float], bool]) -> str:
    """How often a statement on one column of ``sensitivity.csv`` holds; empty without a table."""
    if table is None or column not in table:
        return ""
    values = table[column].dropna()
    if values.empty:
        return ""
    kept = sum(bool(holds(value)) for value in values)
    return f"; holds under {kept} of {len(values)} settings tried"


def diverged(methods: Mapping[str, pd.DataFrame]) -> set[str]:
    """Cases whose printed schedule ran away, by the notes of ``methods.csv``.

    Their parameters are where the bound stopped them, and say nothing about the city.
    """
    return {
        case
        for case, table in methods.items()
        if (table.loc[table["method"] == "printed", "note"] == DIVERGED).any()
    }


def shuffled_median(seeds: pd.DataFrame, case: str, quantity: str) -> float:
    """Median of a quantity over shuffled days of a case; nan where there are none."""
    if seeds.empty:
        return float("nan")
    rows = seeds[
        (seeds["case"] == case) & (seeds["resampled"] == SHUFFLED) & (seeds["quantity"] == quantity)
    ]
    return float(rows["value"].median()) if len(rows) else float("nan")


def by_others(summary: pd.DataFrame, quantity: str) -> str:
    """The quantity by the exact gradient and in the data themselves, where the summary has them."""
    names = {"exact": "by the exact gradient", "reference": "in the data themselves"}
    rows = summary[summary["quantity"] == quantity].set_index("method")["value"]
    said = [f"{words} {rows[name]:.2f}" for name, words in names.items() if name in rows.index]
    return f"; {', '.join(said)}" if said else ""


def rising_share(seeds: pd.DataFrame, slow: str, fast: str, quantity: str) -> tuple[int, int]:
    """In how many grown cities a quantity of the second case is above that of the first."""
    if seeds.empty:
        return 0, 0
    rows = seeds[(seeds["resampled"] == "growth") & (seeds["quantity"] == quantity)]
    both = rows.pivot_table(index="seed", columns="case", values="value")
    if not {slow, fast} <= set(both.columns):
        return 0, 0
    both = both[[slow, fast]].dropna()
    return int(np.sum(both[fast] > both[slow])), len(both)
