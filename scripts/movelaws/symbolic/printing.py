"""Writing expressions: as text that can be read back, as LaTeX, and for SymPy."""

import math
from typing import TYPE_CHECKING

from movelaws.symbolic.expressions import Binary, Constant, Expression, Unary, Variable

if TYPE_CHECKING:
    import sympy

_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_SIGN = 3  # how tightly a sign binds: (-2)^d needs its brackets, -2 * d does not
_ATOM = 5
_EVERY_DIGIT = 18  # tell every float64 from 1
_SYMBOL = {"s_w": "s^{(w)}_{ij}", "s_r": "s^{(r)}_{ij}", "d": "d_{ij}"}
_SHORT = {"s_w": "s_w", "s_r": "s_r", "d": "d"}


def text(expression: Expression, digits: int | None = None) -> str:
    """Expression as text with as few brackets as can be, such as ``w_j / (d^2.2 + w_i)``.

    Parameters
    ----------
    digits : significant digits of constants. None keeps them all, and ``parse`` then gives an equal
        tree back; with a number, signs are also drawn together (``d - 0.5`` for ``d + -0.5``).

    Raises
    ------
    ValueError
        If ``digits`` is not positive.
    """
    _check(digits)
    return _text(expression, digits)[0]


def _text(node: Expression, digits: int | None) -> tuple[str, int]:
    """Text and how tightly it holds together."""
    match node:
        case Constant(value):
            return number(value, digits), _SIGN if _signed(value) else _ATOM
        case Variable(name):
            return name, _ATOM
        case Unary(op, child):
            return f"{op}({_text(child, digits)[0]})", _ATOM
        case Binary("*", Constant(-1.0), right) if digits is not None:
            return f"-{_within(right, digits, _SIGN)}", 2
        case Binary(op, left, right):
            if digits is not None:
                op, right = _drawn_together(op, right)
            strength = _STRENGTH[op]
            # - and / are read from the left, ^ from the right; kept for + and * too, so that the
            # tree that was printed is the tree that is read.
            tight_left, tight_right = (
                (strength + 1, _SIGN) if op == "^" else (strength, strength + 1)
            )
            gap = "" if op == "^" else " "
            first = _within(left, digits, tight_left, base=op == "^")
            last = _within(right, digits, tight_right)
            return f"{first}{gap}{op}{gap}{last}", strength
    raise TypeError(f"{node!r} is not an expression")


def _within(node: Expression, digits: int | None, needed: int, base: bool = False) -> str:
    written, strength = _text(node, digits)
    if base and isinstance(node, Constant):
        written = number(node.value, digits, base=True)
    return f"({written})" if strength < needed else written


def _drawn_together(op: str, right: Expression) -> tuple[str, Expression]:
    """a + (-b) as a - b, and a - (-b) as a + b."""
    if op not in ("+", "-"):
        return op, right
    other = {"+": "-", "-": "+"}[op]
    match right:
        case Constant(value) if value < 0:
            return other, Constant(-value)
        case Binary(("*" | "/") as inner, Constant(value), last) if value < 0:
            return other, last if (inner, value) == ("*", -1) else Binary(
                inner, Constant(-value), last
            )
    return op, right


def number(value: float, digits: int | None = None, base: bool = False) -> str:
    """A constant as text: all digits that tell it apart, or ``digits`` significant ones.

    A number that would round to 1 or -1 keeps enough digits to show on which side it lies: a base
    of 1.0004 is a law, a base of 1 is none. Beyond ten further digits what is left is rounding,
    but not in the ``base`` of a power: with variables in the trillions, 1 - 7e-13 is a law too.
    """
    if digits is None:
        written = repr(float(value))
    else:
        digits += _beyond_one(value, digits, _EVERY_DIGIT if base else 10)
        value = float(f"{value:.{digits}g}")
        plain = value == 0 or 1e-4 <= abs(value) < 1e6
        written = repr(value) if plain else f"{value:.{digits}g}"
    mantissa, _, exponent = written.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def _beyond_one(value: float, digits: int, most: int) -> int:
    """Further digits that tell ``value`` from 1 or -1; 0 if it is not near or takes over ``most``.

    Two digits of the difference itself are shown.
    """
    apart = abs(abs(value) - 1)
    if not 0 < apart < 10.0 ** (1 - digits):
        return 0
    more = math.ceil(-math.log10(apart)) + 1 - digits + 1
    return more if 0 < more <= most else 0


