"""Mutations and crossover of programs in compiled code, with random leaves and random trees.

Each mutation changes (code, value) in place and returns the new number of tokens, or -1 if there
was nothing to change or no room. It may leave the grammar: the caller reduces the result, asks
``is_valid`` and tries again.

References
----------
M. Cranmer (2023), arXiv:2305.01582, Sec. 3, for the kinds of mutation.
"""

import math

from numba import njit

from movelaws.symbolic._evolution_random import below, normal, uniform
from movelaws.symbolic._surgery import arity, cut, put, replace, start_of, swap_blocks
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

MUTATIONS = (
    "perturb_constant",
    "change_operator",
    "change_leaf",
    "insert_node",
    "delete_node",
    "extend_top",
    "swap_operands",
    "new_subtree",
    "new_tree",
    "optimise",
    "crossover",
)
OPTIMISE = MUTATIONS.index("optimise")
CROSSOVER = MUTATIONS.index("crossover")

ANYWHERE, EXPONENT, RATE = 0, 1, 2  # where a constant stands; RATE is the k of exp(k x)


@njit(cache=True, error_model="numpy")
def random_constant(state, role):
    """A constant of the size that its place asks for, over decades where any size may do."""
    if role == EXPONENT:
        size = math.exp(0.7 * normal(state))
        return size if uniform(state) < 0.8 else -size
    if role == RATE:
        size = 10.0 ** (-3.0 + 3.5 * uniform(state))
        return size if uniform(state) < 0.7 else -size
    size = 10.0 ** (-2.5 + 5.0 * uniform(state))
    return size if uniform(state) < 0.8 else -size


@njit(cache=True, error_model="numpy")
def random_operator(state):
    """A binary operator: the four of arithmetic twice as often as the two kinds of power."""
    at = below(state, 10)
    if at < 2:
        return ADD
    if at < 4:
        return SUBTRACT
    if at < 6:
        return MULTIPLY
    if at < 8:
        return DIVIDE
    return POWER if at == 8 else BASE


@njit(cache=True, error_model="numpy")
def _random_leaf(code, value, at, n_variables, role, state):
    code[at] = below(state, n_variables)
    value[at] = 0.0
    if uniform(state) < (0.8 if role == EXPONENT else 0.35):
        code[at] = CONSTANT
        value[at] = random_constant(state, role)


@njit(cache=True, error_model="numpy")
def random_tree(code, value, size, n_variables, state):
    """Write a random program of about ``size`` tokens; returns its number of tokens.

    A variable grows by wrapping: the root or a random leaf takes an operator and a new leaf.
    """
    code[0] = below(state, n_variables)
    value[0] = 0.0
    n = 1
    while n < size:
        m = insert_node(code, value, n, below(state, n), n_variables, state)
        if m < 0:
            return n
        n = m
    return n


@njit(cache=True, error_model="numpy")
def insert_node(code, value, n, k, n_variables, state):
    """Wrap the subtree with root k into a new operator; the other operand is a random leaf."""
    start = start_of(code, k + 1)
    if uniform(state) < 0.12:
        return put(code, value, n, k + 1, EXP if uniform(state) < 0.6 else LOG, 0.0)
    operator = random_operator(state)
    if operator == BASE:
        if code[k] < 0:  # only a variable can be the exponent of a constant
            operator = MULTIPLY
        else:
            n = put(code, value, n, start, CONSTANT, random_constant(state, RATE))
            return put(code, value, n, k + 2, BASE, 0.0) if n > 0 else -1
    leaf_first = operator != POWER and uniform(state) < 0.4
    role = EXPONENT if operator == POWER else ANYWHERE
    n = put(code, value, n, start if leaf_first else k + 1, 0, 0.0)
    if n < 0:
        return -1
    _random_leaf(code, value, start if leaf_first else k + 1, n_variables, role, state)
    return put(code, value, n, k + 2, operator, 0.0)


@njit(cache=True, error_model="numpy")
def _random_place(code, n, operands, state):
    """A random token with at least that many operands; -1 for operands 0 asks for a leaf."""
    count = 0
    chosen = -1
    for k in range(n):
        fits = arity(code[k]) >= operands if operands > 0 else arity(code[k]) == 0
        if fits:
            count += 1
            if below(state, count) == 0:
                chosen = k
    return chosen


