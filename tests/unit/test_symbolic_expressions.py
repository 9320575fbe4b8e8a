"""Expressions: parsing, printing, evaluation, and programs."""

import math

import numpy as np
import pytest
import sympy

from movelaws.symbolic import tokens
from movelaws.symbolic.expressions import Binary, Constant, Unary, Variable, evaluate
from movelaws.symbolic.parsing import DEEPEST, LONGEST_TEXT, parse
from movelaws.symbolic.printing import latex, text, to_sympy
from movelaws.symbolic.programs import from_program, to_program
from tests.unit.random_expressions import NAMES, published, random_expressions, random_points

W, D = Variable("w_j"), Variable("d")
ALL = ("w_i", "w_j", "r_i", "r_j", "d", "s_w", "s_r")


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("2^d^w_j", Binary("^", Constant(2), Binary("^", D, W))),
        ("-d^2", Binary("*", Constant(-1), Binary("^", D, Constant(2)))),
        ("d^-2", Binary("^", D, Constant(-2))),
        ("-2 * d", Binary("*", Constant(-2), D)),
        ("(-2)^d", Binary("^", Constant(-2), D)),
        ("d - w_j - 1", Binary("-", Binary("-", D, W), Constant(1))),
        ("d + w_j * 2", Binary("+", D, Binary("*", W, Constant(2)))),
        ("w_j / d / 2", Binary("/", Binary("/", W, D), Constant(2))),
        ("log(d)", Unary("ln", D)),
        ("67.7 w_j", Binary("*", Constant(67.7), W)),
        ("1e-3*d", Binary("*", Constant(0.001), D)),
    ],
)
def test_precedence_and_signs(written: str, tree: object) -> None:
    assert parse(written) == tree


def test_every_published_expression_parses_with_its_printed_complexity() -> None:
    table = published()
    found = [parse(expression).complexity for expression in table["expression"]]
    other = table[[f != c for f, c in zip(found, table["complexity"], strict=True)]]
    assert len(table) == 72
    assert other.empty, f"not printed at their complexity: {list(other['expression'])}"


def test_text_parses_back_to_an_equal_tree() -> None:
    for tree in random_expressions(400, seed=1):
        assert parse(text(tree)) == tree


def test_rounded_text_has_the_value_of_the_rounded_tree() -> None:
    columns = random_points(2)
    for tree in random_expressions(200, seed=2):  # their constants have no more than 6 digits
        value, again = evaluate(tree, columns), evaluate(parse(text(tree, digits=6)), columns)
        np.testing.assert_allclose(again, value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "written",
    [
        "w_j / 1.04^d",
        "w_j / (d^2.2 + w_i)",
        "w_j * exp(-d)",
        "w_j - (d - 1)",
        "w_j / (d * r_i)",
        "(w_j / d)^2",
        "(-2)^d",
        "-d^2 + w_j",
        "d - 0.5",
        "d - 2 * w_j",
    ],
)
def test_text_has_the_brackets_that_are_needed_and_no_others(written: str) -> None:
    assert text(parse(written), digits=3) == written


def test_constants_are_rounded_on_request() -> None:
    assert text(parse("1234567.8 * d + 1310.4 + 0.000012345 * w_j"), 3) == (
        "1.23e6 * d + 1310 + 1.23e-5 * w_j"
    )
    assert text(Constant(1 / 3)) == "0.3333333333333333"
    assert str(parse("d^2.0")) == "d^2"


@pytest.mark.parametrize("rate", [1e-3, -1e-9, 6.8e-13, -6.8e-13, 4e-15, 2.3e-16, -1.2e-16])
def test_a_base_keeps_the_digits_that_differ_from_one(rate: float) -> None:
    """Of masses in persons times 1e12, rates are of that order."""
    base = Constant(math.exp(rate))
    for written in (text(Binary("^", base, D), 3), latex(Binary("^", base, D), 3)):
        shown = float(written.split("^")[0])
        assert math.log(shown) == pytest.approx(math.log(base.value), rel=0.06)
    assert parse(text(Binary("/", W, Binary("^", base, D)), 3)).complexity == 5


def test_constants_that_are_no_bases_round_to_one() -> None:
    """What is left of one after a computation is no news."""
    noisy = parse("1.00000000000003 * d^0.99999999999997")
    assert text(noisy, 3) == "1 * d^1"
    assert latex(noisy, 3) == r"1 \, d^{1}"
    assert text(parse("(-0.99999999999993)^d"), 3) == "(-0.99999999999993)^d"
    assert latex(parse("1.3e7^d"), 3) == r"\left(1.3 \times 10^{7}\right)^{d}"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("w_j / d^2.0512", r"\frac{w_j}{d^{2.05}}"),
        ("exp(-d) * s_w", r"e^{-d} \, s_w"),
        ("2 * 1.5^d", r"2 \cdot 1.5^{d}"),
        ("(w_j / d)^2", r"\left(\frac{w_j}{d}\right)^{2}"),
        ("ln(d) - 0.00001234", r"\ln\left(d\right) - 1.23 \times 10^{-5}"),
    ],
)
def test_latex(written: str, printed: str) -> None:
    assert latex(parse(written)) == printed


