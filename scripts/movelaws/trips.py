"""Trips of people who were seen in zones: two consecutive visits in different zones are a trip.

This is the definition of paper 5 for check-ins and call records ("two consecutive check-ins in
different cities", "at different locations"; Supplementary Information S1.1).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

Outside = Literal["break", "skip"]
NO_ZONE = -1
_SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, eq=False)
class Trips:
    """Trips between zones, sorted by user and time.

    Attributes
    ----------
    user : (n_trips,) codes of the users.
    origin, destination : (n_trips,) zones, never the same.
    gap_hours : (n_trips,) time between the two visits, >= 0.
    within : steps that stayed within a zone, which are no trips.
    too_long : steps between zones that took longer than the longest gap allowed, no trips either.
    """

    user: np.ndarray
    origin: np.ndarray
    destination: np.ndarray
    gap_hours: np.ndarray
    within: int
    too_long: int

    def __len__(self) -> int:
        return self.origin.size


def consecutive_trips(
    user: np.ndarray,
    time: np.ndarray,
    zone: np.ndarray,
    *,
    outside: Outside = "break",
    max_gap_hours: float | None = None,
) -> Trips:
    """Trips made of the consecutive visits of each user.

    Parameters
    ----------
    user : (n,) integers >= 0.
    time : (n,) seconds, finite. Visits of one user at one time stay in the order they are given in.
    zone : (n,) integers, -1 for a visit outside all zones.
    outside : a visit outside the zones ends the chain ("break": nobody knows of a direct trip
        between the zones before and after it), or is treated as if it had not been seen ("skip").
    max_gap_hours : two visits further apart in time are no trip; None sets no limit.

    Returns
    -------
    Trips.

    Raises
    ------
    ValueError
        If shapes differ, a time is not finite, a code is out of range or an option is unknown.
    """
    user, time, zone = np.asarray(user), np.asarray(time, dtype=float), np.asarray(zone)
    _check(user, time, zone, outside, max_gap_hours)
    if outside == "skip":
        seen = zone != NO_ZONE
        user, time, zone = user[seen], time[seen], zone[seen]
    order = np.lexsort((time, user))  # stable: equal times keep their order
    user, time, zone = user[order], time[order], zone[order]
    before, after = slice(None, -1), slice(1, None)
    step = (user[before] == user[after]) & (zone[before] != NO_ZONE) & (zone[after] != NO_ZONE)
    moved = step & (zone[before] != zone[after])
    gap = (time[after] - time[before]) / _SECONDS_PER_HOUR
    quick = moved if max_gap_hours is None else moved & (gap <= max_gap_hours)
    return Trips(
        user=user[before][quick],
        origin=zone[before][quick],
        destination=zone[after][quick],
        gap_hours=gap[quick],
        within=int(np.count_nonzero(step & ~moved)),
        too_long=int(np.count_nonzero(moved & ~quick)),
    )


def flows(trips: Trips, zone_id: np.ndarray) -> pd.DataFrame:
    """Number of trips of every pair of zones that has one.

    Parameters
    ----------
    trips : between zones 0 .. n_zones - 1.
    zone_id : (n_zones,) identifiers.

    Returns
    -------
    (n_pairs, 3) DataFrame: origin, destination (identifiers), flow (trips).
    """
    zone_id = np.asarray(zone_id, dtype=object)
    n_zones = zone_id.size
    pair, count = np.unique(
        trips.origin.astype(np.int64) * n_zones + trips.destination, return_counts=True
    )
    return pd.DataFrame(
        {
            "origin": zone_id[pair // max(n_zones, 1)],
            "destination": zone_id[pair % max(n_zones, 1)],
            "flow": count.astype(float),
        }
    )


def ends_per_zone(trips: Trips, n_zones: int) -> np.ndarray:
    """(n_zones,) number of trips that begin or end in each zone."""
    ends = np.concatenate([trips.origin, trips.destination])
    return np.bincount(ends, minlength=n_zones)


def visitors(user: np.ndarray, zone: np.ndarray, n_zones: int) -> np.ndarray:
    """(n_zones,) number of distinct users seen in each zone; visits in zone -1 do not count."""
    inside = np.asarray(zone) != NO_ZONE
    user, zone = np.asarray(user)[inside].astype(np.int64), np.asarray(zone)[inside]
    pairs = np.unique(user * max(n_zones, 1) + zone)
    return np.bincount(pairs % max(n_zones, 1), minlength=n_zones)


def _check(user, time, zone, outside, max_gap_hours) -> None:
    if user.ndim != 1 or not user.shape == time.shape == zone.shape:
        raise ValueError(
            f"user, time and zone have shapes {user.shape}, {time.shape} and {zone.shape}: "
            "all must be (n,)"
        )
    for name, codes, low in (("user", user, 0), ("zone", zone, NO_ZONE)):
        if not np.issubdtype(codes.dtype, np.integer):
            raise ValueError(f"{name} has dtype {codes.dtype}: give integer codes")
        if codes.size and codes.min() < low:
            row = int(np.argmax(codes < low))
            raise ValueError(f"{name}[{row}] = {codes[row]} must be an integer >= {low}")
    if not np.isfinite(time).all():
        row = int(np.argmin(np.isfinite(time)))
        raise ValueError(f"time[{row}] = {time[row]} must be finite: drop visits without a time")
    if outside not in ("break", "skip"):
        raise ValueError(f"outside = {outside!r} is neither 'break' nor 'skip'")
    if max_gap_hours is not None and not max_gap_hours > 0:
        raise ValueError(f"max_gap_hours = {max_gap_hours} must be > 0, or None for no limit")
