"""Who can go where: the pairs of the game, checked and laid out for the passes."""

from typing import NamedTuple, NoReturn

import numpy as np
from numba import njit

from movelaws.od import Pairs

_SLACK = 1e-9


class Rows(NamedTuple):
    """What a pass reads: ``log_distance`` is measured from the nearest destination of each row.

    ``complete`` marks rows with every zone but the origin itself, in order.
    """

    start: np.ndarray
    destination: np.ndarray
    log_distance: np.ndarray
    complete: np.ndarray
    outflow: np.ndarray


def lay_out(pairs: Pairs) -> tuple[Rows, np.ndarray]:
    """Rows, and (n_zones,) ln km to each origin's nearest destination (0 without any).

    Raises
    ------
    ValueError
        If a flow or a distance is not usable, or nobody leaves any zone.
    """
    n = pairs.n_zones
    outflow, nearest, complete = np.empty(n), np.zeros(n), np.empty(n, dtype=bool)
    flow, distance = (np.asarray(a, dtype=float) for a in (pairs.flow, pairs.distance_km))
    if not _read_rows(pairs.start, pairs.destination, flow, distance, outflow, complete):
        _raise_unusable(pairs)
    if not outflow.any():
        raise ValueError("flow: no zone sends anybody out, so there is nobody to choose")
    with np.errstate(over="ignore"):
        if not np.isfinite(outflow.sum()):
            raise ValueError("flow: the sum over all pairs is too large for a number")
    log_distance = np.log(pairs.distance_km)
    _measure_from_nearest(pairs.start, log_distance, nearest)
    return Rows(pairs.start, pairs.destination, log_distance, complete, outflow), nearest


def _raise_unusable(pairs: Pairs) -> NoReturn:
    """Name the first flow, else the first distance, that is not usable."""
    values, name, allowed = pairs.flow, "flow", ">= 0"
    bad = ~np.isfinite(values) | (values < 0)
    if not bad.any():
        values, name, allowed = pairs.distance_km, "distance_km", "> 0"
        bad = ~np.isfinite(values) | (values <= 0)
    k = int(np.argmax(bad))
    i, j = pairs.zone_ids[pairs.origin[k]], pairs.zone_ids[pairs.destination[k]]
    raise ValueError(
        f"{name} of {i!r} -> {j!r} is {values[k]} ({np.count_nonzero(bad)} such pairs); "
        f"it must be finite and {allowed}"
    )


@njit(cache=True, error_model="numpy")
def _read_rows(start, destination, flow, distance, outflow, complete):
    """Fill outflow (n,), summed in order, and complete (n,); False where a value is unusable."""
    n = outflow.size
    usable = True
    for i in range(n):
        first, last = start[i], start[i + 1]
        usable &= _all_usable(flow[first:last], distance[first:last])
        total = 0.0
        for k in range(first, last):
            total += flow[k]
        outflow[i] = total
        to = destination[first:last]
        complete[i] = to.size == n - 1 and _counts_up(to[:i], 0) and _counts_up(to[i:], i + 1)
    return usable


@njit(cache=True, error_model="numpy")
def _all_usable(flow, distance):
    """Written with & and without leaving early: loops without branches vectorise."""
    usable = True
    for k in range(flow.size):
        usable &= (flow[k] >= 0) & (flow[k] < np.inf)
    for k in range(distance.size):
        usable &= (distance[k] > 0) & (distance[k] < np.inf)
    return usable


@njit(cache=True, error_model="numpy")
def _counts_up(to, first):
    differs = 0
    for k in range(to.size):
        differs |= to[k] ^ (first + k)
    return differs == 0


@njit(cache=True, error_model="numpy")
def _measure_from_nearest(start, log_distance, nearest):
    """Subtract from each row its smallest value, and keep that in ``nearest`` (n,)."""
    for i in range(nearest.size):
        row = log_distance[start[i] : start[i + 1]]
        if row.size == 0:
            continue
        # not min(): a choice between two numbers vectorises
        smallest = row[0]
        for k in range(row.size):
            smallest = row[k] if row[k] < smallest else smallest
        nearest[i] = smallest
        for k in range(row.size):
            row[k] -= smallest


def open_zones(pairs: Pairs, rows: Rows, attraction: np.ndarray) -> np.ndarray:
    """(k,) indices of the zones where somebody goes: attractive, and reached by somebody.

    Raises
    ------
    ValueError
        If an attraction is not usable, or an origin with an outflow reaches none of these zones.
    """
    if attraction.shape != (pairs.n_zones,):
        raise ValueError(
            f"attraction has shape {attraction.shape}, expected ({pairs.n_zones},), one per zone"
        )
    bad = ~(np.isfinite(attraction) & (attraction >= 0))
    if bad.any():
        j = int(np.argmax(bad))
        raise ValueError(
            f"attraction of zone {pairs.zone_ids[j]!r} is {attraction[j]} "
            f"({np.count_nonzero(bad)} such zones); attractions are finite and >= 0"
        )
    with np.errstate(over="ignore"):
        if not np.isfinite(attraction.sum()):
            raise ValueError("attraction: the sum over all zones is too large for a number")
    attractive, sends = attraction > 0, rows.outflow > 0
    choices, senders = _partners(pairs, rows, attractive, sends)
    stuck = sends & (choices == 0)
    if stuck.any():
        i = int(np.argmax(stuck))
        raise ValueError(
            f"origin {pairs.zone_ids[i]!r} sends out {rows.outflow[i]:g} people but none of its "
            f"destinations has an attraction > 0 ({np.count_nonzero(stuck)} such origins): give "
            "one of them an attraction, add pairs, or drop the origin's flows"
        )
    return np.flatnonzero((senders > 0) & attractive)


def _partners(
    pairs: Pairs, rows: Rows, attractive: np.ndarray, sends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(n_zones,) attractive destinations of each sending zone, and senders that reach each zone."""
    if (rows.complete | (np.diff(rows.start) == 0)).all():
        # whoever sends reaches every zone but its own: nothing to look up pair by pair
        return np.count_nonzero(attractive) - attractive, np.count_nonzero(sends) - sends
    origin = pairs.origin
    choices = np.bincount(origin, weights=attractive[pairs.destination], minlength=pairs.n_zones)
    return choices, np.bincount(pairs.destination[sends[origin]], minlength=pairs.n_zones)


def check_balance(pairs: Pairs, rows: Rows, target: np.ndarray) -> None:
    """Raise where the arrivals wanted at one zone, or one origin's outflow, find no partners."""
    sending = np.bincount(
        pairs.destination, weights=rows.outflow[pairs.origin], minlength=pairs.n_zones
    )
    receiving = np.bincount(
        pairs.origin, weights=target[pairs.destination], minlength=pairs.n_zones
    )
    for amount, limit, does, others in (
        (target, sending, "is to receive", "those who can reach it are only"),
        (rows.outflow, receiving, "sends out", "its destinations are to receive only"),
    ):
        excess = amount > limit * (1 + _SLACK)
        if excess.any():
            j = int(np.argmax(excess))
            raise ValueError(
                f"zone {pairs.zone_ids[j]!r} {does} {amount[j]:.6g} people (attractions scaled to "
                f"the sum of the outflows) but {others} {limit[j]:.6g}: no flows have these "
                "margins; change its attraction or its outflow"
            )
