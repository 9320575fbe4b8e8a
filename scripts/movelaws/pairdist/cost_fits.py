"""Every fit of the intrinsic cost of one point set, side by side (Tables 1 and 2).

Models and readings, by name:

- power_law: the multinomial likelihood of the moves, given the pairs of each bin;
- sample_space: the paper's own reading, a power law over the centres of the bins with the ratio
  f / p taken for the number of times that each was seen (see ``powerlaw.slopes``);
- least_squares: the line through ln(f / p) on ln r, bins weighing the same;
- joint: each single move given all places that it could have gone to, without bins;
- lognormal, exponential, weibull: other shapes of pi under the likelihood of power_law;
- piecewise: two power laws that meet at a radius, under the same likelihood.

Only laws of one likelihood have comparable ``loglik`` and ``aic``: all but sample_space,
least_squares and joint.
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import ndtri  # the quantile of the normal law

from movelaws.distance_cost import Moves, error_by_origin, fit_joint, redrawn_counts
from movelaws.pairdist.cost import Counted
from movelaws.pairdist.cost_fits_readings import (
    bootstrap_ks,
    ks_of,
    read_least_squares,
    read_sample_space,
)
from movelaws.powerlaw.alternatives import ALTERNATIVES
from movelaws.powerlaw.binned import fit_cost
from movelaws.powerlaw.binned_alternatives import compare_cost, fit_cost_alternative
from movelaws.powerlaw.piecewise import fit_piecewise, single_law_p
from movelaws.seeds import number, stream

MODELS = ("power_law", "sample_space", "least_squares", "joint", *ALTERNATIVES, "piecewise")
COLUMNS = (
    "dataset",
    "model",
    "exponent",
    "exponent_low",
    "exponent_high",
    "origins_low",
    "origins_high",
    "outside",
    "outside_low",
    "outside_high",
    "radius",
    "radius_low",
    "radius_high",
    "parameters",
    "xmin",
    "xmax",
    "moves",
    "origins",
    "ks",
    "p",
    "draws",
    "loglik",
    "aic",
    "ratio",
    "ratio_p",
    "ratio_p_origins",
    "published",
    "planted",
)


def fits(
    data: Counted,
    dataset: str,
    *,
    draws: int,
    replicates: int,
    level: float,
    joint_pairs: float,
    seed: int,
    published: float | None = None,
    planted: float | None = None,
) -> pd.DataFrame:
    """Exponents and other shapes of the intrinsic cost by every reading.

    Parameters
    ----------
    data : from ``pairdist.cost.counted``.
    dataset : name, for the first column.
    draws : synthetic samples behind each p, which is at least 1 / (draws + 1).
    replicates : of the bootstraps of sample_space and least_squares.
    level : of all intervals.
    joint_pairs : pairs of an origin and a place that the joint likelihood may look at; where there
        are more, origins are drawn by the seed, with all of their moves.
    seed : of draws and bootstraps.
    published, planted : exponents to set beside, where known.

    Returns
    -------
    DataFrame, one row per MODELS, with COLUMNS. exponent is that of a single power law, or the one
    within the radius; *_low and *_high are ends of intervals that take moves for independent,
    origins_low and origins_high of those that let moves of one origin hang together. xmin, xmax
    and radius in m. p: share of samples drawn from the fitted law whose KS distance is as large;
    for piecewise, whose gain over one power law is as large. ratio: log-likelihood of power_law
    less that of the model, positive in favour of power_law; ratio_p: of Vuong's test, and by
    origin. Empty where it means nothing, and where the moves do not determine the model: the reason
    is printed then.

    Raises
    ------
    ValueError
        If the moves do not determine power_law (all in one bin at an end), which names ``dataset``.
    """
    edges, pairs = data.edges, data.pair_count
    try:
        power = fit_cost(edges, data.counts, pairs)
        rows = [_power_row(power, data.moves, draws, level, seed)]
    except ValueError as error:
        raise ValueError(
            f"{dataset}: its {data.counts.sum():g} moves of {edges[0]:g} to {edges[-1]:g} m fill "
            f"{np.count_nonzero(data.counts)} bins of distance and give no power law ({error}): "
            "leave it out of pairdist.cost.datasets, or give more moves"
        ) from None
    drawn = {
        over: redrawn_counts(
            data.moves, data.pairs, over=over, replicates=replicates, seed=number(seed, "readings")
        )
        for over in ("moves", "origins")
    }
    rest: dict[str, Callable[[], dict]] = {
        "sample_space": lambda: _sample_space_row(data, power, drawn, draws, level, seed),
        "least_squares": lambda: _least_squares_row(data, power, drawn, level),
        "joint": lambda: _joint_row(data, level, joint_pairs, seed),
        **{name: partial(_alternative_row, name, power, data) for name in ALTERNATIVES},
        "piecewise": lambda: _piecewise_row(power, data, draws, level, seed),
    }
    rows += [_if_determined(name, row, dataset) for name, row in rest.items()]
    table = pd.DataFrame(rows)
    table["dataset"] = dataset
    single = table["model"].isin(["power_law", "sample_space", "least_squares", "joint"])
    for name, value in (("published", published), ("planted", planted)):
        table[name] = np.where(single, math.nan if value is None else value, math.nan)
    defaults = {"xmin": float(edges[0]), "xmax": float(edges[-1])}
    defaults["moves"] = float(data.counts.sum())
    for name, value in defaults.items():
        table[name] = table[name].fillna(value) if name in table else value
    return table.reindex(columns=COLUMNS)


def _if_determined(name: str, row: Callable[[], dict], dataset: str) -> dict:
    """The row of a model, without numbers where the moves are too few for it."""
    try:
        return row()
    except ValueError as error:
        print(f"{dataset}: {name} is left empty: {error}")
        return {"model": name}


def _power_row(power, moves, draws, level, seed):
    ks = ks_of(power.counts, power.log_shares())

    def refitted(counts):
        law = fit_cost(power.edges, counts, power.pairs)
        return ks_of(counts, law.log_shares())

    rng = stream(seed, "cost", "ks")
    low, high = power.interval(level)
    n_origins = np.unique(moves.origin).size
    # Of one origin nothing tells how much origins differ.
    error = error_by_origin(power, moves) if n_origins > 1 else math.nan
    reach = ndtri((1 + level) / 2) * error
    return {
        "model": "power_law",
        "exponent": power.exponent,
        "exponent_low": low,
        "exponent_high": high,
        "origins_low": power.exponent - reach,
        "origins_high": power.exponent + reach,
        "origins": n_origins,
        "ks": ks,
        "p": bootstrap_ks(power, power.exponent, ks, refitted, draws, rng),
        "draws": draws,
        "loglik": power.loglik,
        "aic": power.aic,
    }


def _sample_space_row(data, power, drawn, draws, level, seed):
    def read(counts):
        return read_sample_space(data.edges, counts, data.pair_count)

    law = read(data.counts)
    rng = stream(seed, "cost", "ks of the paper's reading")
    p = bootstrap_ks(power, law.exponent, law.ks, lambda c: read(c).ks, draws, rng)
    row = {"model": "sample_space", "exponent": law.exponent, "ks": law.ks, "p": p, "draws": draws}
    return row | _percentiles(drawn, lambda counts: read(counts).exponent, level)


def _least_squares_row(data, power, drawn, level):
    def read(counts):
        return read_least_squares(data.edges, counts, data.pair_count)[0]

    slope = read(data.counts)
    if math.isnan(slope):
        raise ValueError("moves fill one bin: a line needs two")
    row = {"model": "least_squares", "exponent": slope}
    row["ks"] = ks_of(power.counts, power.log_shares(slope))
    return row | _percentiles(drawn, read, level)


def _percentiles(drawn, read, level):
    """Ends of the intervals over redrawn moves and redrawn origins."""
    ends = [(1 - level) / 2, (1 + level) / 2]
    found = {}
    for over, name in (("moves", "exponent"), ("origins", "origins")):
        values = [read(counts) for counts in drawn[over]]
        found[f"{name}_low"], found[f"{name}_high"] = np.quantile(values, ends)
    return found


def joint_sample(moves: Moves, n_places: int, joint_pairs: float, seed: int) -> Moves:
    """Moves of as many origins, drawn by the seed, as the joint likelihood may look at."""
    origins = np.unique(moves.origin)
    most = max(2, int(joint_pairs // n_places))
    if origins.size <= most:
        return moves
    kept = stream(seed, "cost", "joint").choice(origins, most, replace=False)
    return moves.subset(np.isin(moves.origin, kept))


def _joint_row(data, level, joint_pairs, seed):
    edges = data.edges
    inside = (data.moves.r >= edges[0]) & (data.moves.r < edges[-1])
    moves = joint_sample(data.moves.subset(inside), len(data.points), joint_pairs, seed)
    law = fit_joint(data.points, moves, low=float(edges[0]), high=float(edges[-1]))
    low, high = law.interval(level)
    alone = (math.nan, math.nan)
    origins_low, origins_high = law.interval(level, robust=True) if law.n_origins > 1 else alone
    return {
        "model": "joint",
        "exponent": law.exponent,
        "exponent_low": low,
        "exponent_high": high,
        "origins_low": origins_low,
        "origins_high": origins_high,
        "moves": law.n,
        "origins": law.n_origins,
        "loglik": law.loglik,
        "aic": law.aic,
    }


def _alternative_row(name, power, data):
    other = fit_cost_alternative(name, power.edges, power.counts, power.pairs)
    ratio, _, p = compare_cost(power, other)
    said = "; ".join(f"{key} = {value:.4g}" for key, value in other.law.parameters.items())
    return {
        "model": name,
        "parameters": said,
        "ks": ks_of(other.counts, other.log_shares()),
        "loglik": other.loglik,
        "aic": other.aic,
        "ratio": ratio,
        "ratio_p": p,
        "ratio_p_origins": 1.0 if p == 1.0 else _vuong_by_origin(power, other, data),
    }


def _vuong_by_origin(power, other, data):
    """Two-sided p of Vuong's test when moves of one origin may hang together."""
    moves, edges = data.moves, data.edges
    bins = np.searchsorted(edges, moves.r, side="right") - 1
    inside = (bins >= 0) & (moves.r < edges[-1])
    first, second = (law.log_shares()[bins[inside]] for law in (power, other))
    gain = first - second
    times = moves.times[inside]
    ratio = float(times @ gain)
    _, row = np.unique(moves.origin[inside], return_inverse=True)
    by_origin = np.bincount(row, times * (gain - ratio / times.sum()))
    deviation = math.sqrt(float(by_origin @ by_origin))
    return math.erfc(abs(ratio) / deviation / math.sqrt(2)) if deviation > 0 else 1.0


def _piecewise_row(power, data, draws, level, seed):
    if np.count_nonzero(data.counts) < 5:
        return {"model": "piecewise"}
    law = fit_piecewise(power.edges, power.counts, power.pairs)
    inside, outside = law.exponent_intervals(level)
    radius_low, radius_high = law.radius_interval(level)
    return {
        "model": "piecewise",
        "exponent": law.inside,
        "exponent_low": inside[0],
        "exponent_high": inside[1],
        "outside": law.outside,
        "outside_low": outside[0],
        "outside_high": outside[1],
        "radius": law.radius,
        "radius_low": radius_low,
        "radius_high": radius_high,
        "ks": ks_of(law.counts, law.log_shares()),
        "p": single_law_p(law, replicates=draws, seed=number(seed, "cost", "two pieces")),
        "draws": draws,
        "loglik": law.loglik,
        "aic": law.aic,
        "ratio": -law.ratio / 2,
    }
