"""Moves, pairs and the intrinsic cost of distance of one point set (Eqs 2 and 3; Figs 3a, 3b, 4).

f(r) is the share of the moves per metre, p(r) that of all pairs of places, each pair counting with
the product of the two weights (people or dwellings), and pi(r) = f(r) / p(r). Zones are places too:
their pairs are those of centroids, and what moves within a zone is no move.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.distance_cost import Moves, checked_moves, cost_table, distances
from movelaws.pairs import Points, checked_points, pair_counts
from movelaws.pointsets.frames import PointSet
from movelaws.seeds import number

COLUMNS = (
    "dataset",
    "r_low",
    "r_high",
    "moves",
    "pairs",
    "f",
    "p",
    "cost",
    "moves_low",
    "moves_high",
    "origins_low",
    "origins_high",
)


@dataclass(frozen=True)
class Counted:
    """Moves and pairs of a point set by distance, made by :func:`counted`.

    Attributes
    ----------
    points, moves : all places, all moves (their weights are numbers of moves).
    pairs : DataFrame as from ``pair_counts``, from the first to the last bin that holds a pair.
    counts : (n_bins,) moves in each of these bins.
    """

    points: Points
    moves: Moves
    pairs: pd.DataFrame
    counts: np.ndarray

    @property
    def edges(self) -> np.ndarray:
        """(n_bins + 1,) metres, > 0."""
        return np.append(self.pairs["r_low"], self.pairs["r_high"].iloc[-1])

    @property
    def pair_count(self) -> np.ndarray:
        """(n_bins,) weighted number of pairs."""
        return self.pairs["count"].to_numpy(float)


def places_of(pointset: PointSet) -> Points:
    """Places of a point set, unweighted where all weights are 1 (which counts faster)."""
    table = pointset.points
    weight = table["weight"].to_numpy(float)
    weight = None if (weight == 1).all() else weight
    return checked_points(table["x"], table["y"], weight, crs=pointset.crs)


def moves_of(pointset: PointSet, points: Points, name: str = "") -> Moves:
    """Moves of a point set with their lengths; ``name`` stands before an error.

    Raises
    ------
    ValueError
        If the point set has none.
    """
    table = pointset.moves
    if table.empty:
        raise ValueError(
            f"{name}moves has no rows: leave this point set out of pairdist.cost.datasets and "
            "pairdist.town_cost.dataset"
        )
    origin, destination = (table[name].to_numpy() for name in ("origin", "destination"))
    times = table["moves"].to_numpy(float)
    return checked_moves(distances(points, origin, destination), origin, destination, times)


def decade_edges(low: float, high: float, per_decade: int) -> np.ndarray:
    """Edges 10^(k / per_decade) m around [low, high], the same for all point sets.

    Raises
    ------
    ValueError
        If not 0 < low < high or ``per_decade`` < 1.
    """
    if not 0 < low < high < math.inf:
        raise ValueError(f"low = {low}, high = {high}: 0 < low < high < inf is needed, in metres")
    if per_decade < 1:
        raise ValueError(f"per_decade = {per_decade}: at least 1 is needed")
    first = math.floor(per_decade * math.log10(low) + 1e-9)
    last = math.ceil(per_decade * math.log10(high) - 1e-9)
    return 10.0 ** (np.arange(first, max(last, first + 1) + 1) / per_decade)


def counted(
    pointset: PointSet, *, low: float, per_decade: int, seed: int, dataset: str = "points"
) -> Counted:
    """Moves and pairs of a point set in equal bins of ln r.

    Parameters
    ----------
    low : metres; shorter moves and pairs are left out.
    per_decade : bins in a factor of ten.
    seed : of the pair counts of very large sets.
    dataset : name, for errors.

    Raises
    ------
    ValueError
        If there is no move, or none of at least ``low``, or pairs fill fewer than two bins.
    """
    points = places_of(pointset)
    moves = moves_of(pointset, points, f"{dataset}: ")
    reach = math.hypot(np.ptp(points.x), np.ptp(points.y)) * (1 + 1e-9)
    edges = decade_edges(low, max(reach, low * 1.01), per_decade)
    pairs = pair_counts(points, edges, progress=False, seed=number(seed, "cost", "pairs"))
    filled = np.flatnonzero(pairs["count"] > 0)
    inside = (moves.r >= edges[0]) & (moves.r < edges[-1])
    if not inside.any():
        raise ValueError(
            f"{dataset}: no move of {low:g} m (low_m) or more, the longest has "
            f"{moves.r.max():g} m: are x and y in metres?"
        )
    if filled.size < 2:
        raise ValueError(
            f"{dataset}: the pairs of {len(points)} places fill {filled.size} bins of distance, "
            "two are needed: leave it out of pairdist.cost.datasets, or give more places"
        )
    pairs = pairs.iloc[filled[0] : filled[-1] + 1].reset_index(drop=True)
    kept = np.append(pairs["r_low"], pairs["r_high"].iloc[-1])
    counts = np.histogram(moves.r[inside], kept, weights=moves.times[inside])[0]
    return Counted(points, moves, pairs, counts)


def cost_by_distance(
    data: Counted, dataset: str, *, replicates: int, level: float, seed: int
) -> pd.DataFrame:
    """f(r), p(r) and pi(r) with the bands of two bootstraps.

    Parameters
    ----------
    data : from :func:`counted`.
    dataset : name, for the first column.
    replicates, level, seed : of the bootstraps: each move on its own, and each origin with all of
        its moves, which may hang together.

    Returns
    -------
    DataFrame with COLUMNS: r_low, r_high (m), moves, pairs (numbers), f, p (shares per metre), cost
    (f / p, no unit), and the ends of both bands of the cost; nan where a bin holds no pair.
    """
    over = {}
    for name in ("moves", "origins"):
        over[name] = cost_table(
            data.moves, data.pairs, over=name, replicates=replicates, level=level, seed=seed
        )
    table = over["moves"].rename(columns={"observed": "f", "pair_density": "p"})
    table.insert(0, "dataset", dataset)
    for name, ends in over.items():
        table[f"{name}_low"], table[f"{name}_high"] = ends["cost_low"], ends["cost_high"]
    return table[list(COLUMNS)]


def planted_exponent(truth: Mapping) -> float | None:
    """Exponent of pi(r) that a synthetic world planted, None if its law is another or unknown.

    Parameters
    ----------
    truth : contents of the world's ``truth.json``; ``exponent`` is read.
    """
    exponent = truth.get("exponent")
    return float(exponent) if isinstance(exponent, int | float) else None
