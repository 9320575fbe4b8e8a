"""Agreement of found and official towns from their contingency table, on any half of the towns.

The labels of a million places meet in a few thousand pairs of a town and a cluster. All that the
choice of parameters needs is computed from these, so that scoring many halves costs little.
"""

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

NO_TOWN = -1
READINGS = ("all", "official", "built_up", "both")


class Contingency(NamedTuple):
    """Numbers of places by official unit and cluster.

    Attributes
    ----------
    town : (k,) unit of the places; of those in none, the unit that is nearest.
    rural : (k,) whether they are in no unit.
    built_up : (k,) whether they are built up around.
    cluster : (k,) cluster, -1 for none.
    count : (k,) places.
    """

    town: np.ndarray
    rural: np.ndarray
    built_up: np.ndarray
    cluster: np.ndarray
    count: np.ndarray


class Ground(NamedTuple):
    """What the places are held against.

    Attributes
    ----------
    town : (n,) number of the official unit of each place, -1 for none.
    nearest : (n,) the same, but for places in none the unit of the nearest place that has one.
    built_up : (n,) bool, whether many other places are around.
    """

    town: np.ndarray
    nearest: np.ndarray
    built_up: np.ndarray

    @property
    def n_towns(self) -> int:
        """Official units."""
        return int(self.town.max()) + 1


def ground(xy: np.ndarray, town: np.ndarray, within_m: float, least: int) -> Ground:
    """Official units with what surrounds each place.

    Parameters
    ----------
    xy : (n, 2) places, metres.
    town : (n,) number of the official unit, 0 .. T - 1, -1 for none.
    within_m, least : a place with so many others around is built up.

    Raises
    ------
    ValueError
        If no place is in an official unit.
    """
    inside = town != NO_TOWN
    if not inside.any():
        raise ValueError("town: no place is in an official unit, so there is nothing to compare")
    nearest = town.copy()
    if not inside.all():
        _, row = cKDTree(xy[inside]).query(xy[~inside])
        nearest[~inside] = town[inside][row]
    around = cKDTree(xy).query_ball_point(xy, within_m, return_length=True, workers=1) - 1
    return Ground(town, nearest, around >= least)


def contingency(under: Ground, cluster: np.ndarray) -> Contingency:
    """Count the places of each combination of unit and cluster."""
    rural = under.town == NO_TOWN
    n_clusters = int(cluster.max()) + 2
    # One whole number for each combination; it is taken apart again below.
    key = ((under.nearest * 2 + rural) * 2 + under.built_up) * n_clusters + cluster + 1
    names, count = np.unique(key, return_counts=True)
    rest, found = np.divmod(names, n_clusters)
    rest, built_up = np.divmod(rest, 2)
    town, rural = np.divmod(rest, 2)
    return Contingency(town, rural.astype(bool), built_up.astype(bool), found - 1, count)


def looked_at(under: Ground, cluster: np.ndarray, reading: str) -> np.ndarray:
    """(n,) bool: places that a reading compares.

    "all" takes every place, those in no unit and those in no cluster being a unit of their own;
    "official" those in a unit; "built_up" of these the ones built up around; "both" of those in a
    unit the ones in a cluster too.

    Raises
    ------
    ValueError
        If there is no such reading.
    """
    inside = under.town != NO_TOWN
    if reading == "all":
        return np.ones(inside.size, dtype=bool)
    if reading == "official":
        return inside
    if reading == "built_up":
        return inside & under.built_up
    if reading == "both":
        return inside & (cluster != NO_TOWN)
    raise ValueError(f"reading = {reading!r}: one of {', '.join(READINGS)}")


def scores(
    table: Contingency, reading: str, towns: np.ndarray | None = None
) -> dict[str, float] | None:
    """Mutual information of a clustering and the units, normalised in every usual way.

    Parameters
    ----------
    table : from :func:`contingency`.
    reading : as for :func:`looked_at`.
    towns : (n_towns,) bool, units to look at; all if None. Places in no unit go with the nearest.

    Returns
    -------
    nmi (over the geometric mean of the entropies, as in paper 3), nmi_arithmetic (over their
    arithmetic mean), homogeneity (over the units' entropy: 1 where every cluster lies in one unit)
    and completeness (over the clusters': 1 where every unit lies in one cluster); None without
    places.
    """
    held = Ground(np.where(table.rural, NO_TOWN, table.town), table.town, table.built_up)
    kept = looked_at(held, table.cluster, reading)
    if towns is not None:
        kept &= towns[table.town]
    if not kept.any():
        return None
    unit = held.town[kept]
    count = table.count[kept].astype(float)
    cluster = table.cluster[kept]
    h_unit, h_cluster = _entropy(unit, count), _entropy(cluster, count)
    joint = _entropy((unit + 1) * (int(cluster.max()) + 2) + cluster + 1, count)
    shared = max(h_unit + h_cluster - joint, 0.0)
    return {
        "nmi": _over(shared, np.sqrt(h_unit * h_cluster), h_unit, h_cluster),
        "nmi_arithmetic": _over(shared, (h_unit + h_cluster) / 2, h_unit, h_cluster),
        "homogeneity": min(shared / h_unit, 1.0) if h_unit > 0 else 1.0,
        "completeness": min(shared / h_cluster, 1.0) if h_cluster > 0 else 1.0,
    }


def matched(table: Contingency) -> int:
    """Official units that share more than half of all their places with one cluster and it alone.

    The measure is Jaccard's: places in both over places in either, which exceeds one half for one
    cluster at most.
    """
    in_town = ~table.rural
    of_town = np.bincount(table.town[in_town], table.count[in_town])
    found = table.cluster != NO_TOWN
    of_cluster = np.bincount(table.cluster[found], table.count[found], 1)
    both = in_town & found
    width = of_cluster.size
    key, row = np.unique(table.town[both] * width + table.cluster[both], return_inverse=True)
    shared = np.bincount(row, table.count[both], key.size)
    either = of_town[key // width] + of_cluster[key % width] - shared
    return int(np.count_nonzero(shared > either / 2))


def _entropy(labels: np.ndarray, count: np.ndarray) -> float:
    """Entropy of the shares of labels, nats."""
    _, row = np.unique(labels, return_inverse=True)
    share = np.bincount(row, count) / count.sum()
    return float(max(-np.sum(share * np.log(share)), 0.0))


def _over(shared: float, scale: float, h_unit: float, h_cluster: float) -> float:
    """Two partitions into one part each agree; one part says nothing of several (scikit-learn)."""
    if h_unit == 0 and h_cluster == 0:
        return 1.0
    return min(shared / scale, 1.0) if scale > 0 else 0.0
