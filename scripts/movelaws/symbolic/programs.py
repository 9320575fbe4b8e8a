"""Expressions to programs and back: what the tree says, as the codes that the kernels run."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from movelaws.symbolic import tokens
from movelaws.symbolic.expressions import Binary, Constant, Expression, Unary, Variable

_TOKEN = {
    "+": tokens.ADD,
    "-": tokens.SUBTRACT,
    "*": tokens.MULTIPLY,
    "/": tokens.DIVIDE,
    "^": tokens.POWER,
    "exp": tokens.EXP,
    "ln": tokens.LOG,
}
_OP = {token: op for op, token in _TOKEN.items()}


def to_program(expression: Expression, names: Sequence[str]) -> tokens.Program:
    """Program of an expression.

    A power c^x with a constant base c > 0 becomes BASE with k = ln c; a base that is zero or
    negative keeps POWER.

    Parameters
    ----------
    names : variables in the order of the columns, such as ``observations.names``.

    Raises
    ------
    ValueError
        If a variable is not among ``names``, or the program would be longer than the kernels allow.
    """
    unknown = [name for name in expression.variables if name not in names]
    if unknown:
        raise ValueError(f"variables {unknown} are unknown: choose from {list(names)}")
    index = {name: at for at, name in enumerate(names)}
    code: list[int] = []
    constants: list[float] = []
    _append(expression, index, code, constants)
    if len(code) > tokens.LONGEST:
        raise ValueError(f"expression needs {len(code)} tokens, more than {tokens.LONGEST}")
    return tokens.Program(np.array(code, dtype=np.int8), np.array(constants, dtype=np.float64))


def _append(
    node: Expression, index: dict[str, int], code: list[int], constants: list[float]
) -> None:
    match node:
        case Variable(name):
            code.append(index[name])
        case Constant(value):
            code.append(tokens.CONSTANT)
            constants.append(value)
        case Binary("^", Constant(base), exponent) if base > 0:
            code.append(tokens.CONSTANT)
            constants.append(math.log(base))
            _append(exponent, index, code, constants)
            code.append(tokens.BASE)
        case Binary(op, left, right):
            _append(left, index, code, constants)
            _append(right, index, code, constants)
            code.append(_TOKEN[op])
        case Unary(op, child):
            _append(child, index, code, constants)
            code.append(_TOKEN[op])


def from_program(program: tokens.Program, names: Sequence[str]) -> Expression:
    """Expression of a program; BASE gives c^x with c = exp(k), or exp(k x) if c leaves float64.

    Raises
    ------
    ValueError
        If the codes are no expression, name a variable that is not there, or a constant is missing,
        left over or not finite.
    """
    code = [int(token) for token in program.code if token != tokens.END]
    constants = [float(value) for value in program.constants]
    if tokens.n_constants(np.array(code)) != len(constants):
        raise ValueError(
            f"program asks for {tokens.n_constants(np.array(code))} constants, "
            f"but {len(constants)} are given"
        )
    left = iter(constants)
    stack: list[Expression] = []
    for token in code:
        needed = 2 if token in tokens.BINARY else 1 if token in tokens.UNARY else 0
        if len(stack) < needed:
            raise ValueError(f"code {code} is no expression: token {token} lacks an operand")
        operands = [stack.pop() for _ in range(needed)][::-1]
        stack.append(_node(token, operands, left, names))
    if len(stack) != 1:
        raise ValueError(f"code {code} is no expression: it leaves {len(stack)} values")
    return stack[0]


def _node(
    token: int, operands: list[Expression], constants: Iterator[float], names: Sequence[str]
) -> Expression:
    if token == tokens.CONSTANT:
        return Constant(next(constants))
    if token == tokens.BASE:
        return _power_of_constant(*operands)
    if token in _OP:
        build = Binary if len(operands) == 2 else Unary
        return build(_OP[token], *operands)
    if not 0 <= token < len(names):
        raise ValueError(f"token {token} is unknown: there are {len(names)} variables")
    return Variable(names[token])


def _power_of_constant(rate: Expression, exponent: Expression) -> Expression:
    if isinstance(rate, Constant) and abs(rate.value) < 700:  # exp overflows soon after
        return Binary("^", Constant(math.exp(rate.value)), exponent)
    return Unary("exp", Binary("*", rate, exponent))
