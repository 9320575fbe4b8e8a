"""Who can go where: the pairs of the game, checked and laid out for the passes."""

from typing import NamedTuple

import numpy as np

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
    """Rows, and (n_zones,) ln km to each origin's nearest destination (0 without any)."""
    for name in ("flow", "distance_km"):
        values = getattr(pairs, name)
        bad = ~np.isfinite(values) | ((values < 0) if name == "flow" else (values <= 0))
        if bad.any():
            k = int(np.argmax(bad))
            i, j = pairs.zone_ids[pairs.origin[k]], pairs.zone_ids[pairs.destination[k]]
            allowed = ">= 0" if name == "flow" else "> 0"
            raise ValueError(
                f"{name} of {i!r} -> {j!r} is {values[k]} ({np.count_nonzero(bad)} such pairs); "
                f"it must be finite and {allowed}"
            )
    counts = np.diff(pairs.start)
    filled = counts > 0
    log_distance = np.log(pairs.distance_km)
    nearest = np.zeros(pairs.n_zones)
    if filled.any():
        nearest[filled] = np.minimum.reduceat(log_distance, pairs.start[:-1][filled])
    log_distance -= np.repeat(nearest, counts)
    outflow = pairs.outflow
    if not outflow.any():
        raise ValueError("flow: no zone sends anybody out, so there is nobody to choose")
    return Rows(pairs.start, pairs.destination, log_distance, _complete(pairs), outflow), nearest


def _complete(pairs: Pairs) -> np.ndarray:
    counts = np.diff(pairs.start)
    place = np.arange(pairs.n_pairs) - np.repeat(pairs.start[:-1], counts)
    expected = place + (place >= pairs.origin)
    other = np.bincount(
        pairs.origin, weights=pairs.destination != expected, minlength=pairs.n_zones
    )
    return (counts == pairs.n_zones - 1) & (other == 0)


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
    sending = rows.outflow[pairs.origin] > 0
    choices = np.bincount(
        pairs.origin, weights=attraction[pairs.destination] > 0, minlength=pairs.n_zones
    )
    stuck = (rows.outflow > 0) & (choices == 0)
    if stuck.any():
        i = int(np.argmax(stuck))
        raise ValueError(
            f"origin {pairs.zone_ids[i]!r} sends out {rows.outflow[i]:g} people but none of its "
            f"destinations has an attraction > 0 ({np.count_nonzero(stuck)} such origins): give "
            "one of them an attraction, add pairs, or drop the origin's flows"
        )
    reached = np.bincount(pairs.destination[sending], minlength=pairs.n_zones) > 0
    return np.flatnonzero(reached & (attraction > 0))


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
