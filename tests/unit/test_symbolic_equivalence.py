"""Which expressions are one law, one family, or part of a family."""

from itertools import combinations

import numpy as np
import pytest

from movelaws.symbolic.equivalence import classes, contains, same_family, same_law
from movelaws.symbolic.expressions import Binary, Constant, Variable, evaluate
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.printing import text
from tests.unit.random_expressions import (
    MODELS,
    published,
    random_expressions,
    random_points,
    shares,
)

RADIATION = MODELS["RM"]


def law_test(a: str, b: str) -> bool:
    answer = same_law(parse(a), parse(b))
    assert same_law(parse(b), parse(a)) == answer
    return answer


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("w_j / 1.04^d", "5 * w_i * w_j * exp(-0.039220713153281329 * d)"),
        ("w_j - r_j", "3 * r_j - 3 * w_j"),
        ("(w_j / 1.05^d)^2", "w_j^2 / 1.1025^d"),
        ("w_j * (w_j + d) - w_j^2", "w_j * d"),  # products of sums are not multiplied out
        ("0.9^s_w - 0.9^(s_w + w_j)", "0.9^s_w * (1 - 0.9^w_j)"),
        ("(d + w_j)^2 - (d - w_j)^2", "d * w_j"),
        (RADIATION, "1 / (w_i + s_w) - 1 / (w_i + s_w + w_j)"),
    ],
)
def test_equal_laws(a: str, b: str) -> None:
    assert law_test(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("w_j / d^2", "w_j / d^2.0000001"),
        ("w_j / d", "w_j / (d + w_i)"),
        ("w_j", "1"),
        ("s_w", "s_r"),
        ("w_j + 0.0000001 * d", "w_j"),
        ("(d - 1)^0.5", "((d - 1)^2)^0.25"),
        ("d - d", "1"),
        ("exp(800) * w_j", "w_j"),  # beyond float64: no law that could be used
    ],
)
def test_different_laws(a: str, b: str) -> None:
    assert not law_test(a, b)


def test_a_law_with_a_factor_that_cancels_is_the_same() -> None:
    factor = parse("0.7 * w_i^1.3 * exp(r_i)")
    for tree in random_expressions(60, seed=21, depth=3):
        value = shares(evaluate(tree, random_points(5)))
        if np.isfinite(value).any():
            assert same_law(tree, Binary("*", factor, tree)), text(tree)


def test_laws_called_equal_allocate_equally() -> None:
    columns = random_points(6)
    trees = random_expressions(40, seed=22, depth=2)
    values = [shares(evaluate(tree, columns)) for tree in trees]
    equal = 0
    for (a, p), (b, q) in combinations(zip(trees, values, strict=True), 2):
        if same_law(a, b):
            known = np.isfinite(p) & np.isfinite(q)
            np.testing.assert_allclose(p[known], q[known], rtol=1e-8, atol=1e-12)
            equal += 1
    assert equal > 10


def test_classes_are_those_of_every_pair() -> None:
    trees = random_expressions(45, seed=23, depth=2)
    found = classes(trees)
    assert found[0] == 0
    assert sorted(set(found)) == list(range(max(found) + 1))
    for (a, of_a), (b, of_b) in combinations(zip(trees, found, strict=True), 2):
        assert same_law(a, b) == (of_a == of_b), f"{text(a)} and {text(b)}"


def test_classes_join_writings_that_only_numbers_can_join() -> None:
    writings = ["w_j / d", "w_j * (w_j + d) - w_j^2", "2 * d * w_j", "3 * w_j / d", "d / 0"]
    assert classes([parse(written) for written in writings]) == [0, 1, 1, 0, 2]
    assert classes([]) == []


def test_published_expressions_are_different_laws() -> None:
    table = published()
    for _, part in table.groupby("dataset"):
        found = classes([parse(expression) for expression in part["expression"]])
        assert len(set(found)) == len(part)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("w_j / 1.04^d", "w_j * exp(-0.03 * d)"),
        ("w_j / d^2", "w_j * d^-1.5"),
        ("3 * w_j / d^2", "w_j / d^1.7"),
        ("w_j / (67 w_i + d^2.2)", "w_j / (d^1.5 + 3 * w_i)"),
        ("(w_j / 1.05^d)^1.07 / d", "w_j^1.3 / (d * 1.2^d)"),
        ("w_j / (1.09^d - 0.92)", "w_j / (2 * exp(0.05 * d) - 3)"),
        ("(10.2 w_j - r_j) / d", "(w_j + 0.3 * r_j) / d"),
    ],
)
def test_families_with_other_constants(a: str, b: str) -> None:
    assert same_family(parse(a), parse(b))
    assert same_family(parse(b), parse(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("w_j / d^2", "w_j / d"),  # without an exponent there is nothing to choose
        ("w_j / 1.04^d", "w_j / d^2"),
        ("w_j^2 / d^1.5", "w_j / d^1.5"),
        ("w_j / exp(d^0.4)", "w_j / 1.2^(d^0.4)"),
        ("w_j / (d^2.2 + w_i)", "w_j / (d^2.2 + 67 w_i)"),
    ],
)
def test_different_families(a: str, b: str) -> None:
    assert not same_family(parse(a), parse(b))


@pytest.mark.parametrize(
    ("general", "special"),
    [
        ("w_j / ((w_i + s_w)^1.3 * (w_i + s_w + w_j))", RADIATION),
        ("w_j^0.8 / ((w_i + s_w) * (w_i + s_w + w_j))", RADIATION),
        ("w_j / d^2", "w_j / d"),
        ("w_j / 1.3^(d^0.5)", "w_j / exp(d^0.42)"),
        ("w_j / 1.3^(d^0.5)", "w_j / 1.04^d"),
        ("w_j^1.06 / (1.09^d - 0.94)", "w_j / 1.04^d"),
        ("0.3 * w_j + r_j", "r_j"),
    ],
)
def test_general_families_contain_special_ones_but_not_the_reverse(
    general: str, special: str
) -> None:
    assert contains(parse(general), parse(special))
    assert not contains(parse(special), parse(general))


def test_a_limit_is_no_member_of_a_family() -> None:
    assert not contains(parse("0.3 * w_j + r_j"), parse("w_j"))


def test_every_published_expression_is_of_its_own_family() -> None:
    for expression in published()["expression"][::6]:
        law = parse(expression)
        shifted = law.replace_constants(1.1 * np.array(law.constants))
        rewritten = Binary("*", Constant(2.0), Binary("*", Variable("w_i"), shifted))
        assert same_family(law, rewritten), expression
