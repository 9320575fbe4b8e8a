"""Check-ins: places that were visited, and displacements of users between them.

Raw files, by role
------------------
checkins : one row per sighting of a user at a place, in the ``format``
    "snap", "sample", "d4d" and "table" as the adapter ``checkins`` of ``movelaws.adapters`` reads
    them (Gowalla and Brightkite of SNAP; the sample in two files; antennas; any table);
    "pairs": Foursquare Singapore of Yuan et al. 2013: user, place and number of check-ins,
    separated by spaces, without a header and without times.
places : where the places are; "pairs": place, latitude, longitude, separated by spaces.
land : layer of polygons.

A displacement is two consecutive check-ins of one user at different places (Noulas et al. 2012).
The order of visits in "pairs" is not known: with ``pairing: covisits`` every two places of one user
are a contact, which is no displacement; a user of n places gives each of his n (n - 1) / 2 contacts
the weight 1 / (n - 1), so that each of his places counts once.
"""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from movelaws import archives, options, trips, zoning
from movelaws.adapters import _checkin_files as raw
from movelaws.adapters import _checkin_formats as formats
from movelaws.adapters.table import Delimiter, Encoding
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _places, _positions
from movelaws.pointsets.adapters._options import Box, LandParts, MetricCrs, Share, Towns

REQUIRED = ("checkins",)
OPTIONAL = ("places", "land")
REQUIRED_BY = {"format": {"sample": ("places",), "d4d": ("places",), "pairs": ("places",)}}


def read(
    files: dict[str, Path],
    *,
    format: Literal["snap", "sample", "d4d", "table", "pairs"] = "snap",
    box: Box | None = None,
    pairing: Literal["consecutive", "covisits"] = "consecutive",
    max_gap_hours: options.Positive | None = None,
    outside: trips.Outside = "break",
    weight: Literal["one", "checkins"] = "one",
    projected_crs: MetricCrs | None = None,
    towns: Towns | None = None,
    stack: bool = False,
    land_parts: LandParts = "with_places",
    max_unusable: Share = 0.05,
    user: str = "user",
    time: str = "time",
    place: str | None = None,
    latitude: str | None = None,
    longitude: str | None = None,
    city: str | None = None,
    delimiter: Delimiter = ",",
    encoding: Encoding = "utf-8",
) -> frames.PointSet:
    """Places with a check-in, and the displacements between them.

    Parameters
    ----------
    files : paths by role, see the module.
    format : of the files.
    box : [west, south, east, north] in degrees; places outside it are left out.
    pairing : consecutive check-ins, or all pairs of places of a user (see the module); "pairs" has
        only the second.
    max_gap_hours : two check-ins further apart in time are no displacement.
    outside : a check-in outside the box ends the chain of its user ("break") or is ignored
        ("skip").
    weight : each place weighs 1, or as many as its check-ins.
    projected_crs : of the result; without it the UTM zone of the median place.
    towns : how towns are found by density; without it the city of a place, where a table has it.
    stack : places at equal coordinates become one, with the sum of their weights.
    land_parts : which polygons of the role land count: those with a place in them, or all.
    max_unusable : largest share of unusable rows, see the adapter ``checkins``.
    user, time, place, latitude, longitude, city, delimiter, encoding : of a "table", likewise.

    Returns
    -------
    PointSet. With ``covisits`` the moves of a pair of places stand in one direction only.

    Raises
    ------
    ValueError
        Naming the file, the line, the column, the value and the remedy.
    """
    path = files["checkins"]
    if format == "pairs" and pairing != "covisits":
        raise ValueError(
            f"{path}: format 'pairs' has no times, so no order of visits is known: set options: "
            "pairing: covisits"
        )
    if latitude is not None and latitude == longitude:
        raise ValueError(f"options latitude and longitude both name the column {latitude!r}")
    names = {"user": user, "time": time, "place": place}
    names |= {"latitude": latitude, "longitude": longitude, "city": city}
    seen = _checkins(files, format, max_unusable, names, (delimiter, encoding))
    where = zoning.Points(
        seen.places["longitude"].to_numpy(),
        seen.places["latitude"].to_numpy(),
        np.bincount(seen.place, weights=_visits(seen), minlength=len(seen.places)),
    )
    kept = (where.visits > 0) & zoning.in_box(where, box)
    if np.count_nonzero(kept) < 2:
        raise ValueError(
            f"{path}: {np.count_nonzero(kept)} places with a check-in lie within box={box}: is it "
            "[west, south, east, north] in degrees?"
        )
    notes = dict(seen.notes)
    notes["check-ins read"] = int(where.visits.sum())
    notes["places never visited left out"] = int(np.count_nonzero(where.visits == 0))
    notes["places outside the box left out"] = int(np.count_nonzero(where.visits > 0) - kept.sum())
    row = np.full(kept.size, trips.NO_ZONE)
    row[kept] = np.arange(np.count_nonzero(kept))
    if pairing == "covisits":
        moves = _covisits(seen.user, row[seen.place], notes)
    else:
        moves = _displacements(seen, row, outside, max_gap_hours, notes)
    x, y, crs = _positions.projected(
        where.longitude[kept],
        where.latitude[kept],
        _positions.DEGREES,
        projected_crs,
        notes,
        options="box and projected_crs",
    )
    points = pd.DataFrame(
        {
            "place_id": seen.places["place_id"].to_numpy(dtype=object)[kept],
            "x": x,
            "y": y,
            "weight": where.visits[kept] if weight == "checkins" else 1.0,
            "town": seen.places["city"].to_numpy(dtype=object)[kept],
        }
    )
    land = _places.land_of(files.get("land"), points, crs, land_parts, notes)
    return _places.finish(points, crs, notes, moves=moves, land=land, towns=towns, stack=stack)


