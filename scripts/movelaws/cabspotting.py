"""Traces of the San Francisco taxis, 17 May to 10 June 2008, and the trips of their customers.

Raw format (Piorkowski et al. 2009, CRAWDAD epfl/mobility): an archive with one text file
``new_<cab>.txt`` per cab, each line ``latitude longitude occupied time`` separated by spaces, with
degrees (WGS 84), 1 for a cab with a fare and 0 for a free one, and seconds since 1970 (UTC). A
point comes about every minute; the files run backwards in time as published and forwards in some
copies. Other members (``_cabs.txt``, README) are not read.
"""

import csv
import dataclasses
import io
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
import pandas as pd
from tqdm import tqdm

from movelaws import archives, geo

TIME_ZONE = "America/Los_Angeles"
LIMITS = archives.Limits(members=5_000, unpacked=4 * 10**9, ratio=100.0)
CAB_BYTES = 64 * 2**20
"""Most bytes of one cab's file: 1.8 million points, seventy times the longest one published."""

_MEMBER = re.compile(r"new_(\w+)\.txt")
_COLUMNS = ("latitude", "longitude", "occupied", "time")
_LAST_SECOND = 2**32


@dataclasses.dataclass(frozen=True, eq=False)
class Cab:
    """What one cab recorded.

    Attributes
    ----------
    name : of the cab, from the name of its file.
    points : (n_points, 4) DataFrame: latitude, longitude (degrees, float), occupied (bool), time
        (seconds since 1970 UTC, int), strictly increasing in time.
    malformed : lines left out because they hold no such point.
    repeated : points left out because the cab has an earlier line of the same time.
    """

    name: str
    points: pd.DataFrame
    malformed: int = 0
    repeated: int = 0


@dataclasses.dataclass(frozen=True)
class TripRules:
    """What counts as a trip: a run of points with a fare between two without one.

    The meter changes its state somewhere between two points, so pick-up and drop-off are known to
    about a minute of driving. The pick-up is the first point with a fare.

    Attributes
    ----------
    drop_off : "last_occupied", the last point with a fare, or "first_vacant", the point behind it.
        The first lies on the way, the second may lie beyond the place where the customer got out.
    max_gap_minutes : a run with two neighbouring points further apart in time is no trip, the
        points before and behind the run included: the place of the change is then unknown.
    min_minutes, max_minutes : bounds on the time from pick-up to drop-off.
    max_kmh : bound on the straight line from pick-up to drop-off per time.
    """

    drop_off: Literal["last_occupied", "first_vacant"] = "last_occupied"
    max_gap_minutes: float = 10.0
    min_minutes: float = 1.0
    max_minutes: float = 180.0
    max_kmh: float = 130.0

    def __post_init__(self):
        if self.drop_off not in ("last_occupied", "first_vacant"):
            raise ValueError(f"drop_off={self.drop_off!r}: give 'last_occupied' or 'first_vacant'")
        for name in ("max_gap_minutes", "max_minutes", "max_kmh"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name}={getattr(self, name)!r}: give a finite number > 0")
        if not 0 <= self.min_minutes < self.max_minutes:
            raise ValueError(
                f"min_minutes={self.min_minutes!r}: give a number >= 0 below max_minutes="
                f"{self.max_minutes!r}"
            )


