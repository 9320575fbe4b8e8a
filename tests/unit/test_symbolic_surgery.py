"""Programs under the knife: always valid, never above the limits, reduced to the same law."""

import numpy as np
import pytest
from numba import njit

from movelaws.symbolic import tokens
from movelaws.symbolic._evolution_mutations import (
    CROSSOVER,
    MUTATIONS,
    OPTIMISE,
    crossed,
    mutated,
    random_tree,
)
from movelaws.symbolic._evolution_random import below, choice, normal, states, uniform
from movelaws.symbolic._evolution_reduction import reduced
from movelaws.symbolic._surgery import (
    Limits,
    closed,
    complexity_between,
    is_valid,
    opened,
    replace,
    spare_program,
    start_of,
)
from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    END,
    EXP,
    LOG,
    LONGEST,
    MULTIPLY,
    POWER,
    SUBTRACT,
    Program,
)

C = CONSTANT
LIMITS = Limits(19, 19, 6)
N_VARIABLES = 3
ORIGIN_ONLY = np.array([True, False, False])  # r, w, d


def program(code, *constants):
    return Program(np.array(code, dtype=np.int8), np.array(constants, dtype=float))


def value_of(law, rows):
    """An interpreter of its own, with NumPy."""
    stack, constants = [], iter(law.constants)
    for token in law.code:
        if token >= 0:
            stack.append(rows[token])
        elif token == CONSTANT:
            stack.append(np.full(rows.shape[1], next(constants)))
        elif token in tokens.UNARY:
            stack.append({EXP: np.exp, LOG: np.log}[int(token)](stack.pop()))
        else:
            b, a = stack.pop(), stack.pop()
            operation = {
                ADD: np.add,
                SUBTRACT: np.subtract,
                MULTIPLY: np.multiply,
                DIVIDE: np.divide,
                POWER: np.power,
                BASE: lambda k, x: np.exp(k * x),
            }[int(token)]
            stack.append(operation(a, b))
    (result,) = stack
    return result


def shares(law, rows):
    f = value_of(law, rows)
    return f / f.sum()


def after_reduction(law):
    code, value, n = opened(law)
    scratch = spare_program()
    n = reduced(code, value, n, ORIGIN_ONLY, scratch.code, scratch.value)
    code[n:] = END
    return closed(code, value)


@pytest.fixture
def rows():
    random = np.random.default_rng(1)
    rows = random.uniform(0.5, 3.0, (N_VARIABLES, 40))
    rows[0] = 1.7  # the same for all rows of the one origin
    return rows


@njit
def many_mutations(seed_state, limits, origin_only, count, scratch, code, value, other, numbers):
    """Apply random mutations one after another; returns how many broke a rule, and successes."""
    n_variables = origin_only.size
    n = random_tree(code, value, 3, n_variables, seed_state)
    m = random_tree(other, numbers, 9, n_variables, seed_state)
    m = reduced(other, numbers, m, origin_only, scratch.code, scratch.value)
    before, values_before = code.copy(), value.copy()
    done = np.zeros(len(MUTATIONS), dtype=np.int64)
    broken = 0
    room = Limits(limits.complexity + 4, limits.complexity + 4, LONGEST)
    for _ in range(count):
        before[:] = code
        values_before[:] = value
        old = n
        kind = below(seed_state, len(MUTATIONS))
        if kind == CROSSOVER:
            n = crossed(code, value, n, other, numbers, m, seed_state, scratch)
        elif kind != OPTIMISE:
            n = mutated(kind, code, value, n, n_variables, limits.complexity, seed_state, scratch)
        good = n > 0 and is_valid(code, value, n, room)
        if good:
            n = reduced(code, value, n, origin_only, scratch.code, scratch.value)
            broken += start_of(code, n) != 0  # well formed, whatever its numbers
            good = is_valid(code, value, n, limits)
        if good:
            done[kind] += 1
            broken += complexity_between(code, 0, n) > limits.complexity
            broken += (code[:n] == CONSTANT).sum() > limits.constants
        else:
            code[:] = before
            value[:] = values_before
            n = old
    return broken, done


@pytest.mark.parametrize("limits", [LIMITS, Limits(7, 1, 2), Limits(31, 31, 15)])
def test_mutations_keep_programs_valid(limits):
    scratch, first, second = spare_program(), spare_program(), spare_program()
    broken, done = many_mutations(
        states(3, 1)[0],
        limits,
        ORIGIN_ONLY,
        20_000,
        scratch,
        first.code,
        first.value,
        second.code,
        second.value,
    )
    assert broken == 0
    assert (done > 50).all(), dict(zip(MUTATIONS, done, strict=True))


