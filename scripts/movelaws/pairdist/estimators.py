"""How well each estimator of the distance cost finds a cost that is known.

Moves are drawn on real (or synthetic) places with a planted pi(r), in two ways: all pairs compete,
as f(r) = p(r) pi(r) has it, or every place sends its moves on its own, in proportion to its weight.
Each estimator reads them as it would read data: bias, spread, and how often its interval holds the
planted value.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri  # the quantile of the normal law

from movelaws.distance_cost import Moves, error_by_origin, fit_joint, simulate_moves
from movelaws.pairdist.cost import decade_edges, places_of
from movelaws.pairdist.cost_fits_readings import read_least_squares, read_sample_space
from movelaws.pairs import Points, pair_counts
from movelaws.pointsets.frames import PointSet
from movelaws.powerlaw.binned import fit_cost
from movelaws.powerlaw.piecewise import fit_piecewise_of_moves
from movelaws.seeds import number, stream

STARTS = ("pairs", "places")
ESTIMATORS = ("sample_space", "least_squares", "power_law", "joint", "piecewise")
DRAWN = ("dataset", "law", "start", "repeat", "estimator", "quantity", "planted", "estimate",
         "low", "high", "origins_low", "origins_high")  # fmt: skip
SUMMARY = ("dataset", "law", "start", "estimator", "quantity", "planted", "repeats", "moves",
           "mean", "bias", "bias_error", "spread", "coverage", "coverage_origins")  # fmt: skip


def drawn_estimates(
    pointset: PointSet,
    dataset: str,
    *,
    exponents: Sequence[float],
    piecewise: dict[str, float] | None,
    moves: int,
    repeats: int,
    most_places: int,
    low: float,
    per_decade: int,
    level: float,
    seed: int,
) -> pd.DataFrame:
    """Estimates from moves with a planted cost.

    Parameters
    ----------
    pointset : places; its own moves are not read.
    dataset : name, for the first column.
    exponents : planted, one after the other.
    piecewise : inside, outside and radius (m) of a planted cost in two pieces, or None.
    moves : drawn each time. repeats : how often.
    most_places : of a larger set, so many places are drawn (by the seed), neighbours or not.
    low : m; no move or pair is shorter.
    per_decade : bins of the estimators that need some.
    level : of the intervals.
    seed : of all draws.

    Returns
    -------
    DataFrame with DRAWN, one row per repeat, estimator and quantity (exponent; for two pieces
    inside, outside, radius in m). low and high take moves for independent, origins_low and
    origins_high let those of one origin hang together; nan where an estimator has no interval.

    Raises
    ------
    ValueError
        If fewer than two repeats or ten moves are asked for.
    """
    if repeats < 2 or moves < 10:
        raise ValueError(f"repeats = {repeats}, moves = {moves}: at least 2 and 10 are needed")
    points = _some(places_of(pointset), most_places, seed)
    reach = math.hypot(np.ptp(points.x), np.ptp(points.y)) * (1 + 1e-9)
    edges = decade_edges(low, max(reach, low * 1.01), per_decade)
    pairs = pair_counts(points, edges, progress=False)
    filled = np.flatnonzero(pairs["count"] > 0)
    pairs = pairs.iloc[filled[0] : filled[-1] + 1].reset_index(drop=True)
    laws = [(f"{a:g}", float(a), {"exponent": float(a)}) for a in exponents]
    if piecewise:
        laws.append(("two pieces", _two_pieces(**piecewise), dict(piecewise)))
    rows = []
    for name, cost, planted in laws:
        for start in STARTS:
            for repeat in range(repeats):
                at = number(seed, "estimators", name, start, str(repeat))
                drawn = simulate_moves(points, cost, moves, at, start=start,
                                       low=float(pairs["r_low"][0]))  # fmt: skip
                read = _piecewise if name == "two pieces" else _single
                for found in read(points, drawn, pairs, level):
                    known = planted[found["quantity"]]
                    rows.append({"law": name, "start": start, "repeat": repeat, **found,
                                 "planted": known})  # fmt: skip
    return pd.DataFrame(rows).assign(dataset=dataset).reindex(columns=DRAWN)


def summary(drawn: pd.DataFrame, moves: int) -> pd.DataFrame:
    """Bias, spread and coverage by planted law, way of starting, estimator and quantity.

    Parameters
    ----------
    drawn : from :func:`drawn_estimates`. moves : drawn each time.

    Returns
    -------
    DataFrame with SUMMARY: mean of the estimates, bias (mean less planted) and its standard error,
    spread (standard deviation of single estimates), and shares of intervals that hold the planted
    value.
    """
    rows = []
    keys = ["dataset", "law", "start", "estimator", "quantity", "planted"]
    for names, part in drawn.groupby(keys, sort=False):
        planted, estimate = names[-1], part["estimate"]
        spread = float(estimate.std(ddof=1))
        row = dict(zip(keys, names, strict=True))
        row |= {
            "repeats": len(part),
            "moves": moves,
            "mean": float(estimate.mean()),
            "bias": float(estimate.mean()) - planted,
            "bias_error": spread / math.sqrt(len(part)),
            "spread": spread,
        }
        for name, ends in (("coverage", ""), ("coverage_origins", "origins_")):
            low, high = part[f"{ends}low"], part[f"{ends}high"]
            held = (low <= planted) & (planted <= high)
            row[name] = float(held.mean()) if low.notna().all() else math.nan
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=SUMMARY)


def _some(points: Points, most: int, seed: int) -> Points:
    if len(points) <= most:
        return points
    rows = stream(seed, "estimators", "places").choice(len(points), most, replace=False)
    return points.subset(np.sort(rows))


def _two_pieces(inside: float, outside: float, radius: float):
    def cost(r):
        return (r / radius) ** -np.where(r < radius, inside, outside)

    return cost


def _found(estimator, estimate, quantity="exponent", ends=None, by_origin=None):
    low, high = (math.nan, math.nan) if ends is None else ends
    origins_low, origins_high = (math.nan, math.nan) if by_origin is None else by_origin
    return {"estimator": estimator, "quantity": quantity, "estimate": estimate, "low": low,
            "high": high, "origins_low": origins_low, "origins_high": origins_high}  # fmt: skip


def _single(points: Points, moves: Moves, pairs: pd.DataFrame, level: float) -> Iterator[dict]:
    edges = np.append(pairs["r_low"], pairs["r_high"].iloc[-1])
    count = pairs["count"].to_numpy(float)
    counts = np.histogram(moves.r, edges)[0].astype(float)
    reach = ndtri((1 + level) / 2)
    yield _found("sample_space", read_sample_space(edges, counts, count).exponent)
    slope, error = read_least_squares(edges, counts, count)
    yield _found("least_squares", slope, ends=(slope - reach * error, slope + reach * error))
    law = fit_cost(edges, counts, count)
    by_origin = reach * error_by_origin(law, moves)
    yield _found("power_law", law.exponent, ends=law.interval(level),
                 by_origin=(law.exponent - by_origin, law.exponent + by_origin))  # fmt: skip
    joint = fit_joint(points, moves, low=float(edges[0]), high=float(edges[-1]))
    # The likelihood interval is the same for so many moves and takes three times as long.
    error = reach * joint.standard_error
    yield _found("joint", joint.exponent, ends=(joint.exponent - error, joint.exponent + error),
                 by_origin=joint.interval(level, robust=True))  # fmt: skip


def _piecewise(points: Points, moves: Moves, pairs: pd.DataFrame, level: float) -> Iterator[dict]:
    edges = np.append(pairs["r_low"], pairs["r_high"].iloc[-1])
    law = fit_piecewise_of_moves(moves.r, edges, pairs["count"].to_numpy(float))
    reach = ndtri((1 + level) / 2)
    for name in ("inside", "outside"):
        value, error = getattr(law, name), reach * getattr(law, f"{name}_error")
        yield _found("piecewise", value, name, ends=(value - error, value + error))
    yield _found("piecewise", law.radius, "radius", ends=law.radius_interval(level))
