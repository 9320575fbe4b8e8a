"""Short-range order of real places, against an ideal gas of the same density (Fig. 2d).

Two ideal gases stand beside the places, as the paper does not say which one it took. The *local*
one keeps the density as it varies over hundreds of metres: each place is moved at random within
the distance of smoothing. The *town* one has one gas per town, the generalised gamma distribution
fitted to its pairs: streets and patches then stand out as g > 1 far beyond the first peak. That
form follows the bulk of the distances: its onset is a quarter too low for a uniform disk, so that
the level of that g says less than its shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from movelaws.cities._arguments import positive, whole
from movelaws.cities.gamma import fit_gamma
from movelaws.cities.sampling import in_disk
from movelaws.pairdist.matter import short_counts
from movelaws.pairdist.matter_curves import Curve, from_parts
from movelaws.pairdist.towns_found import OUTSIDE, towns_of
from movelaws.pairs import Points, checked_points, linear_edges, log_edges, pair_counts
from movelaws.pairs.points import number_of_pairs

_SPOT = 0.01
_ORDER_BITS = 16
_NEAREST = 1.0
_PER_DECADE = 15


@dataclass(frozen=True)
class Places:
    """x, y (m) of distinct places and the number of the town of each, -1 for none, each (n,)."""

    x: np.ndarray
    y: np.ndarray
    town: np.ndarray


@dataclass(frozen=True)
class Settings:
    """Of the two ideal gases.

    reach : of the pair correlation, m, in bins of 1 m. smoothing : radius of the disk within which
        the local gas moves places, m; order beyond it is taken for density. draws : of that gas.
    parts : of the data that are left out in turn for the error.
    towns : number of the largest towns that get a gas of their own. least : places that a town
        needs for that.
    """

    reach: float = 60.0
    smoothing: float = 100.0
    draws: int = 5
    parts: int = 20
    towns: int = 20
    least: int = 30

    def __post_init__(self):
        for name in ("reach", "smoothing"):
            positive(getattr(self, name), name)
        whole(self.draws, "draws")
        whole(self.parts, "parts", 2)
        whole(self.towns, "towns")
        whole(self.least, "least", 3)


def distinct(positions: pd.DataFrame, definition: str, density: Mapping[str, float]) -> Places:
    """Places of a table, those less than a centimetre apart once: a building, not its dwellings.

    Parameters
    ----------
    positions : x, y (m), weight, town. definition, density : of the towns, as for
        :func:`movelaws.pairdist.towns_found.towns_of`; where the data name none, density decides.

    Returns
    -------
    Places in the order of their positions.
    """
    spot = np.round(positions[["x", "y"]].to_numpy(float) / _SPOT)
    _, first = np.unique(spot, axis=0, return_index=True)
    kept = positions.iloc[first].reset_index(drop=True)
    town, _ = numbered_towns(kept, definition, density)
    return Places(kept["x"].to_numpy(float), kept["y"].to_numpy(float), town)


def numbered_towns(
    positions: pd.DataFrame, definition: str, density: Mapping[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Number of the town of each position, -1 for none, and the names of the towns by number.

    Parameters
    ----------
    positions, definition, density : as for :func:`distinct`.
    """
    found = towns_of(positions, definition, density)
    if found is None:
        found = towns_of(positions, "density", density)
    number, names = pd.factorize(pd.Series(found, dtype=object).where(found != OUTSIDE), sort=True)
    return number.astype(np.int64), np.asarray(names, dtype=object)


def places_curves(name: str, places: Places, settings: Settings, rng: np.random.Generator) -> list:
    """g(r) of the places of a dataset against both ideal gases.

    Parameters
    ----------
    name : of the dataset. places : from :func:`distinct`. settings : of the gases.
    rng : moves the places of the local gas.

    Returns
    -------
    Curves of reference "local" and, if a town has at least ``least`` places, "town".

    Raises
    ------
    ValueError
        If there are fewer than two places.
    """
    points = checked_points(places.x, places.y, allow_small=True)
    edges = linear_edges(1.0, settings.reach)
    curves = [_local(name, points, edges, settings, rng)]
    of_towns = _towns(name, points, places.town, edges, settings)
    return curves if of_towns is None else [*curves, of_towns]


