"""From postfix codes to instructions over arrays (compiled, private).

A program is planned once and run over many blocks. Planning folds scalars, turns each remaining
operation into the loop that suits its operands, and names operands by number: a column, a
logarithm of a column, or a scratch slot. Nothing is ever copied. The derivatives of scalars by
the constants, nearly always 0 or 1, go with them.
"""

import math

import numpy as np
from numba import njit

from movelaws.symbolic.tokens import (
    ADD,
    CONSTANT,
    DIVIDE,
    END,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
)

SCALAR = -1  # operand that is the scalar of the instruction

# Instructions: A an array, S the scalar; the last three are exp(a s), exp(a b), a exp(b s).
ADD_AA, ADD_AS, SUB_AA, SUB_SA, MUL_AA, MUL_AS, DIV_AA, DIV_AS, DIV_SA = range(9)
POW_AA, POW_LOG_A, POW_AS, POW_SA, EXP_A, LOG_A, EXP_AS, EXP_AA, A_EXP_AS = range(9, 18)

# Exponents for which products or roots beat the logarithm that columns have at hand.
_QUICK = (2.0, 3.0, 0.5, -1.0, -2.0)


@njit(cache=True, error_model="numpy")
def make_plan(code, constants, positive, planning, exact):
    """Write the instructions of ``code`` into ``planning``.

    Parameters
    ----------
    positive : (n_variables,) whether a variable is >= 0 everywhere, so that its logarithm will do.
    exact : leave out what is equal in value but not in its derivatives by the constants.

    Returns
    -------
    Their number, the operand that holds the result (SCALAR, a column or a slot), its value if that
    is SCALAR, and the number of constants.
    """
    n_columns = 2 * positive.size
    stack, values, slopes = planning.stack, planning.stack_scalars, planning.stack_slopes
    n_constants = np.int64(0)
    for t in range(code.size):
        n_constants += code[t] == CONSTANT
    top = np.int64(-1)
    n = np.int64(0)
    seen = 0
    for t in range(code.size):
        token = code[t]
        if token == END:
            break
        if token >= 0:
            top += 1
            stack[top] = token
        elif token == CONSTANT:
            top += 1
            stack[top] = SCALAR
            values[top] = constants[seen]
            for c in range(n_constants):
                slopes[top, c] = 1.0 if c == seen else 0.0
            seen += 1
        elif token in (EXP, LOG):
            if stack[top] == SCALAR:
                _fold(token, top, top, n_constants, planning)
            elif token == LOG and stack[top] < n_columns // 2:
                stack[top] += n_columns // 2
            else:
                out = _slot(top, stack[top], n_columns)
                _write(planning, n, EXP_A if token == EXP else LOG_A, stack[top], SCALAR, out, 1.0)
                stack[top] = out
                n += 1
        else:
            top -= 1
            if stack[top] == SCALAR and stack[top + 1] == SCALAR:
                _fold(token, top, top + 1, n_constants, planning)
            elif stack[top] == SCALAR:
                n = _scalar_array(token, top, n, n_columns, n_constants, planning)
            elif stack[top + 1] == SCALAR:
                n = _array_scalar(token, top, n, n_columns, n_constants, positive, planning, exact)
            else:
                n = _array_array(token, top, n, n_columns, positive, planning, exact)
    return n, stack[0], values[0], n_constants


@njit(cache=True, error_model="numpy", inline="always")
def _slot(top, taken, n_columns):
    """The slot of this place on the stack that is not ``taken``."""
    out = n_columns + 2 * top
    return out + 1 if out == taken else out


@njit(cache=True, error_model="numpy", inline="always")
def _write(planning, n, instruction, a, b, out, scalar):
    planning.plan[n, 0] = instruction
    planning.plan[n, 1] = a
    planning.plan[n, 2] = b
    planning.plan[n, 3] = out
    planning.scalars[n] = scalar


@njit(cache=True, error_model="numpy")
def _fold(token, i, j, n_constants, planning):
    """Replace the scalars i and j of the stack by the result of an operation on them."""
    a, b = planning.stack_scalars[i], planning.stack_scalars[j]
    by_a, by_b = 1.0, 1.0
    if token == ADD:
        z = a + b
    elif token == SUBTRACT:
        z = a - b
        by_b = -1.0
    elif token == MULTIPLY:
        z = a * b
        by_a, by_b = b, a
    elif token == DIVIDE:
        z = a / b
        by_a, by_b = 1.0 / b, -z / b
    elif token == POWER:
        z = a**b if a >= 0 or math.floor(b) == b else math.nan
        by_a = b * a ** (b - 1.0)
        by_b = z * math.log(a) if a > 0 else 0.0
    elif token == EXP:
        z = math.exp(a)
        by_a, by_b = z, 0.0
    elif token == LOG:
        z = math.log(a) if a > 0 else (-math.inf if a == 0 else math.nan)
        by_a, by_b = 1.0 / a, 0.0
    else:
        z = math.exp(a * b)
        by_a, by_b = z * b, z * a
    planning.stack_scalars[i] = z
    for c in range(n_constants):
        slope = by_a * planning.stack_slopes[i, c]
        if i != j:
            slope += by_b * planning.stack_slopes[j, c]
        planning.stack_slopes[i, c] = slope


