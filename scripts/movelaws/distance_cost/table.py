"""Observed moves, intrinsic cost pi(r) = f(r) / p(r) and its exponent, with bootstrap bands.

>>> import numpy as np
>>> from movelaws.distance_cost.moves import checked_moves
>>> from movelaws.distance_cost.table import cost_table
>>> from movelaws.pairs import checked_points, pair_counts
>>> corners = checked_points([0, 300, 0, 300], [0, 0, 400, 400])
>>> pairs = pair_counts(corners, np.array([250.0, 350.0, 450.0, 550.0]))
>>> table = cost_table(checked_moves([300, 300, 400]), pairs, seed=1)
>>> table["cost"].round(2).tolist()
[2.0, 1.0, 0.0]
"""

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from movelaws.distance_cost.moves import Moves
from movelaws.powerlaw._checks import checked_amounts, checked_level
from movelaws.powerlaw.binned import BinnedPowerLaw, fit_cost, fit_cost_of_moves
from movelaws.seeds import stream

OVER = ("moves", "origins")
COLUMNS = ("r_low", "r_high", "moves", "pairs", "observed", "pair_density", "cost", "cost_low",
           "cost_high")  # fmt: skip

_BLOCK = 1 << 22


def cost_table(
    moves: Moves | np.ndarray,
    pairs: pd.DataFrame,
    *,
    over: Literal["moves", "origins"] = "moves",
    replicates: int = 400,
    level: float = 0.95,
    seed: int,
) -> pd.DataFrame:
    """Intrinsic cost of distance per bin, pi(r) = f(r) / p(r) (Eq. 3).

    Parameters
    ----------
    moves : Moves, or (n_bins,) numbers of moves per bin of ``pairs``.
    pairs : from ``movelaws.pairs.pair_counts``: r_low, r_high (metres), count, density.
    over : what the bootstrap draws anew: "moves" (each on its own), or "origins" with all their
        moves, as moves of one place may hang together; this needs moves with origins.
    replicates, level, seed : of the bootstrap.

    Returns
    -------
    DataFrame with r_low, r_high (metres), moves (number), pairs (number), observed (share of all
    moves per metre), pair_density (share of all pairs per metre), cost (their ratio: 1 where moves
    are as frequent as pairs, nan without pairs), cost_low and cost_high (percentiles of the
    bootstrap; without moves, 0 and the upper Poisson limit).

    Raises
    ------
    ValueError
        If no move lies in the bins, bins are not those of a pair table, moves lie in a bin without
        pairs, or origins are asked for and missing.
    """
    low, high, count = _checked_pairs(pairs)
    level, replicates = checked_level(level), _checked_replicates(replicates)
    counts, total = _counted(moves, low, high)
    lost = (counts > 0) & (count == 0)
    if lost.any():
        at = int(np.argmax(lost))
        raise ValueError(f"{counts[at]:g} moves from {low[at]:g} to {high[at]:g} m, but no pairs")
    width, density = high - low, pairs["density"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_move = 1 / (total * width * density)
        cost = np.where(count > 0, counts * per_move, np.nan)
        shares = np.concatenate(
            [drawn / (drawn_total[:, None] * width * density)
             for drawn, drawn_total in _replicates(moves, low, high, over, replicates, seed)]
        )  # fmt: skip
        ends = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2], axis=0)
        limit = -math.log((1 - level) / 2) * _per_draw(moves) * per_move
    ends[1] = np.where(counts == 0, limit, ends[1])
    ends[:, count == 0] = np.nan
    values = (low, high, counts, count, counts / (total * width), density, cost, *ends)
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))


def cost_exponent(
    moves: Moves | np.ndarray,
    pairs: pd.DataFrame,
    low: float | None = None,
    high: float | None = None,
) -> BinnedPowerLaw:
    """Exponent of pi ~ r^-a by the likelihood of the moves, given the pair distribution.

    The moves' own distances are used where they are given (``powerlaw.binned.fit_cost_of_moves``),
    else numbers per bin (``fit_cost``). The bin that starts at 0 m is left out.

    Parameters
    ----------
    moves, pairs : as in :func:`cost_table`; bins must be fine where pairs vary.
    low, high : metres; only bins wholly within. None: all.

    Raises
    ------
    ValueError
        As the functions it calls.
    """
    edges, used = _used(pairs, low, high)
    count = pairs["count"].to_numpy(float)[used]
    if isinstance(moves, Moves):
        inside = (moves.r >= edges[0]) & (moves.r < edges[-1])
        if not inside.any():
            raise ValueError(f"no move from {edges[0]:g} to {edges[-1]:g} m")
        return fit_cost_of_moves(moves.r[inside], edges, count, moves.times[inside])
    counts = checked_amounts(moves, (len(pairs),), "moves")[used]
    return fit_cost(edges, counts, count)


def error_by_origin(law: BinnedPowerLaw, moves: Moves) -> float:
    """Standard error of an exponent when moves of one origin may hang together (sandwich).

    The score of an origin is its sum of ln r less its number of moves times their mean; the sum of
    squares is put around the inverse information.

    Raises
    ------
    ValueError
        If the moves have no origins.
    """
    if moves.origin is None:
        raise ValueError("moves have no origin: errors by origin need it")
    inside = (moves.r >= law.low) & (moves.r < law.high)
    log, times = np.log(moves.r[inside]), moves.times[inside]
    score = np.bincount(moves.origin[inside], times * (log - np.average(log, weights=times)))
    return math.sqrt(float((score**2).sum())) * law.standard_error**2


