"""Places whose pairs are counted: validated coordinates, weights and metric."""

from dataclasses import dataclass, replace

import numpy as np

from movelaws.geo import EARTH_RADIUS_KM, DistanceKind, check_coordinates, distance_kind

EARTH_RADIUS_M = 1000.0 * EARTH_RADIUS_KM
"""Radius in metres of the sphere of all great-circle distances."""

# All of the Earth in degrees; nothing but a few houses in metres.
_DEGREES_X, _DEGREES_Y = 180.0, 90.0

# Sums of products of whole-number weights stay exact in 64-bit integers below this total.
_LARGEST_WHOLE_TOTAL = 3.0e9


@dataclass(frozen=True)
class Points:
    """Places, made by :func:`checked_points`.

    Attributes
    ----------
    x, y : (n,) float64, projected metres ("euclidean") or longitude and latitude in degrees
        ("great_circle").
    weight : (n,) int64 or float64, for example dwellings per building, or None where each is 1.
    metric : how distances are measured.
    """

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None = None
    metric: DistanceKind = "euclidean"

    def __len__(self) -> int:
        return self.x.size

    def subset(self, rows: np.ndarray) -> "Points":
        """The points at ``rows``: indices, a slice or a mask."""
        weight = None if self.weight is None else self.weight[rows]
        return replace(self, x=self.x[rows], y=self.y[rows], weight=weight)


def checked_points(
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None = None,
    metric: DistanceKind = "euclidean",
    *,
    crs: object = None,
    allow_small: bool = False,
) -> Points:
    """Places ready for :func:`movelaws.pairs.engine.pair_counts`.

    Duplicates are no error: each of them is a place, and two at the same spot are a pair at 0 m.

    Parameters
    ----------
    x, y : (n,) projected metres, or longitude and latitude in degrees.
    weight : (n,) finite and > 0, or None for 1 each. Whole numbers are counted exactly.
    metric : "euclidean" for metres in a plane, "great_circle" for degrees on the sphere.
    crs : anything pyproj understands; where given, its unit must agree with ``metric``.
    allow_small : accept "euclidean" points that would all fit into the range of degrees, a domain
        smaller than 360 m by 180 m around the origin (simulations in units of their own).

    Returns
    -------
    Points

    Raises
    ------
    ValueError
        If shapes differ, there are fewer than two points, a coordinate is not finite, coordinates
        look like degrees where metres are expected or the reverse, the CRS has neither metres nor
        degrees, or a weight is not finite or not positive.
    """
    x = np.ascontiguousarray(x, dtype=float)
    y = np.ascontiguousarray(y, dtype=float)
    if metric not in ("euclidean", "great_circle"):
        raise ValueError(f"metric = {metric!r} is neither 'euclidean' nor 'great_circle'")
    if crs is not None and distance_kind(crs) != metric:
        raise ValueError(
            f"metric = {metric!r} does not go with crs {crs!s}, which needs "
            f"{distance_kind(crs)!r}: pass that metric or project the points"
        )
    check_coordinates(x, y, "euclidean", "points")
    if x.size < 2:
        raise ValueError(f"points: {x.size} given, at least 2 are needed to make a pair")
    _check_unit(x, y, metric, allow_small)
    return Points(x, y, _checked_weight(weight, x.size), metric)


def total_weight(points: Points) -> float:
    """Sum of the weights."""
    return float(len(points) if points.weight is None else points.weight.sum())


def number_of_pairs(points: Points, other: Points | None = None) -> float:
    """Weighted number of all pairs: unordered within one set, ordered between two.

    sum over i < j of w_i w_j, or the product of the two sums of weights.
    """
    total = total_weight(points)
    if other is not None:
        return total * total_weight(other)
    if points.weight is None:
        return total * (total - 1) / 2
    return (total * total - float((points.weight.astype(float) ** 2).sum())) / 2


def embedded(points: Points) -> tuple[np.ndarray, ...]:
    """(x, y) in metres, or (x, y, z) of the points on the sphere, whose chords order distances."""
    if points.metric == "euclidean":
        return points.x, points.y
    longitude, latitude = np.radians(points.x), np.radians(points.y)
    across = EARTH_RADIUS_M * np.cos(latitude)
    return (
        across * np.cos(longitude),
        across * np.sin(longitude),
        EARTH_RADIUS_M * np.sin(latitude),
    )


def _check_unit(x, y, metric, allow_small):
    wide, tall = np.abs(x).max(), np.abs(y).max()
    if metric == "great_circle" and (wide > _DEGREES_X or tall > _DEGREES_Y):
        row = int(np.argmax((np.abs(x) > _DEGREES_X) | (np.abs(y) > _DEGREES_Y)))
        raise ValueError(
            f"points: (x, y)[{row}] = ({x[row]:g}, {y[row]:g}) is no longitude and latitude in "
            "degrees: metric='great_circle' needs |x| <= 180 and |y| <= 90; projected metres need "
            "metric='euclidean'"
        )
    if metric == "euclidean" and wide <= _DEGREES_X and tall <= _DEGREES_Y and not allow_small:
        raise ValueError(
            f"points: all |x| <= {wide:g} and |y| <= {tall:g} look like degrees, but "
            "metric='euclidean' needs projected metres: pass metric='great_circle' or project them "
            "(allow_small=True if the domain is truly that small)"
        )


def _checked_weight(weight, n):
    if weight is None:
        return None
    weight = np.asarray(weight)
    if weight.shape != (n,):
        raise ValueError(f"weight has shape {weight.shape}, expected ({n},)")
    weight = np.ascontiguousarray(weight, dtype=float)
    bad = ~(np.isfinite(weight) & (weight > 0))
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"weight[{row}] = {weight[row]}: weights are finite and > 0; leave such points out"
        )
    if (weight == np.rint(weight)).all() and weight.sum() < _LARGEST_WHOLE_TOTAL:
        return weight.astype(np.int64)
    return weight
