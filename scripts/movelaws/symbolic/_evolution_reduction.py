"""Reduction of programs in compiled code: no law is looked at twice in a longer disguise.

Every candidate is reduced before it is scored: constants are folded, and factors that allocation
cancels (constants and what depends on the origin only) are taken off. The other rules assume
positive arguments, e.g. (x^a)^b = x^(a b); a candidate may differ from what it was reduced from,
since only what is scored counts.
"""

import math

import numpy as np
from numba import njit

from movelaws.symbolic._surgery import arity, cut, put, start_of, swap_blocks
from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
)


@njit(cache=True, error_model="numpy")
def reduced(code, value, n, origin_only, spare_code, spare_value):
    """Apply all rules until none applies; returns the number of tokens left."""
    for _ in range(60):  # every rule shortens or orders the program; the bound is for safety only
        changed = False
        k = 0
        while k < n:
            m = _rewritten_at(code, value, n, k, spare_code, spare_value)
            if m != 0:
                n = abs(m)
                changed = True
                k = -1
            k += 1
        m = _without_a_factor(code, value, n, origin_only)
        if m == n and not changed:
            return n
        n = m
    return n


@njit(cache=True, error_model="numpy")
def _rewritten_at(code, value, n, k, spare_code, spare_value):
    """Apply a rule whose root is token k; returns the new number of tokens, 0 if none applies."""
    token = code[k]
    if arity(token) == 0:
        return 0
    if arity(token) == 1:
        return _unary(code, value, n, k)
    right = start_of(code, k)
    left = start_of(code, right)
    left_constant = right == left + 1 and code[left] == CONSTANT
    right_constant = k == right + 1 and code[right] == CONSTANT
    if left_constant and right_constant:
        value[left] = _applied(token, value[left], value[right])
        return cut(code, value, n, left + 1, k + 1)
    if token == BASE:
        return 0
    same_leaf = right == left + 1 and k == right + 1 and code[left] == code[right]
    if same_leaf and token in (SUBTRACT, DIVIDE):
        code[left] = CONSTANT
        value[left] = 0.0 if token == SUBTRACT else 1.0
        return cut(code, value, n, left + 1, k + 1)
    if left_constant and token == POWER:
        if k == right + 1 and code[right] >= 0 and value[left] > 0:
            code[k] = BASE
            value[left] = math.log(value[left])
            return n
        return 0
    if left_constant and token in (ADD, MULTIPLY):
        swap_blocks(code, value, left, right, k, spare_code, spare_value)
        return n
    if right_constant and token == SUBTRACT:
        code[k] = ADD
        value[right] = -value[right]
        return n
    if right_constant and token == DIVIDE:
        code[k] = MULTIPLY
        value[right] = 1.0 / value[right]
        return n
    if right_constant:
        return _constant_right(code, value, n, k)
    if left_constant:
        return _constant_left(code, value, n, k, left)
    return 0


@njit(cache=True, error_model="numpy")
def _applied(token, a, b):
    if token == ADD:
        return a + b
    if token == SUBTRACT:
        return a - b
    if token == MULTIPLY:
        return a * b
    if token == DIVIDE:
        return a / b
    if token == POWER:
        return a**b
    return math.exp(a * b)


@njit(cache=True, error_model="numpy")
def _unary(code, value, n, k):
    below = code[k - 1]
    if below == CONSTANT:
        number = value[k - 1]
        value[k - 1] = math.exp(number) if code[k] == EXP else math.log(number)
        return cut(code, value, n, k, k + 1)
    if (code[k] == EXP and below == LOG) or (code[k] == LOG and below == EXP):
        return cut(code, value, n, k - 1, k + 1)
    if code[k] == LOG and below == BASE:  # ln exp(k x) = k x
        code[k - 1] = MULTIPLY
        return cut(code, value, n, k, k + 1)
    rate = below == MULTIPLY and code[k - 2] == CONSTANT and code[k - 3] >= 0
    if rate and code[k] == EXP:  # exp(x c), x a variable, is a power of a constant
        code[k - 2] = code[k - 3]
        code[k - 3] = CONSTANT
        value[k - 3] = value[k - 2]
        code[k - 1] = BASE
        return cut(code, value, n, k, k + 1)
    return 0


