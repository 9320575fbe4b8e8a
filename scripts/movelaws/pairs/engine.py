"""Numbers of pairs of places by distance: all pairs, of millions of places.

Short distances, and bins that hold few pairs, are counted exactly. The others are counted on grids
by FFT, corrected by random pairs that are looked at one by one; their error is bounded bin by bin.
No step grows with the square of the number of places.
"""

import numpy as np
import pandas as pd
from tqdm import tqdm

from movelaws.pairs.bins import make_bins
from movelaws.pairs.correction import DRAWS_GROWTH, MOST_DRAWS, Correction, Placed
from movelaws.pairs.edges import checked_edges, squared_edges
from movelaws.pairs.exact import exact_counts
from movelaws.pairs.levels import Grids, Level
from movelaws.pairs.origins import drawn_origins, exact_from
from movelaws.pairs.points import Points, number_of_pairs, total_weight
from movelaws.pairs.tree import Tree, make_tree
from movelaws.seeds import stream

# Up to so many pairs in all every bin is counted exactly: some ten seconds of one core.
_ALWAYS_EXACT = 5e10
# Beyond, exact counting may look at so many pairs per place, and at no fewer in all than this.
_EXACT_PER_PLACE = 12_000
_EXACT_AT_LEAST = 2e10
# It needs them for bins narrower than this share of their distance, which grids cannot resolve;
# wider ones get by with a part of the work: those at short range, those that hold few pairs, and
# those whose bound random pairs leave too wide.
_NARROW = 0.05
_SHORT_SHARE, _SPARSE_SHARE, _ROUGH_SHARE = 0.1, 0.01, 0.3

# Of so large a share of the pairs at hand all might as well be looked at.
_MOST_LOOKED_AT = 0.5
# A bin whose error will stay so many times what is asked for is not worth more of them.
_HOPELESS = 4.0

# Pairs of origins from which the number of pairs up to each distance is told.
_REACH_STRATA = 64


def pair_counts(
    points: Points,
    edges: np.ndarray,
    *,
    other: Points | None = None,
    exact_below: float | None = None,
    accuracy: float = 0.005,
    exact_work: float | None = None,
    progress: bool = True,
    seed: int = 0,
) -> pd.DataFrame:
    """Weighted number of pairs of places in each distance bin.

    Parameters
    ----------
    points : places, from :func:`movelaws.pairs.points.checked_points`.
    edges : (n_bins + 1,) metres, increasing, >= 0; a pair at distance r counts in the bin with
        r_low <= r < r_high. Duplicated places are pairs at r = 0.
    other : count pairs of one of ``points`` and one of these instead, ordered.
    exact_below : bins that end at or below this distance (metres) are counted exactly; np.inf for
        all. None chooses it so that the work stays proportional to the number of places, and takes
        all bins where there are at most 5e10 pairs.
    accuracy : relative error asked of each bin. Random pairs are looked at until it is reached, 67
        million at most for each doubling of the distance; what was reached is in the column
        relative_error.
    exact_work : number of pairs that exact counting may look at where it is not asked for. None:
        12,000 per place and at least 2e10.
    progress : show bars on a terminal.
    seed : of the random pairs. Equal seeds give equal results on any number of threads.

    Returns
    -------
    DataFrame with one row per bin: r_low, r_high (m), count (weighted number of pairs, unordered
    within one set, ordered between two), density (share of all pairs per metre), relative_error
    (0 where exact, otherwise a bound of |exact count / count - 1| that an error exceeds with a
    chance of 1e-6 at most, whatever the places are; infinite where none was found).

    Raises
    ------
    ValueError
        If the edges do not increase, the two sets differ in metric, ``accuracy`` is not between 0
        and 1, or ``exact_below`` or ``exact_work`` is negative.
    TypeError
        If the places were not made by ``checked_points``.
    """
    edges = checked_edges(edges)
    _check(points, other, exact_below, accuracy, exact_work)
    work = _exact_work(points, other) if exact_work is None else float(exact_work)
    tree = make_tree(points)
    other_tree = None if other is None else make_tree(other)
    everything = number_of_pairs(points, other)
    if exact_below is None:
        exact_below = _exact_reach(tree, other_tree, points, other, edges, work, seed)
    exact = edges[1:] <= exact_below
    count, error = np.zeros((2, edges.size - 1))
    if not exact.all():
        first = int(np.argmin(exact))
        far = slice(max(first, int(edges[first] == 0)), None)
        exact[: far.start] = True
        if not exact.all():
            count[far], error[far], exact[far] = _far_counts(
                points, other, tree, other_tree, edges[far.start :], accuracy, work, progress, seed
            )
    if exact.any():
        bins = make_bins(squared_edges(edges, points.metric == "great_circle"))
        near = exact_counts(tree, other_tree, bins, exact, progress)
        count[exact], error[exact] = near[exact], 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(error > 0, error / count, 0.0)
    return pd.DataFrame(
        {
            "r_low": edges[:-1],
            "r_high": edges[1:],
            "count": count,
            "density": count / everything / np.diff(edges),
            "relative_error": relative,
        }
    )


