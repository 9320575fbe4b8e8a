"""Taxi trips between square cells of San Francisco, from the traces of May and June 2008.

Raw files, by role
------------------
traces : the archive with one trace per cab, see ``movelaws.cabspotting``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd

from movelaws import cabspotting, frames, options, zoning
from movelaws.squares import equal_squares

REQUIRED = ("traces",)
OPTIONAL = ()

CITY = (-122.52, 37.70, -122.35, 37.84)
"""West, south, east and north of San Francisco with Treasure Island, without the airport."""


def _is_box(box: Sequence[float]) -> bool:
    try:
        zoning.checked_box(box)
    except ValueError:
        return False
    return True


Box = Annotated[
    Sequence[float],
    options.Rule(_is_box, "[west, south, east, north] in degrees, west < east, south < north"),
]
Count = Annotated[int, options.Rule(lambda value: value >= 1, "a whole number >= 1")]
Share = Annotated[float, options.Rule(lambda value: 0 <= value < 1, "a share in [0, 1)")]


def read(
    files: dict[str, Path],
    *,
    cell_km: options.Positive = 1.0,
    box: Box = CITY,
    min_trips: Count = 1,
    drop_off: Literal["last_occupied", "first_vacant"] = "last_occupied",
    max_gap_minutes: options.Positive = 10.0,
    min_minutes: options.NotNegative = 1.0,
    max_minutes: options.Positive = 180.0,
    max_kmh: options.Positive = 130.0,
    max_malformed: Share = 0.01,
) -> frames.Canonical:
    """Trips of taxi customers between different cells.

    Parameters
    ----------
    files : paths by role, see the module.
    cell_km : edge of the cells.
    box : west, south, east and north in degrees, covered by whole cells as in
        ``movelaws.squares``; the default is the city. The other end of a trip may lie
        outside: it then counts for the population of the cell it has inside.
    min_trips : cells with fewer pick-ups and drop-offs together are left out with their trips.
    drop_off, max_gap_minutes, min_minutes, max_minutes, max_kmh : what counts as a trip, see
        ``movelaws.cabspotting.TripRules``.
    max_malformed : largest share of a cab's lines that may be malformed.

    Returns
    -------
    Canonical in metres of a local equal-area projection, everything in trips. Zones are the cells
    with trips, each at its centre. Workplace population: all drop-offs in the cell. Residential
    population: all pick-ups in the cell. Both count trips within the cell and trips whose other
    end has no zone.
    """
    rules = cabspotting.TripRules(drop_off, max_gap_minutes, min_minutes, max_minutes, max_kmh)
    trips, notes = cabspotting.all_trips(files["traces"], rules, max_malformed=max_malformed)
    notes |= {"trips": len(trips), "drop-off": drop_off.replace("_", " ")}
    squares = equal_squares(_ends(trips), cell_km, box)
    pickup, dropoff = np.split(squares.zone, 2)
    inside = (pickup != zoning.NO_ZONE).astype(int) + (dropoff != zoning.NO_ZONE)
    notes["trips with both ends in the box"] = int(np.count_nonzero(inside == 2))
    notes["trips with one end in the box"] = int(np.count_nonzero(inside == 1))
    if not (inside == 2).any():
        raise ValueError(
            f"{files['traces']}: none of {len(trips):,} trips lies within box={[*box]}"
        )
    zones = squares.zones.copy()
    for column, cell in (("residential_population", pickup), ("workplace_population", dropoff)):
        zones[column] = np.bincount(cell[cell != zoning.NO_ZONE], minlength=len(zones))
    used = zones["residential_population"] + zones["workplace_population"] >= min_trips
    notes["cells with trips"] = len(zones)
    notes[f"cells with fewer than {min_trips} pick-ups and drop-offs dropped"] = int((~used).sum())
    notes |= {
        "unit": "trips",
        "residential_population": "pick-ups in the cell",
        "workplace_population": "drop-offs in the cell",
    }
    cell_id = zones["zone_id"].where(used)
    return frames.assemble(zones[used], _flows(pickup, dropoff, cell_id, notes), notes=notes)


def _ends(trips: pd.DataFrame) -> zoning.Points:
    """Pick-ups, then drop-offs."""
    longitude, latitude = (
        np.concatenate([trips[f"pickup_{axis}"], trips[f"dropoff_{axis}"]])
        for axis in ("longitude", "latitude")
    )
    return zoning.Points(longitude, latitude, np.ones(len(longitude)))


def _flows(
    pickup: np.ndarray, dropoff: np.ndarray, cell_id: pd.Series, notes: dict[str, int | str]
) -> pd.DataFrame:
    """Trips between different cells that have an identifier."""
    names = cell_id.dropna().to_dict()
    ends = pd.DataFrame(
        {"origin": pd.Series(pickup).map(names), "destination": pd.Series(dropoff).map(names)}
    ).dropna()
    notes["trips with both ends in a zone"] = len(ends)
    between = ends[ends["origin"] != ends["destination"]]
    notes["trips within a zone dropped"] = len(ends) - len(between)
    return between.groupby(["origin", "destination"]).size().rename("flow").reset_index()
