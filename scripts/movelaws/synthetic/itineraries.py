"""Trips between zones turned into the records of users, who go on from where they arrived."""

import numpy as np
import pandas as pd

BREAK_SHARE = 0.1
"""Share of the arrivals after which nobody goes on although there is a trip to take."""

_STAY_RECORDS = 12


def visit_log(rng: np.random.Generator, flow: np.ndarray, visits: np.ndarray) -> pd.DataFrame:
    """Records of users whose consecutive records in different zones are the given trips.

    Parameters
    ----------
    flow : (n_zones, n_zones) int, trips from row to column, diagonal empty.
    visits : (n_zones,) int, records in each zone, at least the trips that end or begin there.

    Returns
    -------
    Columns user (int, from 0, at random over the zones) and zone (int), the records of a user
    together and in order of time. Some users travel; the others have all their records in one
    zone, which fills the zones up to their visits.

    Raises
    ------
    ValueError
        If a zone has fewer visits than its trips need.
    """
    chain, zone = _travellers(rng, flow)
    spare = visits - np.bincount(zone, minlength=visits.size)
    if spare.min() < 0:
        raise ValueError(f"visits: zone {int(spare.argmin())} needs {-spare.min()} records more")
    stay, home = _stayers(rng, spare)
    user = np.concatenate([chain, stay + (chain.max(initial=-1) + 1)])
    label = rng.permutation(user.max(initial=-1) + 1)[user]
    table = pd.DataFrame({"user": label, "zone": np.concatenate([zone, home])})
    return table.sort_values("user", kind="stable", ignore_index=True)


def _travellers(rng: np.random.Generator, flow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chain and zone of each record of those who travel, chain by chain and in order."""
    origin, destination = (np.repeat(end, flow[np.nonzero(flow)]) for end in np.nonzero(flow))
    following = _following(rng, origin, destination)
    begins = np.ones(origin.size, dtype=bool)
    begins[following[following >= 0]] = False
    trips, chains = _walked(following.tolist(), np.flatnonzero(begins).tolist())
    first = np.flatnonzero(np.diff(chains, prepend=-1))
    zone = np.insert(destination[trips], first, origin[trips[first]])
    return np.insert(chains, first, chains[first]), zone


def _following(rng: np.random.Generator, origin: np.ndarray, destination: np.ndarray):
    """The trip that continues each trip from where it ended, -1 for none: (n_trips,)."""
    order = rng.permutation(origin.size)
    coming = order[np.argsort(destination[order], kind="stable")]
    order = rng.permutation(origin.size)
    going = order[np.argsort(origin[order], kind="stable")]
    # The k-th trip that comes into a zone meets the k-th that goes out of it.
    n_zones = int(max(origin.max(initial=-1), destination.max(initial=-1))) + 1
    arrived = _rank(destination[coming])
    left = np.bincount(origin, minlength=n_zones)
    at = np.concatenate([[0], np.cumsum(left)])[destination[coming]] + arrived
    continued = (arrived < left[destination[coming]]) & (rng.random(coming.size) >= BREAK_SHARE)
    following = np.full(origin.size, -1)
    following[coming[continued]] = going[at[continued]]
    return following


def _rank(ordered: np.ndarray) -> np.ndarray:
    """Place of each element within its run of equal values, from 0."""
    return np.arange(ordered.size) - np.searchsorted(ordered, ordered)


def _walked(following: list[int], begins: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Trips in order, chain by chain, and the number of the chain; circles are cut open."""
    done = bytearray(len(following))
    trips, chains, chain = [], [], -1
    for first in (*begins, *range(len(following))):
        trip, chain = first, chain + (not done[first])
        while trip >= 0 and not done[trip]:
            done[trip] = 1
            trips.append(trip)
            chains.append(chain)
            trip = following[trip]
    return np.array(trips, dtype=np.int64), np.array(chains, dtype=np.int64)


def _stayers(rng: np.random.Generator, spare: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """User and zone of the records of those who stay, a few records each."""
    zone = np.repeat(np.arange(spare.size), spare)
    new = (rng.random(zone.size) < 1 / _STAY_RECORDS) | (np.diff(zone, prepend=-1) > 0)
    return np.cumsum(new) - 1, zone


def times(
    rng: np.random.Generator, user: np.ndarray, start: int, days: int, gap_h: float
) -> np.ndarray:
    """Unix times (s) of records that are sorted by user, later and later for each user.

    Parameters
    ----------
    user : (n_records,) sorted.
    start : Unix time of the first day.
    days : users begin on one of these days.
    gap_h : mean hours between the records of one user, which are at least a minute apart.
    """
    first = np.flatnonzero(np.diff(user, prepend=-1))
    count = np.diff(np.append(first, user.size))
    gap = 60 + rng.exponential(3600 * gap_h, user.size).astype(np.int64)
    gap[first] = rng.integers(0, 86400 * days, first.size)
    total = np.cumsum(gap)
    return start + total - np.repeat(total[first] - gap[first], count)
