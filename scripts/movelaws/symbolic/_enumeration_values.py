"""Fingerprints of expressions: two with equal fingerprints are the same function.

Every expression is evaluated at pseudo-random points, some origins with some destinations each,
for every way to give its constants different values out of a small pool. Points are complex, with
small phases of both signs: fractional powers and logarithms of negative numbers then have values,
and a function that is analytic is known by its values at generic points. Rules that hold for
positive numbers, such as ln(x y) = ln x + ln y, still hold at most of these points; where a branch
cut gets in the way two equal functions stay apart, which costs time and leaves nothing out.

The hashes of all assignments are added up, each weighted by the number of ways in which the rest
of the pool could be ordered. The sum does not change when constants trade places, nor when a
constant that makes no difference is left out.
"""

import math
from itertools import permutations

import numpy as np
from numba import njit, prange

from movelaws.symbolic.tokens import ADD, BASE, DIVIDE, EXP, MULTIPLY, POWER, SUBTRACT

N_ORIGINS = 8
N_DESTINATIONS = 3
N_POINTS = N_ORIGINS * N_DESTINATIONS
_PROJECTIONS = 4
_SEED = 20_251_122
# Values are made of about 16 digits; rounding at 2^-33 of numbers of order 1 keeps 10 of them.
_GRID = 2.0**33
_DISTINCT = 0x9E3779B97F4A7C15


def points(names: tuple[str, ...], origin_only: tuple[str, ...]) -> np.ndarray:
    """(n_variables, N_POINTS) complex values, destinations of one origin after another."""
    stream = np.random.default_rng(_SEED)
    shape = (len(names), N_ORIGINS, N_DESTINATIONS)
    values = stream.uniform(0.35, 1.05, shape) * np.exp(1j * stream.uniform(-0.35, 0.35, shape))
    for row, name in enumerate(names):
        if name in origin_only:
            values[row] = values[row, :, :1]
    return values.reshape(len(names), N_POINTS)


def constant_pool(size: int) -> np.ndarray:
    """(size,) values for constants, with no relation among them."""
    stream = np.random.default_rng(_SEED + 1)
    return stream.uniform(0.55, 1.6, 8)[:size].astype(np.complex128)


def projections() -> np.ndarray:
    """(_PROJECTIONS, N_POINTS) complex weights of modulus 1."""
    stream = np.random.default_rng(_SEED + 2)
    return np.exp(1j * stream.uniform(-math.pi, math.pi, (_PROJECTIONS, N_POINTS)))


class Assignments:
    """Ways to give k constants different values out of a pool, and how they split at a node.

    Attributes
    ----------
    count : (size + 1,) number of assignments of k constants.
    weight : (size + 1,) ways to order the rest of the pool.
    left, right : (size + 1, size + 1, most) assignment of the left operand with k constants and of
        the right one with l, for each assignment of all k + l.
    """

    def __init__(self, size: int):
        lists = [list(permutations(range(size), k)) for k in range(size + 1)]
        index = [{chosen: i for i, chosen in enumerate(ways)} for ways in lists]
        self.size = size
        self.count = np.array([len(ways) for ways in lists], dtype=np.int64)
        self.weight = np.array([math.factorial(size - k) for k in range(size + 1)], dtype=np.uint64)
        self.left = np.zeros((size + 1, size + 1, self.count[-1]), dtype=np.int64)
        self.right = np.zeros_like(self.left)
        for k in range(size + 1):
            for l in range(size + 1 - k):  # noqa: E741
                for i, chosen in enumerate(lists[k + l]):
                    self.left[k, l, i] = index[k][chosen[:k]]
                    self.right[k, l, i] = index[l][chosen[k:]]


@njit(cache=True, error_model="numpy")
def _operate(op, x, y, out):
    """One operator at all points; a power is exp(y ln x) and a base exp(k v)."""
    for p in range(out.size):
        if op == ADD:
            out[p] = x[p] + y[p]
        elif op == SUBTRACT:
            out[p] = x[p] - y[p]
        elif op == MULTIPLY:
            out[p] = x[p] * y[p]
        elif op == DIVIDE:
            out[p] = x[p] / y[p]
        elif op == POWER:
            out[p] = np.exp(y[p] * np.log(x[p]))
        elif op == BASE:
            out[p] = np.exp(x[p] * y[p])
        elif op == EXP:
            out[p] = np.exp(x[p])
        else:
            out[p] = np.log(x[p])


@njit(cache=True, error_model="numpy")
def _mix(state):
    """A bijection of 64 bits without visible structure (SplitMix64, Steele et al. 2014)."""
    state ^= state >> np.uint64(30)
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    state *= np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@njit(cache=True, error_model="numpy")
def _allocate(values, shares):
    """Share of each destination in its origin's sum; the rule of all allocations."""
    for origin in range(N_ORIGINS):
        first = origin * N_DESTINATIONS
        total = 0j
        for p in range(first, first + N_DESTINATIONS):
            total += values[p]
        for p in range(first, first + N_DESTINATIONS):
            shares[p] = values[p] / total


