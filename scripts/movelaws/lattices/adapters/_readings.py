"""Readings of sensors, millions of rows, as means per day, slot and sensor.

Only sums and counts are in memory, 16 bytes per slot and sensor and day asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

_DAY = 86_400
_ROOM = 256


@dataclass(eq=False)
class Readings:
    """Sums of readings, filled batch by batch.

    Attributes
    ----------
    length : of a slot in seconds.
    days : numbers of the days wanted, counted from 1970; None for all.
    sensors : number of each sensor by its name, in the order of the file.
    sums, counts : by day, (slots, room) of which the first ``len(sensors)`` columns are used.
    """

    length: int
    days: Sequence[int] | None = None
    sensors: dict[str, int] = field(default_factory=dict)
    sums: dict[int, np.ndarray] = field(default_factory=dict)
    counts: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def slots(self) -> int:
        """Slots of a day."""
        return _DAY // self.length

    def wanted(self, seconds: np.ndarray) -> np.ndarray:
        """Which moments (seconds since 1970, local) are on a day wanted."""
        if self.days is None:
            return np.ones(seconds.size, dtype=bool)
        return np.isin(seconds // _DAY, self.days)

    def add(self, names: pa.Array, seconds: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Add usable readings of days wanted; returns the number of the sensor of each."""
        coded = names.dictionary_encode()
        known = [
            self.sensors.setdefault(name, len(self.sensors))
            for name in coded.dictionary.to_pylist()
        ]
        sensor = np.asarray(known, dtype=np.int64)[coded.indices.to_numpy()]
        day = seconds // _DAY
        slot = seconds % _DAY // self.length
        for one in np.unique(day).tolist():
            rows = day == one
            sums, counts = self._of_day(one)
            at = slot[rows] * sums.shape[1] + sensor[rows]
            np.add.at(sums.reshape(-1), at, values[rows])
            np.add.at(counts.reshape(-1), at, 1)
        return sensor

    def means(self, day: int, max_missing: float) -> tuple[np.ndarray, int, int]:
        """Mean reading of each slot and sensor of a day.

        Slots without a reading lie on a straight line between those around them, at the ends of
        the day they are the nearest one.

        Parameters
        ----------
        day : counted from 1970.
        max_missing : largest share of the slots that may be without a reading; sensors with more
            have 0 all day.

        Returns
        -------
        means : (slots, n_sensors) float64.
        filled : how many values were filled so.
        left_out : sensors left out though they have readings.
        """
        n = len(self.sensors)
        sums, counts = (table[day][:, :n] for table in (self.sums, self.counts))
        with np.errstate(invalid="ignore", divide="ignore"):
            means = sums / counts
        missing = counts == 0
        gaps = missing.sum(axis=0)
        kept = gaps <= max_missing * self.slots
        moments = np.arange(self.slots)
        for sensor in np.flatnonzero(kept & (gaps > 0)):
            seen = ~missing[:, sensor]
            means[:, sensor] = np.interp(moments, moments[seen], means[seen, sensor])
        means[:, ~kept] = 0.0
        left_out = np.count_nonzero(~kept & (gaps < self.slots))
        return means, int(gaps[kept].sum()), int(left_out)

    def _of_day(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Tables of a day, with room for all sensors known."""
        room = -(-len(self.sensors) // _ROOM) * _ROOM
        for tables, kind in ((self.sums, np.float64), (self.counts, np.int64)):
            have = tables.get(day)
            if have is None:
                tables[day] = np.zeros((self.slots, room), dtype=kind)
            elif have.shape[1] < room:
                tables[day] = np.pad(have, ((0, 0), (0, room - have.shape[1])))
        return self.sums[day], self.counts[day]
