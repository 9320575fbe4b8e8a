"""Towns from the places alone, by density (SI 9).

>>> import numpy as np
>>> from movelaws.pairs import checked_points
>>> from movelaws.settlements.clustering import dbscan_towns
>>> x = np.r_[np.arange(20) * 50.0, 9000 + np.arange(20) * 50.0, 5000.0]
>>> dbscan_towns(checked_points(x, np.zeros(41)), reach=100.0, min_places=3)[[0, 20, 40]].tolist()
[0, 1, -1]
"""

import numpy as np

from movelaws.cities._arguments import positive, whole
from movelaws.pairs.points import Points

NO_TOWN = -1
"""Label of places that belong to no cluster (noise)."""

LARGEST_HDBSCAN = 100_000
"""Places that HDBSCAN takes: the time of scikit-learn's grows with their square."""


def dbscan_towns(
    points: Points, *, reach: float, min_places: int, snap: float | None = None
) -> np.ndarray:
    """Towns as sets of places linked by dense neighbourhoods (DBSCAN of scikit-learn).

    Parameters
    ----------
    points : places in metres. Places at one spot are taken together; weights count as places.
    reach : radius of a neighbourhood (eps), metres. Statistical definitions of urban areas use
        200 m between buildings.
    min_places : places, its own among them, that make a neighbourhood dense.
    snap : metres; places in the same cell of this size count as one spot, which saves memory (all
        neighbours of all spots are held at once). None: only those at equal coordinates.

    Returns
    -------
    (n,) number of the town of each place, -1 for none; towns count from 0, in the order of their
    first place.

    Raises
    ------
    ValueError
        If places are in degrees, or a number is not positive, or ``snap`` exceeds half of reach.
    """
    reach, min_places = positive(reach, "reach"), whole(min_places, "min_places")
    _check_metres(points)
    xy = np.column_stack([points.x, points.y])
    keys = xy
    if snap is not None:
        if positive(snap, "snap") > reach / 2:
            raise ValueError(f"snap = {snap:g} m: at most half of reach = {reach:g} m")
        keys = np.floor(xy / snap)
    _, first, spot = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    spot = spot.ravel()
    weight = np.bincount(spot, points.weight, first.size)
    if snap is None:
        centres = xy[first]
    else:
        counts = np.bincount(spot)
        centres = np.column_stack([np.bincount(spot, v) / counts for v in xy.T])
    from sklearn.cluster import DBSCAN  # slow to load, and figures load this module too

    model = DBSCAN(eps=reach, min_samples=min_places, algorithm="kd_tree")
    return _in_order(model.fit(centres, sample_weight=weight).labels_[spot])


def hdbscan_towns(
    points: Points, *, min_cluster_size: int, min_samples: int | None = None
) -> np.ndarray:
    """Towns of differing density (HDBSCAN of scikit-learn, its other parameters as they are).

    Parameters
    ----------
    points : places in metres, at most 100,000; weights are not used.
    min_cluster_size : smallest number of places of a town.
    min_samples : places that make a neighbourhood; min_cluster_size if None.

    Returns
    -------
    (n,) as :func:`dbscan_towns`.

    Raises
    ------
    ValueError
        If places are in degrees or too many, or a number is out of range.
    """
    min_cluster_size = whole(min_cluster_size, "min_cluster_size", 2)
    min_samples = None if min_samples is None else whole(min_samples, "min_samples")
    _check_metres(points)
    n = len(points)
    if n > LARGEST_HDBSCAN:
        raise ValueError(
            f"points: {n:,} places, HDBSCAN takes {LARGEST_HDBSCAN:,} at most (its time grows "
            "with their square): pass a region or a sample, or use dbscan_towns"
        )
    for name, value in (("min_cluster_size", min_cluster_size), ("min_samples", min_samples)):
        if value is not None and value > n:
            raise ValueError(f"{name} = {value}: there are only {n} places")
    from sklearn.cluster import HDBSCAN  # slow to load, and figures load this module too

    model = HDBSCAN(min_cluster_size=min_cluster_size, min_samples=min_samples, copy=True)
    return _in_order(model.fit(np.column_stack([points.x, points.y])).labels_)


def _in_order(labels):
    """Labels renumbered by first appearance, -1 kept."""
    names, first, row = np.unique(labels, return_index=True, return_inverse=True)
    town = names >= 0
    rank = np.full(names.size, NO_TOWN)
    rank[np.flatnonzero(town)[np.argsort(first[town])]] = np.arange(np.count_nonzero(town))
    return rank[row]


def _check_metres(points):
    if points.metric != "euclidean":
        raise ValueError("points are in degrees: clusters need projected metres")
