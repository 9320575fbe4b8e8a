"""Traffic intensity of Madrid by hour, from either of its two raw formats.

Raw files, by role:

records   MTD_complete_data.csv as published (Gomez and Ilarri): id, date, longitude, latitude,
          traffic_intensity and more columns; or the city's own file of a month:
          id;fecha;tipo_elem;intensidad;ocupacion;carga;vmed;error;periodo_integracion, every 15
          minutes. The header decides which. Plain, compressed, or the only CSV in a .zip.
sensors   the city's table of its sensors: id, utm_x, utm_y (EPSG:25830); needed with its own files.

The intensity of a sensor (vehicles per hour) is averaged over the readings of a slot, and the
sensors of a cell are summed. A sensor that is silent for some slots of a day would pass for
vehicles that vanish: short gaps are bridged, sensors with long ones are left out of that day, both
counted. Times are those of the clocks; when these change, an hour is bridged or averaged twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from movelaws import options, zoning
from movelaws.adapters import _checkin_files as raw
from movelaws.lattices import frames
from movelaws.lattices.adapters import _grid, _sensors, _stream
from movelaws.lattices.adapters._readings import Readings
from movelaws.lattices.adapters.active_cabs import Dates
from movelaws.pointsets.adapters import _positions
from movelaws.pointsets.adapters._options import Box, MetricCrs, Share
from movelaws.pointsets.frames import metric_crs

REQUIRED = ("records",)
OPTIONAL = ("sensors",)

PUBLISHED = {
    "id": pa.string(),
    "date": pa.timestamp("s"),
    "traffic_intensity": pa.float64(),
    "longitude": pa.float64(),
    "latitude": pa.float64(),
}
CITY = {
    "id": pa.string(),
    "fecha": pa.timestamp("s"),
    "intensidad": pa.float64(),
    "error": pa.string(),
}
_FLAGS = {"N", "S", "E"}


def read(
    files: dict[str, Path],
    *,
    days: Dates = None,
    slot_minutes: Literal[15, 30, 60] = 60,
    cell_m: options.Positive = 500.0,
    box: Box | None = None,
    errors: Sequence[str] = ("N",),
    max_missing: Share = 0.25,
    max_unusable: Share = 0.05,
    projected_crs: MetricCrs = _sensors.CITY_CRS,
    encoding: str = "utf-8",
) -> frames.Lattice:
    """Intensity per cell and slot of some days.

    Parameters
    ----------
    files : paths by role, see the module.
    days : dates in local time; null for all of the file.
    slot_minutes : length of a slot.
    cell_m : edge of a cell in metres.
    box : west, south, east and north in degrees; sensors outside are left out. Null for none.
    errors : flags of the city's column error that readings may have: N none, S substituted, E of
        low quality.
    max_missing : largest share of a day's slots that a sensor may be silent.
    max_unusable : largest share of readings without a number >= 0, a sensor or a time, and of
        sensors without a place; they are left out and counted. Flags do not count.
    projected_crs : of the lattice.
    encoding : of the files.

    Returns
    -------
    Lattice in vehicles per hour; days are called by their dates.

    Raises
    ------
    ValueError
        For a file that is of neither format, a day without readings, or too much that is unusable.
    """
    path = files["records"]
    numbers = None
    if days is not None:
        since = pd.to_datetime(sorted(days), format="%Y-%m-%d") - pd.Timestamp(0)
        numbers = since.days.tolist()
    intake = _Intake(path, Readings(60 * slot_minutes, numbers), encoding)
    if intake.city and "sensors" not in files:
        raise ValueError(
            f"{path}: a file of the city, which gives no positions: give the role sensors as well"
        )
    intake.run({*errors}, max_unusable)
    readings, notes = intake.readings, intake.notes
    if intake.city:
        longitude, latitude = _sensors.places(
            files["sensors"], [*readings.sensors], max_unusable, encoding, notes
        )
    else:
        longitude, latitude = np.array(intake.places, dtype=float).reshape(-1, 2).T
    x, y = _positions.transformed(longitude, latitude, _positions.DEGREES, projected_crs)
    with np.errstate(invalid="ignore"):
        placed = np.isfinite(x) & np.isfinite(y)
        if not intake.city:
            _sensors.count_placed(path, placed, [*readings.sensors], max_unusable, notes)
        if box is not None:
            points = zoning.Points(longitude, latitude, np.ones(x.size))
            inside = zoning.in_box(points, box)
            notes["sensors outside the box left out"] = int(np.count_nonzero(placed & ~inside))
            placed &= inside
    if not placed.any():
        raise ValueError(f"{path}: no sensor has a place{'' if box is None else ' in the box'}")
    grid = _grid_of(path, x[placed], y[placed], cell_m, readings, notes)
    cell = grid.cells(x, y)
    cell[~placed] = -1
    return _lattice(path, readings, cell, grid, max_missing, projected_crs, notes)


def _grid_of(
    path: Path,
    x: np.ndarray,
    y: np.ndarray,
    cell_m: float,
    readings: Readings,
    notes: dict[str, Any],
) -> _grid.Grid:
    """Cells around the sensors, if there are not too many or nearly all without one."""
    remedy = "give larger cells (option cell_m), a smaller box or fewer days"
    try:
        grid = _grid.around(x, y, cell_m)
        _grid.check_room(grid, len(readings.sums) * readings.slots, x, y, remedy)
        notes["cells"] = _grid.filled(grid, np.unique(grid.cells(x, y)).size, x, y, remedy)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return grid


def _lattice(
    path: Path,
    readings: Readings,
    cell: np.ndarray,
    grid: _grid.Grid,
    max_missing: float,
    crs: str | int,
    notes: dict[str, Any],
) -> frames.Lattice:
    """Means of the sensors summed over the cells."""
    days, slots = sorted(readings.sums), readings.slots
    size = grid.shape[0] * grid.shape[1]
    population = np.zeros((len(days) * slots, size))
    on = np.flatnonzero(cell >= 0)
    used = np.zeros(cell.size, dtype=bool)
    bridged = left_out = 0
    for n, day in enumerate(days):
        means, filled, lost = readings.means(day, max_missing)
        bridged, left_out = bridged + filled, left_out + lost
        used |= means.any(axis=0)
        for slot, row in enumerate(means):
            population[n * slots + slot] = np.bincount(cell[on], row[on], minlength=size)
    if not population.any():
        raise ValueError(
            f"{path}: no sensor has readings in {100 * (1 - max_missing):g} % of the slots of a "
            "day: raise the option max_missing, or give longer slots"
        )
    mask = np.zeros(size, dtype=bool)
    mask[cell[on]] = True
    notes |= {
        "days": len(days),
        "sensors": int(on.size),
        "sensors with traffic": int(np.count_nonzero(used[on])),
        "sensor-slots without a reading bridged": bridged,
        "sensor-days left out for longer gaps": left_out,
    }
    dates = pd.to_datetime(np.array(days), unit="D").strftime("%Y-%m-%d")
    return frames.Lattice(
        population=population.reshape(-1, *grid.shape),
        mask=mask.reshape(grid.shape),
        day=np.repeat(np.asarray(dates, dtype=str), slots),
        slot=np.tile(np.arange(slots), len(days)),
        x=grid.x,
        y=grid.y,
        cell_m=grid.cell_m,
        crs=metric_crs(crs),
        source="Madrid, traffic intensity at sensors",
        unit="vehicles per hour",
        slots=slots,
        slot_minutes=readings.length / 60,
        extensive=True,
        notes=notes,
    )


@dataclass(eq=False)
class _Intake:
    """One file read into ``readings``, and what was left out of it.

    Attributes
    ----------
    places : of the published file, longitude and latitude of each sensor at its first reading.
    """

    path: Path
    readings: Readings
    encoding: str
    places: list[tuple[float, float]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    city: bool = False

    def __post_init__(self):
        names = _stream.header(self.path, None, self.encoding)
        self.city = "fecha" in names
        self.columns = CITY if self.city else PUBLISHED
        self.delimiter = _stream.delimiter_of(self.path, self.encoding)
        _stream.check_columns(self.path, names, [*self.columns], self.delimiter)

    def run(self, errors: set[str], max_unusable: float) -> None:
        """Read the whole file."""
        rows, value = 0, "intensidad" if self.city else "traffic_intensity"
        lost = dict.fromkeys(("without a sensor or a time", "without a number >= 0"), 0)
        flagged: dict[str, int] = {}
        flags: set[str] = set()
        taken = 0
        for batch in _stream.batches(
            self.path, self.columns, delimiter=self.delimiter, encoding=self.encoding
        ):
            rows += len(batch)
            when = batch["fecha" if self.city else "date"]
            known = pc.and_(pc.is_valid(when), pc.is_valid(batch["id"])).to_numpy(
                zero_copy_only=False
            )
            seconds = when.cast(pa.int64()).fill_null(0).to_numpy()
            values = batch[value].fill_null(np.nan).to_numpy()
            with np.errstate(invalid="ignore"):
                fine = np.isfinite(values) & (values >= 0)
            lost["without a sensor or a time"] += np.count_nonzero(~known)
            lost["without a number >= 0"] += np.count_nonzero(known & ~fine)
            kept = known & fine & self.readings.wanted(seconds)
            if self.city:
                flags |= {*batch["error"].fill_null("none").unique().to_pylist()}
                kept &= self._unflagged(batch["error"], kept, errors, flagged)
            if kept.any():
                self._add(batch, seconds, values, kept)
                taken += np.count_nonzero(kept)
        self._check(rows, lost, max_unusable, flags)
        if unknown := sorted(errors - flags - _FLAGS) if self.city else []:
            raise ValueError(
                f"{self.path}: option errors: no reading has the flag {unknown[0]!r}; there are "
                f"{', '.join(sorted(flags))}"
            )
        self.notes |= {"format": "of the city" if self.city else "as published"}
        self.notes |= {"readings": rows, "readings of the days": int(taken)}
        self.notes |= {f"readings {why} left out": int(count) for why, count in lost.items()}
        for flag, count in sorted(flagged.items()):
            self.notes[f"readings of the days with the flag {flag} left out"] = count

    def _add(
        self, batch: pa.RecordBatch, seconds: np.ndarray, values: np.ndarray, kept: np.ndarray
    ) -> None:
        before = len(self.readings.sensors)
        names = batch["id"].filter(pa.array(kept))
        sensor = self.readings.add(names, seconds[kept], values[kept])
        if self.city or len(self.readings.sensors) == before:
            return
        new, first = np.unique(sensor, return_index=True)
        at = np.flatnonzero(kept)[first[new >= before]]
        where = [batch[axis].fill_null(np.nan).to_numpy()[at] for axis in ("longitude", "latitude")]
        lost = np.logical_or.reduce([fault.rows for fault in raw.bad_positions(*where)])
        self.places += zip(*(np.where(lost, np.nan, axis).tolist() for axis in where), strict=True)

    @staticmethod
    def _unflagged(
        column: pa.Array, kept: np.ndarray, errors: set[str], flagged: dict[str, int]
    ) -> np.ndarray:
        """Which readings have an error flag that is allowed; the others are counted."""
        coded = column.fill_null("none").dictionary_encode()
        flags, code = coded.dictionary.to_pylist(), coded.indices.to_numpy()
        allowed = np.array([flag in errors for flag in flags])
        for number, flag in enumerate(flags):
            if not allowed[number]:
                found = np.count_nonzero(kept & (code == number))
                flagged[flag] = flagged.get(flag, 0) + int(found)
        return allowed[code]

    def _check(self, rows: int, lost: dict[str, int], max_unusable: float, flags: set[str]) -> None:
        if sum(lost.values()) > max_unusable * rows:
            listed = ", ".join(f"{count:,} {why}" for why, count in lost.items())
            raise ValueError(
                f"{self.path}: of {rows:,} readings {listed}; max_unusable={max_unusable:g} of "
                "them may be: look at the columns id, date and intensity"
            )
        absent = [day for day in self.readings.days or () if day not in self.readings.sums]
        if absent or not self.readings.sums:
            date = pd.to_datetime(absent[0], unit="D").date() if absent else "any day"
            has = f" (the file has the flags {', '.join(sorted(flags))})" if self.city else ""
            raise ValueError(
                f"{self.path}: no usable reading of {date}: correct the options days and "
                f"errors{has}"
            )
