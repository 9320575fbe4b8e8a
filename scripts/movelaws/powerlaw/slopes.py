"""The exponents that one set of bins can give: every reading of "fit" over ranges and weights.

One reading, ``sample space, ratio``, gives back what is published from the published bins: maximum
likelihood over the list of bin centres, the ratio f / p itself being taken for the number of times
that each centre was seen. Four of five exponents agree to the last digit (Singapore is 0.88, not
0.89), the KS distances do too, and the two in the authors' test files that belong to their bins
agree to six digits. No other reading comes near all five.
"""

import dataclasses
import math

import numpy as np
import pandas as pd

from movelaws.powerlaw._checks import checked_amounts, checked_range, checked_sample
from movelaws.powerlaw.binned import fit_binned, fit_cost
from movelaws.powerlaw.sample_space import fit_sample_space
from movelaws.powerlaw.truncated import fit_power_law


@dataclasses.dataclass(frozen=True)
class CostBins:
    """Moves, pairs and their ratio over bins of distance.

    Attributes
    ----------
    edges : (n_bins + 1,) m; centre : (n_bins,) m.
    moves, pairs : (n_bins,) mass per bin, any factor.
    ratio : (n_bins,) of the densities f / p, 0 where none is given.
    """

    edges: np.ndarray
    centre: np.ndarray
    moves: np.ndarray
    pairs: np.ndarray
    ratio: np.ndarray


def log_edges_from_centres(x: np.ndarray) -> np.ndarray:
    """Edges of logarithmic bins whose arithmetic centres are ``x``.

    Parameters
    ----------
    x : (n_bins,) increasing, each the same factor above the one before.

    Returns
    -------
    (n_bins + 1,) edges e with (e_k + e_{k+1}) / 2 = x_k.

    Raises
    ------
    ValueError
        If the factor is not the same throughout: a bin is missing or the bins are not logarithmic.
    """
    x = checked_sample(x, "x")
    if x.size < 2:
        raise ValueError(f"{x.size} centres: at least two are needed")
    factors = x[1:] / x[:-1]
    factor = float(np.median(factors))
    wrong = np.abs(factors / factor - 1) > 1e-6
    if wrong.any() or factor <= 1:
        at = int(np.argmax(wrong))
        raise ValueError(
            f"x[{at + 1}] / x[{at}] = {factors[at]}, elsewhere {factor}: a bin is missing or the "
            "bins are not logarithmic"
        )
    low = 2 * x / (1 + factor)
    return np.append(low, low[-1] * factor)


def cost_bins(
    moves: pd.DataFrame, pairs: pd.DataFrame, ratio: pd.DataFrame | None = None, *, mass: bool
) -> CostBins:
    """Bins from tables of centres ``x`` (m) and heights ``y``, as the paper's authors publish them.

    Parameters
    ----------
    moves, pairs : columns x, y. The bins are those of ``pairs`` from the first to the last centre
        of ``moves`` with pairs; centres that ``moves`` lacks have no moves.
    ratio : columns x, y; moves over pairs if None. Centres that it lacks have ratio 0.
    mass : whether y is the mass of the bin (True) or a density per metre (False).

    Returns
    -------
    CostBins

    Raises
    ------
    ValueError
        If a table lacks a column, a height is not allowed, or a centre is none of ``pairs``.
    """
    tables = {"moves": moves, "pairs": pairs} | ({} if ratio is None else {"ratio": ratio})
    for name, table in tables.items():
        missing = {"x", "y"} - set(table.columns)
        if missing:
            raise ValueError(f"{name} lacks the column {missing.pop()}")
        checked_amounts(table["y"].to_numpy(float), (len(table),), f"{name}.y")
    x = checked_sample(pairs["x"].to_numpy(float), "pairs.x")
    edges = log_edges_from_centres(x)
    width = np.ones(x.size) if mass else np.diff(edges)
    seen = _heights(x, moves, "moves")
    height = pairs["y"].to_numpy(float)
    # Beyond the last pair of places no move was possible: those bins say nothing about the cost.
    first, last = np.flatnonzero(np.isfinite(seen) & (height > 0))[[0, -1]]
    used = slice(first, last + 1)
    seen = np.nan_to_num(seen)
    if ratio is None:
        divided = np.divide(seen, height, out=np.zeros(x.size), where=height > 0)
    else:
        divided = np.nan_to_num(_heights(x, ratio, "ratio"))
    edges = edges[first : last + 2]
    return CostBins(edges, x[used], (seen * width)[used], (height * width)[used], divided[used])


