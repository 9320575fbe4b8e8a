"""San Francisco's taxis as a population: where the active cabs are, slot by slot, for weeks.

Raw files, by role:

traces   the archive with one trace per cab, see ``movelaws.cabspotting``.

A cab is, in a slot of local time, where its last point before the end of the slot was, if that
point is not too old; cabs that are switched off are nowhere. Cabs are the only agents: what moves
here is the supply of taxis, not the people of the city.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from movelaws import cabspotting, options, zoning
from movelaws.adapters.sf_taxi import CITY
from movelaws.lattices import frames
from movelaws.lattices.adapters import _grid
from movelaws.pointsets.adapters import _positions
from movelaws.pointsets.adapters._options import Box, MetricCrs, Share
from movelaws.pointsets.frames import metric_crs

REQUIRED = ("traces",)
OPTIONAL = ()

_DAY = 86_400
_FEWEST_DAYS = 3
_LEAST_BUSY = 0.1
"""Of the cab-slots of the busiest day: with fewer a day is a stray time, not a day of traffic."""
_DAY_MINUTES = 1440.0


def is_date(text: str) -> bool:
    """Whether a text is a date such as 2008-05-21."""
    return pd.notna(pd.to_datetime(text, format="%Y-%m-%d", errors="coerce"))


Dates = Annotated[
    Sequence[str] | None,
    options.Rule(
        lambda days: (
            days is None
            or (len(days) > 0 and len({*days}) == len(days) and all(map(is_date, days)))
        ),
        "dates in quotes such as '2008-05-21', each once, or null for all whole days",
    ),
]
MaxAge = Annotated[
    float | None,
    options.Rule(
        lambda age: age is None or 0 < age <= _DAY_MINUTES,
        "minutes > 0, at most 1440 (a day), or null for the length of a slot",
    ),
]


def read(
    files: dict[str, Path],
    *,
    days: Dates = None,
    slot_minutes: Literal[10, 15, 20, 30, 60] = 30,
    max_age_minutes: MaxAge = None,
    box: Box = CITY,
    cell_m: options.Positive = 500.0,
    projected_crs: MetricCrs = "EPSG:32610",
    max_malformed: Share = 0.01,
) -> frames.Lattice:
    """Active cabs per cell and slot of local days.

    Parameters
    ----------
    files : paths by role, see the module.
    days : dates in local time; null for every day from its first to its last minute within the
        traces that has a tenth of the cabs of the busiest one; the others are counted. Of a day
        that the traces cover in part only the slots covered are given.
    slot_minutes : length of a slot.
    max_age_minutes : oldest point, at the end of a slot, that still says where a cab is, at most a
        day; null for the length of a slot, so that a cab counts if it was heard of in the slot.
    box : west, south, east and north in degrees; the lattice is the box in ``projected_crs``, made
        whole cells. The default is the city without its airport.
    cell_m : edge of a cell in metres.
    projected_crs : of the lattice; the default is the UTM zone of San Francisco.
    max_malformed : largest share of a cab's lines that may be malformed.

    Returns
    -------
    Lattice in cabs; days are called by their dates.

    Raises
    ------
    ValueError
        For an archive that cannot be read, a day without cabs, or clocks that change in between.
    """
    path, length = files["traces"], 60 * slot_minutes
    notes: dict[str, Any] = {}
    grid = _box_grid(box, metric_crs(projected_crs), cell_m)
    sightings = _Sightings(length, 60 * (max_age_minutes or slot_minutes))
    slot, longitude, latitude = sightings.of(path, max_malformed, notes)
    x, y = _positions.transformed(longitude, latitude, _positions.DEGREES, projected_crs)
    cell = grid.cells(x, y)
    per_day = _DAY // length
    moments = sightings.moments(path, days, per_day)
    if days is None:
        moments = _busy(moments, slot, per_day, notes)
    remedy = "give larger cells (option cell_m), a smaller box or fewer days"
    try:
        _grid.check_room(grid, moments.size, *grid.corners, remedy)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    chosen = np.isin(slot, moments)
    if not (chosen & (cell >= 0)).any():
        raise ValueError(f"{path}: no cab is within box={[*box]} on the days asked for")
    notes |= {
        "cab-slots of the days": int(np.count_nonzero(chosen)),
        "cab-slots outside the box left out": int(np.count_nonzero(chosen & (cell < 0))),
        "a cab is where it was seen last, within minutes": sightings.age / 60,
    }
    kept = chosen & (cell >= 0)
    population = np.zeros((moments.size, grid.shape[0] * grid.shape[1]), dtype=np.float32)
    np.add.at(population, (np.searchsorted(moments, slot[kept]), cell[kept]), 1)
    dates = pd.to_datetime(moments // per_day, unit="D").strftime("%Y-%m-%d")
    day = np.asarray(dates, dtype=str)
    if weak := _weak(population.sum(axis=1), day, moments % per_day):
        notes["slots with under half of the cabs usual at their time"] = weak
    return frames.Lattice(
        population=population.reshape(-1, *grid.shape),
        mask=np.ones(grid.shape, dtype=bool),
        day=day,
        slot=moments % per_day,
        x=grid.x,
        y=grid.y,
        cell_m=float(cell_m),
        crs=metric_crs(projected_crs),
        source="San Francisco taxis (cabspotting), cabs with a signal",
        unit="active cabs",
        slots=per_day,
        slot_minutes=float(slot_minutes),
        extensive=True,
        notes=notes,
    )


def _box_grid(box: Sequence[float], crs: str, cell_m: float) -> _grid.Grid:
    """Cells around the four corners of a box in degrees."""
    west, south, east, north = zoning.checked_box(box)
    x, y = _positions.transformed(
        np.array([west, east, east, west]),
        np.array([south, south, north, north]),
        _positions.DEGREES,
        crs,
    )
    _positions.check_true(x, y, crs, {}, options="box and projected_crs")
    return _grid.around(x, y, cell_m)


def _busy(moments: np.ndarray, slot: np.ndarray, per_day: int, notes: dict[str, Any]) -> np.ndarray:
    """The moments of days that have cabs, of all between the first and the last point."""
    day = moments // per_day
    cabs = pd.Series(slot // per_day).value_counts().reindex(np.unique(day), fill_value=0)
    left_out = cabs.index[cabs < _LEAST_BUSY * cabs.max()]
    if len(left_out):
        named = pd.to_datetime(left_out[:3], unit="D").strftime("%Y-%m-%d")
        more = " ..." if len(left_out) > named.size else ""
        notes["days with almost no cabs left out"] = f"{len(left_out)} ({', '.join(named)}{more})"
    return moments[~np.isin(day, left_out)]


def _weak(cabs: np.ndarray, day: np.ndarray, slot: np.ndarray) -> str:
    """Days with slots in which the recording failed, and how many; "" if there are none.

    The median over the days says what is usual at the time of a slot, from three days on.
    """
    if np.unique(day).size < _FEWEST_DAYS:
        return ""
    usual = pd.Series(cabs).groupby(slot).transform("median").to_numpy()
    days, counts = np.unique(day[cabs < usual / 2], return_counts=True)
    return ", ".join(f"{name}: {count}" for name, count in zip(days, counts, strict=True))


class _Sightings:
    """Where cabs were last seen at the end of each slot; slots count from 1970 in local time."""

    def __init__(self, length: int, age: float):
        self.length, self.age = length, age
        self.first, self.last = np.iinfo(np.int64).max, 0
        self._offsets: dict[int, str] = {}
        self._ends = {"first": "", "last": ""}

    def of(
        self, path: Path, max_malformed: float, notes: dict[str, Any]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Slot, longitude and latitude of every cab that is somewhere in a slot."""
        counts = dict.fromkeys(
            ("cabs", "points", "malformed lines left out", "points at a repeated time left out"), 0
        )
        parts = [
            self._of_cab(cab.name, cab.points)
            for cab in _counted(cabspotting.cabs(path, max_malformed=max_malformed), counts)
            if len(cab.points)
        ]
        notes |= counts
        if not parts:
            raise ValueError(f"{path}: no cab has a point: is the archive complete?")
        if len(self._offsets) > 1:
            seen = "; ".join(self._offsets.values())
            raise ValueError(
                f"{path}: the clocks of {cabspotting.TIME_ZONE} change within the traces ({seen}): "
                "slots of local time are not defined across the change; give traces on one side of "
                "it, or is one of these times wrong?"
            )
        offset = next(iter(self._offsets))
        notes["first point"] = cabspotting.local_time(int(self.first - offset))
        notes["last point"] = cabspotting.local_time(int(self.last - offset))
        for end, name in self._ends.items():
            notes[f"cab of the {end} point"] = name
        slot, longitude, latitude = (np.concatenate(p) for p in zip(*parts, strict=True))
        return slot, longitude, latitude

    def _of_cab(self, name: str, points: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        time = points["time"].to_numpy()
        for moment in (time[0], time[-1]):
            zoned = pd.Timestamp(int(moment), unit="s", tz="UTC").tz_convert(cabspotting.TIME_ZONE)
            said = f"cab {name} at {cabspotting.local_time(int(moment))}"
            self._offsets.setdefault(int(zoned.utcoffset().total_seconds()), said)
        time = time + next(iter(self._offsets))
        if time[0] < self.first:
            self.first, self._ends["first"] = time[0], name
        if time[-1] > self.last:
            self.last, self._ends["last"] = time[-1], name
        slot = np.arange(time[0] // self.length, (time[-1] + self.age) // self.length + 1)
        slot = slot.astype(np.int64)
        end = (slot + 1) * self.length
        at = np.searchsorted(time, end) - 1  # the last point before the end
        kept = (at >= 0) & (end - time[np.maximum(at, 0)] <= self.age)
        at = at[kept]
        columns = (points[axis].to_numpy()[at] for axis in ("longitude", "latitude"))
        return slot[kept], *columns

    def moments(self, path: Path, days: Sequence[str] | None, per_day: int) -> np.ndarray:
        """Slots of the days that lie within the traces as a whole, sorted."""
        low, high = -(-self.first // self.length), self.last // self.length
        if days is None:
            first, last = -(-self.first // _DAY), self.last // _DAY
            if last <= first:
                raise ValueError(
                    f"{path}: the traces cover no whole day: name days in the option days"
                )
            wanted = np.arange(first, last)
        else:
            dates = pd.to_datetime([*days], format="%Y-%m-%d")
            wanted = np.sort((dates - pd.Timestamp(0)).days.to_numpy())
        found = (wanted[:, None] * per_day + np.arange(per_day)).astype(np.int64)
        inside = (found >= low) & (found < high)
        if not inside.any(axis=1).all():
            day = pd.to_datetime(wanted[np.argmin(inside.any(axis=1))], unit="D").date()
            raise ValueError(f"{path}: the traces do not cover {day}: correct the option days")
        return found[inside]


def _counted(cabs: Iterator[cabspotting.Cab], counts: dict[str, int]) -> Iterator[cabspotting.Cab]:
    for cab in cabs:
        counts["cabs"] += 1
        counts["points"] += len(cab.points)
        counts["malformed lines left out"] += cab.malformed
        counts["points at a repeated time left out"] += cab.repeated
        yield cab
