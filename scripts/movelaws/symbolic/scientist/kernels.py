"""Compiled values and slopes of one tree on a block of rows.

Prefix code is run from its end: leaves are pushed, an operation finds its first argument on top.
Slopes are exact (forward mode) in the constants that a subtree contains; a bit mask says which.
"""

import math

import numpy as np
from numba import njit

from movelaws.copying import copy_into
from movelaws.symbolic.scientist.alphabet import (
    ABS,
    ADD,
    COS,
    COSH,
    CUBE,
    DIVIDE,
    EXP,
    FACTORIAL,
    LOG,
    MULTIPLY,
    NEGATE,
    POWER,
    SIN,
    SINH,
    SQRT,
    SQUARE,
    TAN,
    TANH,
)
from movelaws.symbolic.vector_math import exp_into, log_into, product_exp_into

BLOCK = 256  # rows; values and slopes of the top of the stack then stay in the first cache
DEPTH = 32  # a tree of 60 symbols needs at most 31 places
CONSTANTS = 6


def scratch() -> tuple[np.ndarray, ...]:
    """Stack of values, of slopes and of masks; inner derivatives of an operation and two spares."""
    return (
        np.empty((DEPTH, BLOCK)),
        np.empty((DEPTH, CONSTANTS, BLOCK)),
        np.zeros(DEPTH, dtype=np.int64),
        np.empty((4, BLOCK)),
    )


@njit(cache=True, error_model="numpy")
def run(code, constants, columns, start, stop, slopes_too, work):
    """Leave values (and slopes) of rows ``start`` to ``stop`` at the bottom of the stack."""
    values, slopes, masks, inner = work
    n = stop - start
    n_variables = columns.shape[0]
    top = -1
    for at in range(code.size - 1, -1, -1):
        symbol = code[at]
        if symbol >= 0:
            top += 1
            masks[top] = 0
            if symbol < n_variables:
                copy_into(columns[symbol, start:stop], values[top])
            else:
                constant = symbol - n_variables
                values[top, :n] = constants[constant]
                if slopes_too:
                    masks[top] = 1 << constant
                    slopes[top, constant, :n] = 1.0
        elif symbol >= POWER:
            top -= 1
            _binary(symbol, values[top + 1], values[top], inner, masks[top + 1] | masks[top], n)
            _join(slopes[top + 1], slopes[top], masks[top + 1], masks[top], inner, n)
            masks[top] |= masks[top + 1]
        else:
            _unary(symbol, values[top], inner, masks[top], n)
            for k in range(CONSTANTS):
                if masks[top] >> k & 1:
                    for row in range(n):
                        slopes[top, k, row] *= inner[0, row]


@njit(cache=True, error_model="numpy")
def _binary(symbol, first, second, inner, mask, n):
    """Value into ``second``; derivatives in both arguments into ``inner`` if any mask is set."""
    if symbol == ADD:
        if mask:
            inner[:, :n] = 1.0
        for row in range(n):
            second[row] += first[row]
    elif symbol == MULTIPLY:
        for row in range(n):
            inner[0, row] = second[row]
            inner[1, row] = first[row]
            second[row] *= first[row]
    elif symbol == DIVIDE:
        for row in range(n):
            inner[0, row] = 1.0 / second[row]
            ratio = first[row] / second[row]
            inner[1, row] = -ratio * inner[0, row]
            second[row] = ratio
    else:
        _power(first, second, inner, mask, n)


@njit(cache=True, error_model="numpy")
def _power(first, second, inner, mask, n):
    least = np.inf
    for row in range(n):
        least = min(least, first[row]) if first[row] == first[row] else -np.inf
    if not least > 0.0:
        _power_of_any(first, second, inner, n)
        return
    # The vectorised loops need results apart from what they read.
    logs, value = inner[2], inner[3]
    log_into(first[:n], logs)
    product_exp_into(second[:n], logs[:n], value)
    if mask:
        for row in range(n):
            inner[0, row] = second[row] * value[row] / first[row]
            inner[1, row] = value[row] * logs[row]
    copy_into(value[:n], second)


