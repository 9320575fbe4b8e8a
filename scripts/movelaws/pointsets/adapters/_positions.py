"""Raw coordinates to metres that distances can be measured in, and the ways in which they are not.

A wrong system of coordinates gives numbers as smooth as a right one: Web Mercator draws Denmark 1.8
times too large. So whatever the system says of itself is compared with where the places lie.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS, Proj, Transformer

from movelaws import layers
from movelaws.adapters import _checkin_files as raw
from movelaws.pointsets import frames

DEGREES = "EPSG:4326"
_WIDEST_DEGREES = 12.0
_MOST_OFF = 0.01
"""Of a scale; UTM is off by 0.1 % at the edge of its zone, national grids by 0.2 %."""
_NOTED_OFF = 0.002
_MOST_OUTSIDE = 10.0
"""Degrees from the area of use; Norway is all drawn in a zone that ends 8 degrees from its west."""


def utm(longitude: np.ndarray, latitude: np.ndarray) -> str:
    """UTM zone (WGS 84) of the median of the positions.

    The scale of UTM is off by 0.04 % at its central meridian and by as much at 180 km from there;
    Bornholm in Denmark's zone 32 is 0.12 % too large.
    """
    zone = int((float(np.median(longitude)) + 180) // 6) % 60 + 1
    return f"EPSG:{326 if float(np.median(latitude)) >= 0 else 327}{zone:02d}"


def transformed(
    x: np.ndarray, y: np.ndarray, crs: str | int | CRS, to: str | int
) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates in another system; infinite where it has none."""
    given, wanted = layers.checked_crs(crs), layers.checked_crs(to)
    if given == wanted:
        return x, y
    x, y = Transformer.from_crs(given, wanted, always_xy=True).transform(x, y)
    return np.asarray(x), np.asarray(y)


def projected(
    x: np.ndarray,
    y: np.ndarray,
    crs: str | int | CRS,
    to: str | int | None,
    notes: dict[str, Any],
    *,
    options: str = "crs and projected_crs",
) -> tuple[np.ndarray, np.ndarray, str]:
    """Coordinates in metres, and their CRS: ``to``, else ``crs`` if in metres, else a UTM zone.

    Parameters
    ----------
    x, y : (n,) of the places.
    crs : of ``x`` and ``y``.
    to : to project them to.
    notes : where the places are, and how true the CRS is there.
    options : of the caller that decide the two, for messages; "" where it has none.

    Raises
    ------
    ValueError
        If ``crs`` is of no use for distances, or the result is untrue where the places lie.
    """
    given = layers.checked_crs(crs)
    if not (given.is_geographic or given.is_projected):
        raise ValueError(
            f"option crs={_named(crs)!r} ({given.name}) is no system of two coordinates on the "
            "ground: give longitude and latitude (EPSG:4326) or a projected one in metres"
        )
    if to is None and not given.is_geographic:
        try:
            to = frames.metric_crs(crs)
        except ValueError as error:
            raise ValueError(
                f"option {error}; or name one to project them to in the option projected_crs"
            ) from None
    if to is None:
        to = utm(x, y)
        _check_extent(x, to)
    to = frames.metric_crs(to)
    x, y = transformed(x, y, crs, to)
    check_true(x, y, to, notes, options=options)
    return x, y, to


def check_true(
    x: np.ndarray, y: np.ndarray, crs: str, notes: dict[str, Any], *, options: str
) -> None:
    """Refuse a CRS in which the distances between these places are wrong; note where they lie.

    Parameters
    ----------
    x, y : (n,) metres in ``crs``.
    crs : projected.
    notes : gets the box of the places in degrees, and what is out of the ordinary.
    options : see ``projected``.

    Raises
    ------
    ValueError
        If places cannot be drawn in ``crs``, its scale at the median place is off by over 1 %, or
        that place lies far from where the CRS is meant to be used.
    """
    system = CRS.from_user_input(crs)
    longitude, latitude = transformed(x, y, crs, DEGREES)
    fine = np.isfinite(longitude) & np.isfinite(latitude) & np.isfinite(x) & np.isfinite(y)
    what = f"{_named(crs)} ({system.name})"
    if not fine.all():
        raise ValueError(
            f"{np.count_nonzero(~fine)} of {fine.size} places cannot be drawn in {what}: "
            + _remedy(options, None)
        )
    lon, lat = float(np.median(longitude)), float(np.median(latitude))
    at = f"longitude {lon:.4f}, latitude {lat:.4f}, the median of the places"
    remedy = _remedy(options, utm(longitude, latitude))
    area = system.area_of_use
    outside = np.zeros(0) if area is None else _outside(longitude, latitude, area.bounds)
    if outside.size and np.median(outside) > _MOST_OUTSIDE:
        west, south, east, north = area.bounds
        raise ValueError(
            f"{what} is for longitudes {west:g} to {east:g} and latitudes {south:g} to {north:g}, "
            f"not for {at}: is it of another region, or are these kilometres, {remedy}"
        )
    scales = _scales(system, lon, lat)
    off = max(abs(scale - 1) for scale in scales)
    if not off <= _MOST_OFF:
        factor = max(scales, key=lambda scale: abs(scale - 1))
        raise ValueError(
            f"{what} draws distances {factor:.4g} times as long as they are at {at}: {remedy}"
        )
    if off > _NOTED_OFF:
        notes["scale of distances at the median place"] = " to ".join(
            f"{scale:.4f}" for scale in sorted({round(scale, 4) for scale in scales})
        )
    if lost := int(np.count_nonzero(outside)):
        notes[f"places outside the area of use of {_named(crs)}"] = lost
    notes["longitude of the places"] = f"{longitude.min():.4f} to {longitude.max():.4f}"
    notes["latitude of the places"] = f"{latitude.min():.4f} to {latitude.max():.4f}"


