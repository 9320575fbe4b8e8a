"""Synthetic check-ins whose displacements have a planted intrinsic cost, in the format of Gowalla.

Users walk between the places of a fictional city: from here to there with the probability
pi(d) / sum of pi over all places seen from here, pi(r) ~ r^-exponent. Drawn so, given the origin,
consecutive check-ins are no draw from all pairs: the likelihood of each step given where it began
(``movelaws.distance_cost.fit_joint``) has the exponent exactly, whatever the first place is, while
f(r) / p(r) is pi(r) only if origins come in proportion to the sum of pi that they see. A walk
drifts there: that is its stationary state, as pi is symmetric, and in it steps are draws from all
pairs. With start="pairs" walks begin in it; with start="places" at any place, and their first
steps see less of the centre.

As published the newest check-in of a user comes first; some check in again where they are; places
that no walk came to have one visitor each, so that the file knows all places of the city.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer

from movelaws.seeds import stream
from movelaws.synthetic.files import csv_bytes, gzipped, write_files
from movelaws.synthetic.itineraries import times
from movelaws.synthetic.options import check_choice, check_number, check_whole

ADAPTER = "checkins_moves"
FILES = {"checkins": "loc-gowalla_totalCheckins.txt.gz"}
"""File name of each role of the adapter ``checkins_moves``."""

DEFAULTS = {"places": 1500, "users": 800, "steps": 25, "exponent": 0.9, "start": "places"}
"""Options of ``write`` and their values."""

LOW_M = 20.0
"""No displacement is shorter."""

START = ("places", "pairs")
_CRS = "EPSG:32614"
_MIDDLE_M = (620_000.0, 3_350_000.0)
_CENTRES, _CENTRE_SHARE, _REGION_M, _SCALE_M = 12, 0.8, 14_000.0, 900.0
_AGAIN_SHARE = 0.05
_FIRST_DAY, _DAYS, _GAP_H = 1233446400, 500, 60.0


def write(
    folder: Path,
    seed: int,
    *,
    places: int = DEFAULTS["places"],
    users: int = DEFAULTS["users"],
    steps: int = DEFAULTS["steps"],
    exponent: float = DEFAULTS["exponent"],
    start: str = DEFAULTS["start"],
) -> dict[str, object]:
    """Write the raw file of one synthetic city.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    places : 20 to 5,000.
    users, steps : users who walk, 1 to 1,000,000, and displacements of each, 1 to 10,000.
    exponent : a of pi(r) ~ r^-a.
    start : where walks begin, "places" or "pairs", see the module.

    Returns
    -------
    The truth in plain numbers. Lengths in metres.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    places = check_whole("places", places, 20, 5000)
    users = check_whole("users", users, 1, 10**6)
    steps = check_whole("steps", steps, 1, 10_000)
    exponent = check_number("exponent", exponent, -2, 5)
    start = check_choice("start", start, START)
    rng = stream(seed, "synthetic", "checkin_displacements")
    x, y = _city(rng, places)
    walk = _walks(rng, _costs(x, y, exponent), users, steps, start)
    log = _log(rng, walk, places)
    degrees = Transformer.from_crs(_CRS, "EPSG:4326", always_xy=True).transform(x, y)
    longitude, latitude = (v.round(10) for v in degrees)
    table = pd.DataFrame(
        {
            "user": log["user"],
            "time": np.datetime_as_string(log["time"].to_numpy().astype("datetime64[s]")),
            "latitude": latitude[log["place"]],
            "longitude": longitude[log["place"]],
            "place": log["place"],
        }
    )
    table["time"] += "Z"
    write_files(folder, FILES, {"checkins": gzipped(csv_bytes(table, sep="\t", header=False))})
    return {
        "world": "checkin_displacements",
        "seed": seed,
        "adapter_options": {},
        "crs": _CRS,
        "exponent": exponent,
        "start": start,
        "low_m": LOW_M,
        "places": places,
        "users": int(table["user"].nunique()),
        "users_with_a_displacement": users,
        "checkins": len(table),
        "moves": users * steps,
    }


def _city(rng, n) -> tuple[np.ndarray, np.ndarray]:
    """x and y of places, most of them around centres of different sizes."""
    x, y = _disk(rng, _CENTRES, _REGION_M)
    share = rng.lognormal(0, 0.8, _CENTRES)
    at = rng.choice(_CENTRES, n, p=share / share.sum())
    scale = _SCALE_M * np.sqrt(share / share.mean())[at]
    angle, distance = rng.uniform(0, 2 * np.pi, n), scale * rng.standard_gamma(2.0, n)
    outer_x, outer_y = _disk(rng, n, 1.3 * _REGION_M)
    inner = rng.random(n) < _CENTRE_SHARE
    x = np.where(inner, x[at] + distance * np.cos(angle), outer_x) + _MIDDLE_M[0]
    y = np.where(inner, y[at] + distance * np.sin(angle), outer_y) + _MIDDLE_M[1]
    return x, y


def _disk(rng, n, radius) -> tuple[np.ndarray, np.ndarray]:
    distance, angle = radius * np.sqrt(rng.random(n)), rng.uniform(0, 2 * np.pi, n)
    return distance * np.cos(angle), distance * np.sin(angle)


def _costs(x, y, exponent) -> np.ndarray:
    """(n, n) pi of each pair, 0 below ``LOW_M``."""
    r = np.hypot(x[:, None] - x, y[:, None] - y)
    far = r >= LOW_M
    return np.where(far, np.where(far, r, 1.0) ** -exponent, 0.0)


def _walks(rng, cost, users, steps, start) -> np.ndarray:
    """(users, steps + 1) places."""
    seen = cost.sum(axis=1)
    # Row after row in one list, so that one search finds where all users go.
    upto = np.cumsum(cost, axis=1) / seen[:, None]
    upto = (upto + np.arange(len(cost))[:, None]).ravel()
    walk = np.empty((users, steps + 1), dtype=np.int64)
    walk[:, 0] = rng.choice(len(cost), users, p=None if start == "places" else seen / seen.sum())
    for step in range(steps):
        here = walk[:, step]
        found = np.searchsorted(upto, here + rng.random(users), side="right")
        walk[:, step + 1] = np.minimum(found - here * len(cost), len(cost) - 1)
    return walk


def _log(rng, walk, places) -> pd.DataFrame:
    """User, place and time of all check-ins, newest first within a user."""
    users, length = walk.shape
    again = 1 + (rng.random(walk.size) < _AGAIN_SHARE)
    user = np.repeat(np.repeat(np.arange(users), length), again)
    place = np.repeat(walk.ravel(), again)
    lone = np.setdiff1d(np.arange(places), place)
    user = np.concatenate([user, users + np.arange(lone.size)])
    log = pd.DataFrame({"user": user, "place": np.concatenate([place, lone])})
    log["time"] = times(rng, user, _FIRST_DAY, _DAYS, _GAP_H)
    return log.sort_values(["user", "time"], ascending=[True, False], ignore_index=True)
