"""All distinct flow laws up to a complexity: the ground that an exhaustive search covers.

Expressions are built level by level out of *distinct* subexpressions, each a row of a table that
names its operator and the rows of its operands. Two expressions are the same if they are equal as
functions (within a law) or allocate equally (as laws): f and g are the same law if g = a_i f with
any factor a_i of the origin, of either sign (paper 2, Sec. 2.3). Families of expressions that lie
within another of at most their complexity are left out (see `_enumeration_rules`).

Equality is meant where all subexpressions of both are finite. Equal functions may differ in where
they are finite: ln(s^s) is where s = 0 and s ln s is not. The expression that is listed is finite
wherever any is that it stands for, as far as zeros and large values of the variables can tell (see
`_enumeration_domains`); if there is no such expression, several are listed, which allocate alike
where they are finite.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from movelaws.symbolic._enumeration_levels import Levels
from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    DIVIDE,
    END,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
)

ALWAYS = (ADD, SUBTRACT, MULTIPLY, DIVIDE)
OPTIONAL = {"^": (POWER, BASE), "exp": (EXP,), "ln": (LOG,)}


@dataclass(frozen=True, eq=False)
class Enumeration:
    """Distinct laws, the simplest first.

    Attributes
    ----------
    names : variables, in the order of their tokens.
    codes : (n, complexity_max) int8, postfix codes filled up by ``END``.
    complexity, n_constants : (n,) int64.
    trees : complexity -> number of expressions of the grammar, every tree counted.
    generated : complexity -> number of combinations of distinct subexpressions.
    distinct : complexity -> number of laws listed, those that no lower complexity has, or has with
        a smaller domain only.
    complexity_max, argument_complexity, operators, constants_max : what was asked for.
    """

    names: tuple[str, ...]
    codes: np.ndarray
    complexity: np.ndarray
    n_constants: np.ndarray
    trees: dict[int, int]
    generated: dict[int, int]
    distinct: dict[int, int]
    complexity_max: int
    argument_complexity: int | None
    operators: tuple[str, ...]
    constants_max: int | None

    def of_complexity(self, complexity: int) -> np.ndarray:
        """(n, complexity_max) codes of the laws of one complexity."""
        return self.codes[self.complexity == complexity]


def enumerate_programs(
    names: Sequence[str],
    complexity_max: int,
    *,
    argument_complexity: int | None = None,
    operators: Sequence[str] = ("^", "exp", "ln"),
    constants_max: int | None = None,
) -> Enumeration:
    """Every law up to a complexity, each once, as postfix codes.

    Parameters
    ----------
    names : variables; ``r_i`` and ``w_i`` are taken to depend on the origin only.
    complexity_max : odd, at least 1.
    argument_complexity : the most complex argument of exp and ln; None for any.
    operators : which of ``^``, ``exp`` and ``ln`` to use beside + - * /.
    constants_max : the largest number of constants in a law; None for any.

    Returns
    -------
    Enumeration, the same for the same arguments whatever the number of threads.

    Raises
    ------
    ValueError
        If an argument is out of its range or a name occurs twice.
    """
    names, operators = tuple(str(name) for name in names), tuple(operators)
    _check(names, complexity_max, argument_complexity, operators, constants_max)
    argument = complexity_max if argument_complexity is None else argument_complexity
    possible = (complexity_max - 1) // 2 or 1
    pool = possible if constants_max is None else min(possible, max(constants_max, 1))
    tokens = ALWAYS + tuple(t for name in OPTIONAL if name in operators for t in OPTIONAL[name])
    levels = Levels(names, tokens, argument, pool if constants_max != 0 else 0)
    codes, complexities, counts, generated, distinct = [], [], [], {}, {}
    for complexity in range(1, complexity_max + 1, 2):
        top, generated[complexity] = levels.grow(complexity, last=complexity == complexity_max)
        distinct[complexity] = len(top)
        block = np.full((len(top), complexity_max), END, dtype=np.int8)
        block[:, :complexity] = levels.codes(top)[:, :complexity]
        codes.append(block)
        complexities.append(np.full(len(top), complexity, dtype=np.int64))
        counts.append(top["n_constants"].astype(np.int64))
    return Enumeration(
        names,
        np.concatenate(codes),
        np.concatenate(complexities),
        np.concatenate(counts),
        _trees(len(names) + 1, complexity_max, argument, tokens),
        generated,
        distinct,
        complexity_max,
        argument_complexity,
        operators,
        constants_max,
    )


def _check(names, complexity_max, argument_complexity, operators, constants_max) -> None:
    if not names or len(set(names)) != len(names) or len(names) > 31:
        raise ValueError(f"names = {names}: between 1 and 31 different names are needed")
    if complexity_max < 1 or complexity_max % 2 == 0:
        raise ValueError(f"complexity_max = {complexity_max}: an odd number >= 1 is needed")
    if argument_complexity is not None and argument_complexity < 1:
        raise ValueError(f"argument_complexity = {argument_complexity}: >= 1 or None is needed")
    if constants_max is not None and constants_max < 0:
        raise ValueError(f"constants_max = {constants_max}: >= 0 or None is needed")
    unknown = [name for name in operators if name not in OPTIONAL]
    if unknown:
        raise ValueError(f"operators {unknown} are unknown: choose from {list(OPTIONAL)}")


def _trees(leaves: int, complexity_max: int, argument: int, tokens: tuple[int, ...]) -> dict:
    """Number of expressions of each complexity that the grammar allows, every tree counted."""
    trees = {1: leaves}
    for complexity in range(3, complexity_max + 1, 2):
        sizes = range(1, complexity - 1, 2)
        trees[complexity] = 4 * sum(trees[s] * trees[complexity - 1 - s] for s in sizes)
        if POWER in tokens:
            trees[complexity] += trees[complexity - 2] * leaves
        if complexity - 2 <= argument:
            trees[complexity] += ((EXP in tokens) + (LOG in tokens)) * trees[complexity - 2]
    return trees
