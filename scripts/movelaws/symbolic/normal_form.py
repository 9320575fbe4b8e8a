"""Normal form of expressions: sums of monomials, in which equal laws mostly look the same.

A *value* is a sum, a sorted tuple of (monomial, coefficient); a monomial is a product, a sorted
tuple of (atom, exponent) with real exponents; an atom is one of

- ("v", name): a variable;
- ("e", value): exp of a value, at most one per monomial, its exponent 1;
- ("l", value): ln of a value;
- ("s", value): a sum of two terms or more as a factor, without a common factor of its terms;
- ("p", value, value): a power that no rule may touch.

Products of sums are not multiplied out. Variables count as positive; a rule holds wherever the
original expression is a real number (it may be one in more places afterwards).
"""

import math
from collections.abc import Iterable

from movelaws.symbolic.expressions import Binary, Constant, Expression, Unary, Variable

Atom = tuple
Monomial = tuple[tuple[Atom, float], ...]
Value = tuple[tuple[Monomial, float], ...]
Factor = tuple[float, dict[Atom, float]]  # a coefficient and atoms with their exponents

ZERO: Value = ()
_NOISE = 5e-15  # relative error that computing a constant may leave
_LOST = 1e-14  # a difference this small beside its operands is nothing
_EXTREME = 1e250


class Undefined(ArithmeticError):
    """The expression has no finite constant where one is needed."""


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


def rounded(number: float) -> float:
    """The number, tidied; Undefined if it has left the range of float64."""
    if not math.isfinite(number) or abs(number) > _EXTREME or 0 < abs(number) < 1 / _EXTREME:
        raise Undefined
    return tidy(number)


def tidy(number: float) -> float:
    """The number with 12 digits if it is meant to have no more: 0.3 for 0.30000000000000004."""
    short = float(f"{number:.11e}")
    return short if abs(number - short) <= _NOISE * abs(number) else number


def constant(number: float) -> Value:
    """A number as a value."""
    return (((), rounded(number)),) if number else ZERO


def as_constant(value: Value) -> float | None:
    """The number that a value is, or None."""
    if not value:
        return 0.0
    return value[0][1] if len(value) == 1 and not value[0][0] else None


def add(*values: Value) -> Value:
    """Sum of values."""
    terms: dict[Monomial, float] = {}
    for value in values:
        for monomial, coefficient in value:
            before = terms.get(monomial, 0.0)
            after = before + coefficient
            # What is left of two equal numbers after rounding is no term.
            lost = abs(after) <= _LOST * max(abs(before), abs(coefficient))
            terms[monomial] = 0.0 if lost else rounded(after)
    return tuple(sorted((m, c) for m, c in terms.items() if c))


def scale(value: Value, number: float) -> Value:
    """Value times a number."""
    return tuple((m, rounded(c * number)) for m, c in value) if number else ZERO


def factor(value: Value) -> Factor:
    """Value as coefficient times atoms; a sum gives up what its terms have in common."""
    if not value:
        return 0.0, {}
    if len(value) == 1:
        return value[0][1], dict(value[0][0])
    common = common_factor(value)
    left = [(_without(monomial, common), c) for monomial, c in value]
    if any(len(m) == 1 and m[0][0][0] == "s" and m[0][1] == 1 for m, _ in left):
        # A sum that was a factor of its term is now a term itself: add it to the others.
        return _times(common, factor(add(*(product(c, m) for m, c in left))))
    terms = sorted(left)
    lead = terms[-1][1]  # never the constant, which comes first
    primitive = tuple((monomial, rounded(c / lead)) for monomial, c in terms)
    return lead, common | {("s", primitive): 1.0}


def _times(common: dict[Atom, float], parts: Factor) -> Factor:
    return factor(product(parts[0], [*common.items(), *parts[1].items()]))


def common_factor(value: Value) -> dict[Atom, float]:
    """Largest product of atoms in all terms; d + 1/d has 1/d."""
    exponents = [dict(monomial) for monomial, _ in value]
    atoms = {atom for exponent in exponents for atom in exponent}
    least = {atom: min(e.get(atom, 0.0) for e in exponents) for atom in sorted(atoms)}
    return {atom: exponent for atom, exponent in least.items() if exponent}


def _without(monomial: Monomial, common: dict[Atom, float]) -> Monomial:
    left = dict(monomial)
    for atom, exponent in common.items():
        left[atom] = rounded(left.get(atom, 0.0) - exponent)
    return tuple(sorted((a, e) for a, e in left.items() if e))


def product(coefficient: float, items: Iterable[tuple[Atom, float]]) -> Value:
    """Coefficient times atoms to their exponents; an atom may stand there more than once."""
    exponents: dict[Atom, float] = {}
    in_exp: list[Value] = []
    for atom, exponent in items:
        if atom[0] == "e":
            in_exp.append(scale(atom[1], exponent))
        else:
            exponents[atom] = rounded(exponents.get(atom, 0.0) + exponent)
    together = add(*in_exp) if in_exp else ZERO
    if together:
        exponents[("e", together)] = 1.0
    left = tuple(sorted((a, e) for a, e in exponents.items() if e))
    if not coefficient:
        return ZERO
    if len(left) == 1 and left[0][0][0] == "s" and left[0][1] == 1:
        return scale(left[0][0][1], coefficient)
    return ((left, rounded(coefficient)),)


def multiply(left: Value, right: Value) -> Value:
    """Product of two values."""
    (a, first), (b, last) = factor(left), factor(right)
    return product(a * b, [*first.items(), *last.items()])


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


def names(value: Value) -> set[str]:
    """Variables in a value."""
    return {n for monomial, _ in value for atom, _ in monomial for n in names_of_atom(atom)}


def names_of_atom(atom: Atom) -> set[str]:
    """Variables in an atom."""
    if atom[0] == "v":
        return {atom[1]}
    return set().union(*(names(part) for part in atom[1:]))
