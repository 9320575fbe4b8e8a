"""Where expressions are finite, among real values that make trouble: zeros and large numbers.

Fingerprints (see `_enumeration_values`) know a function by its values at generic points. There,
ln(s^s) is s ln s, but where s = 0 the first is 0 and the second is not defined; and a b / b is a
except where a b overflows. Of the forms of one function the one to keep is that which is finite
wherever any is. Each expression is therefore also evaluated in real numbers where one variable or
all are 0, or large, once with constants above 0 and once below; its *domain* is the set of these
probes, as bits, at which it is finite.
"""

import math

import numpy as np
from numba import njit, prange

from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    EXP,
    MULTIPLY,
    POWER,
    SUBTRACT,
)

_MOST = 32  # points, each with constants of either sign: 64 bits
_LARGE = 800.0  # exp overflows; sums and products do not
_CONSTANT = 0.73


def probes(n_variables: int) -> np.ndarray:
    """(1 + n_variables, n) values of the constant and of the variables at all probes, n <= 64.

    Of more than 14 variables, only the first are large or 0 on their own.
    """
    plain = 1.1 + 0.17 * np.arange(n_variables)
    points = [plain, np.zeros(n_variables), _LARGE + plain]
    for special in (0.0, _LARGE):
        for v in range(min(n_variables, (_MOST - len(points)) // 2 if special == 0.0 else 14)):
            point = plain.copy()
            point[v] += special
            point[v] *= special != 0.0
            points.append(point)
    values = np.array(points[:_MOST]).T
    constant = np.repeat([_CONSTANT, -_CONSTANT], values.shape[1])
    return np.vstack([constant, np.hstack([values, values])])


@njit(cache=True, error_model="numpy")
def _operate(op, x, y):
    if op == ADD:
        return x + y
    if op == SUBTRACT:
        return x - y
    if op == MULTIPLY:
        return x * y
    if op == DIVIDE:
        return x / y
    if op == POWER:
        return math.pow(x, y)
    if op == BASE:
        return math.exp(x * y)
    if op == EXP:
        return math.exp(x)
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


@njit(cache=True, error_model="numpy", parallel=True)
def at_probes(op, left, right, values):
    """(n, n_probes) values of op(left, right), rows of ``values`` (m, n_probes)."""
    out = np.empty((op.size, values.shape[1]))
    for i in prange(op.size):
        second = max(right[i], 0)
        for p in range(values.shape[1]):
            out[i, p] = _operate(op[i], values[left[i], p], values[second, p])
    return out


@njit(cache=True, error_model="numpy", parallel=True)
def domains(op, left, right, values):
    """(n,) bits of the probes at which op(left, right) is finite; all for a leaf (op >= -1)."""
    bits = np.empty(op.size, dtype=np.uint64)
    for i in prange(op.size):
        second = max(right[i], 0)
        found = np.uint64(0)
        for p in range(values.shape[1]):
            finite = op[i] >= CONSTANT or math.isfinite(
                _operate(op[i], values[left[i], p], values[second, p])
            )
            found |= np.uint64(finite) << np.uint64(p)
        bits[i] = found
    return bits