def sensitivity_table(bins: CostBins, ranges: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """Every reading of the exponent over every range.

    Readings (estimator, weights):

    - least squares: slope of ln ratio on ln centre, each bin counting as much as its weight;
    - sample space: ``fit_sample_space`` over the centres, the weight being the count; with
      "ratio x width" the widths enter law and count alike;
    - truncated: ``fit_power_law`` from the lowest edge to the highest with centres as distances;
    - binned: ``fit_binned`` with ratio x width as counts;
    - moves and pairs: ``fit_cost``, the likelihood of the moves given the pairs.

    Parameters
    ----------
    bins : bins of one dataset.
    ranges : name: (low, high) in m; a bin belongs to the range if its centre does.

    Returns
    -------
    DataFrame with range, low, high, n_bins, estimator, weights, exponent, ks (sample space only).

    Raises
    ------
    ValueError
        If a range is empty or leaves fewer than three bins with a ratio.
    """
    rows = []
    for name, (low, high) in ranges.items():
        low, high = checked_range(low, high)
        inside = (bins.centre >= low) & (bins.centre <= high)
        if np.count_nonzero(inside & (bins.ratio > 0)) < 3:
            raise ValueError(
                f"range {name}: [{low}, {high}] has fewer than three bins with a ratio"
            )
        for estimator, weights, exponent, ks in _readings(bins, inside):
            rows.append(
                {"range": name, "low": low, "high": high, "n_bins": int(inside.sum()),
                 "estimator": estimator, "weights": weights, "exponent": exponent, "ks": ks}
            )  # fmt: skip
    return pd.DataFrame(rows)


def _readings(bins, inside):
    edges = bins.edges[np.flatnonzero(inside)[0] : np.flatnonzero(inside)[-1] + 2]
    moves, pairs = bins.moves[inside], bins.pairs[inside]
    filled = bins.ratio[inside] > 0
    x, ratio = bins.centre[inside][filled], bins.ratio[inside][filled]
    width = np.diff(edges)[filled]
    by_weight = {
        "equal": np.ones(x.size), "moves": moves[filled], "pairs": pairs[filled],
        "ratio": ratio, "width": width,
    }  # fmt: skip
    for name, weights in by_weight.items():
        yield "least squares", name, _slope(x, ratio, weights), math.nan
    law = fit_sample_space(x, ratio)
    yield "sample space", "ratio", law.exponent, law.ks
    law = fit_sample_space(x, ratio * width, width)
    yield "sample space", "ratio x width", law.exponent, law.ks
    low, high = edges[0], edges[-1]
    yield (
        "truncated",
        "ratio x width",
        fit_power_law(x, low, high, ratio * width).exponent,
        math.nan,
    )
    yield "truncated", "ratio", fit_power_law(x, low, high, ratio).exponent, math.nan
    counts = np.zeros(moves.size)
    counts[filled] = ratio * width
    yield "binned", "ratio x width", fit_binned(edges, counts).exponent, math.nan
    moves = np.where(pairs > 0, moves, 0)
    yield "moves and pairs", "moves", fit_cost(edges, moves, pairs).exponent, math.nan


def _slope(x, ratio, weights):
    """Exponent of the weighted least-squares line through (ln x, ln ratio)."""
    return -float(np.polyfit(np.log(x), np.log(ratio), 1, w=np.sqrt(weights))[0])


def _heights(x, table, name):
    """Heights of a table at the centres x, nan where it has none."""
    centres = table["x"].to_numpy(float)
    at = np.clip(np.searchsorted(x, centres * (1 - 1e-9)), 0, x.size - 1)
    lost = np.abs(x[at] / centres - 1) > 1e-9
    if lost.any():
        raise ValueError(f"{name}.x = {centres[lost][0]} is no centre of the pairs' bins")
    heights = np.full(x.size, np.nan)
    heights[at] = table["y"].to_numpy(float)
    return heights
