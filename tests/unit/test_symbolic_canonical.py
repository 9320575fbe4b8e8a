"""Simplification of expressions, and the form that the symmetries of allocation leave."""

from collections import defaultdict

import numpy as np
import pytest
import sympy

from movelaws.symbolic.canonical import allocation_form, allocation_key, canonical
from movelaws.symbolic.expressions import evaluate
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.printing import text, to_sympy
from tests.unit.random_expressions import (
    MODELS,
    NAMES,
    published,
    random_expressions,
    random_points,
    shares,
)

EXPRESSIONS = random_expressions(700, seed=11)
SMALL = random_expressions(900, seed=12, depth=2)  # many of these are one and the same


def assert_equal_where_both_are_known(value: np.ndarray, other: np.ndarray, rtol: float) -> None:
    known = np.isfinite(value) & np.isfinite(other)
    np.testing.assert_allclose(other[known], value[known], rtol=rtol, atol=1e-9)


def test_value_is_kept_wherever_there_is_one() -> None:
    columns = random_points(1)
    compared = 0
    for tree in EXPRESSIONS:
        value, after = evaluate(tree, columns), evaluate(canonical(tree), columns)
        known = np.isfinite(value) & (np.abs(value) < 1e100)
        np.testing.assert_allclose(
            after[known], value[known], rtol=1e-9, atol=1e-9, err_msg=text(tree)
        )
        compared += known.any()
    assert compared > 500


def test_complexity_never_grows() -> None:
    after = [canonical(tree).complexity for tree in EXPRESSIONS]
    allocated = [allocation_form(tree).complexity for tree in EXPRESSIONS]
    before = [tree.complexity for tree in EXPRESSIONS]
    assert (np.array(after) <= before).all()
    assert (np.array(allocated) <= before).all()
    assert np.mean(np.array(after) < before) > 0.2


def test_sympy_finds_the_same_value_with_thirty_digits() -> None:
    point = {
        sympy.Symbol(name, positive=True): sympy.Rational(7 + 4 * at, 9 - at)
        for at, name in enumerate(NAMES)
    }
    compared = 0
    for tree in random_expressions(150, seed=13, depth=3):
        after = canonical(tree)
        value = to_sympy(tree).subs(point)
        if after == tree or value.has(sympy.zoo, sympy.nan, sympy.oo):
            continue
        value = sympy.N(value, 30)
        if not value.is_real or abs(value) > 1e30:
            continue
        assert float(sympy.N(to_sympy(after).subs(point), 30)) == pytest.approx(
            float(value), rel=1e-12, abs=1e-12
        ), text(tree)
        compared += 1
    assert compared > 50


def test_unequal_expressions_are_never_merged() -> None:
    columns = random_points(2)
    groups = defaultdict(list)
    for tree in {*SMALL}:
        groups[canonical(tree)].append(tree)
    merged = [group for group in groups.values() if len(group) > 1]
    assert len(merged) > 30
    for first, *others in merged:
        for other in others:
            assert_equal_where_both_are_known(
                evaluate(first, columns), evaluate(other, columns), 1e-9
            )


def test_sympy_agrees_on_what_is_merged() -> None:
    groups = defaultdict(list)
    for tree in sorted({*SMALL}, key=text):
        if all(float(c).is_integer() for c in tree.constants):
            groups[canonical(tree)].append(to_sympy(tree))
    merged = [group for group in groups.values() if len(group) > 1][:40]
    assert len(merged) > 10
    for first, *others in merged:
        for other in others[:2]:
            if not (first.has(sympy.zoo, sympy.nan) or other.has(sympy.zoo, sympy.nan)):
                assert sympy.simplify(first - other) == 0


def test_equal_allocation_in_the_allocation_form() -> None:
    columns = random_points(3)
    compared = 0
    for tree in EXPRESSIONS:
        before = shares(evaluate(tree, columns))
        after = shares(evaluate(allocation_form(tree), columns))
        compared += (np.isfinite(before) & np.isfinite(after)).any()
        assert_equal_where_both_are_known(before, after, 1e-7)
    assert compared > 300


def test_laws_with_one_allocation_key_allocate_equally() -> None:
    columns = random_points(4)
    groups = defaultdict(list)
    for tree in {*SMALL}:
        key = allocation_key(tree)
        if key is not None:
            groups[key].append(shares(evaluate(tree, columns)))
    assert sum(len(group) > 1 for group in groups.values()) > 30
    for first, *others in groups.values():
        for other in others:
            assert_equal_where_both_are_known(first, other, 1e-9)


