"""Loss, gradient and curvature by the constants of a program, exact (compiled, private).

Forward mode: each instruction hands on the derivatives of its operands by every constant they
depend on, d z = z_a d a + z_b d b. With f_c those of the values and S_c their sums over an
origin, those of the predicted flows are d F^ = (O / S) (f_c - f S_c / S). The curvature is
sum w d F^ d F^ with w = 2 for mse (Gauss-Newton) and the Fisher information of a flow of mean F^
for the likelihoods; it is never negative, whatever the residuals.
"""

import math

from numba import njit

from movelaws.symbolic.kernels_data import MOST_CONSTANTS, MSE, view
from movelaws.symbolic.kernels_links import (
    DERIVATIVES,
    PLAN,
    RUN,
    call_derivatives,
    call_plan,
    call_run,
)
from movelaws.symbolic.kernels_loss import SUMS, origin_loss, scale_of
from movelaws.symbolic.kernels_plan import EXP_A, LOG_A, SCALAR
from movelaws.symbolic.kernels_segments import normalise, residuals_into, sum_of
from movelaws.symbolic.kernels_slopes import slope_by_first, slope_by_second
from movelaws.symbolic.kernels_values import operand, result
from movelaws.symbolic.vector_math import FAST


@njit(cache=True, error_model="numpy", fastmath=FAST)
def _add(out, number, partial, tangent, fresh):
    """out (+)= derivative * tangent; the derivative is ``number`` or, if nan, ``partial``."""
    if number == number:
        if fresh:
            for i in range(out.size):
                out[i] = number * tangent[i]
        else:
            for i in range(out.size):
                out[i] += number * tangent[i]
    elif fresh:
        for i in range(out.size):
            out[i] = partial[i] * tangent[i]
    else:
        for i in range(out.size):
            out[i] += partial[i] * tangent[i]


@njit(cache=True, error_model="numpy", fastmath=FAST)
def _add_scalar(out, number, partial, slope, fresh):
    """out (+)= derivative * slope, as ``_add`` for the tangent of a scalar."""
    if fresh:
        out[:] = 0.0
    if number == number:
        for i in range(out.size):
            out[i] += number * slope
    else:
        for i in range(out.size):
            out[i] += partial[i] * slope


@njit(cache=True, error_model="numpy")
def _tangent(slot, c, tangents, rows):
    return view(tangents, slot * MOST_CONSTANTS + c, 0, rows)


@njit(cache=True, error_model="numpy")
def _depends(slot, c, depends):
    return slot >= 0 and depends[slot, c]


@njit(cache=True, error_model="numpy", inline="always")
def _run_tangents(step, n_constants, data, work, first, rows):
    """Values of one instruction and their derivatives."""
    first_operand, second, target = (
        work.planning.plan[step, 1],
        work.planning.plan[step, 2],
        work.planning.plan[step, 3],
    )
    instruction, s = work.planning.plan[step, 0], work.planning.scalars[step]
    has_scalar = second == SCALAR and instruction != EXP_A and instruction != LOG_A
    a = operand(first_operand, data.columns, work.slots, first, rows)
    b = a if second == SCALAR else operand(second, data.columns, work.slots, first, rows)
    z = operand(target, data.columns, work.slots, first, rows)
    planning = work.planning
    call_run(
        data.kernels[RUN],
        (step, step + 1, planning.plan, planning.scalars, data.columns, work.slots, first, rows),
    )
    by_first = view(work.partials, 0, 0, rows)
    by_second = view(work.partials, 1, 0, rows)
    n_columns = data.columns.shape[0]
    any_first, any_second = False, False
    for c in range(n_constants):
        any_first |= _depends(first_operand - n_columns, c, work.depends)
        if has_scalar:
            any_second |= work.planning.slopes[step, c] != 0.0
        elif second != SCALAR:
            any_second |= _depends(second - n_columns, c, work.depends)
    number_first = slope_by_first(instruction, a, b, s, z, by_first) if any_first else 0.0
    number_second = slope_by_second(instruction, a, b, s, z, by_second) if any_second else 0.0
    slot = target - n_columns
    for c in range(n_constants):
        out = _tangent(slot, c, work.tangents, rows)
        fresh = True
        if _depends(first_operand - n_columns, c, work.depends):
            tangent = _tangent(first_operand - n_columns, c, work.tangents, rows)
            _add(out, number_first, by_first, tangent, fresh)
            fresh = False
        if has_scalar:
            if work.planning.slopes[step, c] != 0.0:
                _add_scalar(out, number_second, by_second, work.planning.slopes[step, c], fresh)
                fresh = False
        elif second != SCALAR and _depends(second - n_columns, c, work.depends):
            tangent = _tangent(second - n_columns, c, work.tangents, rows)
            _add(out, number_second, by_second, tangent, fresh)
            fresh = False
        work.depends[slot, c] = not fresh