def _named(crs: str | int | CRS) -> str:
    """The name of a CRS in one line."""
    if isinstance(crs, str | int) and len(str(crs)) < 60:
        return str(crs)
    known = CRS.from_user_input(crs)
    return ":".join(known.to_authority() or ()) or known.name


def _remedy(options: str, zone: str | None) -> str:
    swapped = "are x and y swapped, or are the coordinates in another system"
    if not options:
        return swapped + "?"
    fits = f"projected_crs: {zone}" if zone else "a projected CRS that fits, such as a UTM zone"
    return f"{swapped} (options {options})? Else set options: {fits}"


def _scales(crs: CRS, lon: float, lat: float) -> tuple[float, float]:
    """Largest and smallest scale of distances at a position: the axes of Tissot's ellipse."""
    found = Proj(crs).get_factors(lon, lat)
    return float(found.tissot_semimajor), float(found.tissot_semiminor)


def _outside(lon: np.ndarray, lat: np.ndarray, bounds: tuple) -> np.ndarray:
    """Degrees by which positions lie outside a box, 0 within it."""
    west, south, east, north = bounds
    width = (east - west) % 360 or 360.0
    beyond = np.maximum((lon - west) % 360 - width, 0)
    beyond = np.minimum(beyond, (west - lon) % 360)  # the nearer side, round the globe
    return np.maximum(beyond, np.maximum(np.maximum(south - lat, lat - north), 0))


def _check_extent(longitude: np.ndarray, crs: str) -> None:
    """UTM is a map of one region: beyond some degrees from its meridian distances are wrong."""
    middle = 6 * int(crs[-2:]) - 183
    beyond = np.abs((longitude - middle + 180) % 360 - 180)
    if beyond.max() > _WIDEST_DEGREES:
        raise ValueError(
            f"places reach {beyond.max():.0f} degrees of longitude away from the middle of their "
            f"UTM zone ({crs}), where its distances are wrong: choose one region (option box, or "
            "fewer rows), or name a projection that fits in the option projected_crs"
        )


def position_faults(
    x: np.ndarray, y: np.ndarray, crs: str | int, columns: tuple[str, str] = ("x", "y")
) -> list[raw.Fault]:
    """Rows without a position, off the globe, or in degrees where the others are in metres."""
    if layers.checked_crs(crs).is_geographic:
        faults = raw.bad_positions(x, y)
        names = {"longitude": columns[0], "latitude": columns[1]}
        return [raw.Fault(f.reason, names[f.column], f.rows, f.remedy) for f in faults]
    remedy = "give both coordinates as numbers with a decimal point"
    far = "give coordinates in metres: is a decimal point missing?"
    degrees = f"give their metres in {crs}, or leave them out"
    return [
        raw.Fault("without a usable x", columns[0], ~np.isfinite(x), remedy),
        raw.Fault("without a usable y", columns[1], ~np.isfinite(y), remedy),
        raw.Fault("beyond 1e8 m in x", columns[0], np.abs(x) > frames.FARTHEST_M, far),
        raw.Fault("beyond 1e8 m in y", columns[1], np.abs(y) > frames.FARTHEST_M, far),
        raw.Fault("in degrees or at 0, 0 among metres", columns[0], _strays(x, y), degrees),
    ]


def _strays(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Rows that look like degrees, unless the origin of the CRS lies among the other places."""
    small = (np.abs(x) <= 180) & (np.abs(y) <= 90)
    others = np.isfinite(x) & np.isfinite(y) & ~small
    if not small.any() or not others.any():
        return np.zeros(x.size, dtype=bool)
    around = all(v[others].min() <= 0 <= v[others].max() for v in (x, y))
    return np.zeros(x.size, dtype=bool) if around else small


def check_unit(path: Path, x: np.ndarray, y: np.ndarray, crs: str | int, columns: str) -> None:
    """Refuse degrees said to be metres, and metres said to be degrees, before rows are dropped.

    Raises
    ------
    ValueError
        Naming the file, the columns and the CRS that may be meant.
    """
    seen = np.isfinite(x) & np.isfinite(y)
    if not seen.any():
        return
    small = (np.abs(x[seen]) <= 180) & (np.abs(y[seen]) <= 90)
    geographic = layers.checked_crs(crs).is_geographic
    if geographic and np.count_nonzero(~small) > 0.5 * small.size:
        row = int(np.flatnonzero(seen)[np.argmax(~small)])
        raise ValueError(
            f"{path}: columns {columns}: {x[row]:g}, {y[row]:g} is no longitude and latitude, but "
            f"the CRS {crs} is in degrees: state the projected CRS of these metres, or are the two "
            "columns swapped?"
        )
    if not geographic and small.all():
        raise ValueError(
            f"{path}: columns {columns}: {x[seen][0]:g}, {y[seen][0]:g} look like degrees (no x "
            f"beyond 180, no y beyond 90), but the CRS {crs} is in metres: for longitude and "
            "latitude it is EPSG:4326"
        )


def count(notes: dict[str, Any], what: str, lost: Mapping[str, int]) -> None:
    """Notes of the rows that ``Rows.usable`` left out."""
    for reason, number in lost.items():
        notes[f"{what} {reason} dropped"] = number


def check_columns_differ(rows: raw.Rows, first: str, second: str) -> None:
    """Refuse one column of the file in the place of two.

    Raises
    ------
    ValueError
        Naming the file and the column.
    """
    if rows.headers[first] == rows.headers[second]:
        raise ValueError(
            f"{rows.path}: {first} and {second} are both read from the column "
            f"{rows.headers[first]!r}: name two columns in the options"
        )