@pytest.mark.parametrize(
    ("written", "simplest"),
    [
        ("d - d", "0"),
        ("d / d", "1"),
        ("d * d", "d^2"),
        ("(d^2)^0.5", "d"),
        ("((w_j - d)^2)^0.5", "((w_j - d)^2)^0.5"),  # |w_j - d|
        ("(w_j - d)^2 / (w_j - d)", "w_j - d"),
        ("exp(ln(d))", "d"),
        ("ln(exp(w_j - d))", "w_j - d"),
        ("exp(d) * exp(w_j)", "exp(d + w_j)"),
        ("2^d * 3^d", "6^d"),
        ("exp(2 * d)", "7.38905609893^d"),
        ("w_j * exp(-d)", "w_j / exp(d)"),
        ("0.1 + 0.2", "0.3"),
        ("w_j + d", "d + w_j"),
        ("w_j * d + w_j * s_w", "w_j * (d + s_w)"),
        ("w_j - (w_j - d)", "d"),
        ("ln(d) - ln(w_j)", "ln(d / w_j)"),
        ("w_j^2 * d^2", "(d * w_j)^2"),
        ("1 / d^2", "d^-2"),
        ("(3 - d) * (s_w + w_j) - (s_w + w_j) * (s_w - 0.5)", "(s_w + w_j) * (3.5 - d - s_w)"),
        ("(-2)^d", "(-2)^d"),
        ("0 * ln(d)", "0"),
        ("1000^1000 * d", "1000^1000 * d"),  # no number of float64
        ("d / 0", "d / 0"),
        ("ln(0 - 1)", "ln(0 - 1)"),
    ],
)
def test_simplest_writing(written: str, simplest: str) -> None:
    found = canonical(parse(written))
    assert text(found, digits=12) == simplest
    assert canonical(found) == found or found == parse(written)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("3 * w_j / d", "w_j / d"),
        ("-1 * w_j / d", "w_j / d"),
        ("w_i * r_i^2 * w_j / d", "w_j / d"),
        ("(w_i * w_j / d)^0.5", "(w_j / d)^0.5"),
        ("exp(w_i - d)", "0.367879^d"),
        ("1.5^(w_i + 3) * w_j", "w_j"),
        ("w_i * w_j + w_i * d", "d + w_j"),
        ("2 * w_j - 2 * r_j", "w_j - r_j"),
        ("(r_j - 10.2 w_j) / d", "(10.2 * w_j - r_j) / d"),
        ("w_j / (w_i * d + w_i^2)", "w_j / (d + w_i)"),
        ("d^w_i * w_i^2", "d^w_i"),  # the exponent acts on what differs between destinations
        ("w_i + 3", "1"),
        ("w_j / (w_i + d)", "w_j / (d + w_i)"),
        ("exp(-0.1 * s_w) - exp(-0.1 * (s_w + w_j))", "0.904837^s_w - 0.904837^(s_w + w_j)"),
        ("d - d", "0"),
    ],
)
def test_what_cancels_under_allocation_is_gone(written: str, form: str) -> None:
    assert text(allocation_form(parse(written)), digits=6) == form


@pytest.mark.parametrize(
    "written",
    ["(1000 * d + w_j)^200", "exp(500 * d) * exp(400 * d)", "(d + 0.001 * w_j)^-300", "1000^d^2"],
)
def test_constants_near_the_limits_of_float64_do_no_harm(written: str) -> None:
    tree, columns = parse(written), random_points(7)
    value = evaluate(tree, columns)
    known = np.isfinite(value)
    after = evaluate(canonical(tree), columns)
    np.testing.assert_allclose(after[known], value[known], rtol=1e-8)
    before, law = shares(value), shares(evaluate(allocation_form(tree), columns))
    assert_equal_where_both_are_known(before, law, 1e-7)


def test_no_share_is_no_law_equal_to_a_constant() -> None:
    assert allocation_key(parse("d - d")) is None
    assert allocation_key(parse("w_i / 3")) == ()


@pytest.mark.parametrize("model", MODELS)
def test_the_six_models_survive_with_their_complexity_or_less(model: str) -> None:
    law = parse(MODELS[model])
    assert allocation_form(law).complexity <= law.complexity
    assert set(allocation_form(law).variables) == set(law.variables)


@pytest.mark.parametrize(
    "printed",
    [
        "w_j / (1.09^d - 0.92)",
        "(16.8 * w_j - r_j) / (1.09^d - 0.95)",
        "w_j / (d^2.86 + 67.7 * w_i)",
        "exp((w_j - 1.95) / r_j) / 1.1^d",
        "r_j^0.54 / 1.29^d + 0.07",
        "w_j * (w_j + 0.025) / (r_j * 1.25^d)",
    ],
)
def test_simple_laws_and_their_constants_stay_as_printed(printed: str) -> None:
    assert text(canonical(parse(printed))) == printed


def test_published_laws_have_no_simpler_writing() -> None:
    """Table columns give the lowest complexity known; ours must not be above it."""
    for printed, complexity in published()[["expression", "complexity"]].itertuples(index=False):
        assert canonical(parse(printed)).complexity == complexity


@pytest.mark.parametrize("rate", [1e-3, 6.8e-13, -6.8e-13, 3e-16, -1e-17])
def test_slow_rates_are_not_lost_in_a_base(rate: float) -> None:
    """exp(k x) is c^x only where c holds k: 1^x would be no law."""
    columns = {"d": np.array([0.5, 1.0, 3.0]) / abs(rate)}
    written = parse(f"exp({rate!r} * d)")
    for form in (canonical(written), parse(text(canonical(written), digits=3))):
        np.testing.assert_allclose(
            np.log(evaluate(form, columns)), np.log(evaluate(written, columns)), rtol=0.01
        )
    assert canonical(written).complexity == (3 if abs(rate) > 1e-13 else 5)