def parts_of(x: np.ndarray, y: np.ndarray, count: int) -> np.ndarray:
    """(n,) part of each place, 0 ... count - 1: about equally many, each of neighbours.

    Places are lined up along a Z-order curve and cut into ``count`` pieces, so that what varies
    from one stretch of land to another shows between the parts.
    """
    cells = (1 << _ORDER_BITS) - 1
    span = max(np.ptp(x), np.ptp(y), _SPOT)
    column, row = (((v - v.min()) / span * cells).astype(np.uint64) for v in (x, y))
    key = np.zeros(x.size, dtype=np.uint64)
    for bit in range(_ORDER_BITS):
        one = np.uint64(1)
        key |= ((column >> np.uint64(bit)) & one) << np.uint64(2 * bit)
        key |= ((row >> np.uint64(bit)) & one) << np.uint64(2 * bit + 1)
    part = np.empty(x.size, dtype=np.int64)
    part[np.argsort(key, kind="stable")] = np.arange(x.size) * count // x.size
    return part


def _local(name, points, edges, settings, rng) -> Curve:
    n = len(points)
    count = min(settings.parts, n)
    part = parts_of(points.x, points.y, count)
    counts = _by_part(points, part, count, edges)
    ideal = np.zeros_like(counts)
    for _ in range(settings.draws):
        dx, dy = in_disk(n, settings.smoothing, rng)
        moved = checked_points(points.x + dx, points.y + dy, allow_small=True)
        ideal += _by_part(moved, part, count, edges) / settings.draws
    return from_parts((name, "local", "place"), edges, counts, ideal, n)


def _by_part(points: Points, part: np.ndarray, count: int, edges: np.ndarray) -> np.ndarray:
    """(count, n_bins) half the pairs that the places of each part are in; they add up to all."""
    places = np.column_stack([points.x, points.y])
    tree, counts = cKDTree(places), np.empty((count, edges.size - 1))
    for k in range(count):
        own = cKDTree(places[part == k])
        near = own.sparse_distance_matrix(tree, edges[-1], output_type="ndarray")["v"]
        counts[k] = np.histogram(near, edges)[0]
        counts[k, 0] -= own.n  # each place met itself
    return counts / 2


def _towns(name, points, town, edges, settings) -> Curve | None:
    """The largest towns together, each against the gas fitted to it; the towns are the parts."""
    size = np.bincount(town[town >= 0], minlength=1)
    largest = np.argsort(-size, kind="stable")[: settings.towns]
    counts, ideal, n = [], [], 0
    for number in largest[size[largest] >= settings.least]:
        one = points.subset(np.flatnonzero(town == number))
        reach = float(np.hypot(np.ptp(one.x), np.ptp(one.y))) + 1
        if reach <= 10 * _NEAREST:
            continue
        far = np.concatenate([[0.0], log_edges(_NEAREST, reach, _PER_DECADE)])
        whole_town = pair_counts(one, far, exact_below=np.inf, progress=False)["count"].to_numpy()
        try:
            gas = fit_gamma(edges=far, counts=whole_town, independent=len(one) / 2).form
        except ValueError:
            continue  # a town like a string of pearls: no such gas fits it
        counts.append(short_counts(one.x, one.y, edges))
        ideal.append(number_of_pairs(one) * gas.mass(edges))
        n += len(one)
    if not counts:
        return None
    return from_parts((name, "town", "place"), edges, np.array(counts), np.array(ideal), n)


def as_table(curves: list[Curve]) -> pd.DataFrame:
    """CURVE_COLUMNS of several curves."""
    return pd.concat([curve.table() for curve in curves], ignore_index=True)
