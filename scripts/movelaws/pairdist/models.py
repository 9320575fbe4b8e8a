"""Gravity, radiation and the pair distribution on the same places (Fig. 7, SI 8.1; claim P13).

The continuous gravity law gives every pair of places the cost r^-a; between towns it becomes the
law of Zipf, N_i N_j / d. Continuous radiation gives a place n-th in the order of distances 1 / n^2.
The two agree if p(r) ~ r^(a / 2 - 1) only, a falling pair distribution where a = 1.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist

from movelaws.distance_cost import Comparison, Moves, checked_moves, compare_models, distances
from movelaws.distance_cost.table import cost_exponent
from movelaws.pairdist.geographies_places import placed, towns_of
from movelaws.pairdist.settings import check_exponent
from movelaws.pairs import Points, log_edges, pair_counts
from movelaws.pointsets.frames import PointSet
from movelaws.powerlaw.binned import fit_binned

FEWEST_MOVES = 100
_FLOOR = 1e-12
_MOST_TOWNS = 6000


@dataclass(frozen=True)
class Models:
    """What the models give on one set of places.

    Attributes
    ----------
    curves : r_low, r_high (metres), pair_density, growth (local, d ln p / d ln r), gravity,
        radiation, radiation_average, zipf, observed (shares of moves per metre; zipf between whole
        towns, nan without towns; observed nan without moves), each with a cost column (over the
        pair density, 1 where half of the gravity moves are shorter), and radiation_cost_exponent.
    numbers : one row, see :func:`models`.
    """

    curves: pd.DataFrame
    numbers: pd.DataFrame


def models(
    pointset: PointSet,
    *,
    exponent: float,
    origins: int,
    low_m: float,
    per_decade: int,
    growth_range_m: tuple[float, float],
    towns: dict[str, float],
    seed: int,
) -> Models:
    """Gravity and radiation on the places of a set, and how its moves take to them.

    Parameters
    ----------
    pointset : places, with moves or without.
    exponent : a of the gravity law r^-a.
    origins : from which radiation is followed, all if there are fewer.
    low_m, per_decade : shortest distance (metres), bins per factor of ten.
    growth_range_m : where the growth of the pair distribution is read, metres.
    towns : reach_m and min_places, see ``towns_of``.
    seed : of the choice of origins.

    Returns
    -------
    Models; ``numbers`` has places, origins, exponent, growth (of p, in growth_low_m to
    growth_high_m) with growth_spread, agreeing_growth (needed), radiation_exponent (as which moves
    of radiation would be read), placed_differently_percent (share of moves that radiation puts at
    other distances than gravity), towns, zipf_differently_percent (the same of gravity between
    towns, beyond the size of towns zipf_from_m only), and with at least 100 moves in range: moves,
    fitted_exponent with fitted_error, aic_gravity (fitted exponent) and aic_radiation (that of the
    binned moves).

    Raises
    ------
    ValueError
        If no two places are ``low_m`` or more apart, or all are equally far apart; if the range is
        reversed, or the exponent beyond :func:`movelaws.pairdist.settings.check_exponent`.
    """
    check_exponent("exponent", exponent)
    range_m = tuple(map(float, growth_range_m))
    if not 0 < range_m[0] < range_m[1]:
        raise ValueError(f"growth_range_m = {list(range_m)}: give the shorter distance first")
    points = placed(pointset)
    extent = np.hypot(np.ptp(points.x), np.ptp(points.y)) * (1 + 1e-9)
    _check_reach(extent, low_m)
    ends = sorted({float(low_m), *(r for r in range_m if low_m < r < extent), float(extent)})
    parts = [log_edges(*part, per_decade)[1:] for part in pairwise(ends)]
    pairs = pair_counts(points, np.concatenate([[ends[0]], *parts]), progress=False)
    filled = int(pairs["count"].gt(0).sum())
    if filled < 2:
        raise ValueError(
            f"the pairs of {len(points)} places at {low_m:g} m (low_m) or more fill {filled} bins "
            "of distance, two are needed: leave the set out of pairdist.models.datasets"
        )
    pairs = _seen(pairs)
    compared = compare_models(
        points, pairs, exponent=exponent, growth_range=range_m, n_origins=origins, seed=seed
    )
    row = {
        "places": len(points),
        "origins": compared.n_origins,
        "exponent": compared.exponent,
        "growth": compared.growth,
        "growth_spread": growth_spread(pairs, *range_m),
        "growth_low_m": range_m[0],
        "growth_high_m": range_m[1],
        "agreeing_growth": compared.agreeing_growth,
        "radiation_exponent": compared.radiation_exponent,
        "placed_differently_percent": 100 * (1 - compared.shared),
    }
    if np.isnan(compared.growth):
        print(
            f"growth_range_m = {list(range_m)}: fewer than two bins with pairs lie in it, so no "
            f"growth is read; pairs reach from {pairs['r_low'].iloc[0]:g} to {extent:g} m"
        )
    town, _ = towns_of(pointset, points, **towns)
    curves = compared.table.copy()
    zipf, facts = zipf_between_towns(points, town, compared, pairs)
    observed, read = _observed(pointset, points, pairs, compared)
    curves["zipf"], curves["observed"] = zipf, observed
    for name in ("zipf", "observed"):
        curves[f"{name}_cost"] = _scaled(curves[name], curves, compared)
    unknown = dict.fromkeys(("zipf_from_m", "zipf_differently_percent"), np.nan)
    return Models(curves, pd.DataFrame([row | unknown | facts | read]))


def zipf_between_towns(
    points: Points, town: np.ndarray, compared: Comparison, pairs: pd.DataFrame
) -> tuple[np.ndarray, dict]:
    """Gravity between whole towns, N_i N_j d_ij^-a at the distance of their centres.

    Parameters
    ----------
    points, town : places and the number of the town of each, -1 for none.
    compared, pairs : of the same places; they give the exponent and the bins.

    Returns
    -------
    (n_bins,) share of moves per metre, scaled to the continuous law's share beyond the size of
    towns (nan with fewer than two towns, or one that holds more than all others), and towns,
    zipf_from_m (diameter that half of the places in towns are under), zipf_differently_percent.
    """
    nothing = np.full(len(pairs), np.nan), {"towns": 0}
    inside = town >= 0
    if not inside.any():
        return nothing
    weight = np.ones(len(points)) if points.weight is None else points.weight.astype(float)
    mass = np.bincount(town[inside], weight[inside])
    kept = np.argsort(-mass, kind="stable")[:_MOST_TOWNS]
    kept = kept[mass[kept] > 0]
    if kept.size < 2:
        return nothing
    if mass.max() > mass.sum() / 2:
        return nothing[0], {"towns": int(kept.size)}
    moment = [np.bincount(town[inside], (weight * axis)[inside]) for axis in (points.x, points.y)]
    centre = np.column_stack([axis[kept] / mass[kept] for axis in moment])
    square = np.bincount(town[inside], (weight * (points.x**2 + points.y**2))[inside])[kept]
    spread = np.maximum(square / mass[kept] - (centre**2).sum(axis=1), 0.0)
    # Of a disk the diameter is 2 sqrt(2) times the root mean square distance to its centre.
    size = 2 * np.sqrt(2 * spread)
    order = np.argsort(size)
    upto = np.cumsum(mass[kept][order])
    beyond = float(size[order][np.searchsorted(upto, upto[-1] / 2)])
    first, second = np.triu_indices(kept.size, 1)
    r = np.maximum(pdist(centre), 1e-9)
    edges = np.append(pairs["r_low"], pairs["r_high"].iloc[-1])
    flow = mass[kept][first] * mass[kept][second] * r**-compared.exponent
    share = np.histogram(r, edges, weights=flow)[0]
    far = edges[:-1] >= beyond
    width = np.diff(edges)
    gravity = compared.table["gravity"].to_numpy() * width
    facts = {"towns": int(kept.size), "zipf_from_m": beyond}
    if not (share[far].sum() > 0 and gravity[far].sum() > 0):
        return nothing[0], facts
    scaled = share * gravity[far].sum() / share[far].sum()
    common = np.minimum(scaled, gravity)[far].sum() / gravity[far].sum()
    return np.where(far, scaled / width, np.nan), facts | {
        "zipf_differently_percent": 100 * (1 - common)
    }


def moves_of(pointset: PointSet, points: Points) -> Moves | None:
    """Moves of a point set with their distances, or None without any."""
    table = pointset.moves
    if table.empty:
        return None
    i, j = table["origin"].to_numpy(), table["destination"].to_numpy()
    return checked_moves(distances(points, i, j), i, j, table["moves"].to_numpy(float))


def _observed(pointset, points, pairs, compared):
    """Share of observed moves per metre, and what they say of the models."""
    nothing = np.full(len(pairs), np.nan), {}
    moves = moves_of(pointset, points)
    if moves is None:
        return nothing
    edges = np.append(pairs["r_low"], pairs["r_high"].iloc[-1])
    counts = np.histogram(moves.r, edges, weights=moves.times)[0]
    if counts.sum() < FEWEST_MOVES:
        return nothing
    width = np.diff(edges)
    try:
        law = cost_exponent(counts, pairs)
    except ValueError as error:
        print(f"no exponent is fitted to the moves: {error}")
        return counts / counts.sum() / width, {}
    radiation = compared.table["radiation"].to_numpy() * width
    radiation = np.maximum(radiation / radiation.sum(), _FLOOR)
    read = {
        "moves": float(counts.sum()),
        "fitted_exponent": law.exponent,
        "fitted_error": law.standard_error,
        "aic_gravity": law.aic,
        # Radiation has no parameter.
        "aic_radiation": float(-2 * counts @ np.log(radiation)),
    }
    return counts / counts.sum() / width, read


def _scaled(share: pd.Series, curves: pd.DataFrame, compared: Comparison) -> np.ndarray:
    """Cost of a share of moves, scaled like gravity's at the same distances."""
    density = curves["pair_density"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = share.to_numpy() / np.where(density > 0, density, np.nan)
    gravity = curves["gravity_cost"].to_numpy()
    both = np.isfinite(cost) & (cost > 0) & np.isfinite(gravity)
    if not both.any():
        return cost
    weight = curves["gravity"].to_numpy() * (curves["r_high"] - curves["r_low"]).to_numpy()
    weight = np.maximum(weight[both], _FLOOR)
    return cost * np.exp(np.average(np.log(gravity[both] / cost[both]), weights=weight))


def _check_reach(extent: float, low_m: float) -> None:
    if extent <= low_m:
        raise ValueError(
            f"low_m = {low_m:g} m: no two places are so far apart: are x and y in metres? Else "
            "give a smaller low_m or leave the set out"
        )


def _seen(pairs: pd.DataFrame) -> pd.DataFrame:
    """Bins from the first to the last that holds pairs."""
    rows = np.flatnonzero(pairs["count"].to_numpy() > 0)
    return pairs.iloc[rows[0] : rows[-1] + 1].reset_index(drop=True)


def growth_spread(pairs: pd.DataFrame, low: float, high: float) -> float:
    """Half the difference of the growth of p in the two halves of a range, metres.

    The pairs of one place hang together, so that the likelihood's error is far too small; what a
    reader needs is by how much the growth differs along the range. nan with fewer than four bins.
    """
    table = pairs[(pairs["r_low"] >= low * (1 - 1e-9)) & (pairs["r_high"] <= high * (1 + 1e-9))]
    table = table[table["count"] > 0]
    if len(table) < 4:
        return float("nan")
    slopes = []
    for half in (table[: len(table) // 2], table[len(table) // 2 :]):
        edges = np.append(half["r_low"], half["r_high"].iloc[-1])
        slopes.append(-fit_binned(edges, half["count"].to_numpy()).exponent)
    return abs(slopes[0] - slopes[1]) / 2
