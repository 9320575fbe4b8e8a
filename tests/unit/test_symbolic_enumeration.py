"""Enumeration of laws: counts, soundness of merging, and completeness against raw trees."""

import itertools

import numpy as np
import pytest

from movelaws.symbolic import _enumeration_classes
from movelaws.symbolic.enumeration import enumerate_programs
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fitting import fit_constants, starting_constants
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
    complexity,
    n_constants,
)

NAMES = ("w_i", "w_j", "d")
N_ORIGINS, N_DESTINATIONS = 12, 5


def raw_trees(n_variables: int, size: int) -> list[tuple[int, ...]]:
    """All postfix codes of a complexity, by the grammar alone."""
    leaves = [(v,) for v in range(n_variables)] + [(CONSTANT,)]
    levels = {1: leaves}
    for c in range(3, size + 1, 2):
        found = []
        for a in range(1, c - 1, 2):
            for left, right in itertools.product(levels[a], levels[c - 1 - a]):
                found += [left + right + (op,) for op in (ADD, SUBTRACT, MULTIPLY, DIVIDE)]
                if len(right) == 1 and left != (CONSTANT,):
                    found.append(left + right + (POWER,))
                if left == (CONSTANT,) and len(right) == 1 and right[0] >= 0:
                    found.append(left + right + (BASE,))
        found += [(*arg, op) for arg in levels[c - 2] for op in (EXP, LOG)]
        levels[c] = found
    return levels[size]


def value(code, constants, columns):
    """Plain evaluation of a postfix code, independent of the kernels."""
    stack, constants = [], iter(constants)
    for token in code:
        if token >= 0:
            stack.append(columns[token])
        elif token == CONSTANT:
            stack.append(np.full(columns.shape[1], next(constants)))
        elif token in (EXP, LOG):
            stack.append((np.exp if token == EXP else np.log)(stack.pop()))
        elif token != END:
            y, x = stack.pop(), stack.pop()
            stack.append(
                {
                    ADD: lambda x, y: x + y,
                    SUBTRACT: lambda x, y: x - y,
                    MULTIPLY: lambda x, y: x * y,
                    DIVIDE: lambda x, y: x / y,
                    POWER: lambda x, y: x**y,
                    BASE: lambda x, y: np.exp(x * y),
                }[token](x, y)
            )
    return stack[0]


def shares(code, constants, columns):
    """(n_origins, n_destinations) allocation, or None if it is not defined."""
    with np.errstate(all="ignore"):
        f = value(code, constants, columns).reshape(N_ORIGINS, N_DESTINATIONS)
        total = f.sum(axis=1)
        out = f / total[:, None]
    return out if (total != 0).all() and np.isfinite(out).all() else None


def domain(code, k, n_variables):
    """Where a law is finite: each variable and all of them 0 or large, constants of both signs."""
    plain = 1.1 + 0.17 * np.arange(n_variables)
    points = [plain, 0 * plain, 800 + plain]
    for v in range(n_variables):
        for change in (0.0, 800 + plain[v]):
            points.append(np.where(np.arange(n_variables) == v, change, plain))
    with np.errstate(all="ignore"):
        columns = np.array(points).T
        f = [value(code, (c,) * k, columns) for c in (0.73, -0.73)]
    return frozenset(np.flatnonzero(np.isfinite(np.concatenate(f))).tolist())


def columns_of(names, seed=5):
    stream = np.random.default_rng(seed)
    columns = stream.uniform(0.3, 2.2, (len(names), N_ORIGINS, N_DESTINATIONS))
    for row, name in enumerate(names):
        if name in ("w_i", "r_i"):
            columns[row] = columns[row, :, :1]
    return columns.reshape(len(names), -1)


def observed(target, columns, names):
    n = N_ORIGINS * N_DESTINATIONS
    start = np.arange(0, n + 1, N_DESTINATIONS)
    ids = np.array([str(i) for i in range(n)])
    return Observations(
        names, columns, start, target.ravel(), np.arange(N_ORIGINS), np.arange(n), ids
    )


@pytest.fixture(scope="module")
def small():
    return enumerate_programs(NAMES, 5)


def test_programs_say_what_the_table_says(small):
    for code, size, k in zip(small.codes, small.complexity, small.n_constants, strict=True):
        assert complexity(code) == size
        assert n_constants(code) == k
    assert (np.diff(small.complexity) >= 0).all()
    for size, count in small.distinct.items():
        assert (small.complexity == size).sum() == count