def cabs(path: str | Path, *, max_malformed: float = 0.01) -> Iterator[Cab]:
    """The cabs of an archive (tar.gz as published, tar.xz, zip), in the archive's order.

    Parameters
    ----------
    path : of the archive; read within ``LIMITS``, one cab in memory at a time.
    max_malformed : largest share of a cab's lines that may be malformed.

    Yields
    ------
    Cab : one per file; a file without lines is a cab without points.

    Raises
    ------
    ValueError
        For an archive that is damaged, unsafe (``archives.ArchiveError``) or holds no cab, a cab
        in two files or in one that is too large, or too many malformed lines.
    FileNotFoundError
        If there is no such archive.
    """
    if not 0 <= max_malformed < 1:
        raise ValueError(f"max_malformed={max_malformed!r}: give a share in [0, 1)")
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    seen: set[str] = set()
    # disable=None: quiet unless standard error is a terminal
    with tqdm(desc=path.name, unit=" cabs", disable=None) as bar:
        for member in archives.members(path, lambda name: bool(_cab_name(name)), LIMITS):
            name = _cab_name(member.name)
            if name in seen:
                raise ValueError(f"{path}: cab {name!r} has a second file {member.name!r}")
            seen.add(name)
            text = member.stream.read(CAB_BYTES + 1)
            if len(text) > CAB_BYTES:
                raise ValueError(f"{path}: {member.name!r} has more than {CAB_BYTES:,} bytes")
            yield _read_cab(name, text, f"{path}: {member.name!r}", max_malformed)
            bar.update()
    if not seen:
        raise ValueError(f"{path}: no file new_<cab>.txt in the archive: is it the right one?")


def trips(cab: Cab, rules: TripRules) -> tuple[pd.DataFrame, dict[str, int]]:
    """Trips of one cab's customers.

    Parameters
    ----------
    cab : as read by :func:`cabs`.
    rules : what counts as a trip.

    Returns
    -------
    trips : (n_trips, 6) DataFrame in order of time: pickup_longitude, pickup_latitude,
        pickup_time, dropoff_longitude, dropoff_latitude, dropoff_time.
    dropped : how many runs were no trip, by the first reason that applies.
    """
    points = cab.points
    occupied, time = points["occupied"].to_numpy(), points["time"].to_numpy()
    edges = np.diff(np.concatenate(([False], occupied, [False])).astype(np.int8))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    whole = (first > 0) & (last < len(points) - 1)
    dropped = {"runs at the end of a trace": int(np.count_nonzero(~whole))}
    first, last = first[whole], last[whole]
    end = last if rules.drop_off == "last_occupied" else last + 1

    long_gaps = np.concatenate(([0], np.cumsum(np.diff(time) > 60 * rules.max_gap_minutes)))
    hours = (time[end] - time[first]) / 3600
    longitude, latitude = points["longitude"].to_numpy(), points["latitude"].to_numpy()
    km = geo.great_circle_km(longitude[first], latitude[first], longitude[end], latitude[end])
    kept = np.ones(len(first), dtype=bool)
    for reason, wrong in {
        f"runs with a gap over {rules.max_gap_minutes:g} min": (
            long_gaps[last + 1] > long_gaps[first - 1]
        ),
        f"runs under {rules.min_minutes:g} min": 60 * hours < rules.min_minutes,
        f"runs over {rules.max_minutes:g} min": 60 * hours > rules.max_minutes,
        f"runs over {rules.max_kmh:g} km/h": km > rules.max_kmh * hours,
    }.items():
        dropped[reason] = int(np.count_nonzero(kept & wrong))
        kept &= ~wrong
    columns = {}
    for what, at in (("pickup", first[kept]), ("dropoff", end[kept])):
        columns[f"{what}_longitude"] = longitude[at]
        columns[f"{what}_latitude"] = latitude[at]
        columns[f"{what}_time"] = time[at]
    return pd.DataFrame(columns), dropped


def all_trips(
    path: str | Path, rules: TripRules, *, max_malformed: float = 0.01
) -> tuple[pd.DataFrame, dict[str, int | str]]:
    """Trips of all cabs of an archive, see :func:`cabs` and :func:`trips`.

    Returns
    -------
    trips : (n_trips, 7) DataFrame in the archive's order: cab, then the columns of ``trips``.
    notes : counts of cabs, points, lines left out and runs that were no trip, and when the first
        and the last point was recorded, in local time.
    """
    tables, totals, span = {}, {}, []
    counts = dict.fromkeys(
        ("cabs", "points", "malformed lines left out", "points at a repeated time left out"), 0
    )
    for cab in cabs(path, max_malformed=max_malformed):
        tables[cab.name], dropped = trips(cab, rules)
        for reason, count in dropped.items():
            totals[reason] = totals.get(reason, 0) + count
        counts["cabs"] += 1
        counts["points"] += len(cab.points)
        counts["malformed lines left out"] += cab.malformed
        counts["points at a repeated time left out"] += cab.repeated
        if len(cab.points):
            span += cab.points["time"].iloc[[0, -1]].tolist()
    if not span:
        raise ValueError(f"{path}: no cab has a point: is the archive complete?")
    notes = counts | {"first point": local_time(min(span)), "last point": local_time(max(span))}
    table = pd.concat(tables, names=["cab"]).reset_index(level="cab").reset_index(drop=True)
    return table, notes | totals


