"""How fast this machine could be: the operations of laws on arrays that stay in its cache."""

import sys
from pathlib import Path

# Processes of their own, started with nothing but the path of their script.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import time
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from laws import Law
from numba import njit

from movelaws.symbolic.vector_math import exp_into, log_into

_ENTRIES, _PASSES, _REPEATS = 1024, 4000, 5
# Sum of f, then scale, error and sum of its square.
_OF_LOSS = 3


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _multiply_add(x, y, out):
    for i in range(x.size):
        out[i] = x[i] * y[i] + 1.0


@njit(cache=True, error_model="numpy")
def _divide(x, y, out):
    for i in range(x.size):
        out[i] = x[i] / y[i]


@njit(cache=True, error_model="numpy")
def _exp(x, y, out):
    exp_into(x, out)


@njit(cache=True, error_model="numpy")
def _log(x, y, out):
    log_into(x, out)


@njit(error_model="numpy")
def _passes(operation, x, y, out, count):
    for _ in range(count):
        operation(x, y, out)


def seconds_per_entry(operation: Callable) -> float:
    """Seconds of one entry of a compiled operation (x, y, out) on arrays of 8 KB, one thread."""
    x, y = np.random.default_rng(0).uniform(1, 2, (2, _ENTRIES))
    out = np.empty(_ENTRIES)
    _passes(operation, x, y, out, 1)
    spent = []
    for _ in range(_REPEATS):
        begin = time.perf_counter()
        _passes(operation, x, y, out, _PASSES)
        spent.append(time.perf_counter() - begin)
    return min(spent) / (_PASSES * _ENTRIES)


def operations(law: Law) -> Counter:
    """Vector operations that a law needs in a row, with logarithms of variables known.

    A power is an exponential of a multiple of the logarithm, a factor or term one multiply-add.
    """
    if not isinstance(law, tuple):
        return Counter()
    operator, left, right = law
    counts = operations(left) + operations(right)
    if operator == "^":
        counts += Counter(exp=1, log=0 if isinstance(left, str) else 1)
    elif operator == "base":
        counts += Counter(exp=1)
    else:
        counts[{"/": "divide"}.get(operator, "multiply_add")] += 1
    return counts


def machine_seconds(laws: Sequence[Law], n_rows: int) -> float:
    """Least seconds for the losses of laws on one thread: every operation at its speed in cache.

    Memory, planning and the order of operations cost nothing here; operations do, each on its own.
    """
    per_entry = {
        name: seconds_per_entry(operation)
        for name, operation in (
            ("multiply_add", _multiply_add), ("divide", _divide), ("exp", _exp), ("log", _log),
        )
    }  # fmt: skip
    total = sum((operations(law) for law in laws), Counter(multiply_add=_OF_LOSS * len(laws)))
    return n_rows * sum(count * per_entry[name] for name, count in total.items())
