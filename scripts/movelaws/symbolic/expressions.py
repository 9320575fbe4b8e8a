"""Expressions of flow laws as immutable trees, and their values by NumPy.

The grammar of paper 2 (Sec. 2.1): variables and constants joined by + - * / ^, exp and ln. The
compiled kernels run programs (see ``tokens``); the evaluation here is their independent reference.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

OPERATORS = ("+", "-", "*", "/", "^")
FUNCTIONS = ("exp", "ln")
NAME = re.compile(r"[a-z]+(_[a-z0-9]+)*")

_BINARY: dict[str, Callable] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_UNARY: dict[str, Callable] = {"exp": np.exp, "ln": np.log}


class _Node:
    """What every node can tell about the tree below it."""

    __slots__ = ()

    @property
    def children(self) -> tuple["Expression", ...]:
        """Operands, from left to right."""
        return ()

    @property
    def complexity(self) -> int:
        """Length: exp and ln count 2, everything else 1 (paper 2, Sec. 2.1 and Fig. 2)."""
        return 1 + sum(child.complexity for child in self.children)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, sorted, each once."""
        return tuple(sorted({leaf.name for leaf in self.leaves() if isinstance(leaf, Variable)}))

    @property
    def constants(self) -> tuple[float, ...]:
        """Values of the constants from left to right, as they stand in the program."""
        return tuple(leaf.value for leaf in self.leaves() if isinstance(leaf, Constant))

    def leaves(self) -> Iterator["Constant | Variable"]:
        """Leaves from left to right."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def replace_constants(self, values: Sequence[float]) -> "Expression":
        """The same expression with other constants, given from left to right.

        Raises
        ------
        ValueError
            If there are not as many values as constants.
        """
        needed = len(self.constants)
        if len(values) != needed:
            raise ValueError(f"values: {len(values)} given for {needed} constants")
        left = iter(values)
        return _with_constants(self, left)

    def __str__(self) -> str:
        from movelaws.symbolic.printing import text  # printing reads the classes of this module

        return text(self)


@dataclass(frozen=True, slots=True)
class Constant(_Node):
    """A real number."""

    value: float

    def __post_init__(self) -> None:
        value = float(self.value)
        if not math.isfinite(value):
            raise ValueError(f"a constant must be finite, not {self.value}")
        object.__setattr__(self, "value", value)

    __str__ = _Node.__str__


@dataclass(frozen=True, slots=True)
class Variable(_Node):
    """A variable such as ``w_j``, known by its name."""

    name: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or self.name in (*FUNCTIONS, "log"):
            raise ValueError(f"{self.name!r} cannot name a variable: use names such as w_j or d")

    __str__ = _Node.__str__


@dataclass(frozen=True, slots=True)
class Binary(_Node):
    """Two expressions joined by one of + - * / ^."""

    op: str
    left: "Expression"
    right: "Expression"

    def __post_init__(self) -> None:
        if self.op not in OPERATORS:
            raise ValueError(f"op {self.op!r} is unknown: choose from {list(OPERATORS)}")

    @property
    def children(self) -> tuple["Expression", ...]:
        """Left and right operand."""
        return (self.left, self.right)

    __str__ = _Node.__str__


@dataclass(frozen=True, slots=True)
class Unary(_Node):
    """exp or ln of an expression."""

    op: str
    child: "Expression"

    def __post_init__(self) -> None:
        if self.op not in FUNCTIONS:
            raise ValueError(f"op {self.op!r} is unknown: choose from {list(FUNCTIONS)}")

    @property
    def children(self) -> tuple["Expression", ...]:
        """The argument."""
        return (self.child,)

    @property
    def complexity(self) -> int:
        """Two more than the argument: e counts as a constant of its own."""
        return 2 + self.child.complexity

    __str__ = _Node.__str__


Expression = Constant | Variable | Binary | Unary


def evaluate(expression: Expression, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Value of an expression in every row.

    Parameters
    ----------
    expression : of any size.
    columns : values by name of variable, arrays of one shape.

    Returns
    -------
    Array of that shape; inf and nan where the expression is not a finite real number.

    Raises
    ------
    ValueError
        If a variable has no column; the message lists those there are.
    """
    missing = [name for name in expression.variables if name not in columns]
    if missing:
        raise ValueError(f"variables {missing} have no column: choose from {list(columns)}")
    with np.errstate(all="ignore"):
        value = _value(expression, columns)
    shape = np.broadcast_shapes(*(np.shape(column) for column in columns.values()))
    return np.array(np.broadcast_to(value, shape), dtype=np.float64)


def _value(node: Expression, columns: Mapping[str, np.ndarray]) -> np.ndarray | np.float64:
    match node:
        case Constant(value):
            return np.float64(value)
        case Variable(name):
            return np.asarray(columns[name], dtype=np.float64)
        case Binary(op, left, right):
            return _BINARY[op](_value(left, columns), _value(right, columns))
        case Unary(op, child):
            return _UNARY[op](_value(child, columns))
    raise TypeError(f"{node!r} is not an expression")


def _with_constants(node: Expression, values: Iterator[float]) -> Expression:
    match node:
        case Constant():
            return Constant(next(values))
        case Binary(op, left, right):
            left = _with_constants(left, values)
            return Binary(op, left, _with_constants(right, values))
        case Unary(op, child):
            return Unary(op, _with_constants(child, values))
    return node