@njit(cache=True, error_model="numpy")
def _power_of_any(first, second, inner, n):
    """Powers of bases that are not all positive."""
    for row in range(n):
        base, exponent = first[row], second[row]
        value = base**exponent
        if base > 0:
            inner[0, row] = exponent * value / base
            inner[1, row] = value * math.log(base)
        else:
            inner[0, row] = exponent * base ** (exponent - 1.0)
            inner[1, row] = 0.0  # here only whole exponents have a value
        second[row] = value


@njit(cache=True, error_model="numpy")
def _join(first, second, of_first, of_second, inner, n):
    """Slopes of an operation from those of its arguments (chain rule)."""
    for k in range(CONSTANTS):
        if of_first >> k & 1:
            if of_second >> k & 1:
                for row in range(n):
                    second[k, row] = inner[0, row] * first[k, row] + inner[1, row] * second[k, row]
            else:
                for row in range(n):
                    second[k, row] = inner[0, row] * first[k, row]
        elif of_second >> k & 1:
            for row in range(n):
                second[k, row] *= inner[1, row]


@njit(cache=True, error_model="numpy")
def _unary(symbol, value, buffers, mask, n):
    """Value in place; derivative into the first buffer if the mask is set."""
    inner, spare = buffers[0], buffers[2]
    if symbol == NEGATE:
        for row in range(n):
            value[row] = -value[row]
            inner[row] = -1.0
    elif symbol == EXP:
        exp_into(value[:n], inner)
        copy_into(inner[:n], value)
    elif symbol == LOG:
        log_into(value[:n], spare)
        for row in range(n):
            inner[row] = 1.0 / value[row]
            value[row] = spare[row]
    elif symbol == SQRT:
        for row in range(n):
            value[row] = math.sqrt(value[row])
            inner[row] = 0.5 / value[row]
    elif symbol == SQUARE:
        for row in range(n):
            inner[row] = 2.0 * value[row]
            value[row] *= value[row]
    elif symbol == CUBE:
        for row in range(n):
            square = value[row] * value[row]
            inner[row] = 3.0 * square
            value[row] *= square
    elif symbol == ABS:
        for row in range(n):
            inner[row] = -1.0 if value[row] < 0 else 1.0
            value[row] = abs(value[row])
    else:
        _seldom(symbol, value, inner, mask, n)


@njit(cache=True, error_model="numpy")
def _seldom(symbol, value, inner, mask, n):
    """Trigonometric and hyperbolic functions and the factorial, Gamma(x + 1)."""
    for row in range(n):
        x = value[row]
        y, slope = np.nan, 0.0
        if symbol == SIN:
            y = math.sin(x)
            if mask:
                slope = math.cos(x)
        elif symbol == COS:
            y = math.cos(x)
            if mask:
                slope = -math.sin(x)
        elif symbol == TAN:
            y = math.tan(x)
            slope = 1.0 + y * y
        elif symbol == SINH:
            y = math.sinh(x)
            if mask:
                slope = math.cosh(x)
        elif symbol == COSH:
            y = math.cosh(x)
            if mask:
                slope = math.sinh(x)
        elif symbol == TANH:
            y = math.tanh(x)
            slope = 1.0 - y * y
        elif symbol == FACTORIAL:
            y = math.gamma(x + 1.0)
            if mask:
                slope = y * _digamma(x + 1.0)
        value[row] = y
        inner[row] = slope


@njit(cache=True, error_model="numpy")
def _digamma(x):
    """Derivative of ln Gamma: recurrence up to 8, then the asymptotic series (error < 1e-10)."""
    if not x > -100.0:  # slopes at such poles are of no use
        return np.nan
    below = 0.0
    while x < 8.0:
        below -= 1.0 / x
        x += 1.0
    u = 1.0 / (x * x)
    return below + math.log(x) - 0.5 / x - u * (1 / 12 - u * (1 / 120 - u * (1 / 252 - u / 240)))
