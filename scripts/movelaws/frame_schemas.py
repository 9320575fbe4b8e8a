"""Schemas of the tables of ``movelaws.frames``.

In a module of its own: pandera is slow to load, and only the prepare steps check what they write.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors


def _at_least_zero(values: pd.Series) -> pd.Series:
    return values.isna() | ((values >= 0) & np.isfinite(values))


def _identifier() -> pa.Column:
    return pa.Column(
        str,
        pa.Check(
            lambda s: s.str.strip().ne(""), error="must not be blank: name it in the raw file"
        ),
    )


def _population() -> pa.Column:
    remedy = "must be finite and >= 0, or missing: correct the population in the raw file"
    return pa.Column(float, pa.Check(_at_least_zero, error=remedy), nullable=True)


def _coordinate() -> pa.Column:
    remedy = "must be finite: give every point both coordinates"
    return pa.Column(float, pa.Check(np.isfinite, error=remedy))


def _finite(values: pd.Series) -> pd.Series:
    return (values >= 0) & np.isfinite(values)


def _given(rule: Callable[[pd.Series], pd.Series], error: str) -> pa.Column:
    remedy = f"{error}: correct it in the raw file, or leave the column out"
    return pa.Column(float, pa.Check(rule, error=remedy), required=False)


ZONES = pa.DataFrameSchema(
    {
        "zone_id": _identifier(),
        "name": pa.Column(str),
        "area_km2": pa.Column(
            float,
            pa.Check(
                lambda s: s.isna() | ((s > 0) & np.isfinite(s)),
                error="must be > 0 or missing: look at the polygon of that zone",
            ),
            nullable=True,
        ),
        "residential_population": _population(),
        "workplace_population": _population(),
        "x": _coordinate(),
        "y": _coordinate(),
    }
)
FLOWS = pa.DataFrameSchema(
    {
        "origin": _identifier(),
        "destination": _identifier(),
        "flow": pa.Column(
            float,
            pa.Check(
                lambda s: (s > 0) & np.isfinite(s),
                error="must be finite and > 0: leave out pairs without a flow",
            ),
        ),
        "distance_km": _given(lambda s: (s > 0) & np.isfinite(s), "must be finite and > 0"),
        "opportunities_residential": _given(_finite, "must be finite and >= 0"),
        "opportunities_workplace": _given(_finite, "must be finite and >= 0"),
    },
    strict=True,
)
PLACES = pa.DataFrameSchema(
    {
        "place_id": _identifier(),
        "zone_id": _identifier(),
        "x": _coordinate(),
        "y": _coordinate(),
        "residential_population": _population(),
        "workplace_population": _population(),
    },
    strict=True,
)
SCHEMAS = {"zones": ZONES, "flows": FLOWS, "places": PLACES}


def validate(table: str, frame: pd.DataFrame, key: list[str]) -> None:
    """Hold one table against its schema, and its rows against the order and uniqueness of ``key``.

    Parameters
    ----------
    table : one of ``SCHEMAS``.

    Raises
    ------
    ValueError
        Naming the table, the column, the row, the value and the remedy of the first breach.
    """
    schema = SCHEMAS[table]
    needed = [name for name, column in schema.columns.items() if column.required]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise ValueError(f"{table}: column {missing[0]!r} is missing; it has {list(frame.columns)}")
    try:
        schema.validate(pd.DataFrame(frame), lazy=True)
    except SchemaErrors as error:
        raise ValueError(_first_failure(table, frame, key, error.failure_cases)) from None
    repeated = frame.duplicated(key)
    if repeated.any():
        row = frame.loc[repeated, key].iloc[0].tolist()
        raise ValueError(
            f"{table}: {' and '.join(key)} {row} occurs more than once "
            f"({int(repeated.sum())} such rows): sum or drop the duplicates"
        )
    if not frame[key].equals(frame[key].sort_values(key, ignore_index=True)):
        raise ValueError(f"{table}: rows are not sorted by {', '.join(key)}: use frames.assemble")


def _first_failure(table: str, frame: pd.DataFrame, key: list[str], cases: pd.DataFrame) -> str:
    case = cases.iloc[0]
    same = cases[(cases["column"] == case["column"]) & (cases["check"] == case["check"])]
    where = ""
    if pd.notna(case["index"]):
        where = f", row {int(case['index'])} ({frame.loc[case['index'], key].tolist()})"
    rule = {"not_nullable": "must not be missing"}.get(case["check"], case["check"])
    return f"{table}: column {case['column']!r}{where} = {case['failure_case']}: {rule}" + (
        f" ({len(same)} such rows)" if len(same) > 1 else ""
    )
