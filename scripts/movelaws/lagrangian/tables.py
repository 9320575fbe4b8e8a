"""Tables of all cases side by side, for readers."""

from collections.abc import Mapping

import pandas as pd

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
    rows["gain"] = rows["laplace_loglik"] - rows["normal_loglik"]
    return rows


def forecasts(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Mean over the pairs of days, by case, task and variant, the best variant first.

    Parameters
    ----------
    tables : ``prediction_summary.csv`` by case.

    Returns
    -------
    DataFrame: case, task, variant, pairs, parameters, fit_rms, rms, tv, skill, low, high.
    """
    table = stacked(tables)
    if table.empty:
        return table
    keys = ["case", "task", "variant"]
    numbers = ["parameters", "fit_rms", "rms", "tv", "skill", "low", "high"]
    groups = table.groupby(keys, sort=False)
    found = groups[numbers].mean()
    found.insert(0, "pairs", groups.size())
    order = {case: number for number, case in enumerate(tables)}
    found = found.reset_index()
    return found.sort_values(
        ["case", "task", "rms"], key=lambda c: c.map(order) if c.name == "case" else c
    ).reset_index(drop=True)
