"""Where Madrid's sensors are, from the city's table of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from movelaws.pointsets.adapters import _columns, _positions

CITY_CRS = "EPSG:25830"


def places(
    path: Path, sensors: list[str], max_unusable: float, encoding: str, notes: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of sensors from the city's table of them.

    Parameters
    ----------
    path : of the table, with id, utm_x and utm_y (EPSG:25830).
    sensors : names of those that have readings.
    max_unusable : largest share of them without a place.
    notes : gets the numbers of sensors without a place and of those listed again.

    Returns
    -------
    longitude, latitude : in the order of ``sensors``, infinite where unknown.

    Raises
    ------
    ValueError
        For a table that cannot be read, coordinates in degrees, or too many without a place.
    """
    columns = {"id": ["id"], "x": ["utm_x", "st_x", "x"], "y": ["utm_y", "st_y", "y"]}
    rows = _columns.read(path, columns, delimiter=None, encoding=encoding)
    for axis in ("x", "y"):  # some of the city's files have decimal commas
        rows.text[axis] = pc.replace_substring(rows.text[axis], ",", ".")
    table = pd.DataFrame(
        {axis: rows.numbers(axis) for axis in ("x", "y")}, index=_columns.texts(rows, "id")
    )
    _positions.check_unit(
        path, table["x"].to_numpy(), table["y"].to_numpy(), CITY_CRS,
        " and ".join(repr(rows.headers[axis]) for axis in ("x", "y")),
    )  # fmt: skip
    table[(table == 0).all(axis=1)] = np.nan
    again = table.index.duplicated()
    notes["sensors listed again left out"] = int(np.count_nonzero(again))
    found = table[~again].reindex(sensors)
    placed = found.notna().all(axis=1).to_numpy()
    if not placed.any():
        raise ValueError(
            f"{path}: no sensor with readings has a place: they are called such as {sensors[0]!r}, "
            f"those of this table {table.index[0]!r}: give the table that belongs to the readings, "
            "and write the numbers alike"
        )
    count_placed(path, placed, sensors, max_unusable, notes)
    x, y = (found[axis].fillna(np.inf).to_numpy() for axis in ("x", "y"))
    return _positions.transformed(x, y, CITY_CRS, _positions.DEGREES)


def count_placed(
    path: Path, placed: np.ndarray, sensors: list[str], max_unusable: float, notes: dict[str, Any]
) -> None:
    """Note the sensors without a place (0, 0 is none), or refuse too many."""
    lost = int(np.count_nonzero(~placed))
    if lost > max_unusable * placed.size and placed.any():
        raise ValueError(
            f"{path}: {lost} of {placed.size} sensors with readings have no place (such as id "
            f"{sensors[int(np.argmin(placed))]!r}), max_unusable={max_unusable:g} of them may be: "
            "give the table of the same month, or correct their coordinates"
        )
    notes["sensors without a place left out"] = lost
