"""Users of YJMob100K (Yabe et al. 2024) on their lattice of 200 x 200 cells, 48 times a day.

Raw files, by role:

records
    CSV (plain or compressed) with the columns uid, d (day), t (half hour, 0 to 47), x and y (cell,
    1 to 200), beside others such as combined_xy of the sample. The published file is sorted by
    user, day and slot and is read in one pass; other files are first distributed over one file
    per day, which are sorted one by one.
activity
    Optional, CSV with x, y, count: published records per cell, to compare the raster with.

A user counts where he was seen last: from one observation of the day to the next, the first one
back to midnight and the last one on to the end of the day. (Paper 1 does not say how it fills the
slots in which a user is not seen.) Days on which he is not seen at all do without him. Only the
raster is in memory, 4 bytes per cell and slot.

Filled back to midnight, the slots before the first observation know the future. Carried over
midnight, they hold the user where he was seen last on the day before; then only those who were not
seen that day are filled back, and else a slot knows no more of what follows than who is seen.

The publisher numbers the cells and gives no directions. Axes as_numbered draw x to the right and y
upwards; x_north draws x upwards and y to the right, which is how the published activity agrees with
a map (Pinter, reverse-engineering-YJMob100K-grid).
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from movelaws import options, readers
from movelaws.lattices import frames
from movelaws.lattices.adapters import _by_day, _carried, _stream
from movelaws.pointsets.adapters._options import Share

REQUIRED = ("records",)
OPTIONAL = ("activity",)

SLOTS, SLOT_MINUTES = 48, 30
COLUMNS = {name: pa.int64() for name in ("uid", "d", "t", "x", "y")}
_LAST_DAY = 100_000
_CARRIED = {
    "none": (_carried.NOWHERE, "no"),
    "day": (_carried.WITHIN_DAY, "within a day"),
    "over_midnight": (_carried.OVER_MIDNIGHT, "within a day, and from the day before"),
}
"""What the option carry means to the kernel and to a reader of the notes."""

Days = Annotated[
    Sequence[int] | None,
    options.Rule(
        lambda days: (
            days is None
            or (
                len(days) > 0
                and len({*days}) == len(days)
                and 0 <= min(days) <= max(days) < _LAST_DAY
            )
        ),
        "numbers of days >= 0, each once, or null for all",
    ),
]
Cells = Annotated[int, options.Rule(lambda n: 1 <= n <= 10_000, "a whole number from 1 to 10000")]


def read(
    files: dict[str, Path],
    *,
    days: Days = None,
    carry: Literal["day", "over_midnight", "none"] = "day",
    cells: Cells = 200,
    cell_m: options.Positive = 500.0,
    axes: Literal["as_numbered", "x_north"] = "as_numbered",
    max_unusable: Share = 0.01,
) -> frames.Lattice:
    """Users per cell and slot of some days.

    Parameters
    ----------
    files : paths by role, see the module.
    days : their numbers; null for all days of the file, which is then read twice.
    carry : "day", users stay where they were seen last and are before their first record of a day
        where that finds them; "over_midnight", they are before it where they were seen last on the
        calendar day before, whether or not that is among the days, and only without a record on it
        as for "day"; "none", they count when they are seen. Notes count both.
    cells : along an edge of the lattice.
    cell_m : edge of a cell in metres.
    axes : which way the numbers of the cells run, see the module.
    max_unusable : largest share of the records off the grid or with a cell missing; these are
        left out and counted.

    Returns
    -------
    Lattice in users; days are called by their numbers.

    Raises
    ------
    ValueError
        For a file that cannot be read, a day that it does not hold, or too many unusable records.
    """
    path = files["records"]
    _stream.check_columns(path, _stream.comma_header(path), [*COLUMNS], None)
    if days is None:
        days = _days(path)
    days = sorted(days)
    values = len(days) * SLOTS * cells**2
    if values > frames.MOST_VALUES:
        raise ValueError(
            f"cells={cells}: {cells:,} x {cells:,} cells in {SLOTS} slots of {len(days)} days are "
            f"{values:,} values, over {frames.MOST_VALUES:,}: name fewer days in the option days, "
            "or correct the option cells"
        )
    made = _Raster(path, days, cells, carry, axes == "x_north")
    notes = made.filled(max_unusable)
    empty = [day for day, users in zip(days, made.users, strict=True) if not users]
    if empty:
        raise ValueError(
            f"{path}: nobody was seen on day {empty[0]} ({len(empty)} such days): leave it out of "
            "the option days"
        )
    notes |= _summary(days, made.users, carry, axes)
    population = made.population.reshape(-1, cells, cells)
    if "activity" in files:
        notes |= _compared(files["activity"], population, axes)
    centres = (np.arange(1, cells + 1) - 0.5) * cell_m
    return frames.Lattice(
        population=population,
        mask=np.ones((cells, cells), dtype=bool),
        day=np.repeat(np.array([str(day) for day in days]), SLOTS),
        slot=np.tile(np.arange(SLOTS), len(days)),
        x=centres,
        y=centres.copy(),
        cell_m=float(cell_m),
        crs="",
        source="YJMob100K: users of a location service in a Japanese metropolitan area",
        unit="users",
        slots=SLOTS,
        slot_minutes=float(SLOT_MINUTES),
        extensive=True,
        notes=notes,
    )


def _days(path: Path) -> list[int]:
    """All days of a file."""
    found: set[int] = set()
    for batch in _stream.batches(path, {"d": COLUMNS["d"]}):
        found |= {*np.unique(batch["d"].drop_null().to_numpy(zero_copy_only=False)).tolist()}
    good = sorted(day for day in found if 0 <= day < _LAST_DAY)
    if not good:
        raise ValueError(f"{path}: no day >= 0 in the column 'd'")
    return good


class _Raster:
    """Users in each cell, day by day, from one file."""

    def __init__(self, path: Path, days: Sequence[int], cells: int, carry: str, x_north: bool):
        self.path, self.cells, self.carry = path, cells, _CARRIED[carry][0]
        self.number = self._numbered(max(days) + 1, days, np.arange(len(days)))
        self.strides = np.array([cells, 1] if x_north else [1, cells])
        self._days = len(days)
        self._empty()

    def _numbered(self, size: int, days: Sequence[int], rows: Sequence[int]) -> np.ndarray:
        """Row of each of ``size`` days in the raster; the days before some if these are needed."""
        number = np.full(size, _carried.UNWANTED)
        if self.carry == _carried.OVER_MIDNIGHT:
            number[[day - 1 for day in days if day]] = _carried.BEFORE
        number[[*days]] = rows
        return number

    def _empty(self) -> None:
        self.population = np.zeros((self._days, SLOTS, self.cells**2), dtype=np.float32)
        self.users = np.zeros(self._days, dtype=np.int64)
        self.counts = np.zeros(_carried.COUNTERS, dtype=np.int64)
        self.rows = 0

    def filled(self, max_unusable: float) -> dict[str, Any]:
        """Read the file; notes of what was repaired."""
        notes: dict[str, Any] = {}
        state = _carried.start()
        broken = False
        for batch in self._batches():
            broken = self._add(batch, self.number, state) >= 0
            if broken:
                break
        if broken:
            notes["records were not in order of user, day and slot"] = "sorted day by day on disk"
            self._empty()
            self._from_sorted()
        lost = int(self.counts[_carried.OUTSIDE] + self.counts[_carried.UNUSABLE])
        if lost > max_unusable * self.rows:
            raise ValueError(
                f"{self.path}: {self.counts[_carried.OUTSIDE]:,} of {self.rows:,} records have x "
                f"or y outside 1 to {self.cells} and {self.counts[_carried.UNUSABLE]:,} no user "
                f"or day >= 0, or slot from 0 to {SLOTS - 1}; max_unusable={max_unusable:g} of "
                "them may be: look at the columns, and at the option cells"
            )
        _carried.finish(self.population, self.carry)
        if self.carry != _carried.NOWHERE:
            notes["user-days"] = int(self.users.sum())
            notes["user-days that begin where the user was seen last the day before"] = int(
                self.counts[_carried.OVERNIGHT]
            )
            notes["user-days that begin where the user was first seen later that day"] = int(
                self.counts[_carried.BACKWARD]
            )
        return notes | {
            "records read": self.rows,
            "records of the days": int(self.counts[_carried.RECORDS]),
            "records outside the grid left out": int(self.counts[_carried.OUTSIDE]),
            "records without user, day or slot left out": int(self.counts[_carried.UNUSABLE]),
            "records of a user in a slot that has another one left out": int(
                self.counts[_carried.REPEATED]
            ),
        }

    def _batches(self) -> Iterator[list[np.ndarray]]:
        """Columns of the file, -1 where a cell is missing."""
        for batch in _stream.batches(self.path, COLUMNS):
            self.rows += len(batch)
            yield [
                (column.fill_null(-1) if column.null_count else column).to_numpy()
                for column in (batch[name] for name in COLUMNS)
            ]

    def _add(self, columns: Sequence[np.ndarray], number: np.ndarray, state: np.ndarray) -> int:
        return _carried.add(
            *columns,
            number,
            self.strides,
            self.cells,
            self.carry,
            self.population,
            self.users,
            state,
            self.counts,
        )

    def _from_sorted(self) -> None:
        """The same from records in any order, one day after the other."""
        with tempfile.TemporaryDirectory(prefix="movelaws-") as name:
            folder = Path(name)
            for uid, day, slot, x, y in self._batches():
                good = (uid >= 0) & (day >= 0) & (slot >= 0) & (slot < SLOTS)
                inside = (x >= 1) & (x <= self.cells) & (y >= 1) & (y <= self.cells)
                self.counts[_carried.UNUSABLE] += np.count_nonzero(~good)
                self.counts[_carried.OUTSIDE] += np.count_nonzero(good & ~inside)
                kept = np.flatnonzero(good & inside & (day < self.number.size))
                kept = kept[self.number[day[kept]] != _carried.UNWANTED]
                _by_day.add(folder, *(c[kept] for c in (uid, day, slot, x, y)), self.cells)
            for day in np.flatnonzero(self.number >= 0).tolist():
                near = [day - 1, day] if self.carry == _carried.OVER_MIDNIGHT else [day]
                number = self._numbered(day + 1, [day], [self.number[day]])
                self._add(_by_day.ordered(folder, near, self.cells), number, _carried.start())


def _summary(
    days: Sequence[int], users: np.ndarray, carry: str, axes: str
) -> dict[str, frames.Note]:
    """Notes of who was seen, and how the raster is to be read."""
    most = int(np.argmax(users))
    return {
        "days": len(days),
        "users of a day": f"{users.min():,} to {users.max():,} (day {days[most]})",
        "users stay where they were seen last": _CARRIED[carry][1],
        "axes": "x runs up and y to the right"
        if axes == "x_north"
        else "as numbered, x runs to the right and y up; the file gives no directions",
    }


def _compared(path: Path, population: np.ndarray, axes: str) -> dict[str, frames.Note]:
    """Correlation of the raster with the published records per cell."""
    table = readers.read_table(path, {name: [name] for name in ("x", "y", "count")})
    cells = population.shape[-1]
    x, y = (
        table.number(axis, low=1, high=cells).to_numpy(dtype=np.int64) - 1 for axis in ("x", "y")
    )
    published = np.zeros((cells, cells))
    where = (x, y) if axes == "x_north" else (y, x)
    np.add.at(published, where, table.number("count", low=0).to_numpy())
    counted = population.sum(axis=0, dtype=np.float64)
    if not (np.ptp(published) and np.ptp(counted)):
        return {"published records per cell": f"{published.sum():,.0f}, no correlation"}
    pairs = np.stack([counted.ravel(), published.ravel()])
    ranks = [pd.Series(values).rank().to_numpy() for values in pairs]
    return {
        "published records per cell": f"{published.sum():,.0f} in {np.count_nonzero(published):,}",
        "correlation of the raster with them": round(float(np.corrcoef(pairs)[0, 1]), 4),
        "rank correlation of the raster with them": round(float(np.corrcoef(ranks)[0, 1]), 4),
    }
