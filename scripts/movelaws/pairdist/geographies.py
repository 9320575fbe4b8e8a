"""One intrinsic cost of distance through three geographies (Fig. 1h, i; claim P10).

Real places, the same towns on a disk, and uniform places in the same towns: all pairs are counted
in each, and moves are drawn with one planted cost r^-a. What is observed then differs; what is
left after the pair distribution is taken out should not. Beyond the paper, places also send moves
at rates of their own (start = "places"), where f(r) / p(r) is not the cost itself, and each move is
read by the joint likelihood, which needs no bins.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.distance_cost import Moves, cost_exponent, cost_table, fit_joint, simulate_moves
from movelaws.pairdist.geographies_places import (
    GEOGRAPHIES,
    density_map,
    land_of,
    placed,
    three_geographies,
    towns_of,
)
from movelaws.pairs import Points, log_edges, pair_counts
from movelaws.pointsets.frames import PointSet
from movelaws.powerlaw.binned import fit_binned
from movelaws.seeds import number

STARTS = ("pairs", "places")
METHODS = ("observed", "binned", "joint")
_CHANCE = 1.63
"""Kolmogorov's quantile: two samples of one law are further apart with a chance of 1 %."""


@dataclass(frozen=True)
class Study:
    """One cost through three geographies.

    Attributes
    ----------
    curves : geography, planted, start and the columns of ``cost_table``.
    exponents : geography, planted (exponent), start, method ("observed": moves read as if all
        distances were equally possible; "binned": through the pairs; "joint": joint likelihood),
        exponent, standard_error, low, high (95 %), n (moves), gap (of "observed": largest
        difference of the distribution function to that of the real geography) and gap_by_chance
        (1 % level).
    bands : geography, low_m, high_m (a decade), factor (by which the pair density typically differs
        from the real one, mean of |ln| over the bins, >= 1).
    maps : geography and the columns of ``density_map``.
    summary : one row: places, towns, towns_from, in_towns (places), land_km2, land_from,
        disk_radius_m.
    """

    curves: pd.DataFrame
    exponents: pd.DataFrame
    bands: pd.DataFrame
    maps: pd.DataFrame
    summary: pd.DataFrame


def study(
    pointset: PointSet,
    *,
    exponents: Sequence[float],
    moves: int,
    joint_moves: int,
    low_m: float,
    per_decade: int,
    towns: dict[str, float],
    seed: int,
) -> Study:
    """Draw moves with one cost through the three geographies of a point set and read them.

    Parameters
    ----------
    pointset : places; towns are found by density where none are named.
    exponents : planted, a of r^-a.
    moves, joint_moves : drawn each time, and how many of them the joint likelihood reads.
    low_m, per_decade : no move is shorter (metres); bins per factor of ten.
    towns : reach_m and min_places, see ``towns_of``.
    seed : of all random draws.

    Raises
    ------
    ValueError
        If there is no town or no land, or the reach of the places does not exceed ``low_m``.
    """
    points = placed(pointset)
    land, land_from = land_of(pointset)
    town, towns_from = towns_of(pointset, points, **towns)
    made, radius = three_geographies(points, town, land.area, seed)
    edges = log_edges(low_m, _reach(made.values()), per_decade)
    pairs = {name: pair_counts(g.points, edges, progress=False) for name, g in made.items()}
    curves, rows = [], []
    for name, geography in made.items():
        for planted in map(float, exponents):
            for start in STARTS:
                key = {"geography": name, "planted": planted, "start": start}
                job = number(seed, "geographies", name, start, repr(planted))
                drawn = simulate_moves(
                    geography.points, planted, moves, job, start=start, low=low_m
                )
                table = cost_table(drawn, pairs[name], seed=job)
                curves.append(table.assign(**key))
                read = read_exponents(geography.points, drawn, pairs[name], joint_moves, low_m)
                rows += [key | row for row in read]
    frame = pd.concat(curves, ignore_index=True)
    in_towns = int((town >= 0).sum())
    summary = {
        "places": len(points),
        "towns": int(town.max()) + 1,
        "towns_from": towns_from,
        "in_towns": in_towns,
        "land_km2": land.area / 1e6,
        "land_from": land_from,
        "disk_radius_m": radius,
    }
    return Study(
        _keys_first(frame, ["geography", "planted", "start"]),
        _with_gaps(pd.DataFrame(rows), frame),
        density_bands(pairs),
        pd.concat([density_map(g.points).assign(geography=n) for n, g in made.items()]),
        pd.DataFrame([summary]),
    )


def read_exponents(
    points: Points, moves: Moves, pairs: pd.DataFrame, joint_moves: int, low_m: float
) -> list[dict]:
    """The exponent of moves by each method of METHODS, with its 95 % interval."""
    edges = np.append(pairs["r_low"], pairs["r_high"].iloc[-1])
    counts = np.histogram(moves.r, edges)[0]
    # Moves come in the order of their draws: the first are a random sample.
    some = moves.subset(slice(0, joint_moves))
    fits = (
        fit_binned(edges, counts),
        cost_exponent(moves, pairs),
        fit_joint(points, some, low=low_m),
    )
    rows = []
    for method, fit in zip(METHODS, fits, strict=True):
        low, high = fit.interval()
        rows.append(
            {
                "method": method,
                "exponent": fit.exponent,
                "standard_error": fit.standard_error,
                "low": low,
                "high": high,
                "n": fit.n,
            }
        )
    return rows


def density_bands(pairs: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """By how much, decade by decade, the pair densities differ from the real one.

    Short distances should be those of the disk version, whose towns are real, long ones those of
    the uniform version, whose towns lie where they are.
    """
    real = pairs["real"]
    decade = np.floor(np.log10(np.sqrt(real["r_low"] * real["r_high"]))).astype(int)
    rows = []
    for name in GEOGRAPHIES[1:]:
        both = (real["count"] > 0) & (pairs[name]["count"] > 0)
        apart = np.log(pairs[name]["density"][both] / real["density"][both]).abs()
        for power, mean in apart.groupby(decade[both]).mean().items():
            band = {"low_m": 10.0**power, "high_m": 10.0 ** (power + 1)}
            rows.append({"geography": name} | band | {"factor": math.exp(mean)})
    return pd.DataFrame(rows)


def _with_gaps(rows: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Largest difference of the observed distribution functions from the real geography's."""
    gaps = {}
    for (planted, start), part in curves.groupby(["planted", "start"]):
        table = part.pivot(index="r_low", columns="geography", values="moves")
        upto = table.cumsum() / table.sum()
        for name in upto:
            gaps[name, planted, start] = float((upto[name] - upto["real"]).abs().max())
    observed = rows["method"].eq("observed")
    keys = zip(rows["geography"], rows["planted"], rows["start"], strict=True)
    gap = pd.Series([gaps[key] for key in keys])
    return rows.assign(
        gap=gap.where(observed & rows["geography"].ne("real")),
        gap_by_chance=(_CHANCE * np.sqrt(2 / rows["n"])).where(observed),
    )


def _reach(geographies) -> float:
    """A distance that no two places of any geography exceed."""
    return max(
        math.hypot(float(np.ptp(g.points.x)), float(np.ptp(g.points.y))) for g in geographies
    ) * (1 + 1e-9)


def _keys_first(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return table[[*keys, *(column for column in table.columns if column not in keys)]]