def test_latex_may_write_the_indices_out() -> None:
    assert latex(parse("s_r / d"), indices=True) == r"\frac{s^{(r)}_{ij}}{d_{ij}}"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "position 1 stands the end, expected a number"),
        ("w_j d", "position 5 stands 'd', expected an operator"),
        ("d^2 w_j", "position 5 stands 'w_j'"),
        ("2 (d)", r"position 3 stands '\('"),
        ("(d + 1", r"position 7 stands the end, expected an operator or \)"),
        ("exp d", r"position 5 stands 'd', expected \( after exp"),
        ("d + $", r"position 5 stands '\$'"),
        ("1e999", "finite"),
        ("d +", "position 4 stands the end"),
        ("sin(d)", r"position 4 stands '\('"),
        ("__import__", "position 1 stands '_'"),
        ("(" * (DEEPEST + 1) + "d", "nested more than"),
        ("+".join("d" * (DEEPEST + 1)), "nested more than"),
        ("d" * (LONGEST_TEXT + 1), "characters, more than"),
    ],
)
def test_text_that_is_no_expression_is_refused(written: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(written)


def test_only_text_is_parsed() -> None:
    with pytest.raises(ValueError, match="must be a string, not float"):
        parse(math.nan)


def test_sympy_agrees_on_values() -> None:
    columns = {name: np.array([0.7 + 0.6 * at]) for at, name in enumerate(NAMES)}
    points = {sympy.Symbol(n, positive=True): c[0] for n, c in columns.items()}
    compared = 0
    for tree in random_expressions(80, seed=3, depth=3):
        (value,) = evaluate(tree, columns)
        if np.isfinite(value) and abs(value) < 1e30:
            assert complex(to_sympy(tree).subs(points).evalf()) == pytest.approx(value, rel=1e-9)
            compared += 1
    assert compared > 40


def test_complexity_of_a_tree_is_that_of_its_program() -> None:
    for tree in random_expressions(200, seed=4):
        assert tokens.complexity(to_program(tree, NAMES).code) == tree.complexity


def test_programs_keep_the_value_and_the_order_of_the_constants() -> None:
    columns = random_points(5)
    for tree in random_expressions(200, seed=5):
        program = to_program(tree, NAMES)
        again = from_program(program, NAMES)
        np.testing.assert_allclose(again.constants, tree.constants, rtol=1e-14)
        value = evaluate(tree, columns)
        known = np.isfinite(value)
        np.testing.assert_allclose(evaluate(again, columns)[known], value[known], rtol=1e-9)
        np.testing.assert_array_equal(to_program(again, NAMES).code, program.code)


def test_a_constant_base_becomes_a_rate_unless_it_is_not_positive() -> None:
    program = to_program(parse("w_j / 1.04^d"), ["d", "w_j"])
    assert list(program.code) == [1, tokens.CONSTANT, 0, tokens.BASE, tokens.DIVIDE]
    assert program.constants == pytest.approx([math.log(1.04)])
    for base in ("(-2)", "0"):
        assert to_program(parse(f"{base}^d"), ["d"]).code[-1] == tokens.POWER


def test_a_rate_too_large_for_a_base_is_written_as_an_exponent() -> None:
    code = np.array([tokens.CONSTANT, 0, tokens.BASE], dtype=np.int8)
    tree = from_program(tokens.Program(code, np.array([-800.0])), ["d"])
    assert tree == parse("exp(-800 * d)")


@pytest.mark.parametrize(
    ("code", "constants", "message"),
    [
        ([0, tokens.ADD], [], "lacks an operand"),
        ([0, 0], [], "leaves 2 values"),
        ([7], [], "token 7 is unknown"),
        ([tokens.CONSTANT], [], "asks for 1 constants"),
        ([tokens.CONSTANT], [math.inf], "finite"),
    ],
)
def test_codes_that_are_no_expression_are_refused(
    code: list, constants: list, message: str
) -> None:
    program = tokens.Program(np.array(code, dtype=np.int8), np.array(constants))
    with pytest.raises(ValueError, match=message):
        from_program(program, ["d"])


def test_what_cannot_be_a_program_is_refused() -> None:
    with pytest.raises(ValueError, match=r"variables \['w_j'\] are unknown"):
        to_program(W, ["d"])
    with pytest.raises(ValueError, match="33 tokens, more than 31"):
        to_program(parse("+".join("d" * 17)), ["d"])


def test_expressions_are_values() -> None:
    tree = parse("w_j / (d^2.2 + 67.7 w_i)")
    assert hash(tree) == hash(parse(text(tree)))
    assert tree.variables == ("d", "w_i", "w_j")
    assert tree.constants == (2.2, 67.7)
    assert tree.replace_constants([1.0, 2.0]) == parse("w_j / (d^1 + 2 w_i)")
    with pytest.raises(AttributeError):
        tree.op = "+"


def test_wrong_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        Constant(math.nan)
    with pytest.raises(ValueError, match="'W' cannot name a variable"):
        Variable("W")
    with pytest.raises(ValueError, match=r"op '%' is unknown"):
        Binary("%", D, W)
    with pytest.raises(ValueError, match="1 given for 0 constants"):
        D.replace_constants([1.0])
    with pytest.raises(ValueError, match=r"\['w_j'\] have no column"):
        evaluate(W, {"d": np.ones(2)})
    with pytest.raises(ValueError, match="digits must be at least 1"):
        text(D, digits=0)


def test_values_have_one_per_row_even_without_variables() -> None:
    assert evaluate(Constant(2), {"d": np.ones(3)}).tolist() == [2.0, 2.0, 2.0]
    assert np.isnan(evaluate(parse("(d - 2)^0.5"), {"d": np.array([1.0])})).all()


def test_radiation_model_has_the_complexity_of_figure_2() -> None:
    assert parse("w_j / ((w_i + s_w) * (w_i + s_w + w_j))").complexity == 11
    assert parse("w_j / d^2").complexity == 5
    assert parse("exp(ln(d))").complexity == 5
