"""The largest city of a country as one official unit, and as several (Tables 3 and 4).

In the paper that is Copenhagen, which the statistical office joins with its neighbours. Elsewhere
the largest town may stand alone: then it is cut into parts, to see what counting them apart does.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from movelaws.pairdist.definition_scores import NO_TOWN, Ground
from movelaws.seeds import number
from movelaws.settlements import merged_units

MERGED, SEPARATE = "merged", "separate"
_SHOWN = 3


class Version(NamedTuple):
    """The places under one version of the official units, and how it was made."""

    under: Ground
    how: str


def versions(
    xy: np.ndarray, given: Ground, names: np.ndarray, settings: Mapping[str, object], seed: int
) -> dict[str, Version]:
    """The official units with the largest city as one and in parts.

    Parameters
    ----------
    xy : (n, 2) places, metres.
    given, names : official units as they are.
    settings : merged (names of the units of the largest city) or merge (see ``largest_city``);
        cut (number of parts of a largest unit that stands alone; 0 for no such version).
    seed : of the cut.

    Returns
    -------
    {"merged": ..., "separate": ...}, the second only where the city has parts.

    Raises
    ------
    ValueError
        If a unit that is listed has no place.
    """
    city = city_of(xy, given, names, settings)
    if city.size > 1:
        joined = ", ".join(map(str, names[city[: _SHOWN + 1]]))
        more = f" and {city.size - _SHOWN - 1} more" if city.size > _SHOWN + 1 else ""
        return {
            MERGED: Version(merged(given, city), f"{joined}{more} as one"),
            SEPARATE: Version(given, "as given"),
        }
    largest = names[city[0]]
    made = {MERGED: Version(given, f"as given: no other unit borders on the largest, {largest}")}
    parts = int(settings["cut"])
    if parts > 1:
        made[SEPARATE] = Version(
            cut(xy, given, int(city[0]), parts, seed), f"{largest} cut into {parts} parts"
        )
    return made


def cut(xy: np.ndarray, under: Ground, unit: int, parts: int, seed: int) -> Ground:
    """The same units, one of them cut into compact parts (k-means) that count as units."""
    from sklearn.cluster import KMeans  # slow to load, and figures load this module too

    inside = under.town == unit
    parts = min(parts, len(np.unique(xy[inside], axis=0)))
    random = number(seed, "pairdist", "definition", "cut")
    means = KMeans(parts, n_init=1, random_state=random).fit(xy[inside])
    new = np.where(means.labels_ == 0, unit, under.n_towns - 1 + means.labels_)
    town, nearest = under.town.copy(), under.nearest.copy()
    town[inside] = nearest[inside] = new
    around = (nearest == unit) & ~inside
    if around.any():
        _, row = cKDTree(xy[inside]).query(xy[around])
        nearest[around] = new[row]
    return under._replace(town=town, nearest=nearest)


def largest_city(xy: np.ndarray, under: Ground, within_m: float, share: float) -> np.ndarray:
    """The largest official unit and those that have grown together with it.

    Parameters
    ----------
    xy : (n, 2) places, metres.
    under : official units.
    within_m, share : a unit belongs to the city if at least this share of its places lie within
        this distance of a place of a unit that already does.

    Returns
    -------
    (k,) numbers of units, the largest first; k = 1 where it stands alone.
    """
    size = np.bincount(under.town[under.town != NO_TOWN], minlength=under.n_towns)
    city = [int(np.argmax(size))]
    waiting = list(city)
    outside = ~np.isin(under.town, [NO_TOWN, *city])
    while waiting and outside.any():
        tree = cKDTree(xy[np.isin(under.town, waiting)])
        distance, _ = tree.query(xy[outside], distance_upper_bound=within_m)
        near = np.bincount(under.town[outside][np.isfinite(distance)], minlength=under.n_towns)
        waiting = np.flatnonzero((near > 0) & (near >= share * size)).tolist()
        city += waiting
        outside &= ~np.isin(under.town, waiting)
    return np.array(city)


def city_of(
    xy: np.ndarray, under: Ground, names: np.ndarray, settings: Mapping[str, object]
) -> np.ndarray:
    """The units of the largest city: those listed under ``merged``, or by :func:`largest_city`.

    Raises
    ------
    ValueError
        If a unit that is listed has no place.
    """
    listed = settings.get("merged") or []
    if not listed:
        merge = settings["merge"]
        return largest_city(xy, under, merge["within_m"], merge["share"])
    unknown = [name for name in listed if name not in names]
    if unknown:
        raise ValueError(f"merged: no place is in the official unit {unknown[0]!r}")
    return np.flatnonzero(np.isin(names, listed))


def merged(under: Ground, city: np.ndarray) -> Ground:
    """The same places with the units of a city as one."""
    town, nearest = (
        merged_units(labels, [city.tolist()]) for labels in (under.town, under.nearest)
    )
    # Numbers without gaps, as Ground has them.
    kept = np.unique(nearest)
    town = np.where(town == NO_TOWN, NO_TOWN, np.searchsorted(kept, town))
    return under._replace(town=town, nearest=np.searchsorted(kept, nearest))
