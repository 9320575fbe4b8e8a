"""A lattice of your own: one table of cells, slots and populations, or a canonical NetCDF file.

Raw files, by role:

table   CSV (also .gz, or the only one in a .zip) or Parquet with one row per cell and slot: perhaps
        a day, a slot (0, 1, ...), x, y and the population; or NetCDF (.nc) of the canonical form,
        see ``movelaws.lattices.frames``, for which no option is needed.

Rows may come in any order. A cell that has a row belongs to the study area; where it has none for a
slot of which others have, it was empty.
"""

import re
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd

from movelaws import options
from movelaws.adapters import _checkin_files as raw
from movelaws.lattices import frames
from movelaws.lattices.adapters import _grid
from movelaws.pointsets.adapters import _columns, _positions
from movelaws.pointsets.adapters._options import MetricCrs, Share
from movelaws.pointsets.frames import metric_crs

REQUIRED = ("table",)
OPTIONAL = ()

ONE_DAY = "day"
Slots = Annotated[
    int | None, options.Rule(lambda n: n is None or n >= 1, "a whole number >= 1 or null")
]
Delimiter = Annotated[
    str, options.Rule(lambda mark: len(mark) == 1, "one character, such as ',' or ';'")
]
_DEGREES, _LEAST_EDGE = 360.0, 1.0
"""Coordinates up to the one, nearer to each other in metres than the other, are degrees."""
_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]00:00(:00(\.0+)?)?")


def read(
    files: dict[str, Path],
    *,
    day: str | None = None,
    slot: str = "slot",
    x: str = "x",
    y: str = "y",
    population: str = "population",
    crs: MetricCrs | None = None,
    cell_m: options.Positive | None = None,
    slots: Slots = None,
    slot_minutes: options.NotNegative = 0.0,
    unit: str = "people",
    source: str = "own lattice",
    shares: bool = False,
    delimiter: Delimiter = ",",
    encoding: str = "utf-8",
    max_unusable: Share = 0.0,
) -> frames.Lattice:
    """The lattice of a table.

    Parameters
    ----------
    files : paths by role, see the module.
    day, slot, x, y, population : names of the columns; without a day all rows are of one day. Days
        that all are midnights are called by their dates.
    crs : of x and y, the centres of the cells in metres; null where they are numbers of columns and
        rows, y upwards.
    cell_m : edge of a cell in metres; null for the smallest distance of two centres (needs a crs).
    slots : of a whole day; null for the last one of the table and one.
    slot_minutes : between two slots, 0 where unknown.
    unit, source : for axes and captions.
    shares : whether populations are shares of a whole instead of counts.
    delimiter, encoding : of a CSV.
    max_unusable : largest share of rows without a number >= 0 in every column; they are left out
        and counted.

    Returns
    -------
    Lattice.

    Raises
    ------
    ValueError
        For a file that cannot be read, a row that cannot be used, a cell twice in one slot,
        centres that are not on one grid of this size, or that fill under 1 % of their box.
    """
    path = files["table"]
    if path.suffix.lower() in (".nc", ".nc4", ".netcdf"):
        return frames.read_netcdf(path)
    if crs is None and cell_m is None:
        raise ValueError(
            "option cell_m is missing: without a crs give the edge of a cell in metres"
        )
    names = {"slot": [slot], "x": [x], "y": [y], "population": [population]}
    if day is not None:
        names["day"] = [day]
    rows = _columns.read(path, names, delimiter=delimiter, encoding=encoding)
    values = {name: rows.numbers(name) for name in ("slot", "x", "y", "population")}
    good, lost = rows.usable(_faults(rows, values), max_unusable)
    notes: dict[str, frames.Note] = {f"rows {why} left out": count for why, count in lost.items()}
    when = np.full(len(rows), ONE_DAY) if day is None else _days(rows)
    when, moment = when[good], values["slot"][good].astype(np.int64)
    grid, at = _grid_of(path, *(values[axis][good] for axis in ("x", "y")), crs, cell_m)
    cell = grid.cells(*at)
    last = int(moment.max()) + 1
    if slots is not None and last > slots:
        raise ValueError(f"{path}: slot {last - 1}, but slots={slots}: slots run from 0")
    order, key = _moments(when, moment)
    _check_once(path, rows, good, key, cell)
    remedy = "correct the option cell_m"
    try:
        _grid.check_room(grid, len(order), *at, remedy)
        notes["cells"] = _grid.filled(grid, np.unique(cell).size, *at, remedy)
        if crs is not None:
            _positions.check_true(*at, metric_crs(crs), notes, options="")
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    filled = np.zeros((len(order), grid.shape[0] * grid.shape[1]))
    filled[key, cell] = values["population"][good]
    mask = np.zeros(filled.shape[1], dtype=bool)
    mask[cell] = True
    if empty := int(mask.sum() * len(order) - cell.size):
        notes["cells without a row in a slot taken as empty"] = empty
    return frames.Lattice(
        population=filled.reshape(-1, *grid.shape),
        mask=mask.reshape(grid.shape),
        day=order["day"].to_numpy(str),
        slot=order["slot"].to_numpy(np.int64),
        x=grid.x,
        y=grid.y,
        cell_m=grid.cell_m,
        crs="" if crs is None else metric_crs(crs),
        source=source,
        unit=unit,
        slots=slots or last,
        slot_minutes=float(slot_minutes),
        extensive=not shares,
        notes=notes,
    )