@njit(cache=True, error_model="numpy")
def _role_at(code, n, k):
    if k + 1 < n and code[k + 1] == POWER:
        return EXPONENT
    if k + 2 < n and code[k + 2] == BASE:
        return RATE
    return ANYWHERE


@njit(cache=True, error_model="numpy")
def _perturb_constant(code, value, n, state):
    count = 0
    chosen = -1
    for k in range(n):
        if code[k] == CONSTANT:
            count += 1
            if below(state, count) == 0:
                chosen = k
    if chosen < 0:
        return -1
    if uniform(state) < 0.15:
        value[chosen] = random_constant(state, _role_at(code, n, chosen))
    else:
        value[chosen] *= math.exp(0.5 * normal(state))
        if uniform(state) < 0.05:
            value[chosen] = -value[chosen]
    return n


@njit(cache=True, error_model="numpy")
def _change_operator(code, value, n, state):
    k = _random_place(code, n, 1, state)
    if k < 0:
        return -1
    old = code[k]
    if arity(old) == 1:
        code[k] = LOG if old == EXP else EXP
        return n
    new = random_operator(state)
    if new == old:
        return -1
    code[k] = new
    return n


@njit(cache=True, error_model="numpy")
def _change_leaf(code, value, n, n_variables, state):
    k = _random_place(code, n, 0, state)
    old = code[k]
    _random_leaf(code, value, k, n_variables, _role_at(code, n, k), state)
    return n if code[k] != old else -1


@njit(cache=True, error_model="numpy")
def _delete_node(code, value, n, state):
    """Put an operand in the place of an operator."""
    k = _random_place(code, n, 1, state)
    if k < 0:
        return -1
    if arity(code[k]) == 1:
        return cut(code, value, n, k, k + 1)
    right = start_of(code, k)
    if uniform(state) < 0.5:
        return cut(code, value, n, right, k + 1)
    left = start_of(code, right)
    return cut(code, value, cut(code, value, n, k, k + 1), left, right)


@njit(cache=True, error_model="numpy")
def _swap_operands(code, value, n, state, spare):
    k = _random_place(code, n, 2, state)
    if k < 0:
        return -1
    right = start_of(code, k)
    swap_blocks(code, value, start_of(code, right), right, k, spare.code, spare.value)
    return n


@njit(cache=True, error_model="numpy")
def _new_subtree(code, value, n, n_variables, state, spare):
    k = below(state, n)
    m = random_tree(spare.code, spare.value, 1 + below(state, 5), n_variables, state)
    return replace(code, value, n, start_of(code, k + 1), k + 1, spare.code, spare.value, m)


@njit(cache=True, error_model="numpy")
def crossed(code, value, n, other_code, other_value, m, state, spare):
    """Put a random subtree of another program in the place of a random subtree."""
    from_root = below(state, m)
    from_start = start_of(other_code, from_root + 1)
    size = from_root + 1 - from_start
    for k in range(size):
        spare.code[k] = other_code[from_start + k]
        spare.value[k] = other_value[from_start + k]
    at = below(state, n)
    return replace(code, value, n, start_of(code, at + 1), at + 1, spare.code, spare.value, size)


@njit(cache=True, error_model="numpy")
def mutated(kind, code, value, n, n_variables, complexity_max, state, spare):
    """Apply the mutation MUTATIONS[kind], all but the last two, which need more than a program."""
    if kind == 0:
        return _perturb_constant(code, value, n, state)
    if kind == 1:
        return _change_operator(code, value, n, state)
    if kind == 2:
        return _change_leaf(code, value, n, n_variables, state)
    if kind == 3:
        return insert_node(code, value, n, below(state, n), n_variables, state)
    if kind == 4:
        return _delete_node(code, value, n, state)
    if kind == 5:
        return insert_node(code, value, n, n - 1, n_variables, state)
    if kind == 6:
        return _swap_operands(code, value, n, state, spare)
    if kind == 7:
        return _new_subtree(code, value, n, n_variables, state, spare)
    return random_tree(code, value, 1 + below(state, complexity_max), n_variables, state)
