"""Tables of all cases side by side, for readers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import special

PRINTED = "printed"
SHOWN = (
    "median_inertia_ratio",
    "variance_inertia_ratio",
    "share_negative_dissipation",
    "median_dissipation",
    "median_flow",
    "median_time",
    "median_abs_lambda",
    "pearson_psi",
    "moran_psi_q0",
    "moran_p_psi_q0",
    "moran_psi_v0",
    "moran_p_psi_v0",
)
"""Quantities of the summary that the table of all cases shows."""

_WITH_INTERVAL = (
    "median_inertia_ratio",
    "share_negative_dissipation",
    "median_time",
    "pearson_psi",
)


def stacked(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables of several cases as one, in the order of the cases; empty ones drop out."""
    kept = [table for table in tables.values() if not table.empty]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()


def summaries(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per case: quantities of the printed schedule, some with their intervals.

    Parameters
    ----------
    tables : ``summary.csv`` by case.

    Returns
    -------
    DataFrame: case, the quantities of ``SHOWN``, and ``<quantity>_low``, ``<quantity>_high``.
    """
    rows = []
    for case, table in tables.items():
        found = table[table["method"] == PRINTED].set_index("quantity")
        row = {"case": case}
        for quantity in SHOWN:
            if quantity in found.index:
                row[quantity] = found.loc[quantity, "value"]
                if quantity in _WITH_INTERVAL:
                    row[f"{quantity}_low"] = found.loc[quantity, "low"]
                    row[f"{quantity}_high"] = found.loc[quantity, "high"]
        rows.append(row)
    return pd.DataFrame(rows)


def distributions(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Parameters of the printed schedule over all links, with the gain of Laplace over normal."""
    table = stacked(tables)
    rows = table[(table["method"] == PRINTED) & (table["link_kind"] == "all")].copy()
    for prefix in ("", "inner_"):
        if f"{prefix}laplace_loglik" in rows:
            gain = rows[f"{prefix}laplace_loglik"] - rows[f"{prefix}normal_loglik"]
            rows[f"{prefix}gain"] = gain
    return rows


def forecasts(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Forecasts of each case, task and lead by variant, over the pairs of days that all have.

    A variant or rule that some pair of days lacks would else be compared on other days than the
    rest. Where there is more than one pair, the interval of the skill is that of the mean over
    pairs (Student's t), which days differ by; of a single pair it is the one by blocks of sites.

    Parameters
    ----------
    tables : ``prediction_summary.csv`` by case.

    Returns
    -------
    DataFrame: case, task, hours (lead, of task ahead), variant, pairs, parameters, fit_rms,
    validation, rms, tv, skill, low, high, tv_skill, counting, by_construction, oracle; the best of
    each task first.
    """
    table = stacked({case: one.assign(case=case) for case, one in tables.items()})
    if table.empty:
        return table
    table = table.assign(hours=table.get("hours", np.nan))
    parts = []
    for (case, task, hours), rows in table.groupby(["case", "task", "hours"], dropna=False):
        days = rows.groupby(["fit_day", "test_day"])["variant"].agg(set)
        # rules that need an earlier day may be missing of some pairs: those pairs are left out
        whole = days[days.map(len) == max(map(len, days))].index
        rows = rows[pd.MultiIndex.from_frame(rows[["fit_day", "test_day"]]).isin(whole)]
        parts.append(_pooled(rows).assign(case=case, task=task, hours=hours))
    found = pd.concat(parts, ignore_index=True)
    order = {case: number for number, case in enumerate(tables)}
    found = found.sort_values(
        ["case", "task", "hours", "rms"],
        key=lambda column: column.map(order) if column.name == "case" else column,
    )
    first = ["case", "task", "hours", "variant", "pairs"]
    return found[[*first, *(c for c in found if c not in first)]].reset_index(drop=True)


def _pooled(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean over pairs of days of each variant."""
    numbers = ["parameters", "fit_rms", "validation", "rms", "tv", "skill", "low", "high",
               "tv_skill", "counting"]  # fmt: skip
    groups = rows.groupby("variant", sort=False)
    found = groups[[name for name in numbers if name in rows]].mean()
    found.insert(0, "pairs", groups.size())
    several = found["pairs"] > 1
    if several.any():
        n = found["pairs"]
        reach = special.stdtrit(n - 1, 0.975) * groups["skill"].std() / np.sqrt(n)
        found.loc[several, "low"] = (found["skill"] - reach)[several]
        found.loc[several, "high"] = (found["skill"] + reach)[several]
    for name in ("by_construction", "oracle"):
        if name in rows:
            found[name] = groups[name].any()
    return found.reset_index()