def _check(points, other, exact_below, accuracy, exact_work):
    for name, places in (("points", points), ("other", other)):
        if not isinstance(places, Points) and not (name == "other" and places is None):
            raise TypeError(
                f"{name} is a {type(places).__name__}: pass Points from "
                "movelaws.pairs.points.checked_points"
            )
    if other is not None and other.metric != points.metric:
        raise ValueError(f"points are {points.metric} and other {other.metric}: use one metric")
    if exact_below is not None and not exact_below >= 0:
        raise ValueError(f"exact_below = {exact_below}: must be >= 0 metres, or None")
    if not 0 < accuracy < 1:
        raise ValueError(f"accuracy = {accuracy}: must lie between 0 and 1")
    if exact_work is not None and not exact_work >= 0:
        raise ValueError(f"exact_work = {exact_work}: must be >= 0 pairs, or None")


def _exact_work(points: Points, other: Points | None) -> float:
    n = len(points) + (len(points) if other is None else len(other))
    return max(_EXACT_AT_LEAST, _EXACT_PER_PLACE * n / 2)


def _exact_reach(
    tree: Tree,
    other_tree: Tree | None,
    points: Points,
    other: Points | None,
    edges: np.ndarray,
    work: float,
    seed: int,
) -> float:
    """Distance up to which exact counting looks at no more pairs than it may."""
    if number_of_pairs(_unweighted(points), _unweighted(other)) <= max(_ALWAYS_EXACT, work):
        return np.inf
    plain, plain_other = (
        None if t is None else t._replace(weight=None, mass=_sizes(t)) for t in (tree, other_tree)
    )
    bins = make_bins(squared_edges(edges, points.metric == "great_circle"))
    origins = drawn_origins(plain, _REACH_STRATA, stream(seed, "pairs", "reach")).ravel()
    per_origin = exact_from(origins, plain, plain_other, bins).mean(axis=0)
    upto = np.cumsum(per_origin) * len(points) / (2 if other is None else 1)
    narrow = np.diff(edges) < _NARROW * edges[1:]
    last_narrow = edges[1:][narrow][-1] if narrow.any() else 0.0
    within = upto <= np.where(edges[1:] <= last_narrow, work, _SHORT_SHARE * work)
    return float(edges[1:][within][-1]) if within.any() else 0.0


def _unweighted(points: Points | None) -> Points | None:
    return None if points is None else Points(points.x, points.y, None, points.metric)


def _sizes(tree: Tree) -> np.ndarray:
    n = tree.x.size
    return np.concatenate(
        [np.diff((np.arange((1 << d) + 1) * n) >> d) for d in range(tree.depth + 1)]
    )


def _far_counts(points, other, tree, other_tree, edges, accuracy, work, progress, seed):
    """Counts, bounds of their errors, and which bins are better counted exactly after all."""
    grids = Grids(points, other, edges, progress)
    unit = _mean_weight(points) * _mean_weight(points if other is None else other)
    looked_at = grids.possible / unit
    # The sparsest bins first: random pairs may not meet their few ones at all. Among them are those
    # of distances that the sphere has, but not its image.
    exact = _cheapest(looked_at, np.ones(looked_at.size, dtype=bool), _SPARSE_SHARE * work)
    count, error = grids.count, np.zeros(looked_at.size)
    placed = Placed(points, tree, grids.frame.centre)
    other_placed = None if other is None else Placed(other, other_tree, grids.frame.centre)
    rng = stream(seed, "pairs", "places")
    octaves = [(level, bins) for level in grids.levels for bins in _octaves(level)]
    for level, bins in tqdm(
        octaves, "random pairs", disable=None if progress else True, leave=False
    ):
        some = slice(level.bins.start + bins.start, level.bins.start + bins.stop)
        if exact[some].all():
            continue
        correction = Correction(level, bins, grids.frame, placed, other_placed, rng)
        most, rough = min(MOST_DRAWS, _MOST_LOOKED_AT * correction.n_pairs / unit), True
        while rough and correction.n_draws <= most / DRAWS_GROWTH:
            correction.draw()
            count[some] = np.maximum(level.count[bins] + correction.mean, 0.0)
            error[some] = correction.bound()
            if points.metric == "euclidean":
                beyond = level.possible[bins] - count[some], count[some] - level.certain[bins]
                error[some] = np.minimum(error[some], np.maximum(*beyond))
            allowed = accuracy * count[some]
            hopeful = correction.bound(most) <= _HOPELESS * allowed
            rough = (~exact[some] & hopeful & (error[some] > allowed)).any()
    exact |= _cheapest(looked_at, ~exact & (error > accuracy * count), _ROUGH_SHARE * work)
    share = 2.0 if other is None else 1.0
    return count / share, error / share, exact


def _octaves(level: Level) -> list[slice]:
    """Bins of a level from each distance to its double, one at least."""
    octaves, first, n_bins = [], 0, level.edges.size - 1
    while first < n_bins:
        last = int(np.searchsorted(level.edges, 2 * level.edges[first], side="right")) - 1
        last = min(max(last, first + 1), n_bins)
        octaves.append(slice(first, last))
        first = last
    return octaves


def _mean_weight(points: Points) -> float:
    return total_weight(points) / len(points)


def _cheapest(looked_at: np.ndarray, wanted: np.ndarray, work: float) -> np.ndarray:
    """The wanted bins that exact counting can take, those with the fewest pairs first."""
    order = np.argsort(looked_at, kind="stable")
    order = order[wanted[order]]
    chosen = np.zeros(looked_at.size, dtype=bool)
    chosen[order[np.cumsum(looked_at[order]) <= work]] = True
    return chosen
