"""Laws that no constants make finite: a part without constants is not, and nothing heals it.

Of a law for which no start was valid it is not known whether others would be. Often it can be
proved that none are, as of 1 / s_w + c where s_w = 0: what is added to inf is inf or nan. Only
a division by it, exp of -inf and a negative exponent make inf finite again.
"""

import numpy as np

from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    END,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
)


def valid_nowhere(codes: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """(n,) whether a law is not finite in some row, whatever its constants.

    Parameters
    ----------
    codes : (n, longest) postfix programs.
    columns : (n_variables, n_rows) values of the variables.

    Notes
    -----
    False where that cannot be shown. The exponent 0, for which even nan has the power 1, is left
    aside: it turns a factor into a constant, which a shorter law does without.
    """
    with np.errstate(all="ignore"):
        return np.array([_lost(code, columns) for code in codes], dtype=bool)


def _lost(code: np.ndarray, columns: np.ndarray) -> bool:
    """Values where a part has no constant (else None), not finite for sure, nan for sure."""
    no = np.zeros(columns.shape[1], dtype=bool)
    stack = []
    for token in code:
        if token == END:
            break
        if token >= 0:
            stack.append((columns[token], no, no))
        elif token == CONSTANT:
            stack.append((None, no, no))
        else:
            y = None if token in (EXP, LOG) else stack.pop()
            stack.append(_joined(token, stack.pop(), y))
    return bool(stack[0][1].any())


def _joined(token: int, x: tuple, y: tuple | None) -> tuple:
    known = x[0] is not None and (y is None or y[0] is not None)
    if known:
        value = _value(token, x[0], None if y is None else y[0])
        return value, ~np.isfinite(value), np.isnan(value)
    if token in (ADD, SUBTRACT, MULTIPLY):
        return None, x[1] | y[1], x[2] | y[2]
    if token == DIVIDE:
        nan = x[2] | y[2]
        zero = y[0] == 0 if y[0] is not None else np.zeros_like(nan)
        return None, x[1] | nan | zero, nan
    if token == LOG:
        return None, x[1], x[2]
    if token == EXP:
        return None, x[2], x[2]
    if token == POWER and y[0] is not None:  # a variable, >= 0
        return None, x[1] & (y[0] > 0), x[2] & (y[0] > 0)
    if token == POWER:
        return None, x[2], x[2]
    return None, np.zeros_like(x[1]), np.zeros_like(x[1])  # BASE: a constant and a variable


def _value(token: int, x: np.ndarray, y: np.ndarray | None) -> np.ndarray:
    if token in (EXP, LOG):
        return np.exp(x) if token == EXP else np.log(x)
    operate = {
        ADD: np.add,
        SUBTRACT: np.subtract,
        MULTIPLY: np.multiply,
        DIVIDE: np.divide,
        POWER: np.power,
        BASE: lambda k, v: np.exp(k * v),
    }
    return operate[token](x, y)