def _checkins(files, format, most, names, text) -> formats.CheckIns:
    path, places = files["checkins"], files.get("places")
    if format == "snap":
        return formats.snap(path, most, own=False)
    if format == "table":
        return formats.table(path, places, most, names, text, False)
    if format == "pairs":
        return _pairs(path, places, most)
    return {"sample": formats.sample, "d4d": formats.d4d}[format](path, places, most)


def _visits(seen: formats.CheckIns) -> np.ndarray | None:
    """Check-ins per row: one, but for "pairs", which keeps their number in the place of a time."""
    return seen.time if "users and places without time" in seen.notes else None


def _displacements(seen, row, outside, max_gap_hours, notes) -> pd.DataFrame:
    found = trips.consecutive_trips(
        seen.user, seen.time, row[seen.place], outside=outside, max_gap_hours=max_gap_hours
    )
    notes["displacements"] = len(found)
    notes["users with a displacement"] = int(np.unique(found.user).size)
    notes["consecutive check-ins at one place"] = found.within
    notes["steps that took too long"] = found.too_long
    notes["moves are"] = "displacements between consecutive check-ins"
    return pd.DataFrame({"origin": found.origin, "destination": found.destination})


def _covisits(user: np.ndarray, place: np.ndarray, notes: dict) -> pd.DataFrame:
    """Contacts of places by their common users, see the module."""
    inside = place != trips.NO_ZONE
    pairs = np.unique(np.column_stack([user[inside], place[inside]]), axis=0)
    _, first, size = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    tables = []
    for n in np.unique(size[size > 1]):  # all users of n places at once
        rows = first[size == n][:, None] + np.arange(n)
        i, j = np.triu_indices(n, 1)
        ends = pairs[rows, 1]
        table = np.column_stack([ends[:, i].ravel(), ends[:, j].ravel()])
        tables.append((table, np.full(len(table), 1 / (n - 1))))
    ends = np.concatenate([table for table, _ in tables] or [np.empty((0, 2), dtype=np.int64)])
    notes["users with two places or more"] = int(np.count_nonzero(size > 1))
    notes["contacts"] = len(ends)
    notes["moves are"] = (
        "contacts: pairs of places of one user, weight 1 / (n - 1); no order is known, they are no "
        "displacements"
    )
    return pd.DataFrame(
        {
            "origin": ends[:, 0],
            "destination": ends[:, 1],
            "moves": np.concatenate([share for _, share in tables] or [np.empty(0)]),
        }
    )


def _pairs(path: Path, places: Path, most: float) -> formats.CheckIns:
    """User, place and number of check-ins; place, latitude and longitude; separated by spaces."""
    where = _spaced(places, ["place", "latitude", "longitude"])
    table, counted = formats._places(where, most)
    rows = _spaced(path, ["user", "place", "number"])
    user = rows.codes("user")[0]
    code, names = rows.codes("place")
    known = pd.Index(table["place_id"]).get_indexer(names.to_numpy(zero_copy_only=False))
    place = np.append(known, -1)[code]
    number = rows.numbers("number")
    remedy = f"add their positions to {places}"
    faults = [
        raw.missing_code(user, "user"),
        raw.missing_code(code, "place"),
        raw.Fault("at a place without a position", "place", place < 0, remedy),
        raw.Fault("without a number of check-ins > 0", "number", ~(number > 0), "correct it"),
    ]
    good, lost = rows.usable(faults, most)
    notes = {f"user-place pairs {reason} dropped": n for reason, n in lost.items()} | counted
    notes["users and places without time"] = int(np.count_nonzero(good))
    return formats.CheckIns(user[good], number[good], place[good], table, notes)


def _spaced(path: Path, columns: list[str]) -> raw.Rows:
    """Rows of a file of so many words a line, LF or CRLF."""
    raw.check_text(path)
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    with archives.open_compressed(path) as stream:
        text = stream.read()
    try:
        lines = pa.array(text.decode("utf-8").splitlines(), type=pa.string())
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 (byte {error.start})") from None
    words = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(lines))
    size = pc.list_value_length(words).to_numpy()
    empty = pc.equal(pc.utf8_trim_whitespace(lines), "").to_numpy(zero_copy_only=False)
    fits = (size == len(columns)) & ~empty
    broken = [(int(n) + 1, lines[int(n)].as_py()) for n in np.flatnonzero(~fits & ~empty)]
    if not fits.any():
        first = f"; line {broken[0][0]}: {broken[0][1][:80]!r}" if broken else ""
        raise ValueError(f"{path}: no line has the {len(columns)} words {columns}{first}")
    kept = words.filter(pa.array(fits))
    cells = {
        name: pa.chunked_array([pc.list_element(kept, number)])
        for number, name in enumerate(columns)
    }
    headers = {name: f"{number} ({name})" for number, name in enumerate(columns, 1)}
    rows = raw.Rows(path, cells, np.flatnonzero(fits) + 1, headers)
    return replace(rows, broken=broken)
