"""Gravity and continuous radiation on one set of places (SI 8.1.2, claim P13).

Radiation sends a move from place i to one of the places between r1 and r2 with the probability
m_i / (m_i + s(r1)) - m_i / (m_i + s(r2)), s(r) being the mass nearer than r: Simini's
m_i m_j / ((m_i + s)(m_i + m_j + s)) telescopes, so that bins are exact. With unit masses it falls
with the square of the number of places nearer, while the continuous gravity law has 1 / r for
each pair. The two agree on average if p(r) ~ r^(-1/2) only: n(r) ~ r^(b + 1) for p ~ r^b, and
radiation's cost per pair is n^-2 ~ r^(-2 (b + 1)). Real pair distributions grow.
"""

import dataclasses

import numpy as np
import pandas as pd

from movelaws.distance_cost.table import _checked_pairs
from movelaws.pairs.bins import make_bins
from movelaws.pairs.edges import squared_edges
from movelaws.pairs.origins import exact_from
from movelaws.pairs.points import Points
from movelaws.pairs.tree import make_tree
from movelaws.powerlaw.binned import fit_binned, fit_cost
from movelaws.seeds import stream

AGREEING_GROWTH = -0.5
"""Exponent b of p(r) ~ r^b for which radiation gives each pair the cost 1 / r."""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Gravity against radiation.

    Attributes
    ----------
    table : DataFrame with r_low, r_high (metres), pair_density, growth (local exponent of p),
        gravity, radiation, radiation_average (shares of moves per metre: r^-a through the pairs;
        radiation from each origin, mean over origins; radiation as if every place saw the average
        number of places), gravity_cost, radiation_cost, radiation_average_cost (each over the pair
        density, scaled to 1 where half of the gravity moves are shorter) and
        radiation_cost_exponent (local, positive where cost falls).
    exponent : of the gravity law.
    radiation_exponent : the cost exponent that moves of the radiation model would be read as.
    shared : common part of both shares of moves, 1 if they agree.
    growth : b of p(r) ~ r^b between ``growth_range``, by the likelihood of the pairs; nan where the
        range holds fewer than two bins.
    agreeing_growth : the growth that agreement needs, a / 2 - 1.
    n_origins : places whose radiation was added up.
    """

    table: pd.DataFrame
    exponent: float
    radiation_exponent: float
    shared: float
    growth: float
    agreeing_growth: float
    n_origins: int


def compare_models(
    points: Points,
    pairs: pd.DataFrame,
    *,
    exponent: float = 1.0,
    growth_range: tuple[float, float] = (30.0, 500.0),
    n_origins: int = 2000,
    seed: int,
) -> Comparison:
    """Shares of moves by distance of the continuous gravity law and of radiation, and their costs.

    Both are scaled to the distances of the bins. Where more places than ``n_origins`` exist, that
    many origins are drawn with a chance proportional to their weights; else all are used.

    Parameters
    ----------
    points : places.
    pairs : their pair counts, from ``pair_counts``; its first bin may start at 0.
    exponent : a of the gravity law r^-a.
    growth_range : metres; where the growth of p(r) is read. Default: the meso-scale of Denmark.
    n_origins, seed : sample of origins for radiation.

    Raises
    ------
    ValueError
        If ``pairs`` is no table of pairs or ``n_origins`` < 1.
    """
    low, high, count = _checked_pairs(pairs)
    if n_origins < 1:
        raise ValueError(f"n_origins = {n_origins}: at least 1 is needed")
    density, width = pairs["density"].to_numpy(float), high - low
    centre = np.where(low > 0, np.sqrt(low * high), high / 2)
    gravity = count * centre**-exponent
    gravity /= gravity.sum()
    radiation, average, used = _radiation(points, np.append(low, high[-1]), n_origins, seed)
    growth = _local_slope(centre, density)
    middle = int(np.searchsorted(np.cumsum(gravity), 0.5))
    table = {"r_low": low, "r_high": high, "pair_density": density, "growth": growth}
    shares = {"gravity": gravity, "radiation": radiation, "radiation_average": average}
    table |= {name: share / width for name, share in shares.items()}
    for name, share in shares.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            cost = share / count
            table[f"{name}_cost"] = cost / cost[middle]
    table["radiation_cost_exponent"] = -_local_slope(centre, table["radiation_cost"])
    inner = low > 0
    edges = np.append(low[inner], high[-1])
    return Comparison(
        pd.DataFrame(table),
        float(exponent),
        fit_cost(edges, radiation[inner], count[inner]).exponent,
        float(np.minimum(gravity, radiation).sum()),
        _growth(edges, count[inner], *growth_range),
        exponent / 2 - 1,
        used,
    )


def _growth(edges, count, low, high):
    inside = (edges[:-1] >= low * (1 - 1e-9)) & (edges[1:] <= high * (1 + 1e-9)) & (count > 0)
    if np.count_nonzero(inside) < 2:
        return float("nan")
    return -fit_binned(edges, count, low, high).exponent


def radiation_from(points: Points, edges: np.ndarray, origins: np.ndarray) -> np.ndarray:
    """(n_origins, n_bins) probability of a move from each origin into each bin, exactly.

    Parameters
    ----------
    points : places; weights are the masses m.
    edges : (n_bins + 1,) metres.
    origins : (n_origins,) rows of ``points``. Another place at the same spot counts as nearer.
    """
    tree = make_tree(points)
    position = np.empty(len(points), dtype=np.int64)
    position[tree.order] = np.arange(len(points))
    return _escapes(tree, points, edges, position[origins])[0]


def _radiation(points, edges, n_origins, seed):
    """Mean share per bin, share from the average number of places nearer, and origins used."""
    tree = make_tree(points)
    n = len(points)
    weight = np.ones(n) if tree.weight is None else tree.weight.astype(float)
    if n <= n_origins:
        chosen, send = np.arange(n), weight
    else:
        rng = stream(seed, "radiation")
        chosen = rng.choice(n, n_origins, p=weight / weight.sum())
        send = np.ones(n_origins)
    shares, nearer = _escapes(tree, points, edges, chosen)
    mass = np.average(weight[chosen], weights=send)
    mean_nearer = np.average(nearer, axis=0, weights=send)
    share = np.average(shares, axis=0, weights=send)
    average = -np.diff(mass / (mass + mean_nearer))
    return share / share.sum(), average / average.sum(), chosen.size


def _escapes(tree, points, edges, chosen):
    # A first bin from 0 to the first edge holds what lies nearer than the bins.
    padded = edges if edges[0] == 0 else np.append(0.0, edges)
    bins = make_bins(squared_edges(padded, points.metric == "great_circle"))
    nearer = np.cumsum(exact_from(chosen, tree, None, bins), axis=1)
    nearer = np.concatenate([np.zeros((chosen.size, 1)), nearer], axis=1)
    nearer = nearer[:, padded.size - edges.size :]
    mass = (np.ones(chosen.size) if tree.weight is None else tree.weight[chosen])[:, None]
    return -np.diff(mass / (mass + nearer), axis=1), nearer


def _local_slope(x, y):
    """d ln y / d ln x between neighbours, nan where y is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.where(y > 0, np.log(y), np.nan)
    return np.gradient(log, np.log(x)) if x.size > 1 else np.full(x.size, np.nan)