def local_time(seconds: int) -> str:
    """A moment as the clocks of San Francisco showed it, such as ``2008-05-17 03:00:04 PDT``."""
    moment = pd.Timestamp(seconds, unit="s", tz="UTC").tz_convert(TIME_ZONE)
    return moment.strftime("%Y-%m-%d %H:%M:%S %Z")


def _cab_name(member: str) -> str | None:
    found = _MEMBER.fullmatch(PurePosixPath(member).name)
    return found[1] if found else None


def _read_cab(name: str, text: bytes, where: str, max_malformed: float) -> Cab:
    try:
        lines = _parsed(io.BytesIO(text))
    except (ValueError, pd.errors.ParserError):
        lines = _parsed_by_line(text)
    fine = _plausible(lines)
    malformed = int(np.count_nonzero(~fine))
    if malformed > max_malformed * len(lines):
        number, line = _filled_lines(text)[np.argmax(~fine)]
        raise ValueError(
            f"{where}, line {number}: {line[:80]!r} is not latitude, longitude, occupied (0 or 1) "
            f"and time in seconds; {malformed:,} of {len(lines):,} lines are not, "
            f"max_malformed={max_malformed:g} of them may be"
        )
    points = lines.loc[fine, list(_COLUMNS)].astype({"occupied": bool, "time": np.int64})
    if np.count_nonzero(points["time"].diff() < 0) > len(points) / 2:
        # backwards as published: of two points at one time the lower line is the earlier one
        points = points.iloc[::-1]
    points = points.sort_values("time", kind="stable")
    repeated = points["time"].duplicated()
    points = points[~repeated].reset_index(drop=True)
    return Cab(name, points, malformed, int(repeated.sum()))


def _parsed(stream: io.BytesIO) -> pd.DataFrame:
    """Numbers of all lines but blank ones; a word or a field too few is a ValueError."""
    names = [*_COLUMNS, "more"]
    try:
        return pd.read_csv(
            stream,
            sep=r"\s+",
            header=None,
            names=names,
            dtype=dict.fromkeys(_COLUMNS, float) | {"more": str},
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,
            encoding="latin-1",
        )
    except pd.errors.EmptyDataError:
        return pd.DataFrame(columns=names, dtype=float)


def _parsed_by_line(text: bytes) -> pd.DataFrame:
    """The same where some lines do not fit: NaN for what is no number, "" for no fifth field."""
    fields = [[*line.split(), *[""] * 5][:5] for _, line in _filled_lines(text)]
    lines = pd.DataFrame(fields, columns=[*_COLUMNS, "more"], dtype=object)
    return lines.assign(**{name: pd.to_numeric(lines[name], errors="coerce") for name in _COLUMNS})


def _filled_lines(text: bytes) -> list[tuple[int, str]]:
    """Number and text of the lines that are not blank."""
    lines = enumerate(text.splitlines(), start=1)
    return [(number, line.decode("latin-1")) for number, line in lines if line.strip()]


def _plausible(lines: pd.DataFrame) -> np.ndarray:
    """Which lines hold one point on the globe, in a known state, at a whole second after 1970."""
    fine = lines["latitude"].between(-90, 90) & lines["longitude"].between(-180, 180)
    fine &= lines["occupied"].isin([0, 1]) & lines["more"].eq("")
    fine &= (lines["time"] > 0) & (lines["time"] < _LAST_SECOND) & (lines["time"] % 1 == 0)
    return fine.to_numpy()