@njit(cache=True, error_model="numpy", fastmath=SUMS)
def _dot(a, b):
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@njit(cache=True, error_model="numpy", fastmath=SUMS)
def _weighted_dot(weight, a, b):
    total = 0.0
    for i in range(a.size):
        total += weight[i] * (a[i] * b[i])
    return total


@njit(cache=True, error_model="numpy", fastmath=FAST)
def _likelihood_scores(score, flow, dispersion, weight):
    """From predicted flows F^ to derivatives of the loss by F^, and the Fisher information."""
    for i in range(score.size):
        predicted = score[i]
        variance = predicted * (1.0 + dispersion * predicted)
        weight[i] = 1.0 / variance if variance > 0.0 else 0.0
        score[i] = (predicted - flow[i]) * weight[i]


@njit(cache=True, error_model="numpy", inline="always")
def evaluate_derivatives(code, constants, data, work, gradient, curvature):
    """Loss (inf if invalid), gradient (k,) and curvature (k, k) of a program, filled in."""
    return call_derivatives(
        data.kernels[DERIVATIVES], (code, constants, data, work, gradient, curvature)
    )


@njit(cache=True, error_model="numpy", fastmath=FAST)
def derivatives(code, constants, data, work, gradient, curvature):
    """The kernel behind ``evaluate_derivatives``."""
    n, where, value, k = call_plan(
        data.kernels[PLAN], (code, constants, data.positive, work.planning, True)
    )
    slot = where - data.columns.shape[0]  # below 0 for what depends on no constant
    gradient[:k] = 0.0
    curvature[:k, :k] = 0.0
    work.depends[:] = False
    total = 0.0
    for block in range(data.blocks.size - 1):
        first_origin, last_origin = data.blocks[block], data.blocks[block + 1]
        first = data.start[first_origin]
        rows = data.start[last_origin] - first
        for step in range(n):
            _run_tangents(step, k, data, work, first, rows)
        f = result(where, value, data.columns, work.slots, first, rows)
        flow = view(data.flow, 0, first, rows)
        score = view(work.partials, 0, 0, rows)
        weight = view(work.partials, 1, 0, rows)
        for origin in range(first_origin, last_origin):
            begin = data.start[origin] - first
            size = data.start[origin + 1] - data.start[origin]
            scale = scale_of(f, origin, begin, size, data)
            if scale != scale:
                gradient[:k] = math.nan
                return math.inf
            if data.loss == MSE:
                residuals_into(f, flow, begin, size, scale, score)
            else:
                # F^ itself: a small one would be lost in the residual
                score[begin : begin + size] = 0.0
                normalise(score, f, begin, size, scale, -1.0)
                total += origin_loss(f, origin, begin, flow, size, scale, data)
            whole = sum_of(f, begin, size)
            for c in range(k):
                if _depends(slot, c, work.depends):
                    tangent = _tangent(slot, c, work.tangents, rows)
                    share = sum_of(tangent, begin, size) / whole
                    normalise(tangent, f, begin, size, scale, share)
        factor = 1.0
        if data.loss == MSE:
            total += _dot(score, score)
            factor = 2.0
        else:
            _likelihood_scores(score, flow, data.dispersion, weight)
        for c in range(k):
            if not _depends(slot, c, work.depends):
                continue
            tangent = _tangent(slot, c, work.tangents, rows)
            gradient[c] += factor * _dot(score, tangent)
            for d in range(c + 1):
                if _depends(slot, d, work.depends):
                    other = _tangent(slot, d, work.tangents, rows)
                    if data.loss == MSE:
                        curvature[c, d] += 2.0 * _dot(tangent, other)
                    else:
                        curvature[c, d] += _weighted_dot(weight, tangent, other)
    for c in range(k):
        for d in range(c):
            curvature[d, c] = curvature[c, d]
    return total if total == total else math.inf