def test_trees_are_counted_as_a_plain_generator_counts_them(small):
    for size in (1, 3, 5):
        plain = raw_trees(3, size)
        extra = {1: 0, 3: 1, 5: 0}  # the grammar's own count has c^c, which no plain tree needs
        if size < 5:
            assert small.trees[size] == len(plain) + extra[size]
        assert len(set(plain)) == len(plain)


def test_laws_without_constants_are_all_there_and_all_different(small):
    columns = columns_of(NAMES)
    raw = [code for size in (1, 3, 5) for code in raw_trees(3, size) if CONSTANT not in code]
    classes = {}
    for code in raw:
        p = shares(code, (), columns)
        if p is not None:
            classes.setdefault(tuple(np.round(p.ravel(), 9)), complexity(np.array(code)))
    mine = {}
    for code, size in zip(small.codes, small.complexity, strict=True):
        p = None if CONSTANT in code else shares(code, (), columns)
        if p is not None:
            key = tuple(np.round(p.ravel(), 9))
            where = domain(code, 0, len(NAMES))
            assert not any(where <= other for _, other in mine.setdefault(key, []))
            mine[key].append((size, where))
    assert {key: members[0][0] for key, members in mine.items()} == classes


def test_of_equal_laws_one_is_finite_wherever_any_is(small):
    """ln(x^x) is finite at 0 where x ln x is not; x y / y is not where it is x."""
    columns = columns_of(NAMES)
    mine: dict = {}
    for code in small.codes:
        if CONSTANT not in code and (p := shares(code, (), columns)) is not None:
            found = mine.setdefault(tuple(np.round(p.ravel(), 9)), [])
            found.append(domain(code, 0, len(NAMES)))
    for size in (1, 3, 5):
        for code in raw_trees(3, size):
            if CONSTANT not in code and (p := shares(code, (), columns)) is not None:
                where = domain(code, 0, len(NAMES))
                assert any(where <= other for other in mine[tuple(np.round(p.ravel(), 9))])
    laws = enumerate_programs(("s_w", "d"), 5)
    rows = [tuple(t for t in code if t != END) for code in laws.codes.tolist()]
    assert (0, 0, POWER, LOG) in rows


def test_no_two_families_without_difference_in_value(small):
    """Laws with constants, at constants of their own, are never equal at other points."""
    columns = columns_of(NAMES, seed=8)
    seen: dict = {}
    for code, k in zip(small.codes, small.n_constants, strict=True):
        p = shares(code, (1.37, 0.71, 1.91)[:k], columns)
        if p is not None:
            found = seen.setdefault(tuple(np.round(p.ravel(), 9)), [])
            where = domain(code, k, len(NAMES))
            assert not any(where <= other for other in found)
            found.append(where)


def represented(target, columns, names, laws, size):
    """Smallest relative error with which a law of at most a complexity fits given shares."""
    evaluator = Evaluator(observed(target, columns, names))
    scale = (target**2).sum()
    for k in range(int(laws.n_constants.max()) + 1):
        chosen = laws.codes[(laws.complexity <= size) & (laws.n_constants == k)]
        if not len(chosen):
            continue
        if k == 0:
            losses = evaluator.losses(chosen, np.ones((len(chosen), 1)))
        else:
            starts = starting_constants(evaluator, chosen, 48 * k, 3)
            _, losses, _ = fit_constants(evaluator, chosen, starts, refine=6, iterations=80)
        if losses.min() / scale < 1e-12:
            return 0.0
    return 1.0


@pytest.mark.parametrize(("size", "most"), [(3, 40), (5, 40)])
def test_every_tree_with_constants_lies_in_a_family(size, most):
    """At constants of either sign, a raw tree allocates like a law of at most its complexity."""
    names = ("w_j", "d")
    laws = enumerate_programs(names, size)
    columns = columns_of(names, seed=2)
    targets = {}
    for code in raw_trees(len(names), size):
        k = code.count(CONSTANT)
        for constants in ((1.31, 0.62, 1.77)[:k], (-0.83, 1.46, -1.12)[:k]):
            p = shares(code, constants, columns) if k else None
            if p is not None and (p >= 0).all():
                targets.setdefault(tuple(np.round(p.ravel(), 9)), (p, code, constants))
    chosen = list(targets.values())
    order = np.random.default_rng(4).permutation(len(chosen))[:most]
    assert len(order) > 5
    missing = [
        chosen[i][1:] for i in order if represented(chosen[i][0], columns, names, laws, size) > 0
    ]
    assert missing == []


