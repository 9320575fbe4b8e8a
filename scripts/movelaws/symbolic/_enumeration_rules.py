"""Which combinations of subexpressions a complete enumeration may leave out, and why.

A *family* is the set of functions that an expression takes on as its constants run over all real
numbers. An expression may be left out when its family lies within that of another expression of
at most its complexity that is kept (or that is left out for a reason of the same kind; every rule
moves constants outwards, turns - and / into + and * or makes the expression shorter, so no chain
of rules returns to its start). Equal values are not dealt with here: they are found by hashing.

Below, c stands for any constant, X, Y, Z for expressions, v for a variable. Variables are >= 0.
What a rule asks about an expression is kept in a row of ``TRAITS``:

scale : a F lies in the family of F for every real a other than 0.
shift : F + a lies in it for every real a.
positive : F >= 0 for all values of its constants and variables.
negatable : -F is an expression of the same complexity.
inverted : F has a factor X^c or c^v, which takes 1 / F' in as well as F'.
powers : F^a lies in the family of F.
power_factor : F is a product or a quotient with an operand that has ``powers``, or has it itself.
sum_node : X + c or c - X.
product_node : c X or c / X; ``product_signed`` if its X is positive or negatable.
scaled : the row of X if F is X c, else -1.
factors, exponential_factors : bits of the variables v with a factor v, exp(v).
free_powers, free_bases : bits of the variables v with a factor v^c, c^v.
canonical : kept where a factor in front of F is free (at the top of a law, and in c F and c / F).
"""

import numpy as np

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

VARIABLE = 0  # the `op` of a leaf that is a variable; `left` is then its index

_FLAGS = [
    "scale",
    "shift",
    "positive",
    "negatable",
    "inverted",
    "powers",
    "power_factor",
    "sum_node",
    "product_node",
    "product_signed",
    "canonical",
]
_MASKS = ["factors", "exponential_factors", "free_powers", "free_bases"]
TRAITS = np.dtype(
    [("row", np.int32), ("op", np.int8), ("left", np.int32), ("right", np.int32)]
    + [("complexity", np.int8), ("n_constants", np.int8), ("scaled", np.int32)]
    + [(flag, bool) for flag in _FLAGS]
    + [(mask, np.uint32) for mask in _MASKS]
)


def leaves(n_variables: int) -> np.ndarray:
    """(1 + n_variables,) traits of the constant, in row 0, and of the variables."""
    table = np.zeros(1 + n_variables, dtype=TRAITS)
    table["row"] = np.arange(1 + n_variables)
    table["complexity"] = 1
    table["canonical"] = True
    table["scaled"] = -1
    table["right"] = -1
    constant, variables = table[:1], table[1:]
    constant["op"], constant["left"], constant["n_constants"] = CONSTANT, -1, 1
    constant["scale"] = constant["shift"] = constant["negatable"] = True
    variables["op"], variables["left"] = VARIABLE, np.arange(n_variables)
    variables["positive"] = True
    variables["factors"] = np.uint32(1) << np.arange(n_variables, dtype=np.uint32)
    return table


def combined(op: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Traits of op(left, right), row by row; for exp and ln ``right`` is ``left`` again."""
    table = np.zeros(len(left), dtype=TRAITS)
    table["op"], table["left"], table["right"] = op, left["row"], right["row"]
    table["scaled"] = -1
    table["canonical"] = True
    table["complexity"] = left["complexity"] + 2
    table["n_constants"] = left["n_constants"]
    if op in (EXP, LOG):
        table["right"] = -1
    else:
        table["complexity"] = left["complexity"] + right["complexity"] + 1
        table["n_constants"] += right["n_constants"]
    {ADD: _sum, SUBTRACT: _sum, MULTIPLY: _product, DIVIDE: _product, POWER: _power}.get(
        op, _function
    )(op, table, left, right)
    return table


def _sum(op: int, table: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    table["scale"] = left["scale"] & right["scale"]
    table["shift"] = left["shift"] | right["shift"]
    if op == SUBTRACT:
        table["negatable"] = True  # R - L
        table["sum_node"] = _constant(left)
        # a X - Y = -(Y + a' X): the sum says it where the sign in front is free.
        table["canonical"] = ~left["scale"]
        return
    table["positive"] = left["positive"] & right["positive"]
    table["negatable"] = left["negatable"] | right["negatable"]  # (-L) - R
    table["sum_node"] = _constant(right)
    # Where a factor in front is free, c X + Y and X + c Y are the same: kept is the one that
    # scales the expression with the larger row; and c X + Y is X + Y if Y takes up any scale.
    # The last two: a (L + a') = a'' L' + a a' if L is the same as L' up to a factor.
    table["canonical"] = ~(
        ((left["scaled"] >= 0) & (right["scale"] | (left["scaled"] < right["row"])))
        | ((right["scaled"] >= 0) & (left["scale"] | (right["scaled"] < left["row"])))
        | (right["scale"] & ~left["canonical"])
        | (left["scale"] & ~right["canonical"])
    )


def _product(op: int, table: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    constant, other = (right, left) if op == MULTIPLY else (left, right)
    table["scale"] = left["scale"] | right["scale"]
    table["positive"] = left["positive"] & right["positive"]
    table["negatable"] = left["negatable"] | right["negatable"]
    table["inverted"] = left["inverted"] | (right["inverted"] if op == MULTIPLY else False)
    table["powers"] = left["powers"] & right["powers"]
    table["power_factor"] = left["powers"] | right["powers"]
    table["product_node"] = _constant(constant)
    table["product_signed"] = _constant(constant) & (other["positive"] | other["negatable"])
    if op == MULTIPLY:
        table["scaled"] = np.where(_constant(right), left["row"], -1)
    for mask in _MASKS:
        table[mask] = left[mask] | right[mask]
    table["canonical"] = left["canonical"] & right["canonical"]


def _power(op: int, table: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    fitted = _constant(right)
    table["positive"] = True
    table["inverted"] = table["powers"] = table["power_factor"] = fitted
    alone = np.where(left["op"] == VARIABLE, left["factors"], np.uint32(0))
    table["free_powers"] = np.where(fitted, left["free_powers"] | alone, np.uint32(0))
    table["free_bases"] = np.where(fitted, left["free_bases"], np.uint32(0))


def _function(op: int, table: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    if op == BASE:
        table["positive"] = True
        table["inverted"] = table["powers"] = table["power_factor"] = True
        table["free_bases"] = right["factors"]
    elif op == EXP:
        table["positive"] = True
        table["exponential_factors"] = np.where(
            left["op"] == VARIABLE, left["factors"], np.uint32(0)
        )
    elif op == LOG:
        table["shift"] = left["scale"]  # ln(a F) = ln F + ln a
        table["negatable"] = left["op"] == DIVIDE  # -ln(X / Y) = ln(Y / X)


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


def _constant(traits: np.ndarray) -> np.ndarray:
    return traits["op"] == CONSTANT


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
