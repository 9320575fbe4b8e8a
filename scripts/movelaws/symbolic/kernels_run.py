"""Loss of one program over all blocks (compiled, private)."""

import math

from numba import njit

from movelaws.symbolic.kernels_data import MSE, view
from movelaws.symbolic.kernels_links import (
    LOSS,
    PLAN,
    RUN,
    call_loss,
    call_plan,
    call_run,
)
from movelaws.symbolic.kernels_loss import block_loss, mse_of_block
from movelaws.symbolic.kernels_values import result


@njit(cache=True, error_model="numpy")
def evaluate(code, constants, data, work):
    """Loss of a program, inf if it is invalid.

    Parameters
    ----------
    code : (n_tokens,) int8, END at its end or none.
    constants : (>= n_constants,) float64.
    data, work : ``kernels_data.Data`` and the scratch memory made for it.
    """
    return evaluate_below(code, constants, data, work, math.inf)


@njit(cache=True, error_model="numpy", inline="always")
def evaluate_below(code, constants, data, work, limit):
    """Loss of a program, or, if that is above ``limit``, a lower bound above ``limit``."""
    return call_loss(data.kernels[LOSS], (code, constants, data, work, limit))


@njit(cache=True, error_model="numpy")
def loss_below(code, constants, data, work, limit):
    """The kernel behind ``evaluate_below``.

    The bound is the loss of the blocks so far and the least that the rest can have.
    """
    planning, run = work.planning, data.kernels[RUN]
    n, where, value, _ = call_plan(
        data.kernels[PLAN], (code, constants, data.positive, planning, False)
    )
    total = 0.0
    for b in range(data.blocks.size - 1):
        first_origin, last_origin = data.blocks[b], data.blocks[b + 1]
        first = data.start[first_origin]
        rows = data.start[last_origin] - first
        call_run(
            run, (0, n, planning.plan, planning.scalars, data.columns, work.slots, first, rows)
        )
        f = result(where, value, data.columns, work.slots, first, rows)
        flow = view(data.flow, 0, first, rows)
        if data.loss == MSE:
            loss = mse_of_block(f, flow, data.start, data.outflow, first_origin, last_origin)
        else:
            loss = block_loss(f, flow, first_origin, last_origin, data)
        total += loss
        if total + data.floor[b + 1] > limit or total == math.inf:
            return total + data.floor[b + 1]
    return total
