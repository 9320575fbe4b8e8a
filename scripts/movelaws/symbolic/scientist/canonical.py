"""One key for all trees that write the same formula.

Rewrites as an algebra system does without being asked: sums and products are flattened, sorted
and their like terms gathered, quotients and roots become powers, whole powers are multiplied out,
constants are numbered in the order in which they appear. No law of distribution, no trigonometry:
trees with different keys may still be equal, trees with the same key always are (where both are
defined).
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from movelaws.symbolic.scientist import alphabet as of
from movelaws.symbolic.scientist.alphabet import Language, Tree

Number = Fraction | int
LARGEST = 10**6  # numbers beyond it are left as they stand, so that powers cannot explode


class Term(NamedTuple):
    """A canonical subexpression.

    kind : "number", "leaf", "sum", "product" or "call".
    parts : a sum's (term, coefficient) or a product's (base, exponent), both sorted, or the number.
    masked, key : how it reads without and with the numbers of its constants.
    """

    kind: str
    parts: tuple
    masked: str
    key: str


def key(tree: Tree, language: Language) -> str:
    """Key of ``tree``; equal keys mean the same formula up to the names of its constants."""
    term, _ = _read(tree, 0, len(language.variables))
    names: dict[str, str] = {}
    pieces = term.key.split("#")
    for at in range(1, len(pieces)):
        number, rest = pieces[at][0], pieces[at][1:]
        pieces[at] = names.setdefault(number, f"c{len(names) + 1}") + rest
    return "".join(pieces)


def _read(tree: Tree, at: int, n_variables: int) -> tuple[Term, int]:
    symbol = tree[at]
    if symbol >= n_variables:
        return Term("leaf", (), "#", f"#{symbol - n_variables}"), at + 1
    if symbol >= 0:
        return Term("leaf", (), f"x{symbol}", f"x{symbol}"), at + 1
    first, at = _read(tree, at + 1, n_variables)
    if of.arity(symbol) == 1:
        return _applied(symbol, first), at
    second, at = _read(tree, at, n_variables)
    if symbol == of.ADD:
        return _sum([(first, 1), (second, 1)]), at
    if symbol == of.MULTIPLY:
        return _product([(first, ONE), (second, ONE)]), at
    if symbol == of.DIVIDE:
        return _product([(first, ONE), (_power(second, _number(-1)), ONE)]), at
    return _power(first, second), at


def _applied(symbol: int, argument: Term) -> Term:
    if symbol == of.NEGATE:
        return _product([(_number(-1), ONE), (argument, ONE)])
    if symbol == of.EXP:
        return _power(E, argument)
    if symbol in EXPONENTS:
        return _power(argument, _number(EXPONENTS[symbol]))
    called = of.name(symbol)
    return Term("call", (argument,), f"{called}({argument.masked})", f"{called}({argument.key})")


def _number(value: Number) -> Term:
    value = int(value) if value.denominator == 1 else value  # plain numbers are faster
    return Term("number", (value,), str(value), str(value))


def _sum(terms: Iterable[tuple[Term, Number]]) -> Term:
    """Sum of coefficient times term, like terms gathered."""
    gathered: dict[Term, Number] = {}
    for term, coefficient in terms:
        for part, own in _addends(term):
            gathered[part] = gathered.get(part, 0) + coefficient * own
    parts = [(part, c) for part, c in gathered.items() if c]
    if not parts:
        return ZERO
    if len(parts) == 1:
        part, c = parts[0]
        if part == ONE:
            return _number(c)
        if c == 1:
            return part
    return _ordered("sum", parts, " + ", "*")


def _addends(term: Term) -> Iterable[tuple[Term, Number]]:
    if term.kind == "sum":
        return term.parts
    if term.kind == "number":
        return [(ONE, term.parts[0])]
    return [(term, 1)]


def _product(factors: Iterable[tuple[Term, Term]]) -> Term:
    """Product of base to the exponent, like bases gathered, a number brought to the front."""
    coefficient = 1
    gathered: dict[Term, Term] = {}
    for factor, outer in factors:
        for base, exponent in _factors(factor):
            power = exponent if outer == ONE else _product([(exponent, ONE), (outer, ONE)])
            if base.kind == "number" and power == ONE:
                coefficient *= base.parts[0]
            elif base.kind == "sum" and len(base.parts) == 1 and power == ONE:
                (part, own), *_ = base.parts  # a number times one term
                coefficient *= own
                for inner, inner_power in _factors(part):
                    gathered[inner] = _add(gathered.get(inner, ZERO), inner_power)
            else:
                gathered[base] = _add(gathered.get(base, ZERO), power)
    parts = [(base, power) for base, power in gathered.items() if power != ZERO]
    if coefficient == 0:
        return ZERO
    if not parts:
        return _number(coefficient)
    if len(parts) == 1 and parts[0][1] == ONE:
        whole = parts[0][0]
    else:
        whole = _ordered("product", parts, "*", "^")
    return whole if coefficient == 1 else _sum([(whole, coefficient)])


def _add(a: Term, b: Term) -> Term:
    return _sum([(a, 1), (b, 1)])


def _factors(term: Term) -> Iterable[tuple[Term, Term]]:
    return term.parts if term.kind == "product" else [(term, ONE)]


def _power(base: Term, exponent: Term) -> Term:
    if exponent == ZERO or base == ONE:
        return ONE
    if exponent == ONE:
        return base
    whole = exponent.kind == "number" and exponent.parts[0].denominator == 1
    if base.kind == "number" and whole and _small(base, exponent):
        return _number(Fraction(base.parts[0]) ** int(exponent.parts[0]))
    if base.kind == "product" and whole:
        return _product([(b, _product([(e, ONE), (exponent, ONE)])) for b, e in base.parts])
    if base.kind == "sum" and len(base.parts) == 1 and whole:
        part, own = base.parts[0]
        return _product([(_power(_number(own), exponent), ONE), (_power(part, exponent), ONE)])
    return _ordered("product", [(base, exponent)], "*", "^")


def _small(base: Term, exponent: Term) -> bool:
    """Whether the power is a number that may be written out; a pole may not."""
    value, power = base.parts[0], exponent.parts[0]
    size = max(abs(value.numerator), value.denominator)
    return size < LARGEST and abs(power) < 10 and (value != 0 or power > 0)


def _ordered(kind: str, parts: list, between: str, within: str) -> Term:
    """Sorted first without the numbers of constants, so that these follow the order."""

    def written(part: tuple, how: int) -> str:
        term, other = part
        beside = other[how] if isinstance(other, Term) else str(other)
        return f"({term[how]}){within}({beside})"

    parts = sorted(parts, key=lambda part: (written(part, 2), written(part, 3)))
    masked, full = (between.join(written(part, how) for part in parts) for how in (2, 3))
    return Term(kind, tuple(parts), masked, full)


ZERO, ONE, E = _number(0), _number(1), Term("leaf", (), "e", "e")
EXPONENTS = {of.SQRT: Fraction(1, 2), of.SQUARE: 2, of.CUBE: 3}