@njit(cache=True, error_model="numpy", inline="always")
def _scalar_array(token, top, n, n_columns, n_constants, planning):
    b = planning.stack[top + 1]
    instruction = EXP_AS
    if token == ADD:
        instruction = ADD_AS
    elif token == SUBTRACT:
        instruction = SUB_SA
    elif token == MULTIPLY:
        instruction = MUL_AS
    elif token == DIVIDE:
        instruction = DIV_SA
    elif token == POWER:
        instruction = POW_SA
    for c in range(n_constants):
        planning.slopes[n, c] = planning.stack_slopes[top, c]
    out = _slot(top, b, n_columns)
    _write(planning, n, instruction, b, SCALAR, out, planning.stack_scalars[top])
    planning.stack[top] = out
    return n + 1


@njit(cache=True, error_model="numpy", inline="always")
def _array_scalar(token, top, n, n_columns, n_constants, positive, planning, exact):
    a = planning.stack[top]
    scalar = planning.stack_scalars[top + 1]
    out = _slot(top, a, n_columns)
    instruction = EXP_AS
    slope = 1.0  # of the instruction's scalar by the program's
    if token == ADD:
        instruction = ADD_AS
    elif token == SUBTRACT:
        instruction = ADD_AS
        scalar, slope = -scalar, -1.0
    elif token == MULTIPLY:
        instruction = MUL_AS
    elif token == DIVIDE:
        instruction = DIV_AS
        inverse = 1.0 / scalar
        if inverse != 0.0 and abs(inverse) < math.inf:
            instruction = MUL_AS
            scalar, slope = inverse, -inverse * inverse
    elif token == POWER:
        if scalar == 0.0 and not exact:
            planning.stack[top] = SCALAR
            planning.stack_scalars[top] = 1.0
            for c in range(n_constants):
                planning.stack_slopes[top, c] = 0.0
            return n
        if scalar == 1.0 and not exact:
            return n
        instruction = POW_AS
        known = a < n_columns // 2 and positive[a]
        if known and scalar != 0.0 and scalar not in _QUICK:
            instruction = EXP_AS
            a += n_columns // 2
        elif not exact and math.floor(scalar) != scalar and scalar != 0.5:
            # Two short loops beat one that holds both polynomials.
            _write(planning, n, LOG_A, a, SCALAR, out, 1.0)
            n += 1
            a = out
            out = _slot(top, a, n_columns)
            instruction = EXP_AS
    for c in range(n_constants):
        planning.slopes[n, c] = slope * planning.stack_slopes[top + 1, c]
    _write(planning, n, instruction, a, SCALAR, out, scalar)
    planning.stack[top] = out
    return n + 1


@njit(cache=True, error_model="numpy", inline="always")
def _array_array(token, top, n, n_columns, positive, planning, exact):
    a, b = planning.stack[top], planning.stack[top + 1]
    out = _slot(top, a, n_columns)
    if not exact and n > 0 and (token in (DIVIDE, MULTIPLY)):
        last, x, made = planning.plan[n - 1, 0], planning.plan[n - 1, 1], planning.plan[n - 1, 3]
        if last in (EXP_A, EXP_AS):
            # a / exp(s x) = a exp(-s x): one pass and no division
            if b == made and a != made:
                factor = planning.scalars[n - 1] if token == MULTIPLY else -planning.scalars[n - 1]
                _write(planning, n - 1, A_EXP_AS, a, x, out, factor)
                planning.stack[top] = out
                return n
            if a == made and b != made and token == MULTIPLY:
                _write(planning, n - 1, A_EXP_AS, b, x, made, planning.scalars[n - 1])
                return n
    instruction = EXP_AA
    if token == ADD:
        instruction = ADD_AA
    elif token == SUBTRACT:
        instruction = SUB_AA
    elif token == MULTIPLY:
        instruction = MUL_AA
    elif token == DIVIDE:
        instruction = DIV_AA
    elif token == POWER:
        instruction = POW_AA
        if a < n_columns // 2 and positive[a]:
            instruction = POW_LOG_A
            a += n_columns // 2
    _write(planning, n, instruction, a, b, out, 0.0)
    planning.stack[top] = out
    return n + 1