@njit(cache=True, error_model="numpy")
def _constant_right(code, value, n, k):
    """Merge the constant of x op c with one inside x."""
    token = code[k]
    inner = k - 2
    if arity(code[inner]) != 2:
        return 0
    c = value[k - 1]
    right = start_of(code, inner)
    left = start_of(code, right)
    if code[inner] == BASE:  # (b^x)^c
        if token != POWER:
            return 0
        value[left] *= c
        return cut(code, value, n, k - 1, k + 1)
    if right == inner - 1 and code[right] == CONSTANT and code[inner] == token:
        if token == ADD:
            value[right] += c
        else:  # (x b) c and (x^b)^c
            value[right] *= c
        return cut(code, value, n, k - 1, k + 1)
    if right == left + 1 and code[left] == CONSTANT:
        if token == ADD and code[inner] == SUBTRACT:
            value[left] += c
            return cut(code, value, n, k - 1, k + 1)
        if token == MULTIPLY and code[inner] == DIVIDE:
            value[left] *= c
            return cut(code, value, n, k - 1, k + 1)
    return 0


@njit(cache=True, error_model="numpy")
def _constant_left(code, value, n, k, at):
    """Merge the constant of c - x and c / x with one inside x."""
    token = code[k]
    inner = k - 1
    if arity(code[inner]) != 2 or code[inner] == BASE:
        return 0
    right = start_of(code, inner)
    left = start_of(code, right)
    if right == inner - 1 and code[right] == CONSTANT:  # c - (x + b) = (c - b) - x
        matches = (token == SUBTRACT and code[inner] == ADD) or (
            token == DIVIDE and code[inner] == MULTIPLY
        )
        if not matches:
            return 0
        value[at] = _applied(token, value[at], value[right])
        return cut(code, value, n, right, inner + 1)
    same = right == left + 1 and code[left] == CONSTANT and code[inner] == token
    if same and token in (SUBTRACT, DIVIDE):  # c - (b - x) = x + (c - b)
        merged = _applied(token, value[at], value[left])
        code[k] = ADD if token == SUBTRACT else MULTIPLY
        m = cut(code, value, n, inner, inner + 1)
        m = cut(code, value, m, left, left + 1)
        m = cut(code, value, m, at, at + 1)
        return put(code, value, m, k - 3, CONSTANT, merged)
    return 0


@njit(cache=True, error_model="numpy")
def _cancels(code, start, stop, origin_only):
    """Whether the tokens hold nothing but constants and variables of the origin."""
    for k in range(start, stop):  # noqa: SIM110 (Numba compiles no generators)
        if code[k] >= 0 and not origin_only[code[k]]:
            return False
    return True


@njit(cache=True, error_model="numpy")
def _without_a_factor(code, value, n, origin_only):
    """Take off one factor of the whole law that allocation cancels; returns the tokens left."""
    if _cancels(code, 0, n, origin_only):
        return n
    factor = np.zeros(n, dtype=np.bool_)  # roots of factors of the law
    term = np.zeros(n, dtype=np.bool_)  # roots of terms of the logarithm of such a factor
    factor[n - 1] = True
    for k in range(n - 1, -1, -1):
        token = code[k]
        if not (factor[k] or term[k]) or arity(token) == 0:
            continue
        if arity(token) == 1:
            term[k - 1] = factor[k] and token == EXP
            continue
        right = start_of(code, k)
        left = start_of(code, right)
        of_product = factor[k] and token in (MULTIPLY, DIVIDE)
        of_sum = term[k] and token in (ADD, SUBTRACT)
        if of_product or of_sum:
            if _cancels(code, right, k, origin_only):
                return cut(code, value, n, right, k + 1)
            if _cancels(code, left, right, origin_only):
                if token in (MULTIPLY, ADD):
                    return cut(code, value, cut(code, value, n, k, k + 1), left, right)
                if right > left + 1 or code[left] != CONSTANT:
                    code[left] = CONSTANT
                    value[left] = 1.0
                    return cut(code, value, n, left + 1, right)
            factor[right - 1] = factor[k - 1] = of_product
            term[right - 1] = term[k - 1] = of_sum
        elif factor[k] and token == POWER and _cancels(code, right, k, origin_only):
            factor[right - 1] = True
    return n
