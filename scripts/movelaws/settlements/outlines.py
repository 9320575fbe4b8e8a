"""Outlines of towns from their places."""

import numpy as np
import shapely

from movelaws.pairs.points import Points

Outlines = dict[int, shapely.Geometry]

# Concave hulls take a triangulation: of larger towns, the places nearest to a fine grid do.
_MOST_PLACES = 20_000


def town_outlines(points: Points, town: np.ndarray, *, ratio: float = 0.3) -> Outlines:
    """Concave hull of the places of each town.

    Of towns with more than 20,000 places one place per cell of a grid with about that many cells is
    used: the hull is then true to a cell, less than a hundredth of the town's width.

    Parameters
    ----------
    points : places in metres.
    town : (n,) number of the town of each, -1 for none.
    ratio : 0 gives the tightest hull, 1 the convex hull (``shapely.concave_hull``).

    Returns
    -------
    {town: polygon}; towns without an area (fewer than three places, or all in one line) are left
    out.

    Raises
    ------
    ValueError
        If ``ratio`` is not in [0, 1] or ``town`` of another shape than the points.
    """
    if not 0 <= ratio <= 1:
        raise ValueError(f"ratio = {ratio}: a number from 0 to 1 is needed")
    town = np.asarray(town)
    if town.shape != (len(points),):
        raise ValueError(f"town has shape {town.shape}, expected ({len(points)},)")
    order = np.argsort(town, kind="stable")
    names, first = np.unique(town[order], return_index=True)
    outlines = {}
    for name, rows in zip(names.tolist(), np.split(order, first[1:]), strict=True):
        if name >= 0 and rows.size >= 3:
            x, y = _thinned(points.x[rows], points.y[rows])
            hull = shapely.concave_hull(shapely.MultiPoint(np.column_stack([x, y])), ratio)
            if hull.geom_type == "Polygon" and hull.area > 0:
                outlines[name] = hull
    return outlines


def _thinned(x, y):
    if x.size <= _MOST_PLACES:
        return x, y
    cell = max(np.ptp(x), np.ptp(y)) / np.sqrt(_MOST_PLACES)
    column, row = ((v - v.min()) // cell for v in (x, y))
    _, kept = np.unique(column + 1e6 * row, return_index=True)
    return x[kept], y[kept]