def _faults(rows: raw.Rows, values: dict[str, np.ndarray]) -> list[raw.Fault]:
    """Rows that cannot be used."""
    give = "give a number with a decimal point, or leave the row out"
    slot = values["slot"]
    whole = (slot >= 0) & (slot % 1 == 0) & (slot < 1e6)
    faults = [raw.Fault("without a usable slot", "slot", ~whole, "slots are 0, 1, 2, ...")]
    faults += [
        raw.Fault(f"without a usable {axis}", axis, ~np.isfinite(values[axis]), give)
        for axis in ("x", "y")
    ]
    people = values["population"]
    faults.append(
        raw.Fault("without a finite population", "population", ~np.isfinite(people), give)
    )
    remedy = "populations are >= 0: correct it, or leave the row out"
    faults.append(raw.Fault("with a negative population", "population", people < 0, remedy))
    if "day" in rows.text:
        faults.append(_columns.missing(rows, "day"))
    return faults


def _days(rows: raw.Rows) -> np.ndarray:
    """Name of the day of each row; exports of spreadsheets and databases make dates midnights."""
    texts = _columns.texts(rows, "day")
    known = {text: _MIDNIGHT.fullmatch(text) for text in texts.unique().tolist() if text}
    if known and all(known.values()):
        texts = texts.map({text: found[1] for text, found in known.items()} | {"": ""})
    return texts.to_numpy(str)


def _grid_of(
    path: Path,
    x: np.ndarray,
    y: np.ndarray,
    crs: str | int | None,
    cell_m: float | None,
) -> tuple[_grid.Grid, list[np.ndarray]]:
    """The grid of the centres, and these in metres."""
    near = _grid.spacing(x, y)
    if not np.isfinite(near) and (crs is not None and cell_m is None):
        raise ValueError(
            f"{path}: all rows are of one cell: is the right column taken for x and y?"
        )
    if crs is not None and max(np.abs(x).max(), np.abs(y).max()) <= _DEGREES and near < _LEAST_EDGE:
        raise ValueError(
            f"{path}: x={x[0]:g}, y={y[0]:g} with centres {near:g} apart look like degrees, but "
            f"crs={crs} is in metres: project the centres of the cells to it"
        )
    scale = cell_m if crs is None else 1.0
    at = [x * scale, y * scale]
    try:
        return _grid.of_centres(*at, float(cell_m or near)), at
    except ValueError as error:
        if crs is None and 1 < near < np.inf:
            raise ValueError(
                f"{path}: without a crs x and y are numbers of columns and rows, but the nearest "
                f"two are {near:g} apart: give the crs if they are metres, else number the cells"
            ) from None
        raise ValueError(f"{path}: {error} (option cell_m)") from None


def _moments(when: np.ndarray, moment: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Days in the order of the file, their slots sorted; and the moment of each row."""
    number, days = pd.factorize(when)
    table = pd.DataFrame({"number": number, "slot": moment})
    order = table.drop_duplicates().sort_values(["number", "slot"], ignore_index=True)
    key = table.merge(order.reset_index(), on=["number", "slot"], how="left")["index"]
    return order.assign(day=np.asarray(days)[order["number"]]), key.to_numpy()


def _check_once(
    path: Path, rows: raw.Rows, good: np.ndarray, key: np.ndarray, cell: np.ndarray
) -> None:
    twice = pd.DataFrame({"key": key, "cell": cell}).duplicated().to_numpy()
    if twice.any():
        line = rows.line[good][np.argmax(twice)]
        raise ValueError(
            f"{path}: {rows.unit} {line} is the second row of one cell in one slot "
            f"({np.count_nonzero(twice)} such rows): sum them, or name the column of the day"
        )
