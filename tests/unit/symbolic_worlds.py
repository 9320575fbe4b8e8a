"""Small observations and random programs that the tests of the symbolic kernels share."""

import numpy as np

from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    END,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
    Program,
)

NAMES = ("w_i", "w_j", "d", "s_w")


def world(seed: int, sizes=None, flow=None) -> Observations:
    """Origins with some destinations each; ``flow(columns)`` gives mean flows, noisy without it."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 41, 60) if sizes is None else np.asarray(sizes)
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    n = int(start[-1])
    w_i = np.repeat(rng.lognormal(1, 1, sizes.size), sizes)
    w_j = rng.lognormal(1, 1, n)
    d = rng.uniform(2, 120, n)
    s_w = np.where(rng.random(n) < 0.1, 0.0, rng.lognormal(3, 1, n))
    columns = np.array([w_i, w_j, d, s_w])
    if flow is None:
        flows = rng.poisson(300 * w_j * np.exp(-0.05 * d) + 0.3).astype(float)
    else:
        weights = flow(columns)
        sums = np.add.reduceat(weights, start[:-1])
        flows = weights * np.repeat(rng.uniform(100, 9000, sizes.size) / sums, sizes)
    flows[start[:-1]] += flows[start[:-1]] == 0
    ids = np.arange(n).astype(str)
    return Observations(NAMES, columns, start, flows, np.arange(sizes.size), np.arange(n), ids)


def program(code, *constants: float) -> Program:
    """A program from plain lists."""
    return Program(np.array(code, dtype=np.int8), np.array(constants, dtype=float))


def random_code(rng, n_tokens: int, n_variables: int) -> np.ndarray:
    """A random postfix code of at most ``n_tokens`` tokens."""
    if n_tokens <= 1:
        leaf = CONSTANT if rng.random() < 0.3 else rng.integers(n_variables)
        return np.array([leaf], dtype=np.int8)
    if n_tokens == 2 or rng.random() < 0.2:
        operation = rng.choice([EXP, LOG])
        return np.append(random_code(rng, n_tokens - 1, n_variables), operation).astype(np.int8)
    left = int(rng.integers(1, n_tokens - 1))
    operation = rng.choice([ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, BASE])
    parts = [
        random_code(rng, left, n_variables),
        random_code(rng, n_tokens - 1 - left, n_variables),
    ]
    return np.concatenate([*parts, [operation]]).astype(np.int8)


def reference(one: Program, columns: np.ndarray) -> np.ndarray:
    """Values of a program by NumPy, with exp and powers that are too small for a number 0."""
    stack = []
    constants = iter(one.constants)
    with np.errstate(all="ignore"):
        for token in one.code:
            if token == END:
                break
            if token >= 0:
                stack.append(columns[token])
            elif token == CONSTANT:
                stack.append(np.full(columns.shape[1], next(constants)))
            elif token in (EXP, LOG):
                stack.append(np.exp(stack.pop()) if token == EXP else np.log(stack.pop()))
            else:
                b, a = stack.pop(), stack.pop()
                if token == BASE:
                    stack.append(np.exp(a * b))
                else:
                    function = {
                        ADD: np.add,
                        SUBTRACT: np.subtract,
                        MULTIPLY: np.multiply,
                        DIVIDE: np.divide,
                        POWER: np.power,
                    }[token]
                    stack.append(function(a, b))
            small = np.abs(stack[-1]) < 1e-307
            if token <= POWER and small.any():
                stack[-1] = np.where(small, 0.0, stack[-1])
    return stack.pop()
