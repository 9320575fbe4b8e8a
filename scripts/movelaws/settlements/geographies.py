"""Geographies that keep one side of a real country and give up the other (Fig. 1e-g).

In "Disk Denmark" towns stay as they are inside, but lie at random on a disk; in "Uniform Denmark"
towns stay where they are in their outlines, but their places are uniform inside. Simple shapes with
uniform places serve as comparison.
"""

import math
from dataclasses import dataclass

import numpy as np

from movelaws.cities import sampling
from movelaws.cities._arguments import generator, positive, whole
from movelaws.cities.disks import place_without_overlap
from movelaws.pairs.points import Points, checked_points
from movelaws.settlements.outlines import Outlines, town_outlines

RURAL = -1
"""Label of places in no town."""

_MOST_PACKED = 0.4


@dataclass(frozen=True)
class Geography:
    """Places and the towns they belong to.

    points : (n,) places in projected metres.
    town : (n,) whole number of the town of each, RURAL (-1) for none.
    """

    points: Points
    town: np.ndarray

    def __len__(self) -> int:
        return len(self.points)


def checked_geography(points: Points, town: np.ndarray | None = None) -> Geography:
    """Places with towns.

    Parameters
    ----------
    points : from ``checked_points``, in metres.
    town : (n,) whole numbers >= -1 (-1: rural), or None for one town of all.

    Raises
    ------
    ValueError
        If places are in degrees, or ``town`` is of another shape, no whole number or below -1.
    """
    if points.metric != "euclidean":
        raise ValueError("points are in degrees: geographies need projected metres")
    town = np.zeros(len(points), dtype=np.int64) if town is None else np.asarray(town)
    if town.shape != (len(points),) or town.dtype.kind not in "iu":
        raise ValueError(
            f"town is {town.dtype} of shape {town.shape}: a whole number for each of the "
            f"{len(points)} places is needed"
        )
    if town.min() < RURAL:
        at = int(np.argmin(town))
        raise ValueError(f"town[{at}] = {town[at]}: numbers of towns are >= 0, or -1 for rural")
    return Geography(points, town.astype(np.int64))


def disk_geography(
    geography: Geography,
    rng: np.random.Generator,
    *,
    area: float | None = None,
    turn: bool = False,
) -> Geography:
    """Disk Denmark: each town moved as a whole, centres uniform in a disk without overlap.

    A town's circle lies around the mean of its places and holds all of them. Circles are placed
    from the largest to the smallest until none overlap (SI 7.3); centres lie in the disk, rims may
    reach over it. Places in no town are uniform in the disk, where towns lie too.

    Parameters
    ----------
    geography : towns of a real country.
    rng : source of the positions.
    area : of the disk, m^2: that of the country's land. None: 2.5 times the area of all circles,
        and no less than that of the box around all places.
    turn : also turn each town by a random angle.

    Raises
    ------
    ValueError
        If there is no town, or ``area`` is less than 2.5 times that of the circles, where random
        placement would not end.
    """
    rng, points, town = generator(rng), geography.points, geography.town
    inside = town != RURAL
    if not inside.any():
        raise ValueError("geography has no town: all places are rural (-1)")
    _, row = np.unique(town[inside], return_inverse=True)
    x, y = points.x[inside], points.y[inside]
    size = np.bincount(row)
    dx, dy = x - (np.bincount(row, x) / size)[row], y - (np.bincount(row, y) / size)[row]
    radius = np.zeros(size.size)
    np.maximum.at(radius, row, np.hypot(dx, dy))
    # A town of one place, or of one spot, has a circle too: one that nothing else may lie in.
    radius = np.maximum(radius, max(1e-9 * radius.max(), 1e-3))
    circles = math.pi * float((radius**2).sum())
    if area is None:
        area = max(circles / _MOST_PACKED, float(np.ptp(points.x) * np.ptp(points.y)))
    elif positive(area, "area") < circles / _MOST_PACKED:
        raise ValueError(
            f"area = {area:.4g} m2: the circles of the towns take {circles:.4g} m2; at least 2.5 "
            "times that is needed to place them at random"
        )
    reach = math.sqrt(area / math.pi)
    placed = place_without_overlap(radius, lambda n, r: sampling.in_disk(n, reach, r), rng)
    angle = rng.random(size.size) * 2 * math.pi if turn else np.zeros(size.size)
    cos, sin = np.cos(angle)[row], np.sin(angle)[row]
    new_x, new_y = np.empty((2, len(points)))
    new_x[inside] = placed.x[row] + cos * dx - sin * dy
    new_y[inside] = placed.y[row] + sin * dx + cos * dy
    new_x[~inside], new_y[~inside] = sampling.in_disk(np.count_nonzero(~inside), reach, rng)
    return Geography(_like(new_x, new_y, points), town)


def uniform_geography(
    geography: Geography, rng: np.random.Generator, outlines: Outlines | None = None
) -> Geography:
    """Uniform Denmark: towns where they are, as dense as they are, but uniform inside.

    Each town's places are drawn anew, uniform in its outline. Places in no town stay, as do those
    of towns too small to have an outline (fewer than three places, or all in one line).

    Parameters
    ----------
    geography : towns of a real country.
    rng : source of the places.
    outlines : shapely polygon of each town, as {town: polygon}: official boundaries, or None for
        concave hulls of the places (``town_outlines``).

    Raises
    ------
    ValueError
        If an outline is no valid polygon with an area.
    """
    rng, points, town = generator(rng), geography.points, geography.town
    outlines = town_outlines(geography.points, town) if outlines is None else outlines
    x, y = points.x.copy(), points.y.copy()
    order = np.argsort(town, kind="stable")
    names, first = np.unique(town[order], return_index=True)
    for name, rows in zip(names.tolist(), np.split(order, first[1:]), strict=True):
        polygon = outlines.get(name)
        if name != RURAL and polygon is not None:
            x[rows], y[rows] = sampling.polygon_sampler(polygon)(rows.size, rng)
    return Geography(_like(x, y, points), town)


def plain_disk(n: int, radius: float, rng: np.random.Generator) -> Geography:
    """n places uniform in a disk of ``radius`` metres around 0."""
    return _plain(*sampling.in_disk(whole(n, "n", 2), radius, rng))


def plain_square(n: int, side: float, rng: np.random.Generator) -> Geography:
    """n places uniform in a square of ``side`` metres."""
    return _plain(*sampling.in_square(whole(n, "n", 2), side, rng))


def plain_ring(n: int, length: float, rng: np.random.Generator) -> Geography:
    """n places uniform on a circle of ``length`` metres."""
    return _plain(*sampling.on_ring(whole(n, "n", 2), length, rng))


def plain_land(n: int, polygon: object, rng: np.random.Generator) -> Geography:
    """n places uniform in a shapely (multi)polygon in metres, such as a country's land."""
    return _plain(*sampling.polygon_sampler(polygon)(whole(n, "n", 2), generator(rng)))


def _plain(x, y):
    return checked_geography(checked_points(x, y, allow_small=True))


def _like(x, y, points):
    return checked_points(x, y, points.weight, allow_small=True)
