"""Whole days of a lattice: missing slots filled, and the moment that closes a day.

A day of 48 half hours has 48 moments and so 47 steps from one to the next. Closed, it has one more
moment, at which the next day begins, and as many steps as slots.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from movelaws.lattices.frames import Lattice

LEAST_POINTS = 3
"""Points in time of two steps: with one step alone neither inertia nor dissipation shows."""
NEXT_DAY, SAME_DAY = "next_day", "same_day"
"""Whose first slot closes a day."""
_MOST_FILLED = 0.25
"""Of the slots of a day: of a day that is mostly made up the fit would be of the filling."""


def filled(
    population: np.ndarray, lattice: Lattice, name: str, fill: str | None, repairs: dict
) -> np.ndarray:
    """Populations of a day, missing and empty slots filled and counted.

    Parameters
    ----------
    population : (n_times, rows, columns) of all moments of the lattice.
    lattice : canonical, with the moments.
    name : of the day.
    fill : "carry", "interpolate" or None, see ``coarsen.case``.
    repairs : changed.

    Returns
    -------
    (slots, rows, columns).

    Raises
    ------
    ValueError
        If slots are missing and ``fill`` is None, or too many are.
    """
    slot = lattice.slot[lattice.day == name]
    given = population[lattice.day == name]
    peopled = given.any(axis=(1, 2))
    given, slot = given[peopled], slot[peopled]
    missing = np.setdiff1d(np.arange(lattice.slots), slot)
    if not missing.size:
        return given
    if slot.size < LEAST_POINTS:
        raise ValueError(
            f"day {name!r} has {slot.size} slots with anybody in it, of {lattice.slots}: at least "
            f"{LEAST_POINTS} (two steps) are needed"
        )
    if fill is None:
        raise ValueError(
            f"day {name!r}: slot {missing[0]} is missing or empty ({missing.size} of "
            f"{lattice.slots} slots are; slots count from 0): leave the day out, or set fill to "
            "carry or interpolate"
        )
    if missing.size > _MOST_FILLED * lattice.slots:
        raise ValueError(
            f"day {name!r}: {missing.size} of {lattice.slots} slots (0 to {lattice.slots - 1}, the "
            f"first is {missing[0]}) are missing or empty, but fill={fill} makes up "
            f"{100 * _MOST_FILLED:g} % at most: leave the day out, or give longer slots"
        )
    key = f"slots of day {name} filled ({fill})"
    repairs[key] = int(missing.size)
    after = np.searchsorted(slot, np.arange(lattice.slots), side="right")
    low = np.clip(after - 1, 0, slot.size - 1)
    if fill == "carry":
        return given[low]
    high = np.clip(after, 0, slot.size - 1)
    span = np.maximum(slot[high] - slot[low], 1)
    share = np.clip((np.arange(lattice.slots) - slot[low]) / span, 0, 1)[:, None, None]
    return given[low] * (1 - share) + given[high] * share


def closed(
    day: np.ndarray, population: np.ndarray, lattice: Lattice, name: str, closed_with: str
) -> np.ndarray:
    """A day and the moment at which the next one begins.

    Parameters
    ----------
    day : (slots, rows, columns), as :func:`filled` gives them.
    population, lattice, name : as there.
    closed_with : NEXT_DAY or SAME_DAY.

    Returns
    -------
    (slots + 1, rows, columns).

    Raises
    ------
    ValueError
        If no day follows by its name, or the lattice has not its first slot.
    """
    if closed_with == SAME_DAY:
        return np.concatenate([day, day[:1]])
    following = day_after(name)
    if following is None:
        raise ValueError(
            f"day {name!r} is no number and no date such as 2022-06-07, so that no day is known to "
            f"follow it: set closed_with to {SAME_DAY}, if it is an average that repeats, or null"
        )
    remedy = f"or set closed_with to {SAME_DAY} or null"
    if following not in lattice.days:
        raise ValueError(
            f"day {name!r} would be closed with the first slot of day {following!r}, which the "
            "lattice does not have: add that day to the option days of the lattice, leave out "
            f"{name!r}, {remedy}"
        )
    first = population[(lattice.day == following) & (lattice.slot == 0)]
    if not first.any():
        raise ValueError(
            f"day {name!r} would be closed with the first slot of day {following!r}, which is "
            f"missing or empty: leave out {name!r}, {remedy}"
        )
    return np.concatenate([day, first])


def day_after(name: str) -> str | None:
    """Name of the day that follows a number or a date; None for other names."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}", name):
        try:
            following = date.fromisoformat(name) + timedelta(days=1)
            return following.isoformat() if "-" in name else following.strftime("%Y%m%d")
        except (ValueError, OverflowError):  # digits that are no date; the last day of all
            pass
    return str(int(name) + 1).zfill(len(name)) if re.fullmatch(r"[0-9]{1,18}", name) else None


def closing(names: Iterable[str], closed_with: str | None) -> list[str]:
    """Days whose first slots close some days, as far as their names tell."""
    if closed_with != NEXT_DAY:
        return []
    return [day for day in map(day_after, names) if day is not None]
