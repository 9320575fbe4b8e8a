"""Moves drawn with a planted intrinsic cost, exactly, on any set of places.

>>> import numpy as np
>>> from movelaws.distance_cost.simulate import simulate_moves
>>> from movelaws.pairs import checked_points
>>> street = checked_points(np.arange(200) * 10.0, np.zeros(200))
>>> moves = simulate_moves(street, 1.0, 500, seed=1, low=5.0)
>>> len(moves), bool((moves.r >= 10).all())
(500, True)
"""

import math
from typing import Literal

import numpy as np

from movelaws.distance_cost import _descent
from movelaws.distance_cost.laws import Cost, law_table
from movelaws.distance_cost.moves import Moves, checked_indices
from movelaws.geo import great_circle_km
from movelaws.pairs.points import EARTH_RADIUS_M, Points
from movelaws.pairs.tree import make_tree
from movelaws.seeds import number, stream

START = ("pairs", "places")

# Small leaves: a few hundred places are looked at one by one around each origin.
_LEAF_SIZE = 16


def simulate_moves(
    points: Points,
    cost: Cost,
    n: int,
    seed: int,
    *,
    start: Literal["pairs", "places"] = "pairs",
    origins: np.ndarray | None = None,
    low: float = 1.0,
    high: float | None = None,
) -> Moves:
    """Moves between places with an intrinsic cost of distance that is known.

    With start="pairs" a move joins i to j with a probability ~ w_i w_j pi(d_ij): all pairs
    compete, f(r) = p(r) pi(r) holds as written (Eq. 2), and who lives among many near places moves
    more. With start="places" every place sends moves in proportion to its weight, and the
    probability given the origin is pi(d_ij) w_j / sum_k pi(d_ik) w_k: f(r) / p(r) is then not pi(r)
    itself, as dense places see larger sums; the joint likelihood recovers pi from both.

    Destinations are drawn from a tree: nodes far from the origin by their mass and the largest
    cost in their range of distances, then a place within by weight, kept with its own cost over
    that largest one (rejection); places near the origin one by one. So the draws are exact, memory
    is proportional to n and the places, and a draw costs the logarithm of their number.

    Parameters
    ----------
    points : places, from ``checked_points``. Weights are the numbers of dwellings or the like.
    cost : exponent a of pi ~ r^-a, or a function of distances in metres (see ``law_table``).
    n : number of moves.
    seed : equal seeds give equal moves on any number of threads.
    start : how origins are chosen, see above.
    origins : (n,) rows of the places where the moves start, instead of a choice by ``start``.
    low, high : metres; no move is shorter than ``low`` or as long as ``high``. None: no limit.

    Returns
    -------
    Moves with r, origin and destination, rows of ``points``.

    Raises
    ------
    ValueError
        If an argument is out of range, or no two places (or a given origin and any place) are at
        a distance in range.
    RuntimeError
        If a destination is refused 100,000 times: the cost falls too steeply to draw from.
    """
    if not isinstance(points, Points):
        raise TypeError(f"points is a {type(points).__name__}: make it with checked_points")
    if n < 1 or n != int(n):
        raise ValueError(f"n = {n}: at least one move is needed")
    if start not in START:
        raise ValueError(f"start = {start!r}: one of {', '.join(START)}")
    tree, upto = _prepared(points)
    law = law_table(cost, low, _beyond_all(tree) if high is None else high)
    kernel_seed = np.uint64(number(seed, "destinations") << 32 | number(seed, "more destinations"))
    if origins is None and start == "pairs":
        i, j = _from_pairs(tree, upto, law, int(n), kernel_seed)
    else:
        i, seen = _start_places(tree, upto, law, int(n), seed, origins)
        if not seen.all():
            place = int(tree.order[i[np.argmin(seen)]])
            raise ValueError(
                f"place {place} has no other place {_within(law)} away: leave it "
                "out of origins or widen low and high"
            )
        j = _descent.destinations(tree, upto, law, i, seen, kernel_seed)
    if (j < 0).any():
        raise RuntimeError(
            f"{np.count_nonzero(j < 0)} moves found no destination in 100,000 attempts: the cost "
            "falls too steeply; narrow low and high"
        )
    return Moves(distances(points, tree.order[i], tree.order[j]), tree.order[i].astype(np.int64),
                 tree.order[j].astype(np.int64))  # fmt: skip


