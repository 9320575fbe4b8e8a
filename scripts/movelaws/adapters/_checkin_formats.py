"""Check-ins in any of the formats of the adapter ``checkins``, as integer codes with their places.

Every function takes the paths by role and the largest share of rows that may be unusable. Where
check-ins carry coordinates, ``own`` says whether those count or the ones of their place, which are
those of its first check-in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from movelaws import readers
from movelaws.adapters import _checkin_files as raw

UNKNOWN_ANTENNA = "-1"
_LATITUDE, _LONGITUDE = ["latitude", "lat"], ["longitude", "lon", "lng"]
_MOVED = (
    "is this a column of places? Name another one in the option place, or leave that out; zones "
    "squares and polygons take the coordinates of each check-in"
)
_SECONDS = "seconds since 1970 or ISO 8601, such as 2010-10-19T23:55:27Z"


@dataclass(frozen=True, eq=False)
class CheckIns:
    """Who was where and when.

    Attributes
    ----------
    user : (n,) codes >= 0.
    time : (n,) seconds since 1970.
    place : (n,) rows of ``places``.
    places : (n_places,) DataFrame of place_id (str), latitude, longitude (degrees), city (str).
    notes : rows that were left out, by reason.
    """

    user: np.ndarray
    time: np.ndarray
    place: np.ndarray
    places: pd.DataFrame
    notes: dict[str, int]


def snap(path: Path, most: float, own: bool) -> CheckIns:
    """Gowalla and Brightkite of SNAP: user, time, latitude, longitude, place."""
    columns = ["user", "time", "latitude", "longitude", "place"]
    return _with_positions(raw.read_plain(path, columns), most, raw.ISO, own)


def sample(path: Path, places: Path, most: float) -> CheckIns:
    """User, place, seconds; and place, latitude, longitude."""
    rows = raw.read_plain(path, ["user", "place", "time"])
    where = raw.read_plain(places, ["place", "latitude", "longitude"])
    return _with_places(rows, where, most, None)


def d4d(path: Path, places: Path, most: float) -> CheckIns:
    """Orange Data for Development: user, time, antenna; and antenna, longitude, latitude."""
    rows = raw.read_plain(path, ["user", "time", "place"])
    where = raw.read_plain(places, ["place", "longitude", "latitude"])
    known = pc.fill_null(pc.not_equal(rows.text["place"], UNKNOWN_ANTENNA), True).to_numpy()
    if not known.any():
        raise ValueError(
            f"{path}: all {known.size} check-ins are at an unknown antenna ({UNKNOWN_ANTENNA}), "
            "column '3 (place)': give the file whose third column holds the antennas"
        )
    notes = {"check-ins at an unknown antenna dropped": int(np.count_nonzero(~known))}
    return _with_places(rows.take(known), where, most, raw.DAY_AND_TIME, notes)


def table(
    path: Path,
    places: Path | None,
    most: float,
    names: dict[str, str | None],
    text: tuple[str, str],
    own: bool,
) -> CheckIns:
    """A table with a header.

    A column that merely happens to be called place may hold anything: check-ins with coordinates
    have places only where the column is named.

    Parameters
    ----------
    names : of the columns user, time, place, latitude, longitude and city; None is the usual name.
    text : delimiter and encoding of CSV files.
    """
    delimiter, encoding = text
    position = {
        "latitude": [names["latitude"]] if names["latitude"] else _LATITUDE,
        "longitude": [names["longitude"]] if names["longitude"] else _LONGITUDE,
    }
    who = {"user": [names["user"]], "time": [names["time"]]}
    place = {"place": [names["place"] or "place"]}
    how = {"delimiter": delimiter, "encoding": encoding}
    raw.check_text(path)
    if places is None:
        wanted = who | position | (place if names["place"] else {})
        rows = raw.from_table(readers.read_table(path, wanted, **how))
        return _with_positions(rows, most, None, own)
    raw.check_text(places)
    seen = readers.read_table(
        path, who | place, optional=None if names["place"] else position, **how
    )
    notes = {}
    if not names["place"]:
        if {"latitude", "longitude"} <= set(seen.headers):
            columns = [seen.headers["latitude"], seen.headers["longitude"]]
            raise ValueError(
                f"{path}: the check-ins have coordinates, columns {columns}, and {places} gives "
                "others: set the option place to the column to look up there, or leave the role "
                "places out"
            )
        notes["column of the places, none being named"] = seen.headers["place"]
    rows = raw.from_table(seen)
    city = {"city": [names["city"] or "city"]}
    where = readers.read_table(
        places,
        place | position | (city if names["city"] else {}),
        optional=city,
        **how,
    )
    return _with_places(rows, raw.from_table(where), most, None, notes)


def _with_positions(rows: raw.Rows, most: float, form: str | None, own: bool) -> CheckIns:
    """Check-ins that carry their coordinates; these are their place if ``own``, or without one."""
    latitude, longitude = rows.numbers("latitude"), rows.numbers("longitude")
    faults, user, time = _who_and_when(rows, form)
    faults += raw.bad_positions(longitude, latitude)
    named = "place" in rows.text
    if named:
        place, names = rows.codes("place")
        faults.append(raw.missing_code(place, "place"))
    good, notes = rows.usable(faults, most)
    path, unit, line, header = rows.path, rows.unit, rows.line[good], rows.headers.get("place")
    del rows, faults  # the text of millions of rows is most of the memory
    latitude, longitude = latitude[good], longitude[good]
    if named and not own:
        kept, first, place = np.unique(place[good], return_index=True, return_inverse=True)
        names = names.take(pa.array(kept)).to_numpy(zero_copy_only=False)
    else:
        pairs = pd.DataFrame({"latitude": latitude, "longitude": longitude})
        place = pairs.groupby(["latitude", "longitude"], sort=False).ngroup().to_numpy()
        first = np.unique(place, return_index=True)[1]
        names = [f"{y!r} {x!r}" for y, x in pairs.iloc[first].to_numpy().tolist()]
    moved = (latitude != latitude[first][place]) | (longitude != longitude[first][place])
    if moved.sum() > most * moved.size:
        row = int(np.argmax(moved))
        start = first[place[row]]
        raise ValueError(
            f"{path}: {unit} {line[row]}, column {header!r}: {names[place[row]]!r} is at "
            f"{latitude[row]}, {longitude[row]}, but first at {latitude[start]}, "
            f"{longitude[start]} ({int(moved.sum())} of {moved.size} check-ins are at another "
            f"position than the first of their place, at most {most:.3g} of them may be): "
            f"{_MOVED}; option max_unusable sets the limit"
        )
    places = pd.DataFrame(
        {"place_id": names, "latitude": latitude[first], "longitude": longitude[first], "city": ""}
    )
    counted = {f"check-ins {reason} dropped": count for reason, count in notes.items()}
    counted["check-ins at another position than the first of their place"] = int(moved.sum())
    return CheckIns(user[good], time[good], place, places, counted)


def _with_places(
    rows: raw.Rows,
    where: raw.Rows,
    most: float,
    form: str | None,
    notes: dict[str, int] | None = None,
) -> CheckIns:
    """Check-ins whose places have their coordinates in a file of their own."""
    places, counted = _places(where, most)
    faults, user, time = _who_and_when(rows, form)
    code, names = rows.codes("place")
    faults.append(raw.missing_code(code, "place"))
    known = pd.Index(places["place_id"]).get_indexer(names.to_numpy(zero_copy_only=False))
    place = np.append(known, -1)[code]
    remedy = f"add their positions to {where.path}"
    faults.append(raw.Fault("at a place without a position", "place", place < 0, remedy))
    good, lost = rows.usable(faults, most)
    dropped = {f"check-ins {reason} dropped": count for reason, count in lost.items()}
    return CheckIns(user[good], time[good], place[good], places, (notes or {}) | dropped | counted)


def _who_and_when(
    rows: raw.Rows, form: str | None
) -> tuple[list[raw.Fault], np.ndarray, np.ndarray]:
    user, time = rows.codes("user")[0], rows.seconds("time", form)
    times = raw.bad_times(rows, time, form or _SECONDS)
    return [raw.missing_code(user, "user"), *times], user, time


def _places(rows: raw.Rows, most: float) -> tuple[pd.DataFrame, dict[str, int]]:
    """Places with a position, one row each."""
    code, names = rows.codes("place")
    latitude, longitude = rows.numbers("latitude"), rows.numbers("longitude")
    faults = [raw.missing_code(code, "place"), *raw.bad_positions(longitude, latitude)]
    good, notes = rows.usable(faults, most)
    frame = pd.DataFrame(
        {
            "place_id": names.take(pa.array(code[good])).to_numpy(zero_copy_only=False),
            "latitude": latitude[good],
            "longitude": longitude[good],
            "city": _texts(rows, "city", good),
        }
    )
    repeated = frame.duplicated("place_id")
    counted = {f"places {reason} dropped": count for reason, count in notes.items()}
    counted["rows of repeated places dropped"] = int(repeated.sum())
    return frame[~repeated].reset_index(drop=True), counted


def _texts(rows: raw.Rows, column: str, good: np.ndarray) -> Sequence[str] | str:
    if column not in rows.text:
        return ""
    return pc.fill_null(rows.text[column], "").to_numpy()[good]