def bootstrap_exponents(
    moves: Moves | np.ndarray,
    pairs: pd.DataFrame,
    low: float | None = None,
    high: float | None = None,
    *,
    over: Literal["moves", "origins"] = "moves",
    replicates: int = 200,
    seed: int,
) -> np.ndarray:
    """(replicates,) exponents of moves drawn anew, from numbers per bin; as ``cost_exponent``."""
    edges, used = _used(pairs, low, high)
    r_low, r_high, count = _checked_pairs(pairs)
    _counted(moves, r_low, r_high)
    drawn = _replicates(moves, r_low, r_high, over, _checked_replicates(replicates), seed)
    return np.array([fit_cost(edges, row[used], count[used]).exponent
                     for block, _ in drawn for row in block])  # fmt: skip


def redrawn_counts(
    moves: Moves | np.ndarray,
    pairs: pd.DataFrame,
    *,
    over: Literal["moves", "origins"] = "moves",
    replicates: int = 200,
    seed: int,
) -> np.ndarray:
    """(replicates, n_bins) moves per bin of moves drawn anew, for a bootstrap of any estimate.

    The draws are those of ``cost_table``; arguments and errors as there.
    """
    low, high, _ = _checked_pairs(pairs)
    _counted(moves, low, high)
    drawn = _replicates(moves, low, high, over, _checked_replicates(replicates), seed)
    return np.concatenate([block for block, _ in drawn])


def _replicates(
    moves, low, high, over, replicates, seed
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Blocks of moves per bin, (n, n_bins), and of all moves, (n,), drawn anew."""
    if over not in OVER:
        raise ValueError(f"over = {over!r}: one of {', '.join(OVER)}")
    rng = stream(seed, "cost", over)
    if over == "moves":
        table, total = _counted(moves, low, high)
        per_draw = _per_draw(moves)
        shares = np.append(table, max(total - table.sum(), 0.0)) / total
        drawn = rng.multinomial(round(total / per_draw), shares / shares.sum(), size=replicates)
        yield drawn[:, :-1] * per_draw, drawn.sum(axis=1) * per_draw
        return
    if not isinstance(moves, Moves) or moves.origin is None:
        raise ValueError("over = 'origins' needs Moves with their origins")
    places, row = np.unique(moves.origin, return_inverse=True)
    by_place = np.bincount(row, moves.times)
    bins = _bin_of(moves.r, low, high)
    seen = bins >= 0
    shape = (places.size, low.size)
    table = csr_array((moves.times[seen], (row[seen], bins[seen])), shape=shape)
    step = max(1, _BLOCK // places.size)
    for first in range(0, replicates, step):
        size = min(step, replicates - first)
        times = rng.multinomial(places.size, np.full(places.size, 1 / places.size), size=size)
        yield (table.T @ times.T).T, times @ by_place


def _counted(moves, low, high):
    """Moves per bin and number of all moves."""
    if isinstance(moves, Moves):
        bins = _bin_of(moves.r, low, high)
        counts = np.bincount(bins[bins >= 0], moves.times[bins >= 0], low.size)
        total = float(moves.times.sum())
    else:
        counts = checked_amounts(moves, low.shape, "moves")
        total = float(counts.sum())
    if not counts.any():
        raise ValueError(f"no move from {low[0]:g} to {high[-1]:g} m: are both in metres?")
    return counts, total


def _bin_of(r, low, high):
    """Bin of each distance, -1 outside; r_low <= r < r_high."""
    bins = np.searchsorted(low, r, side="right") - 1
    return np.where((bins >= 0) & (r < high[-1]), bins, -1)


def _per_draw(moves):
    """Moves that one draw stands for: rows that were seen w times count as w moves, or as 1 / w."""
    if not isinstance(moves, Moves) or moves.weight is None:
        return 1.0
    whole = (moves.weight == np.rint(moves.weight)).all()
    return 1.0 if whole else float((moves.weight**2).sum() / moves.weight.sum())


def _checked_pairs(pairs):
    missing = {"r_low", "r_high", "count", "density"} - set(pairs.columns)
    if missing:
        raise ValueError(f"pairs lacks {', '.join(sorted(missing))}: make it with pair_counts")
    low, high = pairs["r_low"].to_numpy(float), pairs["r_high"].to_numpy(float)
    if len(pairs) < 1 or not np.array_equal(high[:-1], low[1:]) or not (high > low).all():
        raise ValueError("pairs: bins must follow one another without gaps, as from pair_counts")
    return low, high, checked_amounts(pairs["count"].to_numpy(float), low.shape, "pairs")


def _used(pairs, low, high):
    """Edges and mask of the bins wholly within [low, high] that start above 0."""
    r_low, r_high, _ = _checked_pairs(pairs)
    low, high = 0.0 if low is None else float(low), np.inf if high is None else float(high)
    used = (r_low > 0) & (r_low >= low * (1 - 1e-9)) & (r_high <= high * (1 + 1e-9))
    if np.count_nonzero(used) < 2:
        raise ValueError(f"[{low:g}, {high:g}] m holds fewer than two whole bins of pairs")
    return np.append(r_low[used], r_high[used][-1]), used


def _checked_replicates(replicates):
    if replicates < 1 or replicates != int(replicates):
        raise ValueError(f"replicates = {replicates}: a whole number of at least 1 is needed")
    return int(replicates)
