"""The zones around each origin, nearest first: what every radiation-like model sums over."""

from dataclasses import dataclass

import numba
import numpy as np

from movelaws.od import Pairs
from movelaws.threads import share_out

# Entries closer than this part of the largest distance may be tied; s_ij says whether they are.
_PERHAPS_TIED = 1e-6
# Part of all people by which two sums of the same masses may differ through rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Surroundings:
    """All ordered pairs of n zones, one row per origin, destinations by increasing distance.

    Attributes
    ----------
    zone_ids : (n,) object.
    mass : (n,) population of the zones, people, >= 0, not necessarily whole.
    order : (n, n - 1) int32, destinations of each origin by increasing distance, ties by index.
    nearer : (n, n - 1) int32, how many entries of the row lie strictly nearer than this one; tied
        entries share one value. ``order[i, :nearer[i, p]]`` are the zones inside the circle
        around i through ``order[i, p]``.
    distance_km : (n, n - 1) > 0, in that order.
    intervening : (n, n - 1) s_ij, people: the mass of those ``nearer`` zones, in that order.
    flow : (n, n - 1) observed flow, people, in that order.
    """

    zone_ids: np.ndarray
    mass: np.ndarray
    order: np.ndarray
    nearer: np.ndarray
    distance_km: np.ndarray
    intervening: np.ndarray
    flow: np.ndarray

    @property
    def n_zones(self) -> int:
        """Number of zones n."""
        return len(self.zone_ids)

    @property
    def outflow(self) -> np.ndarray:
        """(n,) people who leave each zone, O_i."""
        return self.flow.sum(axis=1)

    def pairs_order(self, values: np.ndarray) -> np.ndarray:
        """Values of all pairs in the order of ``movelaws.od.Pairs`` with ``support="all"``.

        Parameters
        ----------
        values : (n, n - 1), any type of number, in the order of ``order``.

        Returns
        -------
        (n (n - 1),) of the same type: by origin, then by destination.

        Raises
        ------
        ValueError
            If the shape is another.
        """
        values = np.asarray(values)
        if values.shape != self.order.shape:
            raise ValueError(f"values has shape {values.shape}, expected {self.order.shape}")
        result = np.empty(values.size, dtype=values.dtype)
        share_out(_by_destination, self.n_zones, self.order, np.ascontiguousarray(values), result)
        return result


def surroundings(pairs: Pairs) -> Surroundings:
    """Sort the pairs of each origin by distance and count what lies strictly nearer.

    Destinations equally far from an origin (:func:`movelaws.opportunities.resolution_km`) are
    tied: neither lies inside the circle through the other. Which are tied is read off
    ``pairs.intervening``, so that masses and classes are summed over the same zones.

    Parameters
    ----------
    pairs : all n (n - 1) pairs of n >= 2 zones, from
        :func:`movelaws.od.build_pairs` with ``support="all"`` and the zones as places.

    Returns
    -------
    Surroundings; 32 bytes a pair, 310 MB for 3,108 zones.

    Raises
    ------
    ValueError
        If pairs are missing, a mass is negative or not finite, or s_ij is not the mass of the
        nearer zones (the places were not the zones).
    """
    n = pairs.n_zones
    if n < 2:
        raise ValueError(f"pairs has {n} zones: at least 2 are needed")
    rank = np.arange(n - 1, dtype=np.int32)
    others = rank + (rank >= np.arange(n, dtype=np.int32)[:, None])
    if pairs.n_pairs != others.size or (pairs.destination != others.ravel()).any():
        raise ValueError(
            f"pairs holds {pairs.n_pairs} of the {others.size} ordered pairs of {n} zones: build "
            "it with support='all'"
        )
    del others
    mass = np.array(pairs.mass, dtype=float)  # kernels would be compiled for read-only ones too
    bad = ~(np.isfinite(mass) & (mass >= 0))
    if bad.any():
        zone = int(np.argmax(bad))
        raise ValueError(
            f"pairs.mass of zone {pairs.zone_ids[zone]!r} is {mass[zone]}: populations are "
            "finite and >= 0"
        )
    columns = [
        np.ascontiguousarray(column, dtype=float).reshape(n, n - 1)
        for column in (pairs.distance_km, pairs.intervening, pairs.flow)
    ]
    order = np.empty((n, n - 1), dtype=np.int32)
    nearer = np.empty((n, n - 1), dtype=np.int32)
    distance, s, flow = (np.empty((n, n - 1)) for _ in columns)
    mistaken = np.empty(n, dtype=np.int64)
    gap = _PERHAPS_TIED * float(columns[0].max())
    share_out(_sort_rows, n, *columns, mass, gap, order, nearer, distance, s, flow, mistaken)
    if (mistaken >= 0).any():
        i = int(np.argmax(mistaken >= 0))
        j = order[i, mistaken[i]]
        raise ValueError(
            f"pairs.intervening from {pairs.zone_ids[i]!r} to {pairs.zone_ids[j]!r} is "
            f"{s[i, mistaken[i]]:.12g}, not the population of the zones in between: build the "
            "pairs with the zones themselves as places"
        )
    return Surroundings(pairs.zone_ids, mass, order, nearer, distance, s, flow)


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _sort_rows(
    low, high, to_distance, to_s, to_flow, mass, gap, order, nearer, distance, s, flow, mistaken
):  # fmt: skip
    """Fill the rows of Surroundings; mistaken[i] is the first p where s is not that sum, or -1."""
    n = mass.size
    tolerance = _ROUNDING * mass.sum()
    for i in range(low, high):
        near = np.argsort(to_distance[i], kind="mergesort")
        _count_nearer(i, near, to_distance[i], to_s[i], mass, gap, nearer[i])
        _ties_by_index(near, nearer[i])
        inside, first, level = 0.0, 0, 0.0
        mistaken[i] = -1
        for p in range(n - 1):
            k = near[p]
            j = k + (k >= i)
            order[i, p] = j
            distance[i, p], s[i, p], flow[i, p] = to_distance[i, k], to_s[i, k], to_flow[i, k]
            if nearer[i, p] != first:
                inside, level, first = inside + level, 0.0, nearer[i, p]
            level += mass[j]
            if mistaken[i] < 0 and not abs(inside - s[i, p]) <= tolerance:
                mistaken[i] = p


@numba.njit(cache=True, error_model="numpy")
def _count_nearer(i, near, distance, s, mass, gap, nearer):
    """Entries equally far have the same s; one that lies nearer adds its mass to the next."""
    for p in range(near.size):
        nearer[p] = p
        if p > 0 and distance[near[p]] - distance[near[p - 1]] <= gap:
            before = near[p - 1]
            if s[near[p]] - s[before] <= 0.5 * mass[before + (before >= i)]:
                nearer[p] = nearer[p - 1]


@numba.njit(cache=True, error_model="numpy")
def _ties_by_index(near, nearer):
    """Insertion sort within runs of tied entries, which are short."""
    for p in range(1, near.size):
        q, k = p, near[p]
        while q > nearer[p] and near[q - 1] > k:
            near[q] = near[q - 1]
            q -= 1
        near[q] = k


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _by_destination(low, high, order, values, result):
    m = order.shape[1]
    for i in range(low, high):
        for p in range(m):
            j = order[i, p]
            result[i * m + j - (j > i)] = values[i, p]
