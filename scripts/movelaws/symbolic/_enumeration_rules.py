"""Which combinations of subexpressions a complete enumeration may leave out, and why.

A *family* is the set of functions that an expression takes on as its constants run over all real
numbers. An expression may be left out when its family lies within that of another expression of
at most its complexity that is kept (or that is left out for a reason of the same kind; every rule
moves constants outwards, turns - and / into + and * or makes the expression shorter, so no chain
of rules returns to its start). Equal values are not dealt with here: they are found by hashing.

Below, c stands for any constant, X, Y, Z for expressions, v for a variable. Variables are >= 0.
What a rule asks about an expression is kept in a row of ``TRAITS`` (see `_enumeration_traits`).

Families are those of functions where all parts of an expression are finite. What a rule leaves out
may be finite in places where the expression that stands for it is not, as exp(X + c) is for a c far
below 0 where c exp(X) overflows.
"""

import numpy as np

from movelaws.symbolic._enumeration_traits import VARIABLE
from movelaws.symbolic._enumeration_traits import is_constant as _constant
from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
)


def kept(
    op: int,
    left: np.ndarray,
    right: np.ndarray,
    table: np.ndarray,
    argument_complexity: int,
    powers: bool,
) -> np.ndarray:
    """(n,) whether op(left, right) is needed.

    Parameters
    ----------
    op : token of the operator; left, right : (n,) traits of the operands.
    table : traits of all expressions so far, to look into operands.
    argument_complexity : the most complex argument of exp and ln.
    powers : whether ^ is among the operators; two rules replace exp by it.
    """
    dropped = {
        ADD: _drop_sum,
        SUBTRACT: _drop_difference,
        MULTIPLY: _drop_multiple,
        DIVIDE: _drop_quotient,
        POWER: _drop_power,
        BASE: _drop_base,
        EXP: _drop_exponential,
        LOG: _drop_logarithm,
    }[op](left, right, table, argument_complexity, powers)
    return ~dropped


def _drop_sum(left, right, table, argument_complexity, powers) -> np.ndarray:
    return (
        (_constant(left) & _constant(right))
        # (X + c) + Y = (X + Y) + c, (c - X) + Y = (Y - X) + c: constants stand outermost.
        | left["sum_node"]
        | right["sum_node"]
        # X + c is X where X takes up any shift, such as ln(c Y + c Z).
        | (_constant(right) & left["shift"])
        | _like_terms(left, right)
    )


def _drop_difference(left, right, table, argument_complexity, powers) -> np.ndarray:
    return (
        # X - c = X + c', X - c Y = X + c' Y.
        right["scale"]
        # (X + c) - Y = (X - Y) + c, (c - X) - Y = c - (X + Y), Y - (X + c) = (Y - X) + c, ...
        | left["sum_node"]
        | right["sum_node"]
        | _like_terms(left, right)
    )


def _like_terms(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """C X + X, c X + c X and their differences are c X."""
    return (
        (left["scaled"] == right["row"])
        | (right["scaled"] == left["row"])
        | ((left["scaled"] >= 0) & (left["scaled"] == right["scaled"]))
    )


def _like_factors(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """V^c (v X), v^c (v^c X), c^v (c^v X), c^v (exp(v) X) and quotients are v^c X, c^v X."""
    return (
        (left["free_powers"] & (right["free_powers"] | right["factors"]))
        | (right["free_powers"] & left["factors"])
        | (left["free_bases"] & (right["free_bases"] | right["exponential_factors"]))
        | (right["free_bases"] & left["exponential_factors"])
    ) != 0


def _drop_multiple(left, right, table, argument_complexity, powers) -> np.ndarray:
    return (
        (_constant(left) & _constant(right))
        # (c X) Y = c (X Y), (c / X) Y = c (Y / X): constants stand outermost.
        | left["product_node"]
        | right["product_node"]
        # c X is X where X takes up any factor; else X need only be known up to a factor.
        | (_constant(right) & (left["scale"] | ~left["canonical"]))
        | _like_factors(left, right)
    )


def _drop_quotient(left, right, table, argument_complexity, powers) -> np.ndarray:
    return (
        # X / c = c' X.
        _constant(right)
        # (c X) / Y = c (X / Y), (c / X) / Y = c / (X Y), Y / (c X) = c' (Y / X), ...
        | left["product_node"]
        | right["product_node"]
        # X / (Y Z^c) = (X / Y) Z^c', X / c^v = X c'^v; c / (Y Z^c) = c (Z^c' / Y).
        | right["inverted"]
        | (_constant(left) & ~right["canonical"])
        | _like_factors(left, right)
    )


def _drop_power(left, right, table, argument_complexity, powers) -> np.ndarray:
    fitted = _constant(right)
    # (exp X)^c = exp(c X), which is c^v for X = v, unless c X is too long an argument.
    argument = table["complexity"][np.maximum(left["left"], 0)]
    exponential = (left["op"] == EXP) & ((argument == 1) | (argument + 2 <= argument_complexity))
    return (
        # c^v is BASE; a constant to the power of a constant is one.
        _constant(left)
        # (X^c)^c = X^c, (c^v)^c = c^v, (X^c Y)^c = X^c Y^c, (X^c / Y)^c = X^c Y^c.
        | (fitted & left["power_factor"])
        | (fitted & exponential)
        # (c X)^c = c X^c, (c / X)^c = c X^c; for a negative c the base is -X, which must be an
        # expression itself unless it is negative.
        | (fitted & left["product_signed"])
    )


def _drop_base(left, right, table, argument_complexity, powers) -> np.ndarray:
    return ~(_constant(left) & (right["op"] == VARIABLE))


def _drop_exponential(left, right, table, argument_complexity, powers) -> np.ndarray:
    # exp(X + c) = c exp(X), exp(c - X) = c / exp(X).
    dropped = _constant(left) | left["sum_node"]
    if powers:
        # exp(c v) = c^v, exp(c ln X) = X^c.
        inner = table["op"][np.maximum(left["scaled"], 0)]
        dropped |= (left["scaled"] >= 0) & ((inner == VARIABLE) | (inner == LOG))
    return dropped


def _drop_logarithm(left, right, table, argument_complexity, powers) -> np.ndarray:
    fitted = (left["op"] == POWER) & (table["op"][np.maximum(left["right"], 0)] == CONSTANT)
    return (
        _constant(left)
        # ln(c X) = ln X + c, ln(c / X) = c - ln X; the sign as in a power.
        | left["product_signed"]
        # ln(X^c) = c ln X, ln(c^v) = c v, ln(exp X) = X.
        | fitted
        | (left["op"] == BASE)
        | (left["op"] == EXP)
    )
