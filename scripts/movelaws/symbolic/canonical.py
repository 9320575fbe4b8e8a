"""Simplest writing of an expression, and of the law it stands for under allocation."""

import numpy as np

from movelaws.symbolic.expressions import Expression, evaluate
from movelaws.symbolic.normal_form import normal
from movelaws.symbolic.observations import ORIGIN_ONLY
from movelaws.symbolic.values import Atom, Undefined, factor, names, names_of_atom, scale
from movelaws.symbolic.writing import write_product, write_sum


def canonical(expression: Expression) -> Expression:
    """Simplified expression of equal value wherever all variables are positive.

    Constants are folded, like terms and powers drawn together, sums and products put in one order.
    Where the given expression is not a real number, the result may be one (x - x is 0 even where x
    is not). Constants are right to a relative 1e-14 or so. The result is never more complex than
    the expression given, which is returned unchanged if no simpler writing is found; its constants
    may be free where they were not before (w_j * w_j becomes w_j^2).

    Examples
    --------
    >>> from movelaws.symbolic.parsing import parse
    >>> str(canonical(parse("w_j * w_j / (exp(d) * exp(2 * d))")))
    'w_j^2 / exp(3 * d)'
    """
    try:
        found = write_sum(normal(expression))
    except ArithmeticError:
        return expression
    return found if found.complexity <= expression.complexity else expression


def allocation_key(expression: Expression) -> tuple | None:
    """What is left of an expression when all that cancels in f_ij / sum_k f_ik is gone.

    Laws with equal keys allocate equally wherever both are real numbers; laws with different keys
    may still be equal. None if the expression has no normal form, as constants overflow.
    """
    try:
        return tuple(sorted(_allocating(expression).items()))
    except ArithmeticError:
        return None


def allocation_form(expression: Expression) -> Expression:
    """Simplest law found with the same allocation F_ij = O_i f_ij / sum_k f_ik.

    A constant factor of f, of either sign, and a factor of the origin's variables w_i and r_i
    cancel; so do such terms of a sum in an exponent. A law without anything else is 1.
    """
    try:
        items = _allocating(expression)
        found = write_product((1.0, items), free=True)
        if _negative(found):
            found = _turned(items, found)
    except ArithmeticError:
        return canonical(expression)
    return found if found.complexity <= expression.complexity else canonical(expression)


def _allocating(expression: Expression) -> dict[Atom, float]:
    """Atoms of the normal form, with their exponents, that differ between destinations."""
    coefficient, items = factor(normal(expression))
    if not coefficient:
        raise Undefined  # nobody is allocated anywhere
    kept = {}
    for atom, exponent in items.items():
        if atom[0] == "e":
            terms = tuple(t for t in atom[1] if not _of_origin(names((t,))))
            kept |= {("e", terms): 1.0} if terms else {}
        elif not _of_origin(names_of_atom(atom)):
            kept[atom] = exponent
    return kept


def _negative(law: Expression) -> bool:
    """Whether a law is negative at a point far from all symmetry."""
    value = evaluate(
        law, {name: np.array(1.3 + 0.37 * at) for at, name in enumerate(law.variables)}
    )
    return bool(value < 0)


def _turned(items: dict[Atom, float], found: Expression) -> Expression:
    """The law with the other sign, if one of its sums can take it without growing."""
    for atom, q in items.items():
        if atom[0] == "s" and q % 2 == 1:
            rest = {a: e for a, e in items.items() if a != atom}
            other = write_product((1.0, rest | {("s", scale(atom[1], -1.0)): q}), free=True)
            if other.complexity <= found.complexity and not _negative(other):
                return other
    return found


def _of_origin(found: set[str]) -> bool:
    return found <= set(ORIGIN_ONLY)
