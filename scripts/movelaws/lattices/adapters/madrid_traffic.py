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
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from movelaws import options, zoning
from movelaws.lattices import frames
from movelaws.lattices.adapters import _grid, _sensors
from movelaws.lattices.adapters._intake import Intake
from movelaws.lattices.adapters._readings import Readings
from movelaws.lattices.adapters.active_cabs import Dates
from movelaws.pointsets.adapters import _positions
from movelaws.pointsets.adapters._options import Box, MetricCrs, Share
from movelaws.pointsets.frames import metric_crs

REQUIRED = ("records",)
OPTIONAL = ("sensors",)


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
    days : dates in local time; null for all of the file on which a sensor has enough readings.
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
    intake = Intake(path, Readings(60 * slot_minutes, numbers), encoding)
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
    placed = np.isfinite(x) & np.isfinite(y)
    if not intake.city:
        _sensors.count_placed(path, placed, [*readings.sensors], max_unusable, notes)
    if box is not None:
        where = np.flatnonzero(placed)
        points = zoning.Points(longitude[where], latitude[where], np.ones(where.size))
        outside = where[~zoning.in_box(points, box)]
        notes["sensors outside the box left out"] = outside.size
        placed[outside] = False
    if not placed.any():
        where = "" if box is None else " in the box"
        raise ValueError(
            f"{path}: no sensor has a place{where}: look at the coordinates"
            f"{'' if box is None else ' and the option box'}"
        )
    grid = _grid_of(path, x[placed], y[placed], cell_m, projected_crs, readings, notes)
    cell = grid.cells(x, y)
    cell[~placed] = -1
    return _lattice(path, readings, cell, grid, max_missing, projected_crs, notes)


def _grid_of(
    path: Path,
    x: np.ndarray,
    y: np.ndarray,
    cell_m: float,
    crs: str | int,
    readings: Readings,
    notes: dict[str, Any],
) -> _grid.Grid:
    """Cells around the sensors, if there are not too many or nearly all without one."""
    remedy = "give larger cells (option cell_m), a smaller box or fewer days"
    try:
        grid = _grid.around(x, y, cell_m)
        _grid.check_room(grid, len(readings.sums) * readings.slots, x, y, remedy)
        notes["cells"] = _grid.filled(grid, np.unique(grid.cells(x, y)).size, x, y, remedy)
        _positions.check_true(x, y, metric_crs(crs), notes, options="projected_crs")
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
    empty = []
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
        if readings.days is None and not means[:, on].any():
            empty.append(n)
    if not population.any():
        raise ValueError(
            f"{path}: no sensor has readings in {100 * (1 - max_missing):g} % of the slots of a "
            "day: raise the option max_missing, or give longer slots"
        )
    if empty:  # a stray time makes a day
        population = np.delete(population.reshape(len(days), -1), empty, axis=0)
        population = population.reshape(-1, size)
        days = [day for n, day in enumerate(days) if n not in empty]
        notes["days without a sensor of enough slots left out"] = len(empty)
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
