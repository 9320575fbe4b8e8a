"""All distinct flow laws up to a complexity: the ground that an exhaustive search covers.

Expressions are built level by level out of *distinct* subexpressions, each a row of a table that
names its operator and the rows of its operands. Two expressions are the same if they are equal as
functions (within a law) or allocate equally (as laws): f and g are the same law if g = a_i f with
any factor a_i of the origin (paper 2, Sec. 2.3). Families of expressions that lie within another of
at most their complexity are left out (see `_enumeration_rules`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from movelaws.symbolic import _enumeration_rules as rules
from movelaws.symbolic import _enumeration_values as fingerprint
from movelaws.symbolic.observations import ORIGIN_ONLY
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

ALWAYS = (ADD, SUBTRACT, MULTIPLY, DIVIDE)
OPTIONAL = {"^": (POWER, BASE), "exp": (EXP,), "ln": (LOG,)}
_BLOCK = 1 << 21  # combinations looked at together


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
    distinct : complexity -> number of laws that no lower complexity has.
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
    levels = _Levels(names, tokens, argument, pool if constants_max != 0 else 0)
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


class _Levels:
    """Distinct subexpressions by complexity, with their values and the laws seen so far."""

    def __init__(self, names: tuple[str, ...], tokens: tuple[int, ...], argument: int, pool: int):
        self.tokens, self.argument, self.pool = tokens, argument, pool
        self.assignments = fingerprint.Assignments(max(pool, 1))
        at_points = fingerprint.points(names, ORIGIN_ONLY)
        constants = fingerprint.constant_pool(max(pool, 1))
        self.values, self.start = fingerprint.leaf_values(at_points, constants)
        self.weights = fingerprint.projections()
        self.table = rules.leaves(len(names))
        self.range = {}
        self.functions = np.zeros((0, 2), dtype=np.uint64)
        self.laws = np.zeros((0, 2), dtype=np.uint64)

    def grow(self, complexity: int, last: bool) -> tuple[np.ndarray, int]:
        """Laws new at a complexity, as rows of traits, and the number of combinations tried.

        Unless it is the ``last``, the level becomes part of the table.
        """
        if complexity == 1:
            self.range[1] = (0, len(self.table))
            # A variable of the origin stands for the uniform law before the constant does.
            level, tried = self.table[np.r_[1 : len(self.table), :1]], len(self.table)
            function_hashes = self._leaf_hashes(level, allocate=False)
            self.functions = _merged(self.functions, function_hashes)
            level = level[level["n_constants"] <= self.pool]
            laws = self._leaf_hashes(level, allocate=True)
        else:
            level, tried = self._combinations(complexity)
            if not last:
                level = self._new_functions(level)
                self._append(level, complexity)
            level = level[level["canonical"]]
            laws = self._hashes(level, allocate=True)
        first = _first_of_each(laws, level["n_constants"], self.laws)
        top = level[first]
        self.laws = _merged(self.laws, laws[first])
        return top, tried

    def codes(self, level: np.ndarray) -> np.ndarray:
        """(n, complexity) postfix codes of rows of traits of one complexity."""
        longest = int(level["complexity"].max(initial=1))
        codes = np.full((len(level), longest), END, dtype=np.int8)
        leaf = level["op"] == rules.VARIABLE
        codes[leaf, 0] = level["left"][leaf]
        codes[level["op"] == CONSTANT, 0] = CONSTANT
        inner = np.flatnonzero(level["op"] < CONSTANT)
        if inner.size:
            self._write(codes, inner, level[inner])
        return codes

    def _write(self, codes: np.ndarray, rows: np.ndarray, level: np.ndarray) -> None:
        unary = level["right"] < 0
        operands = [(level["left"], ~np.zeros(len(level), bool)), (level["right"], ~unary)]
        end = np.zeros(len(level), dtype=np.int64)
        for operand, has in operands:
            size = np.where(has, self.length[operand], 0)
            for n in np.unique(size[has]):
                chosen = has & (size == n)
                columns = end[chosen, None] + np.arange(n)
                codes[rows[chosen, None], columns] = self.stored[operand[chosen], :n]
            end += size
        codes[rows, end] = level["op"]

    def _combinations(self, complexity: int) -> tuple[np.ndarray, int]:
        self._store_codes()
        found, tried = [], 0
        for op in self.tokens:
            for left, right in self._operands(op, complexity):
                tried += len(left)
                traits_left, traits_right = self.table[left], self.table[right]
                keep = rules.kept(
                    op, traits_left, traits_right, self.table, self.argument, POWER in self.tokens
                )
                number = traits_left["n_constants"].astype(np.int64)
                if op not in (EXP, LOG):
                    number = number + traits_right["n_constants"]
                keep &= number <= self.pool
                found.append(rules.combined(op, traits_left[keep], traits_right[keep]))
        return np.concatenate(found) if found else self.table[:0], tried

    def _operands(self, op: int, complexity: int):
        """Blocks of rows of left and right operands; + and * take either order once."""
        if op in (EXP, LOG):
            if complexity - 2 <= self.argument:
                rows = np.arange(*self.range[complexity - 2], dtype=np.int32)
                yield rows, rows
            return
        for size in range(1, complexity - 1, 2):
            other = complexity - 1 - size
            if (op in (ADD, MULTIPLY) and size < other) or (op in (POWER, BASE) and other > 1):
                continue
            if op == BASE and size > 1:
                continue
            first, last = self.range[size]
            rights = np.arange(*self.range[other], dtype=np.int32)
            step = max(_BLOCK // len(rights), 1)
            for begin in range(first, last, step):
                lefts = np.arange(begin, min(begin + step, last), dtype=np.int32)
                left, right = np.repeat(lefts, len(rights)), np.tile(rights, len(lefts))
                if op in (ADD, MULTIPLY) and size == other:
                    once = left >= right
                    left, right = left[once], right[once]
                yield left, right

    def _hashes(self, level: np.ndarray, allocate: bool) -> np.ndarray:
        ways = self.assignments
        return fingerprint.fingerprints(
            level["op"].copy(),
            level["left"].copy(),
            level["right"].copy(),
            self.start,
            self.table["n_constants"].astype(np.int64),
            self.values,
            self.weights,
            ways.count,
            ways.weight,
            ways.left,
            ways.right,
            allocate,
        )

    def _leaf_hashes(self, level: np.ndarray, allocate: bool) -> np.ndarray:
        hashes = np.zeros((len(level), 2), dtype=np.uint64)
        for i, row in enumerate(level["row"]):
            if row > 0 or allocate:  # a constant is no function of the variables
                hashes[i] = fingerprint.leaf_fingerprint(
                    self.values[self.start[row] :][: fingerprint.N_POINTS],
                    self.weights,
                    self.assignments.weight[0],
                    allocate,
                )
        return hashes

    def _new_functions(self, level: np.ndarray) -> np.ndarray:
        hashes = self._hashes(level, allocate=False)
        first = _first_of_each(hashes, level["n_constants"], self.functions)
        self.functions = _merged(self.functions, hashes[first])
        level = level[first]
        level["row"] = len(self.table) + np.arange(len(level))
        return level

    def _append(self, level: np.ndarray, complexity: int) -> None:
        ways = self.assignments
        sizes = ways.count[level["n_constants"]] * fingerprint.N_POINTS
        into = np.concatenate([[0], np.cumsum(sizes)])
        out = np.empty(into[-1], dtype=np.complex128)
        fingerprint.evaluate(
            level["op"].copy(),
            level["left"].copy(),
            level["right"].copy(),
            self.start,
            self.table["n_constants"].astype(np.int64),
            self.values,
            ways.count,
            ways.left,
            ways.right,
            into[:-1],
            out,
        )
        self.range[complexity] = (len(self.table), len(self.table) + len(level))
        self.start = np.concatenate([self.start, self.values.size + into[:-1]])
        self.values = np.concatenate([self.values, out])
        self.table = np.concatenate([self.table, level])

    def _store_codes(self) -> None:
        """Codes of all rows of the table, for those that build on them."""
        longest = int(self.table["complexity"].max())
        stored = np.full((len(self.table), longest), END, dtype=np.int8)
        for first, last in self.range.values():
            codes = self.codes(self.table[first:last])
            stored[first:last, : codes.shape[1]] = codes
            # at once: the codes of the next complexity are made of those before it
            self.stored, self.length = stored, (stored != END).sum(axis=1)


def _first_of_each(hashes: np.ndarray, n_constants: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Rows, rising, of one of each hash that is not in ``seen``: the fewest constants, the first.

    ``seen`` (m, 2) is sorted by its first column. 0, 0 marks a constant and is no row's.
    """
    order = np.argsort(hashes[:, 0], kind="stable")
    ordered = hashes[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    begins = np.flatnonzero(begins)
    if not begins.size:
        return begins
    rank = (n_constants[order].astype(np.int64) << 40) | order
    first = np.minimum.reduceat(rank, begins) & ((1 << 40) - 1)
    hashes = hashes[first]
    first = first[~_seen(hashes, seen) & (hashes != 0).any(axis=1)]
    return np.sort(first)


def _seen(hashes: np.ndarray, seen: np.ndarray) -> np.ndarray:
    at = np.searchsorted(seen[:, 0], hashes[:, 0])
    inside = at < len(seen)
    found = np.zeros(len(hashes), dtype=bool)
    found[inside] = (seen[at[inside]] == hashes[inside]).all(axis=1)
    return found


def _merged(seen: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    together = np.concatenate([seen, hashes])
    return together[np.argsort(together[:, 0], kind="stable")]


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
