"""Random points in simple shapes, and proposals for shapes of any outline.

>>> from movelaws.seeds import stream
>>> x, y = in_disk(3, 1000.0, stream(1, "towns"))
>>> x.size
3
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from movelaws.cities._arguments import generator, positive, whole

Sampler = Callable[[int, np.random.Generator], tuple[np.ndarray, np.ndarray]]


def in_disk(n: int, radius: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """x and y, each (n,), of points uniform in a disk of ``radius`` around 0.

    Raises
    ------
    ValueError, TypeError
        If n is negative, the radius not > 0, or rng no Generator.
    """
    n, rng = whole(n, "n", 0), generator(rng)
    return _polar(positive(radius, "radius") * np.sqrt(rng.random(n)), rng)


def in_square(n: int, side: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """x and y, each (n,), of points uniform in [0, side] x [0, side]; errors as in_disk."""
    n, side = whole(n, "n", 0), positive(side, "side")
    x, y = side * generator(rng).random((2, n))
    return x, y


def on_ring(n: int, length: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """x and y, each (n,), of points uniform on a circle of ``length``; errors as in_disk."""
    n, rng = whole(n, "n", 0), generator(rng)
    return _polar(np.full(n, positive(length, "length") / (2 * np.pi)), rng)


def ideal_gas(n: int, scale: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """x and y, each (n,), of the ideal gas in a linear potential; errors as in_disk.

    The distance to the centre is Erlang, (x / l^2) exp(-x / l), with ``scale`` l (Eq. 17).
    """
    n, rng = whole(n, "n", 0), generator(rng)
    return _polar(positive(scale, "scale") * rng.standard_gamma(2.0, n), rng)


def polygon_sampler(polygon: Any) -> Sampler:
    """Function (n, rng) that draws n points uniform in a shapely (multi)polygon, x and y.

    Points are drawn in its bounding box and kept if they lie inside.

    Raises
    ------
    ValueError
        If the polygon is empty, invalid or without area.
    """
    if not isinstance(polygon, shapely.Geometry) or polygon.is_empty or not polygon.area > 0:
        raise ValueError(f"polygon = {polygon!r}: a shapely polygon with an area is needed")
    if not polygon.is_valid:
        raise ValueError(f"polygon is not valid: {shapely.is_valid_reason(polygon)}")
    shapely.prepare(polygon)
    low_x, low_y, high_x, high_y = polygon.bounds
    share = polygon.area / ((high_x - low_x) * (high_y - low_y))

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x, y = np.empty(0), np.empty(0)
        while x.size < n:
            u, v = generator(rng).random((2, int((n - x.size) / share * 1.1) + 16))
            new_x, new_y = low_x + u * (high_x - low_x), low_y + v * (high_y - low_y)
            inside = shapely.contains_xy(polygon, new_x, new_y)
            x, y = np.append(x, new_x[inside]), np.append(y, new_y[inside])
        return x[:n], y[:n]

    return draw


def _polar(distance, rng):
    angle = rng.random(distance.size) * (2 * np.pi)
    return distance * np.cos(angle), distance * np.sin(angle)
