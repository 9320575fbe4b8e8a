"""How each reading of the exponent fares on moves whose cost is known.

Moves are drawn from a power law through the pairs of real bins, in the number that was observed,
and read like the real ones: bias, scatter and the KS distances that chance alone makes.
"""

import numpy as np
import pandas as pd

from movelaws.powerlaw import _bins
from movelaws.powerlaw.slopes import CostBins, sensitivity_table


def planted_readings(
    bins: CostBins,
    n_moves: int,
    exponent: float = 1.0,
    *,
    low: float | None = None,
    high: float | None = None,
    replicates: int = 100,
    seed: int,
) -> pd.DataFrame:
    """Readings of moves drawn from r^-exponent through the pairs of the bins.

    Parameters
    ----------
    bins : pairs per bin; its moves and ratio are not used.
    n_moves : moves drawn within the range.
    exponent : the planted one.
    low, high : bins with their centre in this range, m; all if None.
    replicates, seed : number of draws and their seed.

    Returns
    -------
    DataFrame with replicate, estimator, weights, exponent, ks: the rows of ``sensitivity_table``
    for each draw.

    Raises
    ------
    ValueError
        If n_moves or replicates < 1, or the range holds fewer than three bins with moves.
    """
    if n_moves < 1 or replicates < 1:
        raise ValueError(f"n_moves = {n_moves}, replicates = {replicates}: at least 1 is needed")
    low = bins.centre[0] if low is None else low
    high = bins.centre[-1] if high is None else high
    inside = np.flatnonzero((bins.centre >= low) & (bins.centre <= high))
    if inside.size < 3:
        raise ValueError(f"[{low}, {high}] holds {inside.size} bins: at least three are needed")
    edges, pairs = bins.edges[inside[0] : inside[-1] + 2], bins.pairs[inside]
    pieces = _bins.single(edges, pairs, edges[0])
    share = np.exp(_bins.log_shares(pieces, np.array([1.0 - exponent]))[1])
    tables = []
    for k, stream in enumerate(np.random.SeedSequence(seed).spawn(replicates)):
        moves = np.random.default_rng(stream).multinomial(n_moves, share / share.sum())
        ratio = np.divide(moves, pairs, out=np.zeros(pairs.size), where=pairs > 0)
        drawn = CostBins(edges, bins.centre[inside], moves.astype(float), pairs, ratio)
        table = sensitivity_table(drawn, {"all": (edges[0], edges[-1])})
        tables.append(table.assign(replicate=k))
    columns = ["replicate", "estimator", "weights", "exponent", "ks"]
    return pd.concat(tables, ignore_index=True)[columns]