def _signed(value: float) -> bool:
    return repr(float(value)).startswith("-")


def latex(expression: Expression, digits: int | None = 3, indices: bool = False) -> str:
    """Expression as LaTeX, without dollar signs.

    Parameters
    ----------
    digits : significant digits of constants; None keeps them all.
    indices : write out ``d_{ij}`` and ``s^{(w)}_{ij}``; by default ``d`` and ``s_w``, the short
        forms of the figures of paper 2.

    Raises
    ------
    ValueError
        If ``digits`` is not positive.
    """
    _check(digits)
    return _latex(expression, digits, _SYMBOL if indices else _SHORT)[0]


def _latex(node: Expression, digits: int | None, symbols: dict[str, str]) -> tuple[str, int]:
    match node:
        case Constant(value):
            mantissa, _, exponent = number(value, digits).partition("e")
            if exponent:
                return rf"{mantissa} \times 10^{{{exponent}}}", 2
            return mantissa, _SIGN if _signed(value) else _ATOM
        case Variable(name):
            return symbols.get(name, _subscripted(name)), _ATOM
        case Unary("exp", child):
            return f"e^{{{_latex(child, digits, symbols)[0]}}}", 4
        case Unary(op, child):
            return rf"\{op}\left({_latex(child, digits, symbols)[0]}\right)", _ATOM
        case Binary("/", left, right):
            above, below = (_latex(side, digits, symbols)[0] for side in (left, right))
            # A fraction is closed above and below, but a power of it needs brackets.
            return rf"\frac{{{above}}}{{{below}}}", 3
        case Binary("^", left, right):
            exponent = _latex(right, digits, symbols)[0]
            base = _latex_within(left, digits, symbols, _ATOM, base=True)
            return f"{base}^{{{exponent}}}", 4
        case Binary("*", Constant(-1.0), right):
            return f"-{_latex_within(right, digits, symbols, 2)}", 2
        case Binary("*", left, right):
            first = _latex_within(left, digits, symbols, 2)
            last = _latex_within(right, digits, symbols, 3)
            # Two numbers side by side would read as one.
            dot = r" \cdot " if last[0] in "-0123456789" else r" \, "
            return f"{first}{dot}{last}", 2
        case Binary(op, left, right):
            op, right = _drawn_together(op, right)
            last = _latex_within(right, digits, symbols, 2)
            return f"{_latex_within(left, digits, symbols, 1)} {op} {last}", 1
    raise TypeError(f"{node!r} is not an expression")


def _latex_within(
    node: Expression, digits: int | None, symbols: dict[str, str], needed: int, base: bool = False
) -> str:
    written, strength = _latex(node, digits, symbols)
    if base and isinstance(node, Constant) and "e" not in number(node.value, digits):
        written = number(node.value, digits, base=True)
    return rf"\left({written}\right)" if strength < needed else written


def _subscripted(name: str) -> str:
    stem, *rest = name.split("_")
    stem = stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
    below = ",".join(part if len(part) == 1 else rf"\mathrm{{{part}}}" for part in rest)
    braces = "{" + below + "}" if len(below) > 1 else below
    return f"{stem}_{braces}" if rest else stem


def to_sympy(expression: Expression) -> "sympy.Expr":
    """Expression for SymPy; variables become positive symbols, whole constants integers."""
    import sympy  # slow to load, and only those who ask for it need it

    match expression:
        case Constant(value):
            return sympy.Integer(int(value)) if value.is_integer() else sympy.Float(value)
        case Variable(name):
            return sympy.Symbol(name, positive=True)
        case Unary(op, child):
            return (sympy.exp if op == "exp" else sympy.log)(to_sympy(child))
        case Binary(op, left, right):
            first, last = to_sympy(left), to_sympy(right)
            match op:
                case "+":
                    return first + last
                case "-":
                    return first - last
                case "*":
                    return first * last
                case "/":
                    return first / last
                case _:
                    return first**last
    raise TypeError(f"{expression!r} is not an expression")


def _check(digits: int | None) -> None:
    if digits is not None and digits < 1:
        raise ValueError(f"digits must be at least 1 or None, not {digits}")
