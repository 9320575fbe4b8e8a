"""Levels of an enumeration: the distinct subexpressions of a complexity, and the laws of it."""

import numpy as np

from movelaws.symbolic import _enumeration_classes as classes
from movelaws.symbolic import _enumeration_domains as domains
from movelaws.symbolic import _enumeration_rules as rules
from movelaws.symbolic import _enumeration_traits as traits
from movelaws.symbolic import _enumeration_values as fingerprint
from movelaws.symbolic.observations import ORIGIN_ONLY
from movelaws.symbolic.tokens import ADD, BASE, CONSTANT, END, EXP, LOG, MULTIPLY, POWER

_BLOCK = 1 << 21  # combinations looked at together


class Levels:
    """Distinct subexpressions by complexity, with their values and the laws seen so far."""

    def __init__(self, names: tuple[str, ...], tokens: tuple[int, ...], argument: int, pool: int):
        self.tokens, self.argument, self.pool = tokens, argument, pool
        self.assignments = fingerprint.Assignments(max(pool, 1))
        at_points = fingerprint.points(names, ORIGIN_ONLY)
        constants = fingerprint.constant_pool(max(pool, 1))
        self.values, self.start = fingerprint.leaf_values(at_points, constants)
        self.weights = fingerprint.projections()
        self.probed = domains.probes(len(names))
        self.table = traits.leaves(len(names))
        self.range = {}
        self.functions = np.zeros((0, 3), dtype=np.uint64)
        self.laws = np.zeros((0, 3), dtype=np.uint64)

    def grow(self, complexity: int, last: bool) -> tuple[np.ndarray, int]:
        """Laws new at a complexity, as rows of traits, and the number of combinations tried.

        Unless it is the ``last``, the level becomes part of the table.
        """
        if complexity == 1:
            self.range[1] = (0, len(self.table))
            # A variable of the origin stands for the uniform law before the constant does.
            level, tried = self.table[np.r_[1 : len(self.table), :1]], len(self.table)
            self.functions = classes.merged(self.functions, self._leaves(level, allocate=False))
            level = level[level["n_constants"] <= self.pool]
            laws = self._leaves(level, allocate=True)
        else:
            level, tried = self._combinations(complexity)
            if not last:
                level = self._new_functions(level)
                self._append(level, complexity)
            level = level[level["canonical"]]
            laws = self._members(level, allocate=True)
        first = classes.fresh(laws, level["n_constants"], self.laws)
        top = level[first]
        self.laws = classes.merged(self.laws, laws[first])
        return top, tried

    def codes(self, level: np.ndarray) -> np.ndarray:
        """(n, complexity) postfix codes of rows of traits of one complexity."""
        longest = int(level["complexity"].max(initial=1))
        codes = np.full((len(level), longest), END, dtype=np.int8)
        leaf = level["op"] == traits.VARIABLE
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
                found.append(traits.combined(op, traits_left[keep], traits_right[keep]))
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

    def _members(self, level: np.ndarray, allocate: bool) -> np.ndarray:
        """(n, 3) hashes and domains, as functions or as allocations."""
        ways = self.assignments
        node = level["op"].copy(), level["left"].copy(), level["right"].copy()
        hashes = fingerprint.fingerprints(
            *node,
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
        return np.column_stack([hashes, domains.domains(*node, self.probed)])

    def _leaves(self, level: np.ndarray, allocate: bool) -> np.ndarray:
        """The same of leaves, which are finite everywhere."""
        hashes = np.zeros((len(level), 2), dtype=np.uint64)
        for i, row in enumerate(level["row"]):
            if row > 0 or allocate:  # a constant is no function of the variables
                hashes[i] = fingerprint.leaf_fingerprint(
                    self.values[self.start[row] :][: fingerprint.N_POINTS],
                    self.weights,
                    self.assignments.weight[0],
                    allocate,
                )
        node = level["op"].copy(), level["left"].copy(), level["right"].copy()
        return np.column_stack([hashes, domains.domains(*node, self.probed)])

    def _new_functions(self, level: np.ndarray) -> np.ndarray:
        members = self._members(level, allocate=False)
        first = classes.fresh(members, level["n_constants"], self.functions)
        self.functions = classes.merged(self.functions, members[first])
        level = level[first]
        level["row"] = len(self.table) + np.arange(len(level))
        return level

    def _append(self, level: np.ndarray, complexity: int) -> None:
        ways = self.assignments
        sizes = ways.count[level["n_constants"]] * fingerprint.N_POINTS
        into = np.concatenate([[0], np.cumsum(sizes)])
        out = np.empty(into[-1], dtype=np.complex128)
        node = level["op"].copy(), level["left"].copy(), level["right"].copy()
        fingerprint.evaluate(
            *node,
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
        self.probed = np.concatenate([self.probed, domains.at_probes(*node, self.probed)])
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