def test_known_families_are_there_once():
    laws = enumerate_programs(("w_j", "d"), 7)
    rows = {tuple(t for t in code if t != END) for code in laws.codes.tolist()}
    w, d, c = 0, 1, CONSTANT
    assert (d, w, DIVIDE) in rows or (w, d, DIVIDE) in rows
    assert (c, d, BASE, w, MULTIPLY) in rows
    assert (w, c, d, BASE, DIVIDE) not in rows  # c^d takes its inverse in
    tokens = sorted((w, d, c, POWER, MULTIPLY))
    power = [r for r in rows if len(r) == 5 and sorted(r) == tokens and r[-1] == MULTIPLY]
    assert len(power) == 2  # w_j d^c and w_j^c d
    assert (w, d, c, POWER, EXP, DIVIDE) in rows


def test_constants_that_trade_places_do_not_make_another_law():
    """X^c + Y^c' is X^c' + Y^c: whichever comes first, each sum of two powers is there once."""
    laws = enumerate_programs(("w_j", "d"), 7)
    sums = [
        [t for t in code if t != END]
        for code in laws.of_complexity(7).tolist()
        if sorted(code) == sorted((0, CONSTANT, POWER, 1, CONSTANT, POWER, ADD))
    ]
    assert len([code for code in sums if code[-2] == POWER]) == 1


def test_options_restrict_the_grammar():
    full = enumerate_programs(NAMES, 5)
    plain = enumerate_programs(NAMES, 5, operators=())
    assert not np.isin(plain.codes, (POWER, BASE, EXP, LOG)).any()
    assert plain.distinct[5] < full.distinct[5]
    leaves_only = enumerate_programs(NAMES, 7, argument_complexity=1)
    for code in leaves_only.codes.tolist():
        for at, token in enumerate(code):
            if token in (EXP, LOG):
                assert code[at - 1] >= CONSTANT
    assert (enumerate_programs(NAMES, 7, constants_max=1).n_constants <= 1).all()
    assert (enumerate_programs(("d", "w_j"), 5, constants_max=0).n_constants == 0).all()


def test_equal_calls_give_equal_tables():
    a, b = enumerate_programs(NAMES, 5), enumerate_programs(NAMES, 5)
    assert a.codes.tobytes() == b.codes.tobytes()


def test_origin_factors_fold_away():
    laws = enumerate_programs(("w_i", "r_i"), 5)
    assert laws.distinct == {1: 1, 3: 0, 5: 0}


def test_of_a_class_the_fewest_constants_and_the_largest_domain_are_kept():
    members = np.array(
        [[5, 1, 3], [7, 1, 3], [5, 1, 3], [0, 0, 3], [9, 9, 1], [9, 9, 4], [7, 1, 7], [7, 1, 8]],
        dtype=np.uint64,
    )
    seen = np.array([[9, 9, 3]], dtype=np.uint64)
    rows = _enumeration_classes.fresh(members, np.array([1, 0, 0, 0, 0, 0, 1, 0]), seen)
    assert rows.tolist() == [2, 5, 6, 7]


def test_laws_that_allocate_alike_up_to_the_sign_of_an_origin_are_one():
    """Take c + w_j / (r_i - w_i): times (r_i - w_i), of either sign, it is c (r_i - w_i) + w_j."""
    names = ("w_j", "r_i", "w_i")
    columns = columns_of(names, seed=3)
    ratio = (CONSTANT, 0, 1, 2, SUBTRACT, DIVIDE, ADD)
    product = (CONSTANT, 1, 2, SUBTRACT, MULTIPLY, 0, ADD)
    first, second = (shares(code, (2.3,), columns) for code in (ratio, product))
    np.testing.assert_allclose(first, second, rtol=1e-9)
    evaluator = Evaluator(observed(np.abs(first), columns, names))
    codes = np.array([ratio, product], dtype=np.int8)
    one, other = evaluator.losses(codes, np.full((2, 1), 2.3))
    assert one == pytest.approx(other, rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((("d", "d"), 3), "different names"),
        ((("d",), 4), "complexity_max = 4"),
        ((("d",), -1), "complexity_max = -1"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        enumerate_programs(*arguments)


def test_bad_options_are_named():
    with pytest.raises(ValueError, match="argument_complexity = 0"):
        enumerate_programs(("d",), 3, argument_complexity=0)
    with pytest.raises(ValueError, match="constants_max = -1"):
        enumerate_programs(("d",), 3, constants_max=-1)
    with pytest.raises(ValueError, match="sin"):
        enumerate_programs(("d",), 3, operators=("sin",))
