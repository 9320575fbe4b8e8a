"""Values: sums of monomials and their arithmetic, which the normal form of expressions is made of.

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


def names(value: Value) -> set[str]:
    """Variables in a value."""
    return {n for monomial, _ in value for atom, _ in monomial for n in names_of_atom(atom)}


def names_of_atom(atom: Atom) -> set[str]:
    """Variables in an atom."""
    if atom[0] == "v":
        return {atom[1]}
    return set().union(*(names(part) for part in atom[1:]))