@njit(cache=True, error_model="numpy")
def _hash(values, weights, hashes):
    """Two hashes of the values, rounded; false if one is not finite.

    Values are drawn into the unit disc first, so that none drowns the others, and hashed through
    a few weighted sums, so that few roundings can tear equal functions apart.
    """
    first, second = np.uint64(_DISTINCT), np.uint64(1)
    for w in range(weights.shape[0]):
        total = 0j
        for p in range(values.size):
            total += weights[w, p] * (values[p] / (1.0 + abs(values[p])))
        if not (math.isfinite(total.real) and math.isfinite(total.imag)):
            return False
        for part in (total.real, total.imag):
            digits = np.uint64(np.int64(np.rint(part * _GRID)))
            first = _mix(first + digits)
            second = _mix((second ^ digits) * np.uint64(0xD1342543DE82EF95) + np.uint64(w + 7))
    hashes[0], hashes[1] = first, second
    return True


@njit(cache=True, error_model="numpy")
def _constant_value(values):
    """Whether a function is the same at all points, in the first assignment."""
    scale = abs(values[0])
    for p in range(1, values.size):
        if not abs(values[p] - values[0]) <= 1e-11 * scale:
            return abs(values[p]) < 1e-13 and scale < 1e-13
    return True


@njit(cache=True, error_model="numpy", parallel=True)
def fingerprints(
    op, left, right, start, n_constants, values, weights, count, weight, at_left, at_right, allocate
):
    """Hashes (n, 2) of op(left, right) as functions, or as allocations.

    ``start`` and ``n_constants`` of all expressions so far say where in ``values`` the values of
    each under each of its assignments are. A function that is constant gets the hashes 0, 0; one
    without a finite value gets hashes that no other has.
    """
    n = op.size
    hashes = np.empty((n, 2), dtype=np.uint64)
    for i in prange(n):
        row_left, row_right = left[i], max(right[i], 0)
        k = n_constants[row_left]
        l = n_constants[row_right] if right[i] >= 0 else 0  # noqa: E741
        result, shares = np.empty(N_POINTS, np.complex128), np.empty(N_POINTS, np.complex128)
        pair = np.empty(2, dtype=np.uint64)
        first, second = np.uint64(0), np.uint64(0)
        finite, constant = True, False
        for a in range(count[k + l]):
            x = start[row_left] + at_left[k, l, a] * N_POINTS
            y = start[row_right] + at_right[k, l, a] * N_POINTS
            _operate(op[i], values[x : x + N_POINTS], values[y : y + N_POINTS], result)
            if a == 0 and _constant_value(result):
                constant = True
                break
            if allocate:
                _allocate(result, shares)
                finite = _hash(shares, weights, pair)
            else:
                finite = _hash(result, weights, pair)
            if not finite:
                break
            first += pair[0]
            second += pair[1]
        if constant:
            hashes[i, 0], hashes[i, 1] = np.uint64(0), np.uint64(0)
        elif finite:
            hashes[i, 0], hashes[i, 1] = first * weight[k + l], second * weight[k + l]
        else:
            unique = np.uint64(row_left) * np.uint64(16) + np.uint64(-op[i])
            hashes[i, 0] = _mix(unique * np.uint64(_DISTINCT) + np.uint64(row_right))
            hashes[i, 1] = np.uint64(1)
    return hashes


@njit(cache=True, error_model="numpy", parallel=True)
def evaluate(op, left, right, start, n_constants, values, count, at_left, at_right, into, out):
    """Values of op(left, right) under all assignments, written to ``out`` from ``into`` on."""
    for i in prange(op.size):
        row_left, row_right = left[i], max(right[i], 0)
        k = n_constants[row_left]
        l = n_constants[row_right] if right[i] >= 0 else 0  # noqa: E741
        for a in range(count[k + l]):
            x = start[row_left] + at_left[k, l, a] * N_POINTS
            y = start[row_right] + at_right[k, l, a] * N_POINTS
            z = into[i] + a * N_POINTS
            _operate(
                op[i],
                values[x : x + N_POINTS],
                values[y : y + N_POINTS],
                out[z : z + N_POINTS],
            )


def leaf_fingerprint(values, weights, weight, allocate):
    """(2,) hashes of a variable, as a function or as an allocation, as `fingerprints` gives."""
    hashes, shares = np.empty(2, dtype=np.uint64), np.empty(N_POINTS, dtype=np.complex128)
    _allocate(values, shares)
    _hash(shares if allocate else values, weights, hashes)
    return hashes * weight


def leaf_values(at_points: np.ndarray, pool: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values of the constant, once for each of the pool, and of the variables; and their starts."""
    constant = np.repeat(pool, N_POINTS)
    starts = np.concatenate([[0], constant.size + N_POINTS * np.arange(len(at_points))])
    return np.concatenate([constant, at_points.ravel()]), starts.astype(np.int64)
