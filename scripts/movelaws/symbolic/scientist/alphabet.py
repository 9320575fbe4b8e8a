"""Trees of the machine scientist: tuples of symbols in prefix order.

A symbol >= 0 is a leaf: first the variables, then the constants of a :class:`Language`. A symbol
< 0 is an operation, ``-1 - index`` of ``OPERATIONS``. The same constant may stand at several
leaves. ``-`` is the sign, of one argument: the published alphabet knows no binary difference.
"""

from dataclasses import dataclass

OPERATIONS = (
    *("+", "*", "/", "**"),
    *("-", "exp", "log", "sqrt", "pow2", "pow3", "abs"),
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "fac"),
)
ADD, MULTIPLY, DIVIDE, POWER = -1, -2, -3, -4
NEGATE, EXP, LOG, SQRT, SQUARE, CUBE, ABS = -5, -6, -7, -8, -9, -10, -11
SIN, COS, TAN, SINH, COSH, TANH, FACTORIAL = -12, -13, -14, -15, -16, -17, -18

Tree = tuple[int, ...]


def arity(symbol: int) -> int:
    """Number of arguments: 0 for a leaf, 2 for + * / and **, else 1."""
    if symbol >= 0:
        return 0
    return 2 if symbol >= POWER else 1


def name(symbol: int) -> str:
    """Name of an operation, such as ``"**"``."""
    return OPERATIONS[-1 - symbol]


def symbol(operation: str) -> int:
    """Symbol of an operation by its name.

    Raises
    ------
    ValueError
        If there is no such operation; the message lists all.
    """
    if operation not in OPERATIONS:
        raise ValueError(f"operation {operation!r} is unknown: choose from {list(OPERATIONS)}")
    return -1 - OPERATIONS.index(operation)


def end_of(tree: Tree, start: int) -> int:
    """Position after the subtree that starts at ``start``."""
    missing = 1
    while missing:
        missing += arity(tree[start]) - 1
        start += 1
    return start


@dataclass(frozen=True)
class Language:
    """What trees may be built from.

    Attributes
    ----------
    variables : names of the variables.
    n_constants : constants c1, c2, ... that may be used, each at any number of leaves.
    operations : names out of ``OPERATIONS``.
    longest : most symbols of a tree.
    """

    variables: tuple[str, ...]
    n_constants: int
    operations: tuple[str, ...] = OPERATIONS
    longest: int = 50

    def __post_init__(self) -> None:
        if not self.variables or len(set(self.variables)) != len(self.variables):
            raise ValueError(f"variables {list(self.variables)}: at least one, no name twice")
        if not 0 <= self.n_constants <= 6:
            raise ValueError(f"n_constants = {self.n_constants}: 0 to 6 are allowed")
        if not self.operations or len(set(self.operations)) != len(self.operations):
            raise ValueError(f"operations {list(self.operations)}: at least one, no name twice")
        for operation in self.operations:
            symbol(operation)
        if not 1 <= self.longest <= 60:
            raise ValueError(f"longest = {self.longest}: 1 to 60 symbols are allowed")

    @property
    def leaves(self) -> tuple[int, ...]:
        """Symbols of all variables and constants."""
        return tuple(range(len(self.variables) + self.n_constants))

    def by_arity(self, arguments: int) -> tuple[int, ...]:
        """Symbols that take so many arguments; 0 gives the leaves."""
        if arguments == 0:
            return self.leaves
        symbols = (symbol(operation) for operation in self.operations)
        return tuple(s for s in symbols if arity(s) == arguments)

    def constants(self, tree: Tree) -> list[int]:
        """Distinct constants of ``tree``, from 0, in the order of their first leaf."""
        first = len(self.variables)
        return list(dict.fromkeys(s - first for s in tree if s >= first))
