"""The readings of Madrid's sensors from either of their two files, and what is left out of them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from movelaws.adapters import _checkin_files as raw
from movelaws.lattices.adapters import _stream
from movelaws.lattices.adapters._readings import Readings

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


@dataclass(eq=False)
class Intake:
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
        _stream.check_columns(self.path, names, [*self.columns], None)

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
