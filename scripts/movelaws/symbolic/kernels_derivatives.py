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
from movelaws.symbolic.kernels_loss import SUMS, origin_loss, scale_of
from movelaws.symbolic.kernels_plan import (
    ADD_AA,
    ADD_AS,
    DIV_AA,
    DIV_AS,
    DIV_SA,
    EXP_A,
    EXP_AS,
    LOG_A,
    MUL_AA,
    MUL_AS,
    POW_AA,
    POW_AS,
    POW_SA,
    SCALAR,
    SUB_AA,
    SUB_SA,
    make_plan,
)
from movelaws.symbolic.kernels_segments import normalise, residuals_into, sum_of
from movelaws.symbolic.kernels_values import operand, result, run_instruction
from movelaws.symbolic.vector_math import FAST, log


@njit(cache=True, error_model="numpy", fastmath=FAST)
def _by_first(instruction, a, b, s, z, out):
    """Derivative of an instruction by its first operand: a number, or an array in ``out``.

    Returns the number, or nan if it is the array.
    """
    if instruction in (ADD_AA, ADD_AS, SUB_AA):
        return 1.0
    if instruction == SUB_SA:
        return -1.0
    if instruction == MUL_AS:
        return s
    if instruction == DIV_AS:
        return 1.0 / s
    if instruction == MUL_AA:
        for i in range(out.size):
            out[i] = b[i]
    elif instruction == DIV_AA:
        for i in range(out.size):
            out[i] = 1.0 / b[i]
    elif instruction == DIV_SA:
        for i in range(out.size):
            out[i] = -z[i] / a[i]
    elif instruction == POW_AA:
        for i in range(out.size):
            out[i] = _by_base(a[i], b[i], z[i])
    elif instruction == POW_AS:
        for i in range(out.size):
            out[i] = _by_base(a[i], s, z[i])
    elif instruction == POW_SA:
        log_s = log(s)
        for i in range(out.size):
            out[i] = z[i] * log_s
    elif instruction == EXP_A:
        for i in range(out.size):
            out[i] = z[i]
    elif instruction == LOG_A:
        for i in range(out.size):
            out[i] = 1.0 / a[i]
    elif instruction == EXP_AS:
        for i in range(out.size):
            out[i] = z[i] * s
    else:
        for i in range(out.size):
            out[i] = z[i] * b[i]
    return math.nan


@njit(cache=True, error_model="numpy", fastmath=FAST)
def _by_base(a, b, z):
    at_zero = 0.0 if (b > 1.0) | (b == 0.0) else (1.0 if b == 1.0 else math.inf)
    slope = b * z / a if z != 0.0 else 0.0
    return at_zero if a == 0.0 else slope


@njit(cache=True, error_model="numpy", fastmath=FAST)
def _by_second(instruction, a, b, s, z, out):
    """The same by the second operand, be it array or scalar."""
    if instruction in (ADD_AA, ADD_AS, SUB_SA):
        return 1.0
    if instruction == SUB_AA:
        return -1.0
    if instruction in (MUL_AA, MUL_AS):
        for i in range(out.size):
            out[i] = a[i]
    elif instruction == DIV_AA:
        for i in range(out.size):
            out[i] = -z[i] / b[i]
    elif instruction == DIV_AS:
        for i in range(out.size):
            out[i] = -z[i] / s
    elif instruction == DIV_SA:
        for i in range(out.size):
            out[i] = 1.0 / a[i]
    elif instruction in (POW_AA, POW_AS):
        # 0^b stays 0 for exponents nearby, though its logarithm is infinite.
        for i in range(out.size):
            slope = z[i] * log(a[i])
            out[i] = 0.0 if z[i] == 0.0 else slope
    elif instruction == POW_SA:
        for i in range(out.size):
            out[i] = _by_base(s, a[i], z[i])
    else:
        for i in range(out.size):
            slope = z[i] * a[i]
            out[i] = 0.0 if z[i] == 0.0 else slope
    return math.nan


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
def _tangent(operand_number, c, data, work, rows):
    slot = operand_number - data.columns.shape[0]
    return view(work.tangents, slot * MOST_CONSTANTS + c, 0, rows)


@njit(cache=True, error_model="numpy")
def _depends(operand_number, c, data, work):
    slot = operand_number - data.columns.shape[0]
    return slot >= 0 and work.depends[slot, c]


@njit(cache=True, error_model="numpy")
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
    run_instruction(instruction, a, b, s, z)
    by_first = view(work.partials, 0, 0, rows)
    by_second = view(work.partials, 1, 0, rows)
    any_first, any_second = False, False
    for c in range(n_constants):
        any_first |= _depends(first_operand, c, data, work)
        if has_scalar:
            any_second |= work.planning.slopes[step, c] != 0.0
        elif second != SCALAR:
            any_second |= _depends(second, c, data, work)
    number_first = _by_first(instruction, a, b, s, z, by_first) if any_first else 0.0
    number_second = _by_second(instruction, a, b, s, z, by_second) if any_second else 0.0
    slot = target - data.columns.shape[0]
    for c in range(n_constants):
        out = _tangent(target, c, data, work, rows)
        fresh = True
        if _depends(first_operand, c, data, work):
            tangent = _tangent(first_operand, c, data, work, rows)
            _add(out, number_first, by_first, tangent, True)
            fresh = False
        if has_scalar:
            if work.planning.slopes[step, c] != 0.0:
                _add_scalar(out, number_second, by_second, work.planning.slopes[step, c], fresh)
                fresh = False
        elif second != SCALAR and _depends(second, c, data, work):
            tangent = _tangent(second, c, data, work, rows)
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


@njit(cache=True, error_model="numpy")
def evaluate_derivatives(code, constants, data, work, gradient, curvature):
    """Loss (inf if invalid), gradient (k,) and curvature (k, k) of a program, filled in."""
    n, where, value, k = make_plan(code, constants, data.positive, work.planning, True)
    gradient[:k] = 0.0
    curvature[:k, :k] = 0.0
    work.depends[:] = False
    total = 0.0
    sign = 0.0
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
            scale, sign = scale_of(f, origin, begin, size, data, sign)
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
                if _depends(where, c, data, work):
                    tangent = _tangent(where, c, data, work, rows)
                    share = sum_of(tangent, begin, size) / whole
                    normalise(tangent, f, begin, size, scale, share)
        factor = 1.0
        if data.loss == MSE:
            total += _dot(score, score)
            factor = 2.0
        else:
            _likelihood_scores(score, flow, data.dispersion, weight)
        for c in range(k):
            if not _depends(where, c, data, work):
                continue
            tangent = _tangent(where, c, data, work, rows)
            gradient[c] += factor * _dot(score, tangent)
            for d in range(c + 1):
                if _depends(where, d, data, work):
                    other = _tangent(where, d, data, work, rows)
                    if data.loss == MSE:
                        curvature[c, d] += 2.0 * _dot(tangent, other)
                    else:
                        curvature[c, d] += _weighted_dot(weight, tangent, other)
    for c in range(k):
        for d in range(c):
            curvature[d, c] = curvature[c, d]
    return total if total == total else math.inf
