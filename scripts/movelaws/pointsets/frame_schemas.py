"""Schemas of the tables of ``movelaws.pointsets.frames``.

In a module of its own: pandera is slow to load, and only the prepare steps check what they write.
"""

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors


def _finite(error: str) -> pa.Check:
    return pa.Check(np.isfinite, error=error)


def _positive(error: str) -> pa.Check:
    return pa.Check(lambda s: (s > 0) & np.isfinite(s), error=error)


POINTS = pa.DataFrameSchema(
    {
        "place_id": pa.Column(
            str,
            pa.Check(lambda s: s.ne(""), error="must not be blank: name it in the raw file"),
        ),
        "x": pa.Column(float, _finite("must be finite: give every place both coordinates")),
        "y": pa.Column(float, _finite("must be finite: give every place both coordinates")),
        "weight": pa.Column(float, _positive("must be finite and > 0: leave such places out")),
        "town": pa.Column(str),
    },
    strict=True,
)
MOVES = pa.DataFrameSchema(
    {
        "origin": pa.Column(np.int64),
        "destination": pa.Column(np.int64),
        "moves": pa.Column(
            float, _positive("must be finite and > 0: leave out pairs without a move")
        ),
    },
    strict=True,
)
SCHEMAS = {"points": POINTS, "moves": MOVES}


def validate(table: str, frame: pd.DataFrame) -> None:
    """Hold one table against its schema.

    Parameters
    ----------
    table : one of ``SCHEMAS``.

    Raises
    ------
    ValueError
        Naming the table, the column, the row, the value and the remedy of the first breach.
    """
    schema = SCHEMAS[table]
    missing = [name for name in schema.columns if name not in frame.columns]
    if missing:
        raise ValueError(f"{table}: column {missing[0]!r} is missing; it has {[*frame.columns]}")
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        case = error.failure_cases.iloc[0]
        where = "" if pd.isna(case["index"]) else f", row {int(case['index'])}"
        rule = {"not_nullable": "must not be missing"}.get(case["check"], case["check"])
        raise ValueError(
            f"{table}: column {case['column']!r}{where} = {case['failure_case']}: {rule} "
            f"({len(error.failure_cases)} breaches)"
        ) from None
