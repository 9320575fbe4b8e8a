"""Compiled kernels of symbolic regression: the loss of programs, one or many (private).

>>> work = scratch(data)  # doctest: +SKIP
>>> evaluate(code, constants, data, work)  # doctest: +SKIP

Kernels trust their arguments; ``movelaws.symbolic.evaluation`` checks them.
"""

import functools
import math

import numpy as np
from numba import njit, prange

from movelaws.symbolic.kernels_data import Data, Work, scratch
from movelaws.symbolic.kernels_derivatives import derivatives, evaluate_derivatives
from movelaws.symbolic.kernels_fit import fit, refined
from movelaws.symbolic.kernels_links import PLAN, RUN, address, call_plan, call_run
from movelaws.symbolic.kernels_loss import origin_loss, scale_of
from movelaws.symbolic.kernels_plan import make_plan
from movelaws.symbolic.kernels_run import evaluate, evaluate_below, loss_below
from movelaws.symbolic.kernels_values import result, run_plan

__all__ = [
    "Data",
    "Work",
    "evaluate",
    "evaluate_below",
    "evaluate_derivatives",
    "fit",
    "losses",
    "origin_losses",
    "scratch",
    "weights",
]


@functools.cache
def addresses() -> np.ndarray:
    """(n_kernels,) addresses of the kernels in this process, compiled where that is needed."""
    linked = (make_plan, run_plan, loss_below, derivatives, refined)
    return np.array([address(kernel, place) for place, kernel in enumerate(linked)])


@njit(cache=True, error_model="numpy", parallel=True)
def losses(codes, constants, data, limit, threads):
    """Loss of each program; those above ``limit`` may be given up at any value above it.

    Programs are dealt out in turn to four parts per thread, each with its own scratch memory, and
    no value depends on the part a program is in.
    """
    n = codes.shape[0]
    parts = min(n, 4 * threads)
    out = np.empty(n)
    for part in prange(parts):
        work = scratch(data)
        for p in range(part, n, parts):
            out[p] = evaluate_below(codes[p], constants[p], data, work, limit)
    return out


@njit(cache=True, error_model="numpy")
def weights(code, constants, data, work):
    """Values f of a program in all rows, in the order of ``data``."""
    out = np.empty(data.flow.shape[1])
    planning, run = work.planning, data.kernels[RUN]
    n, where, value, _ = call_plan(
        data.kernels[PLAN], (code, constants, data.positive, planning, False)
    )
    for b in range(data.blocks.size - 1):
        first = data.start[data.blocks[b]]
        rows = data.start[data.blocks[b + 1]] - first
        call_run(
            run, (0, n, planning.plan, planning.scalars, data.columns, work.slots, first, rows)
        )
        values = result(where, value, data.columns, work.slots, first, rows)
        for i in range(rows):
            out[first + i] = values[i]
    return out


@njit(cache=True, error_model="numpy")
def origin_losses(f, data):
    """Loss of each origin of values f (n_rows,); inf for all if any of them is invalid."""
    out = np.empty(data.outflow.size)
    for origin in range(out.size):
        first = data.start[origin]
        n = data.start[origin + 1] - first
        scale = scale_of(f, origin, first, n, data)
        if scale != scale:
            out[:] = math.inf
            return out
        out[origin] = origin_loss(f, origin, first, data.flow[0], n, scale, data)
        if out[origin] != out[origin]:
            out[:] = math.inf
            return out
    return out
