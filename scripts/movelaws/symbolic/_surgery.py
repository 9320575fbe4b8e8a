"""Anatomy of postfix programs in compiled code: subtrees, validity, replacing, packing.

A program under the knife is a triple (code, value, n): ``code`` (LONGEST,) int8 tokens, ``value``
(LONGEST,) float64 with the constants at the places of their tokens (so that they travel with the
subtrees), ``n`` the number of tokens. What follows the n-th token is without meaning.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from movelaws.symbolic.tokens import BASE, CONSTANT, END, EXP, LOG, LONGEST, POWER, Program

LARGEST = 1e12  # of the absolute value of a constant: beyond it, sums lose the data's digits


class Limits(NamedTuple):
    """What a program may be: complexity, complexity of arguments of exp and ln, constants."""

    complexity: int
    argument: int
    constants: int


class Spare(NamedTuple):
    """A program's worth of memory; ``packed`` holds its constants as the kernels take them."""

    code: np.ndarray
    value: np.ndarray
    packed: np.ndarray


@njit(cache=True)
def spare_program():
    """Memory for one program."""
    return Spare(np.full(LONGEST, END, dtype=np.int8), np.zeros(LONGEST), np.zeros(LONGEST))


@njit(cache=True, error_model="numpy")
def arity(token):
    """Number of operands: 0 of leaves, 1 of exp and ln, 2 of the rest."""
    if token >= CONSTANT:
        return 0
    if token in (EXP, LOG):
        return 1
    return 2


@njit(cache=True, error_model="numpy")
def start_of(code, stop):
    """First token of the subtree whose root is the token before ``stop``."""
    missing = 1
    at = stop
    while missing > 0:
        at -= 1
        missing += arity(code[at]) - 1
    return at


@njit(cache=True, error_model="numpy")
def complexity_between(code, start, stop):
    """Complexity of the tokens start, ..., stop - 1: exp and ln count 2."""
    total = stop - start
    for k in range(start, stop):
        if code[k] == EXP or code[k] == LOG:
            total += 1
    return total


@njit(cache=True, error_model="numpy")
def length_of(code):
    """Number of tokens before END."""
    for k in range(code.size):
        if code[k] == END:
            return k
    return code.size


@njit(cache=True, error_model="numpy")
def is_valid(code, value, n, limits):
    """Whether the program keeps the grammar and the limits, with constants of sane size.

    The exponent of ^ is a leaf, its base no constant (that is BASE); BASE takes a constant and a
    variable.
    """
    if n < 1 or n > LONGEST or complexity_between(code, 0, n) > limits.complexity:
        return False
    depth = 0
    constants = 0
    for k in range(n):
        token = code[k]
        operands = arity(token)
        if depth < operands:
            return False
        depth += 1 - operands
        if token == CONSTANT:
            constants += 1
            if not abs(value[k]) <= LARGEST:
                return False
        elif token == POWER:
            if arity(code[k - 1]) != 0 or code[k - 2] == CONSTANT:
                return False
        elif token == BASE:
            if code[k - 1] < 0 or code[k - 2] != CONSTANT:
                return False
        elif operands == 1 and complexity_between(code, start_of(code, k), k) > limits.argument:
            return False
    return depth == 1 and constants <= limits.constants


@njit(cache=True, error_model="numpy")
def replace(code, value, n, start, stop, new_code, new_value, m):
    """Put ``m`` new tokens in the place of start, ..., stop - 1.

    Returns the new number of tokens, or -1, with nothing done, if they would not fit.
    """
    shift = m - (stop - start)
    if n + shift > LONGEST:
        return -1
    if shift > 0:
        for k in range(n - 1, stop - 1, -1):
            code[k + shift] = code[k]
            value[k + shift] = value[k]
    elif shift < 0:
        for k in range(stop, n):
            code[k + shift] = code[k]
            value[k + shift] = value[k]
    for k in range(m):
        code[start + k] = new_code[k]
        value[start + k] = new_value[k]
    return n + shift


@njit(cache=True, error_model="numpy")
def cut(code, value, n, start, stop):
    """Remove the tokens start, ..., stop - 1 and return the new number of tokens."""
    for k in range(stop, n):
        code[k + start - stop] = code[k]
        value[k + start - stop] = value[k]
    return n - (stop - start)


@njit(cache=True, error_model="numpy")
def put(code, value, n, at, token, number):
    """Insert one token before place ``at``; returns the new number of tokens or -1 if full."""
    if n + 1 > LONGEST:
        return -1
    for k in range(n, at, -1):
        code[k] = code[k - 1]
        value[k] = value[k - 1]
    code[at] = token
    value[at] = number
    return n + 1


@njit(cache=True, error_model="numpy")
def swap_blocks(code, value, start, middle, stop, spare_code, spare_value):
    """Exchange the neighbouring blocks [start, middle) and [middle, stop)."""
    for k in range(start, middle):
        spare_code[k] = code[k]
        spare_value[k] = value[k]
    shift = middle - start
    for k in range(middle, stop):
        code[k - shift] = code[k]
        value[k - shift] = value[k]
    for k in range(start, middle):
        code[k + stop - middle] = spare_code[k]
        value[k + stop - middle] = spare_value[k]


@njit(cache=True, error_model="numpy")
def packed(code, value, n, constants):
    """Write the constants, in the order of their tokens, and return how many there are."""
    count = 0
    for k in range(n):
        if code[k] == CONSTANT:
            constants[count] = value[k]
            count += 1
    return count


@njit(cache=True, error_model="numpy")
def unpacked(code, value, n, constants):
    """Put constants back to the places of their tokens."""
    count = 0
    for k in range(n):
        if code[k] == CONSTANT:
            value[k] = constants[count]
            count += 1


def opened(program: Program) -> tuple[np.ndarray, np.ndarray, int]:
    """A program as (code, value, n), ready for the functions above."""
    code = np.full(LONGEST, END, dtype=np.int8)
    value = np.zeros(LONGEST)
    n = program.code.size
    code[:n] = program.code
    value[:n][program.code == CONSTANT] = program.constants
    return code, value, n


def closed(code: np.ndarray, value: np.ndarray) -> Program:
    """The program of a row of codes that ends by END, and of its values."""
    code = np.asarray(code)[: length_of(code)]
    return Program(code.copy(), np.array(value[: code.size][code == CONSTANT], dtype=np.float64))
