"""Derivatives of instructions by their operands, over a block of rows (compiled, private)."""

import math

from numba import njit

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
    SUB_AA,
    SUB_SA,
)
from movelaws.symbolic.vector_math import FAST, log


@njit(cache=True, error_model="numpy", fastmath=FAST)
def slope_by_first(instruction, a, b, s, z, out):
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
def slope_by_second(instruction, a, b, s, z, out):
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
