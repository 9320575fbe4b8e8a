"""What the rules of an enumeration ask about an expression: a row of ``TRAITS`` for each.

Words and letters are those of `_enumeration_rules`.

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


def is_constant(traits: np.ndarray) -> np.ndarray:
    """(n,) whether expressions are a constant."""
    return traits["op"] == CONSTANT


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
        table["sum_node"] = is_constant(left)
        # a X - Y = -(Y + a' X): the sum says it where the sign in front is free.
        table["canonical"] = ~left["scale"]
        return
    table["positive"] = left["positive"] & right["positive"]
    table["negatable"] = left["negatable"] | right["negatable"]  # (-L) - R
    table["sum_node"] = is_constant(right)
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
    table["product_node"] = is_constant(constant)
    table["product_signed"] = is_constant(constant) & (other["positive"] | other["negatable"])
    if op == MULTIPLY:
        table["scaled"] = np.where(is_constant(right), left["row"], -1)
    for mask in _MASKS:
        table[mask] = left[mask] | right[mask]
    table["canonical"] = left["canonical"] & right["canonical"]


def _power(op: int, table: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    fitted = is_constant(right)
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
