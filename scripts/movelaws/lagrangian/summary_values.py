"""Single numbers of a saved summary, ``summary.csv``."""

import pandas as pd

PRINTED = "printed"


def interval(
    summary: pd.DataFrame, quantity: str, method: str = PRINTED
) -> tuple[float, float, float]:
    """Value, low and high end of one quantity.

    Raises
    ------
    KeyError
        If the summary has no such row, or more than one.
    """
    rows = summary[(summary["quantity"] == quantity) & (summary["method"] == method)]
    if len(rows) != 1:
        raise KeyError(f"summary: {len(rows)} rows of {quantity!r} by {method!r}: one is expected")
    row = rows.iloc[0]
    return float(row["value"]), float(row["low"]), float(row["high"])


def value(summary: pd.DataFrame, quantity: str, method: str = PRINTED) -> float:
    """One quantity without its interval; errors as in :func:`interval`."""
    return interval(summary, quantity, method)[0]


def known(summary: pd.DataFrame, quantity: str, method: str = PRINTED) -> float:
    """One quantity, nan where the summary does not have it."""
    rows = summary[(summary["quantity"] == quantity) & (summary["method"] == method)]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")
