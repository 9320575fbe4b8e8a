"""Every clustering that is tried on the places of a country (SI 9)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from movelaws.pairs.points import Points, checked_points
from movelaws.settlements.clustering import NO_TOWN, dbscan_towns, hdbscan_towns

RULE = "distance rule"
ALGORITHMS = ("DBSCAN", "HDBSCAN")
_SMALLEST_CELL_M = 10.0
# Beyond the places that HDBSCAN takes, DBSCAN takes those in one such share of its reach together.
_SNAP_SHARE = 0.2


class Clustering(NamedTuple):
    """Towns found by one algorithm with one choice of parameters.

    Attributes
    ----------
    algorithm : "DBSCAN", "HDBSCAN" or "distance rule", which has no parameter to choose.
    reach_m, min_places : of DBSCAN; of the rule the reach alone; else nan.
    min_cluster_size, min_samples : of HDBSCAN; of the rule the size alone; else nan.
    cell_m : side of the cells whose places were taken together, 0 for none.
    cluster : (n,) int32, -1 for none.
    """

    algorithm: str
    reach_m: float
    min_places: float
    min_cluster_size: float
    min_samples: float
    cell_m: float
    cluster: np.ndarray


def clusterings(
    points: Points,
    hdbscan: Mapping[str, Sequence[int]],
    dbscan: Mapping[str, Sequence[float]],
    rule: Mapping[str, float],
    most_places: int,
) -> list[Clustering]:
    """All clusterings of the scan, then that of the distance rule.

    Parameters
    ----------
    points : places in metres.
    hdbscan : min_cluster_size, min_samples: values to try, each with each.
    dbscan : reach_m, min_places: likewise.
    rule : reach_m and least_places: places at most so far apart are in one town, which has at least
        so many. It stands for the definition of Statistics Denmark (200 m, 200 inhabitants).
    most_places : that HDBSCAN is given. Of more, one is taken from each cell of a grid, whose cells
        double until few enough are left: sizes then count cells.

    Returns
    -------
    Clusterings; values for HDBSCAN that exceed the number of places are passed over, and a line is
    printed that counts them. Perhaps none of HDBSCAN is left.

    Raises
    ------
    ValueError
        If there is nothing to try, or a value is out of its range.
    """
    for name, given in (("hdbscan", hdbscan), ("dbscan", dbscan)):
        for key, values in given.items():
            if not values:
                raise ValueError(f"{name}: {key} is empty: give at least one value to try")
    sizes = len(hdbscan["min_cluster_size"]) * len(hdbscan["min_samples"])
    total = sizes
    total += len(dbscan["reach_m"]) * len(dbscan["min_places"]) + 1
    made = _all(points, hdbscan, dbscan, rule, most_places)
    tried = list(tqdm(made, "clusterings", total=total, disable=None, leave=False))
    if len(tried) < total:
        print(
            f"HDBSCAN: {total - len(tried)} of {sizes} values of definition.hdbscan passed over, "
            f"which are larger than the {len(points)} places, or the cells that stand for them"
        )
    return tried


def _all(points, hdbscan, dbscan, rule, most_places) -> Iterator[Clustering]:
    row, spots, cell = thinned(points, most_places)
    for size in hdbscan["min_cluster_size"]:
        for samples in hdbscan["min_samples"]:
            if max(size, samples) > len(spots):
                continue
            found = hdbscan_towns(spots, min_cluster_size=size, min_samples=samples)
            yield Clustering("HDBSCAN", np.nan, np.nan, size, samples, cell, _small(found[row]))
    for reach in dbscan["reach_m"]:
        for least in dbscan["min_places"]:
            snap = _SNAP_SHARE * reach if cell else None
            found = dbscan_towns(points, reach=reach, min_places=least, snap=snap)
            yield Clustering("DBSCAN", reach, least, np.nan, np.nan, snap or 0.0, _small(found))
    reach = rule["reach_m"]
    snap = _SNAP_SHARE * reach if cell else None
    found = dbscan_towns(points, reach=reach, min_places=1, snap=snap)
    kept = without_small(found, int(rule["least_places"]))
    size = int(rule["least_places"])
    yield Clustering(RULE, reach, np.nan, size, np.nan, snap or 0.0, _small(kept))


def thinned(points: Points, most: int) -> tuple[np.ndarray, Points, float]:
    """One place for each filled cell of a grid, fine enough to leave nearly ``most``.

    Returns
    -------
    row : (n,) which of the places kept stands for each.
    kept : the places, each at the mean of its cell's.
    cell_m : side of the cells, metres; 0 where all places are kept.

    Raises
    ------
    ValueError
        If ``most`` is less than 2.
    """
    if most < 2:
        raise ValueError(f"most_places = {most}: at least 2 are needed")
    n, cell = len(points), 0.0
    if n <= most:
        return np.arange(n), points, cell
    xy = np.column_stack([points.x, points.y])
    cell = _SMALLEST_CELL_M
    while True:
        cells, row = np.unique(np.floor(xy / cell), axis=0, return_inverse=True)
        if len(cells) <= most:
            break
        cell *= 2
    row = row.ravel()
    size = np.bincount(row)
    x, y = (np.bincount(row, axis) / size for axis in xy.T)
    return row, checked_points(x, y, allow_small=True), cell


def without_small(cluster: np.ndarray, least: int) -> np.ndarray:
    """The same clusters, those of fewer places than ``least`` dissolved; numbered without gaps."""
    found = cluster[cluster != NO_TOWN]
    large = np.bincount(found, minlength=1) >= least
    number = np.where(large, np.cumsum(large) - 1, NO_TOWN)
    return np.where(cluster == NO_TOWN, NO_TOWN, number[cluster])


def _small(cluster: np.ndarray) -> np.ndarray:
    return cluster.astype(np.int32)
