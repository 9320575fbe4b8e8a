"""Normal form of expressions: sums of monomials, in which equal laws mostly look the same.

Values and their sums and products are those of ``values``; here are powers, exp and ln of them.
"""

import math

from movelaws.symbolic.expressions import Binary, Constant, Expression, Unary, Variable
from movelaws.symbolic.values import (
    ZERO,
    Atom,
    Factor,
    Undefined,
    Value,
    add,
    as_constant,
    constant,
    factor,
    multiply,
    product,
    rounded,
    scale,
)


def normal(node: Expression) -> Value:
    """Normal form of an expression; Undefined where constants overflow or are no real number."""
    match node:
        case Constant(value):
            return constant(value)
        case Variable(name):
            return ((((("v", name), 1.0),), 1.0),)
        case Binary("+", left, right):
            return add(normal(left), normal(right))
        case Binary("-", left, right):
            return add(normal(left), scale(normal(right), -1.0))
        case Binary("*", left, right):
            return multiply(normal(left), normal(right))
        case Binary("/", left, right):
            return multiply(normal(left), real_power(normal(right), -1.0))
        case Binary("^", left, right):
            return power(normal(left), normal(right))
        case Unary("exp", child):
            return exponential(normal(child))
        case Unary("ln", child):
            return logarithm(normal(child))
    raise TypeError(f"{node!r} is not an expression")


def is_positive(value: Value) -> bool:
    """Whether a value is known to be positive wherever it is a real number."""
    return bool(value) and all(
        c > 0 and all(not _signed(atom, e) for atom, e in monomial) for monomial, c in value
    )


def atom_is_positive(atom: Atom) -> bool:
    """Whether an atom is known to be positive wherever it is a real number."""
    match atom:
        case ("v" | "e", _):
            return True
        case ("s", value):
            return is_positive(value)
        case ("p", base, exponent):
            # A power that is not whole is real for bases >= 0 only.
            p = as_constant(exponent)
            return is_positive(base) or (p is not None and not p.is_integer())
    return False


def _signed(atom: Atom, exponent: float) -> bool:
    """Whether atom^exponent may be negative: an odd power of what may be negative."""
    return exponent % 2 == 1 and not atom_is_positive(atom)


def _parted(parts: Factor) -> tuple[dict[Atom, float], list[Value], Value | None]:
    """Coefficient and atoms as positive atoms to any power, even powers, and one signed rest.

    The even powers and the rest are whole values, since (u^2)^0.5 is |u| and not u. The rest is
    None if nothing signed is left.
    """
    coefficient, items = parts
    free, even, signed = {}, [], {}
    for atom, exponent in items.items():
        if atom_is_positive(atom) or not exponent.is_integer():
            free[atom] = exponent
        elif exponent % 2 == 0:
            even.append(product(1.0, [(atom, exponent)]))
        else:
            signed[atom] = exponent
    if not signed and coefficient > 0:
        return free, even, None
    return free, even, product(math.copysign(1.0, coefficient), signed.items())


def real_power(value: Value, p: float) -> Value:
    """Value to the power of a number."""
    if p == 0:
        return constant(1.0)
    coefficient, items = parts = factor(value)
    if not coefficient:
        if p < 0:
            raise Undefined
        return ZERO
    if p.is_integer():
        return product(_number_power(coefficient, p), _raised(items, p))
    free, even, rest = _parted(parts)
    found = product(_number_power(abs(coefficient), p), _raised(free, p))
    for square in even:
        found = multiply(found, _opaque(square, constant(p)))
    return found if rest is None else multiply(found, _signed_power(rest, p))


def _raised(items: dict[Atom, float], p: float) -> list[tuple[Atom, float]]:
    return [(atom, rounded(exponent * p)) for atom, exponent in items.items()]


def _signed_power(rest: Value, p: float) -> Value:
    """Power, not whole, of something that may be negative; where it is, there is no value."""
    if as_constant(rest) is not None:
        raise Undefined
    if len(rest) > 1:  # a sum keeps its sign: no factor -1 may leave it
        return product(1.0, [(("s", rest), p)])
    ((monomial, coefficient),) = rest
    if len(monomial) == 1 and coefficient > 0:
        return product(1.0, _raised(dict(monomial), p))
    return _opaque(rest, constant(p))


def _opaque(base: Value, exponent: Value) -> Value:
    return product(1.0, [(("p", base, exponent), 1.0)])


def _number_power(base: float, p: float) -> float:
    try:
        return rounded(base**p)
    except OverflowError as error:
        raise Undefined from error


def power(base: Value, exponent: Value) -> Value:
    """One value to the power of another."""
    p = as_constant(exponent)
    if p is not None:
        return real_power(base, p)
    if not is_positive(base):
        return _opaque(base, exponent)
    terms = logarithm(base)
    return exponential(add(*(multiply(exponent, (term,)) for term in terms)))


def exponential(value: Value) -> Value:
    """exp of a value; exp(c + p ln b + v) is e^c b^p exp(v)."""
    found, left = constant(1.0), []
    for term in value:
        monomial, coefficient = term
        if not monomial:
            found = scale(found, _exp(coefficient))
        elif len(monomial) == 1 and monomial[0][0][0] == "l" and monomial[0][1] == 1:
            found = multiply(found, real_power(monomial[0][0][1], coefficient))
        else:
            left.append(term)
    return multiply(found, product(1.0, [(("e", tuple(left)), 1.0)])) if left else found


def _exp(number: float) -> float:
    try:
        return rounded(math.exp(number))
    except OverflowError as error:
        raise Undefined from error


def logarithm(value: Value) -> Value:
    """ln of a value; ln(c a^p exp(v)) is ln c + p ln a + v."""
    parts = factor(value)
    coefficient = parts[0]
    if not coefficient:
        raise Undefined
    free, even, rest = _parted(parts)
    found = [constant(math.log(abs(coefficient)))]
    for atom, exponent in free.items():
        found.append(scale(_log_of_atom(atom), exponent))
    found += [_log(square) for square in even]
    if rest is not None:
        found.append(_log_of_signed(rest))
    return add(*found)


def _log_of_atom(atom: Atom) -> Value:
    if atom[0] == "e":
        return atom[1]
    return _log(atom[1] if atom[0] == "s" else product(1.0, [(atom, 1.0)]))


def _log_of_signed(rest: Value) -> Value:
    if as_constant(rest) is not None:
        raise Undefined
    ((monomial, coefficient), *others) = rest
    if not others and len(monomial) == 1 and coefficient > 0:
        return scale(_log_of_atom(monomial[0][0]), monomial[0][1])
    return _log(rest)


def _log(value: Value) -> Value:
    return product(1.0, [(("l", value), 1.0)])
