"""Compiled choice of destinations by descending a tree of places (private).

Seen from an origin, a node whose farthest place is at most ``_OPEN`` times as far as its nearest
counts with its mass times the largest cost in that range; places in nearer leaves count one by
one. A place drawn from a node is kept with its own cost over that largest one, so that the places
kept follow the cost exactly. Kernels trust their arguments.
"""

import math

import numba
import numpy as np

from movelaws.pairs.exact import range_of_squares
from movelaws.pairs.kernels import squared_distance
from movelaws.pairs.points import EARTH_RADIUS_M
from movelaws.threads import share_out

_OPEN = 1.5
_STACK = 128
_ATTEMPTS = 100_000
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@numba.njit(cache=True, error_model="numpy")
def _mixed(word):
    """Finaliser of the splitmix64 generator (Steele, Lea & Flood 2014)."""
    word = (word ^ (word >> np.uint64(30))) * _FIRST
    word = (word ^ (word >> np.uint64(27))) * _SECOND
    return word ^ (word >> np.uint64(31))


@numba.njit(cache=True, error_model="numpy")
def _uniform(state):
    """Next number in [0, 1) of a stream; ``state`` (1,) uint64 moves on."""
    state[0] += _GOLDEN
    return np.float64(_mixed(state[0]) >> np.uint64(11)) * 2.0**-53


@numba.njit(cache=True, error_model="numpy")
def log_distance(squared, curved):
    """ln of the distance in metres whose straight line has this square; -inf at 0."""
    if curved:
        chord = min(math.sqrt(squared) / (2 * EARTH_RADIUS_M), 1.0)
        return math.log(2 * EARTH_RADIUS_M * math.asin(chord))
    return 0.5 * math.log(squared)


@numba.njit(cache=True, error_model="numpy")
def _log_cost(t, law):
    u = (t - law.start) / law.step
    k = min(max(np.int64(u), 0), law.values.size - 2)
    return law.values[k] + (u - k) * (law.values[k + 1] - law.values[k])


@numba.njit(cache=True, error_model="numpy")
def _largest_log_cost(t0, t1, law):
    last = law.start + (law.values.size - 1) * law.step
    t0, t1 = max(t0, law.start), min(t1, last)
    largest = max(_log_cost(t0, law), _log_cost(t1, law))
    k = np.int64((t0 - law.start) / law.step) + 1
    while k < law.values.size - 1 and law.start + k * law.step < t1:
        largest = max(largest, law.values[k])
        k += 1
    return largest


@numba.njit(cache=True, error_model="numpy")
def _descend(i, tree, law, target):
    """Add up what an origin sees until the sum passes ``target``.

    Returns the sum, then the place (or -1), the first and last + 1 place of a node and ln of its
    largest cost. Where the sum never passes the target these are of the last thing seen.
    """
    curved = tree.low.shape[1] == 3
    point = np.empty(tree.low.shape[1])
    point[0], point[1] = tree.x[i], tree.y[i]
    if curved:
        point[2] = tree.z[i]
    n, gap = tree.x.size, math.log(_OPEN)
    stack = np.empty((_STACK, 2), np.int64)
    stack[0, 0], stack[0, 1] = 0, 0
    top = 1
    total, place, first, last, ceiling = 0.0, -1, 0, 0, 0.0
    while top > 0:
        top -= 1
        depth, j = stack[top]
        node = (1 << depth) - 1 + j
        least, most = range_of_squares(point, point, tree.low[node], tree.high[node])
        t0, t1 = log_distance(least, curved), log_distance(most, curved)
        if t1 < law.low or t0 >= law.high:
            continue
        if t1 - t0 <= gap:
            place, ceiling = -1, _largest_log_cost(t0, t1, law)
            first, last = (j * n) >> depth, ((j + 1) * n) >> depth
            total += tree.mass[node] * math.exp(ceiling)
            if total > target:
                break
        elif depth < tree.depth:
            stack[top, 0], stack[top, 1] = depth + 1, 2 * j
            stack[top + 1, 0], stack[top + 1, 1] = depth + 1, 2 * j + 1
            top += 2
        else:
            for p in range((j * n) >> depth, ((j + 1) * n) >> depth):
                squared = squared_distance(point[0], point[1], tree.z[i], tree.x, tree.y, tree.z, p)
                t = log_distance(squared, curved)
                if p != i and law.low <= t < law.high:
                    total += tree.weight[p] * math.exp(_log_cost(t, law))
                    place = p
                    if total > target:
                        break
            if total > target:
                break
    return total, place, first, last, ceiling


@numba.njit(cache=True, error_model="numpy")
def _destination(i, tree, upto, law, total, state):
    """One proposed destination of an origin, or -1 where it is not kept."""
    target = _uniform(state) * total
    _, place, first, last, ceiling = _descend(i, tree, law, target)
    if place >= 0:
        return place
    below = upto[first - 1] if first > 0 else 0.0
    aim = below + _uniform(state) * (upto[last - 1] - below)
    place = first + np.searchsorted(upto[first:last], aim, side="right")
    place = min(place, last - 1)
    squared = squared_distance(tree.x[i], tree.y[i], tree.z[i], tree.x, tree.y, tree.z, place)
    t = log_distance(squared, tree.low.shape[1] == 3)
    if not law.low <= t < law.high:
        return -1
    return place if _uniform(state) < math.exp(_log_cost(t, law) - ceiling) else -1


def totals(tree, law, origins):
    """(n_origins,) upper bounds of sum_k w_k pi(d_ik), 0 where no place is in reach."""
    result = np.empty(origins.size)
    share_out(_fill_totals, origins.size, tree, law, origins, result)
    return result


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _fill_totals(first, last, tree, law, origins, result):
    for o in range(first, last):
        result[o] = _descend(origins[o], tree, law, np.inf)[0]


def destinations(tree, upto, law, origins, seen, seed):
    """(n,) a destination of each origin given; -1 where nothing was kept in all attempts."""
    result = np.full(origins.size, -1)
    share_out(_draw_destinations, origins.size, tree, upto, law, origins, seen, seed, result)
    return result


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _draw_destinations(first, last, tree, upto, law, origins, seen, seed, result):
    for k in range(first, last):
        state = np.empty(1, np.uint64)
        state[0] = _mixed(seed + _GOLDEN * np.uint64(k + 1))
        for _ in range(_ATTEMPTS):
            result[k] = _destination(origins[k], tree, upto, law, seen[k], state)
            if result[k] >= 0:
                break


def joined(tree, upto, law, seen, sums, n, seed):
    """(n, 2) pairs: an origin drawn by running ``sums`` of what it sees, until a pair is kept."""
    result = np.full((n, 2), -1)
    share_out(_draw_pairs, n, tree, upto, law, seen, sums, seed, result)
    return result


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _draw_pairs(first, last, tree, upto, law, seen, sums, seed, result):
    for k in range(first, last):
        state = np.empty(1, np.uint64)
        state[0] = _mixed(seed + _GOLDEN * np.uint64(k + 1))
        for _ in range(_ATTEMPTS):
            i = np.searchsorted(sums, _uniform(state) * sums[-1], side="right")
            i = min(i, sums.size - 1)
            j = _destination(i, tree, upto, law, seen[i], state)
            if j >= 0:
                result[k, 0], result[k, 1] = i, j
                break
