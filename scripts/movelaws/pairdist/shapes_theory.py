"""Pair distributions of uniform places in any shape, exactly, from the shape alone.

p(r) = (2 pi r / A^2) times the mean over directions of the area that a shape of area A shares with
itself moved by r (its set covariance).
"""

import math

import numpy as np
import shapely

from movelaws.cities._arguments import positive, rising, whole


def shape_density(polygon: shapely.Geometry, r: np.ndarray, directions: int = 24) -> np.ndarray:
    """Density of the distance between two places uniform in a shape.

    Parameters
    ----------
    polygon : valid shapely (multi)polygon in metres.
    r : (n,) distances, metres.
    directions : averaged over, equally spaced over half a turn (opposite ones are equal).

    Returns
    -------
    (n,) per metre.

    Raises
    ------
    ValueError
        If the polygon has no area or is not valid.
    """
    area = _checked_area(polygon)
    angles = (np.arange(whole(directions, "directions")) + 0.5) * math.pi / directions
    steps = np.column_stack([np.cos(angles), np.sin(angles)])
    shared = [_shared(polygon, distance * steps) for distance in np.asarray(r, dtype=float)]
    return 2 * math.pi * np.asarray(r, dtype=float) * np.array(shared) / area**2


def shape_mass(polygon: shapely.Geometry, edges: np.ndarray, directions: int = 24) -> np.ndarray:
    """(n_bins,) share of the pairs in each bin of (n_bins + 1,) ``edges``, by Simpson's rule."""
    edges = rising(edges)
    middle = (edges[:-1] + edges[1:]) / 2
    order = np.argsort(np.append(edges, middle))
    r = np.append(edges, middle)[order]
    density = shape_density(polygon, r, directions)
    return np.diff(edges) * (density[:-2:2] + 4 * density[1:-1:2] + density[2::2]) / 6


def scaled_to(polygon: shapely.Geometry, area_m2: float) -> shapely.Geometry:
    """The same shape with another area, its centroid at 0."""
    factor = math.sqrt(positive(area_m2, "area_m2") / _checked_area(polygon))
    centre = np.array([polygon.centroid.x, polygon.centroid.y])
    return shapely.transform(polygon, lambda xy: (xy - centre) * factor)


def generalised(polygon: shapely.Geometry, detail: float = 0.004) -> shapely.Geometry:
    """A shape without detail finer than a share ``detail`` of its width, and without small parts.

    Land has thousands of corners and islets that no pair distribution shows.
    """
    west, south, east, north = polygon.bounds
    step = detail * max(east - west, north - south)
    parts = shapely.get_parts(shapely.simplify(polygon, step))
    kept = parts[shapely.area(parts) >= step**2]
    simple = shapely.make_valid(shapely.union_all(kept))
    return simple if simple.area > 0 else polygon


def _shared(polygon: shapely.Geometry, steps: np.ndarray) -> float:
    moved = [shapely.transform(polygon, lambda xy, step=step: xy + step) for step in steps]
    return float(np.mean(shapely.area(shapely.intersection(polygon, moved))))


def _checked_area(polygon: shapely.Geometry) -> float:
    if not polygon.is_valid or not polygon.area > 0:
        raise ValueError(
            f"polygon of type {polygon.geom_type}: a valid shape with an area is needed"
        )
    return float(polygon.area)
