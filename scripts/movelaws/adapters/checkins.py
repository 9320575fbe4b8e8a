"""Check-ins and other sightings of people at places: trips between the zones they were seen in.

Raw files, by role
------------------
checkins : one row per sighting of a user at a place, in the ``format``
    "snap": Gowalla as SNAP publishes it, ``loc-gowalla_totalCheckins.txt`` (.gz): user, time
    (2010-10-19T23:55:27Z), latitude, longitude, place; tabs, no header (Brightkite is the same);
    "sample": user, place, time (seconds since 1970); tabs, no header;
    "d4d": Orange Data for Development: user, time (2011-12-05 08:00:00), antenna; tabs, no header;
    an antenna of -1 is unknown;
    "table": CSV or Parquet with a header, columns as the options name them; times in ISO 8601
    (UTC where no offset is written) or in seconds since 1970, from 1900 to 2100. A column of places
    counts only where the option ``place`` names it; without one each position is a place.
places : where the places are: "sample" place, latitude, longitude; "d4d" (``ANT_POS.TSV``) antenna,
    longitude, latitude, both tab-separated without a header; "table" with a header, and optionally
    with the city of each place. Without it the check-ins of a "table" carry their coordinates.
polygons : layer of zones, for zones "polygons".

A trip is two consecutive check-ins of one user in different zones (paper 5, S1.1). Check-ins of a
user at one and the same time stay in the order of the file, whichever way the file runs. Where
check-ins carry their coordinates, these count for squares and polygons; otherwise a place is where
its first check-in is.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np

from movelaws import frames, layers, options, squares, trips, zoning
from movelaws.adapters import _checkin_formats as formats
from movelaws.adapters.table import Delimiter, Encoding

REQUIRED = ("checkins",)
OPTIONAL = ("places", "polygons")
REQUIRED_BY = {
    "format": {"sample": ("places",), "d4d": ("places",)},
    "zones": {"polygons": ("polygons",), "cities": ("places",)},
}

Box = Annotated[
    Sequence[float],
    options.Rule(lambda box: _is_box(box), "[west, south, east, north] in degrees"),
]
Cell = Annotated[
    float,
    options.Rule(lambda km: km >= squares.LEAST_KM, f"a number >= {squares.LEAST_KM} (km)"),
]
Crs = Annotated[str | int, options.Rule(lambda crs: _is_crs(crs), "one such as 'EPSG:25832'")]
Count = Annotated[int, options.Rule(lambda value: value >= 0, "a whole number >= 0")]
AtLeastOne = Annotated[int, options.Rule(lambda value: value >= 1, "a whole number >= 1")]
Share = Annotated[float, options.Rule(lambda value: 0 <= value <= 1, "a share from 0 to 1")]


def read(
    files: dict[str, Path],
    *,
    format: Literal["snap", "sample", "d4d", "table"] = "snap",
    zones: Literal["places", "cities", "squares", "clusters", "polygons"] = "places",
    box: Box | None = None,
    cell_km: Cell = 1,
    link_km: options.Positive = 2,
    min_places: AtLeastOne = 1,
    zone: str = "zone_id",
    zone_name: str = "name",
    crs: Crs | None = None,
    min_checkins: Count = 1,
    min_trips: Count = 1,
    max_gap_hours: options.Positive | None = None,
    outside: trips.Outside = "break",
    max_unusable: Share = 0.05,
    user: str = "user",
    time: str = "time",
    place: str | None = None,
    latitude: str | None = None,
    longitude: str | None = None,
    city: str | None = None,
    delimiter: Delimiter = ",",
    encoding: Encoding = "utf-8",
) -> frames.Canonical:
    """Trips between zones; a zone's attraction is all its check-ins, its residents all its users.

    Parameters
    ----------
    files : paths by role, see the module.
    format : of ``checkins`` and ``places``.
    zones : "places", each a zone; "cities", the column ``city`` of the places; "squares" of
        ``cell_km`` in a local equal-area projection (:mod:`movelaws.squares`); "clusters" of
        places by ``link_km`` and ``min_places`` (:func:`movelaws.zoning.clusters`); "polygons" of
        a layer with the columns ``zone`` and ``zone_name``; ``crs`` where the file states none, as
        most GeoJSON, which is in longitude and latitude otherwise.
    box : [west, south, east, north] in degrees; what lies outside is outside of all zones.
    min_checkins : zones with fewer are left out, and what lies in them is outside.
    min_trips : the same for zones where fewer trips begin or end, until all that are left have
        so many.
    max_gap_hours : two check-ins further apart are no trip.
    outside : a check-in outside of all zones ends the chain of its user ("break"), or is ignored
        as if absent ("skip").
    max_unusable : largest share of the rows of a file that may be unusable (no user, no time, no
        place, no position or one off the globe or at 0, 0) and are then dropped and counted; at
        an unknown antenna (-1) any number may be. Also the largest share of check-ins away from
        the first of their place.
    user, time, place, latitude, longitude, city : names of the columns of a "table"; without them
        latitude or lat, longitude, lon or lng, and city are looked for, and place only where the
        check-ins have no coordinates.
    delimiter, encoding : of the CSV files of a "table".

    Returns
    -------
    Canonical: flows in trips; workplace_population is the number of check-ins in a zone, all of
    them, whether or not they belong to a trip (an attraction measured apart from the trips);
    residential_population the number of users seen in it. In EPSG:4326, squares in metres.

    Raises
    ------
    ValueError
        Naming the file, the line, the column, the value and the remedy.
    """
    names = {"user": user, "time": time, "place": place}
    names |= {"latitude": latitude, "longitude": longitude, "city": city}
    own = zones in ("squares", "polygons")
    seen = _checkins(files, format, max_unusable, names, (delimiter, encoding), own)
    points = zoning.Points(
        seen.places["longitude"].to_numpy(),
        seen.places["latitude"].to_numpy(),
        np.bincount(seen.place, minlength=len(seen.places)),
    )
    visited = points.visits > 0
    inside = visited & (zones == "squares" or zoning.in_box(points, box))
    chosen = zoning.Points(points.longitude[inside], points.latitude[inside], points.visits[inside])
    if zones == "squares":
        made = squares.equal_squares(chosen, cell_km, box)
    elif zones == "clusters":
        made = zoning.clusters(chosen, link_km, min_places)
    elif zones == "cities":
        made = zoning.cities(chosen, seen.places["city"].to_numpy()[inside])
    elif zones == "polygons":
        made = _polygons(chosen, files["polygons"], zone, zone_name, crs)
    else:
        made = zoning.places(chosen, seen.places["place_id"].to_numpy()[inside])
    if made.zones.empty:
        raise ValueError(
            f"{files['checkins']}: none of {seen.user.size} check-ins lies in a zone: look at "
            "the options zones and box (for polygons also crs), and whether latitude and longitude "
            "are swapped"
        )
    of_place = np.full(len(points.visits), zoning.NO_ZONE)
    of_place[inside] = made.zone
    limits = {"min_checkins": min_checkins, "min_trips": min_trips}
    chain = {"outside": outside, "max_gap_hours": max_gap_hours}
    return _canonical(seen, of_place[seen.place], made, limits, chain)


def _checkins(files, format, most, names, text, own) -> formats.CheckIns:
    path, places = files["checkins"], files.get("places")
    if format == "snap":
        return formats.snap(path, most, own)
    if format == "table":
        return formats.table(path, places, most, names, text, own)
    return {"sample": formats.sample, "d4d": formats.d4d}[format](path, places, most)


def _polygons(points, path, zone, zone_name, crs) -> zoning.Zoning:
    layer, repaired = layers.read_layer(path, user_crs=crs)
    zone_id = layers.pick(layer, path, [zone], "identifier of the zones: set the option zone")
    name = layers.pick(layer, path, [zone_name, zone], "name of the zones")
    try:
        made = zoning.polygons(points, layer, zone_id, name)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return replace(made, notes={"invalid polygons repaired": repaired, **made.notes})


def _canonical(seen, zone, made, limits, chain) -> frames.Canonical:
    """Tables of the zones that have what the limits ask for."""
    n_zones = len(made.zones)
    outside_all = int(np.count_nonzero(zone == zoning.NO_ZONE))
    visits = np.bincount(zone[zone != zoning.NO_ZONE], minlength=n_zones)
    kept = visits >= limits["min_checkins"]
    few = int(np.count_nonzero(~kept))
    while True:
        zone = np.where((zone != zoning.NO_ZONE) & kept[zone], zone, zoning.NO_ZONE)
        found = trips.consecutive_trips(seen.user, seen.time, zone, **chain)
        enough = kept & (trips.ends_per_zone(found, n_zones) >= limits["min_trips"])
        if (enough == kept).all():
            break
        kept = enough
    if not kept.any():
        raise ValueError(
            f"no zone has {limits['min_checkins']} check-ins and {limits['min_trips']} trips "
            f"({n_zones} zones, {few} of them with fewer check-ins): lower min_checkins or "
            "min_trips, or make the zones larger"
        )
    zones = made.zones.assign(
        workplace_population=visits,
        residential_population=trips.visitors(seen.user, zone, n_zones),
    )[kept]
    notes = {name: count for name, count in (seen.notes | dict(made.notes)).items() if count != 0}
    notes |= {
        "check-ins read": seen.user.size,
        "users read": int(np.unique(seen.user).size),
        "check-ins outside of all zones": outside_all,
        f"zones with fewer than {limits['min_checkins']} check-ins dropped": few,
        f"zones with fewer than {limits['min_trips']} trips dropped": n_zones - few - len(zones),
        "check-ins in the zones": int(np.count_nonzero(zone != zoning.NO_ZONE)),
        "trips": len(found),
        "users with a trip": int(np.unique(found.user).size),
        "steps within a zone": found.within,
    }
    if chain["max_gap_hours"] is not None:
        notes[f"steps of more than {chain['max_gap_hours']:g} hours"] = found.too_long
    notes |= {
        "check-ins outside the zones": {"break": "end a chain", "skip": "are ignored"}[
            chain["outside"]
        ],
        "unit": "trips",
        "workplace_population": "check-ins in the zone",
        "residential_population": "users seen in the zone",
    }
    flows = trips.flows(found, made.zones["zone_id"].to_numpy())
    return frames.assemble(zones, flows, notes=notes)


def _is_crs(crs: str | int) -> bool:
    try:
        return bool(layers.checked_crs(crs))
    except ValueError:
        return False


def _is_box(box: Sequence[float]) -> bool:
    try:
        return bool(zoning.checked_box(box))
    except ValueError:
        return False
