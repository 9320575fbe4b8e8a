"""Traces of taxis that carry given customers one after the other."""

import numpy as np
import pandas as pd

from movelaws.geo import great_circle_km

_FIRST_SECOND = 1211018404
_MOST_SECONDS_APART = 300
_KMH = 40.0
_MEAN_IDLE_S = 900.0


def cab_points(rng: np.random.Generator, rides: pd.DataFrame, cabs: int) -> pd.DataFrame:
    """Points of the cabs, sorted by cab and time.

    A ride is a run of points with a fare: where the customer gets in, some on the way, and where
    the customer gets out. A point without fare lies right before and right after it, at the same
    two places, so that either is a good end of the trip. Each trace begins within a fare.

    Parameters
    ----------
    rides : from_longitude, from_latitude, to_longitude, to_latitude (degrees, 5 digits).
    cabs : number of cabs; the rides are dealt out in turn.

    Returns
    -------
    DataFrame: cab (int), latitude, longitude, occupied (0 or 1), time (s since 1970).
    """
    rides = rides.iloc[np.argsort(np.arange(len(rides)) % cabs, kind="stable")]
    cab = np.sort(np.arange(len(rides)) % cabs)
    begin, end = (rides[[f"{e}_latitude", f"{e}_longitude"]].to_numpy() for e in ("from", "to"))
    duration = 70 + (3600 / _KMH * _km(begin, end)).astype(np.int64)
    pick_up = _pick_up_times(rng, cab, begin, end, duration)

    steps = -(-duration // _MOST_SECONDS_APART)
    ride = np.repeat(np.arange(len(rides)), steps + 1)
    place = np.arange(ride.size) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    way = place / steps[ride]
    seconds = pick_up[ride] + np.floor(way * duration[ride]).astype(np.int64)
    position = begin[ride] + way[:, None] * (end - begin)[ride]
    first = np.flatnonzero(np.diff(cab, prepend=-1))
    parts = [
        (cab[ride], position, 1, seconds),
        (cab, begin, 0, pick_up - 20),
        (cab, end, 0, pick_up + duration + 20),
        (cab[first], begin[first], 1, pick_up[first] - 50),
    ]
    table = pd.concat([_points(*part) for part in parts])
    return table.sort_values(["cab", "time"], kind="stable", ignore_index=True)


def _points(cab, position, occupied, seconds) -> pd.DataFrame:
    latitude, longitude = position.round(5).T
    return pd.DataFrame(
        {
            "cab": cab,
            "latitude": latitude,
            "longitude": longitude,
            "occupied": occupied,
            "time": seconds,
        }
    )


def _pick_up_times(rng, cab, begin, end, duration):
    """Each cab drives from where it is to the next customer, after a while."""
    drive = np.zeros(cab.size)
    drive[1:] = 3600 / _KMH * _km(end[:-1], begin[1:])
    wait = 100 + (drive + rng.exponential(_MEAN_IDLE_S, cab.size)).astype(np.int64)
    total = np.cumsum(wait + duration) - duration
    first = np.flatnonzero(np.diff(cab, prepend=-1))
    before = total[first] - wait[first]
    return _FIRST_SECOND + total - np.repeat(before, np.diff(np.append(first, cab.size)))


def _km(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return great_circle_km(a[:, 1], a[:, 0], b[:, 1], b[:, 0])