def test_reduction_keeps_the_allocation(rows):
    """Whatever reduction does, positive arguments given, no share of an origin changes."""
    state = states(5, 1)[0]
    compared = 0
    for _ in range(4000):
        code, value = np.full(LONGEST, END, np.int8), np.zeros(LONGEST)
        n = random_tree(code, value, 2 + below(state, 10), N_VARIABLES, state)
        if not is_valid(code, value, n, LIMITS):
            continue
        code[n:] = END
        law = closed(code, np.abs(value))  # negative arguments of powers are not preserved
        if np.isin(law.code, (SUBTRACT, LOG)).any():
            continue
        with np.errstate(all="ignore"):
            before, after = shares(law, rows), shares(after_reduction(law), rows)
        if np.isfinite(before).all() and np.isfinite(after).all():
            np.testing.assert_allclose(after, before, rtol=1e-6, atol=1e-12)
            compared += 1
    assert compared > 500


R, W, D = 0, 1, 2


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (program([W, D, DIVIDE, C, MULTIPLY], 3.0), [W, D, DIVIDE]),
        (program([R, W, MULTIPLY, D, DIVIDE], *[]), [W, D, DIVIDE]),
        (program([W, D, R, MULTIPLY, DIVIDE]), [W, D, DIVIDE]),
        (program([W, D, C, MULTIPLY, C, POWER, DIVIDE], 3.0, 2.0), [W, D, C, POWER, DIVIDE]),
        (program([D, C, ADD, C, SUBTRACT, W, MULTIPLY], 3.0, 1.0), [D, C, ADD, W, MULTIPLY]),
        (program([C, C, D, SUBTRACT, SUBTRACT, W, MULTIPLY], 3, 1), [D, C, ADD, W, MULTIPLY]),
        (program([W, D, C, MULTIPLY, EXP, DIVIDE], 0.04), [W, C, D, BASE, DIVIDE]),
        (program([W, C, D, BASE, C, POWER, DIVIDE], 0.1, 2.0), [W, C, D, BASE, DIVIDE]),
        (program([W, LOG, EXP]), [W]),
        (program([W, D, R, ADD, EXP, MULTIPLY]), [W, D, EXP, MULTIPLY]),
        (program([C, D, BASE, LOG, W, ADD], 0.1), [D, C, MULTIPLY, W, ADD]),
        (program([C, W, POWER], 2.0), [C, W, BASE]),
        (program([W, D, R, ADD, DIVIDE]), [W, D, R, ADD, DIVIDE]),  # no factor: nothing to take
        (program([R]), [R]),
    ],
)
def test_disguises_come_off(law, expected, rows):
    after = after_reduction(law)
    np.testing.assert_array_equal(after.code, expected)
    np.testing.assert_allclose(shares(after, rows), shares(law, rows))


@pytest.mark.parametrize(
    "broken",
    [
        program([W, D]),
        program([ADD]),
        program([W, D, D, ADD, POWER]),
        program([C, D, POWER], 2.0),
        program([W, D, BASE]),
        program([C, D, W, ADD, BASE], 0.1),
        program([W, C, ADD], 1e13),
        program([W, C, ADD], np.nan),
        program([W, C, ADD, C, ADD, C, ADD], 1.0, 1.0, 1.0),
    ],
)
def test_what_is_no_program_is_refused(broken):
    assert not is_valid(*opened(broken), Limits(19, 19, 2))


def test_limits_of_complexity_and_arguments():
    law = opened(program([W, D, D, MULTIPLY, EXP, DIVIDE]))  # w / exp(d d): complexity 7
    assert is_valid(*law, Limits(7, 3, 0))
    assert not is_valid(*law, Limits(6, 3, 0))
    assert not is_valid(*law, Limits(7, 2, 0))


def test_replacing_beyond_the_longest_program_does_nothing():
    code, value, n = opened(program([W, D, ADD]))
    long, numbers = np.zeros(LONGEST, np.int8), np.zeros(LONGEST)
    before = code.copy()
    assert replace(code, value, n, 0, 1, long, numbers, LONGEST) == -1
    np.testing.assert_array_equal(code, before)


def test_random_numbers_have_their_distributions():
    state = states(7, 2)[0]
    numbers = np.array([uniform(state) for _ in range(4000)])
    assert ((numbers >= 0) & (numbers < 1)).all()
    assert abs(numbers.mean() - 0.5) < 0.02
    gaussian = np.array([normal(state) for _ in range(4000)])
    assert abs(gaussian.mean()) < 0.06
    assert abs(gaussian.std() - 1) < 0.05
    kinds = np.array([choice(state, np.array([1.0, 1.0, 4.0])) for _ in range(4000)])
    assert not (kinds == 1).any()
    assert abs((kinds == 2).mean() - 0.75) < 0.03


def test_random_states_are_distinct_and_from_the_seed():
    np.testing.assert_array_equal(states(1, 3), states(1, 3))
    assert len(np.unique(states(1, 3))) == 12
    assert (states(1, 3) != states(2, 3)).all()
