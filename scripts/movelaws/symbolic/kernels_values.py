"""Values of a planned program over a block of rows (compiled, private)."""

from numba import njit

from movelaws.symbolic.kernels_data import view
from movelaws.symbolic.kernels_plan import (
    ADD_AA,
    ADD_AS,
    DIV_AA,
    DIV_AS,
    DIV_SA,
    EXP_A,
    EXP_AA,
    EXP_AS,
    LOG_A,
    MUL_AA,
    MUL_AS,
    POW_AA,
    POW_AS,
    POW_LOG_A,
    POW_SA,
    SCALAR,
    SUB_AA,
    SUB_SA,
)
from movelaws.symbolic.vector_math import (
    FAST,
    exp_into,
    log_into,
    power_from_log_into,
    power_into,
    power_of_scalar_into,
    power_to_scalar_into,
    product_exp_into,
    scaled_exp_into,
    times_scaled_exp_into,
)


@njit(cache=True, error_model="numpy")
def operand(number, columns, slots, first, rows):
    """The rows of a column or of a slot."""
    n_columns = columns.shape[0]
    if number < n_columns:
        return view(columns, number, first, rows)
    return view(slots, number - n_columns, 0, rows)


@njit(cache=True, error_model="numpy", fastmath=FAST)
def run_plan(begin, end, plan, scalars, columns, slots, first, rows):
    """Run the instructions begin..end of the plan over ``rows`` rows from ``first`` on.

    Arrays are passed one by one: handing on whole ``Data`` costs as much as a short loop.
    """
    for step in range(begin, end):
        a = operand(plan[step, 1], columns, slots, first, rows)
        second = plan[step, 2]
        b = operand(second, columns, slots, first, rows) if second != SCALAR else a
        out = operand(plan[step, 3], columns, slots, first, rows)
        run_instruction(plan[step, 0], a, b, scalars[step], out)


@njit(cache=True, error_model="numpy", inline="always")
def run_instruction(instruction, a, b, s, out):
    """One instruction over a block."""
    rows = out.size
    if instruction == ADD_AA:
        for i in range(rows):
            out[i] = a[i] + b[i]
    elif instruction == ADD_AS:
        for i in range(rows):
            out[i] = a[i] + s
    elif instruction == SUB_AA:
        for i in range(rows):
            out[i] = a[i] - b[i]
    elif instruction == SUB_SA:
        for i in range(rows):
            out[i] = s - a[i]
    elif instruction == MUL_AA:
        for i in range(rows):
            out[i] = a[i] * b[i]
    elif instruction == MUL_AS:
        for i in range(rows):
            out[i] = a[i] * s
    elif instruction == DIV_AA:
        for i in range(rows):
            out[i] = a[i] / b[i]
    elif instruction == DIV_AS:
        for i in range(rows):
            out[i] = a[i] / s
    elif instruction == DIV_SA:
        for i in range(rows):
            out[i] = s / a[i]
    elif instruction == POW_AA:
        power_into(a, b, out)
    elif instruction == POW_LOG_A:
        power_from_log_into(a, b, out)
    elif instruction == POW_AS:
        power_to_scalar_into(a, s, out)
    elif instruction == POW_SA:
        power_of_scalar_into(s, a, out)
    elif instruction == EXP_A:
        exp_into(a, out)
    elif instruction == LOG_A:
        log_into(a, out)
    elif instruction == EXP_AS:
        scaled_exp_into(a, s, out)
    elif instruction == EXP_AA:
        product_exp_into(a, b, out)
    else:
        times_scaled_exp_into(a, b, s, out)


@njit(cache=True, error_model="numpy")
def result(where, value, columns, slots, first, rows):
    """The rows of the program's result; a scalar fills a slot."""
    if where == SCALAR:
        filled = view(slots, 0, 0, rows)
        for i in range(rows):
            filled[i] = value
        return filled
    return operand(where, columns, slots, first, rows)
