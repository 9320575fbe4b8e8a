"""The smallest move of the zones' points that would give other values of the RMSE.

Points of zones come from boundaries, which differ between editions of a map by some metres, and
the squared error of a model rests on a few large flows between near zones. The functions here say
how far points would have to move for another RMSE, such as a published one. They serve models
whose weight depends on the pair by its distance alone; masses and intervening opportunities stay.
A move this small shows that the points can be the cause of a difference, not that they are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.allocation import predict
from movelaws.calibrate import calibrate
from movelaws.geo import EARTH_RADIUS_KM, Embedding, distance_kind, embed, pair_distance_km
from movelaws.od import Pairs

SLOPES: Mapping[str, Callable[[np.ndarray, Mapping[str, float]], np.ndarray]] = MappingProxyType(
    {
        "GMZipf": lambda d, p: -1 / d,
        "GMPow": lambda d, p: -p["b"] / d,
        "GMExp": lambda d, p: np.full_like(d, -p["b"]),
        "GMExpPow": lambda d, p: -p["a"] * d ** (p["a"] - 1),
    }
)
"""d log f / dd (1/km) of each model that can be used, from distances (km) and parameters."""


class Gradient(NamedTuple):
    """Least RMSE of a model and how it changes as points move.

    Attributes
    ----------
    rmse : at the parameters calibrated by RMSE, people.
    east, north : (n_zones,) change of the RMSE per metre that the point of a zone moves.
    """

    rmse: float
    east: np.ndarray
    north: np.ndarray


@dataclass(frozen=True, eq=False)
class Move:
    """A move of the points of all zones, and the RMSE it leads to.

    Attributes
    ----------
    dx_m, dy_m : (n_zones,) metres east and north (along the axes of a projected CRS).
    largest_m, rms_m : largest and root mean square length of the moves over all zones, metres.
    n_above_5m : number of zones whose point moves by more than 5 m.
    zone_largest : zone_id of the zone whose point moves most; the first if none moves.
    reached : RMSE by model after the move, parameters calibrated anew.
    converged : whether every RMSE is within the tolerance of its target.
    """

    dx_m: np.ndarray
    dy_m: np.ndarray
    largest_m: float
    rms_m: float
    n_above_5m: int
    zone_largest: str
    reached: dict[str, float]
    converged: bool


def smallest_move(
    zones: gpd.GeoDataFrame,
    pairs: Pairs,
    targets: Mapping[str, float],
    *,
    tolerance: float = 1e-3,
    iterations: int = 10,
) -> Move:
    """The smallest move of the points, by sum of squares, that gives each model its target RMSE.

    Gauss-Newton: with the moves u of all points (metres, east and north), the RMSE r(u) of the
    models and its Jacobian J(u), the next u is the one of least norm that solves the linearised
    equations, u = J^T (J J^T)^-1 (target - r(u) + J u). Distances and parameters are computed
    anew at each step. The RMSE is not convex in u, so a smaller move far off is not ruled out.

    Parameters
    ----------
    zones : zone_id, x, y of the points that the pairs are measured between, with a CRS.
    pairs : flows and masses; only their distances change. RMSE is over all pairs given.
    targets : RMSE to reach (> 0, people) by name of the model, one of ``SLOPES``.
    tolerance : largest difference from a target that is accepted, > 0; without more, no move.
    iterations : largest number of steps, >= 1.

    Returns
    -------
    Move, the last one tried; ``converged`` is False if its RMSE are not those asked for.

    Raises
    ------
    ValueError
        If targets are missing, not positive or of a model that cannot be used, tolerance or
        iterations are out of range, or the pairs do not belong to the zones.
    """
    _check(zones, pairs, targets)
    for name, value in targets.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"targets[{name!r}] = {value} must be finite and > 0, or left out")
    if not tolerance > 0 or iterations < 1:
        raise ValueError(f"need tolerance > 0, iterations >= 1; got {tolerance}, {iterations}")
    wanted = np.array(list(targets.values()), dtype=float)
    u = np.zeros(2 * pairs.n_zones)
    for step in range(iterations + 1):
        points = moved(zones, *np.split(u, 2))
        now = _measured(points, pairs)
        found = _gradients(points, now, targets)
        gap = wanted - [gradient.rmse for gradient in found]
        if np.abs(gap).max() <= tolerance or step == iterations:
            break
        jacobian = np.array([np.concatenate([g.east, g.north]) for g in found])
        # Least squares of least norm, also where two models respond alike and J J^T is singular.
        change = np.linalg.lstsq(jacobian, gap + jacobian @ u)[0] - u
        # No step may bring two points together: a quarter of the least distance at most.
        longest, allowed = np.hypot(*np.split(change, 2)).max(), 250 * now.distance_km.min()
        u = u + change * min(1.0, allowed / max(longest, allowed))
    dx, dy = np.split(u, 2)
    length = np.hypot(dx, dy)
    return Move(
        dx_m=dx,
        dy_m=dy,
        largest_m=float(length.max()),
        rms_m=float(np.sqrt(np.mean(length**2))),
        n_above_5m=int(np.count_nonzero(length > 5)),
        zone_largest=str(pairs.zone_ids[length.argmax()]),
        reached={name: g.rmse for name, g in zip(targets, found, strict=True)},
        converged=bool(np.abs(gap).max() <= tolerance),
    )


def rmse_gradient(zones: gpd.GeoDataFrame, pairs: Pairs, model: str) -> Gradient:
    """Least RMSE of a model and its derivatives by the points of the zones.

    At the optimum the RMSE does not change with the parameters to first order (envelope theorem),
    so that its derivatives are those at fixed parameters. With p_ij = P_ij / O_i and N pairs,

        d MSE / d log f_ij = (2 / N) [(P_ij - F_ij) P_ij - p_ij sum_k (P_ik - F_ik) P_ik],

    times d log f / dd of the model, times dd_ij / d(points): minus the cosine between the move of
    either end and the direction to the other end.

    Parameters
    ----------
    zones, pairs : as for :func:`smallest_move`.
    model : one of ``SLOPES``.

    Returns
    -------
    Gradient

    Raises
    ------
    ValueError
        If the model cannot be used, the pairs do not belong to the zones, or the model fits
        every flow exactly: the RMSE has no derivative at 0.
    """
    _check(zones, pairs, [model])
    return _gradients(zones, pairs, [model])[0]


def sensitivity_per_metre(
    zones: gpd.GeoDataFrame, pairs: Pairs, models: Iterable[str]
) -> pd.Series:
    """Standard deviation of each least RMSE if all points are off at random by 1 m on each axis.

    The root of the summed squares of :func:`rmse_gradient`, which has the arguments and errors.

    Returns
    -------
    Series by model, people per metre.
    """
    models = list(models)
    _check(zones, pairs, models)
    squares = [np.sum(g.east**2 + g.north**2) for g in _gradients(zones, pairs, models)]
    return pd.Series(np.sqrt(squares), pd.Index(models, name="model"), name="rmse_per_metre")


def dominant_pairs(
    pairs: Pairs, predictions: Mapping[str, np.ndarray], *, largest: int = 10
) -> pd.DataFrame:
    """The pairs with the largest squared errors of each model.

    Parameters
    ----------
    pairs : observed flows.
    predictions : (n_pairs,) predicted flows by name of the model, in the order of the pairs.
    largest : number of pairs per model, >= 1; fewer if there are fewer pairs.

    Returns
    -------
    DataFrame, largest first within each model: model, origin, destination (zone ids),
    distance_km, observed, predicted (people), share_percent of the model's sum of squared errors.

    Raises
    ------
    ValueError
        If there are no predictions, one has another length, or ``largest`` is less than 1.
    """
    if not predictions or largest < 1:
        raise ValueError(f"need a prediction and largest >= 1: {list(predictions)}, {largest}")
    parts = []
    for model, flows in predictions.items():
        if np.shape(flows) != (pairs.n_pairs,):
            raise ValueError(
                f"predictions[{model!r}] has shape {np.shape(flows)}, expected ({pairs.n_pairs},)"
            )
        error = (flows - pairs.flow) ** 2
        top = np.argsort(-error, kind="stable")[:largest]
        part = {
            "model": model,
            "origin": pairs.zone_ids[pairs.origin[top]],
            "destination": pairs.zone_ids[pairs.destination[top]],
            "distance_km": pairs.distance_km[top],
            "observed": pairs.flow[top],
            "predicted": flows[top],
            "share_percent": 100 * error[top] / (error.sum() or 1.0),
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def moved(zones: gpd.GeoDataFrame, dx_m: np.ndarray, dy_m: np.ndarray) -> gpd.GeoDataFrame:
    """Zones with their points moved (n_zones,) metres east and north; geometries stay.

    Metres count along the parallel and the meridian of a point in longitude and latitude, which
    must not be a pole, and along x and y of a projected CRS.
    """
    x, y = zones["x"].to_numpy(dtype=float), zones["y"].to_numpy(dtype=float)
    if distance_kind(zones.crs) == "euclidean":
        return zones.assign(x=x + dx_m, y=y + dy_m)
    x = x + np.degrees(dx_m / (1000 * EARTH_RADIUS_KM)) / np.cos(np.radians(y))
    x = np.where(np.abs(x) > 180, x - np.copysign(360.0, x), x)
    return zones.assign(x=x, y=y + np.degrees(dy_m / (1000 * EARTH_RADIUS_KM)))


def _gradients(zones: gpd.GeoDataFrame, pairs: Pairs, models: Iterable[str]) -> list[Gradient]:
    i, j, n = pairs.origin, pairs.destination, pairs.n_zones
    slopes = [_slope_by_distance(pairs, model) for model in models]
    there, back = _directions(zones, i, j), _directions(zones, j, i)
    gradients = []
    for rmse, slope in slopes:
        # An end that moves towards the other one makes the distance shorter.
        per_km = [-np.bincount(i, slope * a, n) - np.bincount(j, slope * b, n)
                  for a, b in zip(there, back, strict=True)]  # fmt: skip
        gradients.append(Gradient(rmse, per_km[0] / 1000, per_km[1] / 1000))
    return gradients


def _slope_by_distance(pairs: Pairs, model: str) -> tuple[float, np.ndarray]:
    """Least RMSE and its derivative by each distance, people per km."""
    best = calibrate(model, pairs, "rmse", interval=None)
    if best.rmse == 0:
        raise ValueError(f"{model} fits every flow exactly: its RMSE has no derivative at 0")
    flows = predict(model, pairs, best.parameters)
    pull = (flows - pairs.flow) * flows
    total = np.bincount(pairs.origin, pull, pairs.n_zones)
    outflow = np.where(pairs.outflow > 0, pairs.outflow, 1.0)
    by_log_weight = pull - flows * (total / outflow)[pairs.origin]
    slope = by_log_weight * SLOPES[model](pairs.distance_km, best.parameters)
    return best.rmse, slope / (pairs.n_pairs * best.rmse)


def _directions(zones: gpd.GeoDataFrame, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Unit vectors (2, n_pairs), east and north at point i, of the shortest way to point j."""
    points = _embedded(zones)
    way = (points.xyz[j] - points.xyz[i]).T
    if points.curved:
        lon = np.radians(zones["x"].to_numpy(dtype=float))
        east = np.column_stack([-np.sin(lon), np.cos(lon), np.zeros_like(lon)])
        north = np.cross(points.xyz / EARTH_RADIUS_KM, east)
        way = np.array([np.sum(axis[i].T * way, axis=0) for axis in (east, north)])
    return way[:2] / np.hypot(*way[:2])


def _embedded(zones: gpd.GeoDataFrame) -> Embedding:
    x, y = zones["x"].to_numpy(dtype=float), zones["y"].to_numpy(dtype=float)
    return embed(x, y, distance_kind(zones.crs), "zones")


def _measured(zones: gpd.GeoDataFrame, pairs: Pairs) -> Pairs:
    """The pairs with the distances between the points of the zones."""
    distance = pair_distance_km(_embedded(zones), pairs.start, pairs.destination)
    return replace(pairs, distance_km=distance)


def _check(zones: gpd.GeoDataFrame, pairs: Pairs, models: Iterable[str]) -> None:
    wrong = [model for model in models if model not in SLOPES]
    if wrong or not list(models):
        raise ValueError(f"models {wrong or 'are missing'}: choose among {', '.join(SLOPES)}")
    if not np.array_equal(zones["zone_id"].to_numpy(dtype=object), pairs.zone_ids):
        raise ValueError("pairs.zone_ids differ from zones.zone_id: build the pairs from zones")
    if not np.allclose(_measured(zones, pairs).distance_km, pairs.distance_km, rtol=1e-9, atol=0):
        raise ValueError("pairs.distance_km are not those of the points of zones: measure them so")