def distances(points: Points, origin: np.ndarray, destination: np.ndarray) -> np.ndarray:
    """(n,) metres between pairs of places, along the sphere where they are in degrees.

    Raises
    ------
    ValueError
        If a number names no place or the shapes differ.
    """
    i = checked_indices(origin, len(points), "origin")
    j = checked_indices(destination, len(points), "destination")
    if i.shape != j.shape:
        raise ValueError(f"origin has shape {i.shape}, destination {j.shape}")
    if points.metric == "great_circle":
        return 1000 * great_circle_km(points.x[i], points.y[i], points.x[j], points.y[j])
    # As pair_counts does: on a grid of places, an ulp would part moves from the bin of their pair.
    dx, dy = points.x[i] - points.x[j], points.y[i] - points.y[j]
    return np.sqrt(dx * dx + dy * dy)


def _prepared(points):
    """Tree of one type, so that kernels are compiled once, and running sums of its weights."""
    tree = make_tree(points, _LEAF_SIZE)
    n = tree.x.size
    weight = np.ones(n) if tree.weight is None else tree.weight.astype(float)
    z = np.zeros(n) if tree.z is None else tree.z
    return tree._replace(z=z, weight=weight, mass=tree.mass.astype(float),
                         inner_pairs=tree.inner_pairs.astype(float)), np.cumsum(weight)  # fmt: skip


def _beyond_all(tree):
    """A distance that no two places reach."""
    if tree.low.shape[1] == 3:
        return math.pi * EARTH_RADIUS_M * (1 + 1e-6)
    return max(float(np.linalg.norm(tree.high[0] - tree.low[0])), 1.0) * (1 + 1e-6)


def _from_pairs(tree, upto, law, n, seed):
    seen = _descent.totals(tree, law, np.arange(tree.x.size))
    sums = np.cumsum(seen * tree.weight)
    if not sums[-1] > 0:
        raise ValueError(f"no two places are {_within(law)} apart")
    return _descent.joined(tree, upto, law, seen, sums, n, seed).T


def _start_places(tree, upto, law, n, seed, origins):
    """Positions in the tree of the places where moves start, and what each of them sees."""
    if origins is not None:
        origins = checked_indices(origins, tree.x.size, "origins")
        if origins.size != n:
            raise ValueError(f"origins has shape {origins.shape}, expected ({n},)")
        position = np.empty(tree.x.size, dtype=np.int64)
        position[tree.order] = np.arange(tree.x.size)
        return position[origins], _seen(tree, law, position[origins])
    rng = stream(seed, "origins")
    drawn, drawn_seen = np.empty(0, dtype=np.int64), np.empty(0)
    for _ in range(100):
        rows = np.searchsorted(upto, rng.random(n) * upto[-1], side="right")
        rows = np.minimum(rows, upto.size - 1)
        seen = _seen(tree, law, rows)
        # Places that see no other in range send no moves.
        drawn = np.concatenate([drawn, rows[seen > 0]])
        drawn_seen = np.concatenate([drawn_seen, seen[seen > 0]])
        if drawn.size >= n:
            return drawn[:n], drawn_seen[:n]
    raise ValueError(f"hardly any place has another {_within(law)} away")


def _seen(tree, law, rows):
    places, which = np.unique(rows, return_inverse=True)
    return _descent.totals(tree, law, places)[which]


def _within(law):
    return f"from {math.exp(law.low):.4g} to {math.exp(law.high):.4g} m"
