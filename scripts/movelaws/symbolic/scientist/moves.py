"""The three moves of the chain, each with the factor that keeps detailed balance.

Every function takes a tree and returns the proposal with ln q(back) - ln q(there), or None if the
move cannot be made. Guimera et al. (2020), Science Advances 6, eaav6971, Supplementary Text.
"""

import math
from itertools import permutations, product

import numpy as np

from movelaws.symbolic.scientist.alphabet import Language, Tree, arity, end_of

ROOT_SHARE = 0.05  # of the steps; nodes and elementary trees share the rest 45 : 50
NODE_SHARE = 0.45

Proposal = tuple[Tree, float]


class Moves:
    """Proposals in one language.

    Parameters
    ----------
    language : what trees are built from.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._symbols = {n: language.by_arity(n) for n in (0, 1, 2)}
        self._elementary = {
            n: [
                (symbol, *leaves)
                for symbol in self._symbols[n]
                for leaves in product(self._symbols[0], repeat=n)
            ]
            for n in (0, 1, 2)
        }
        orders = [n for n in (0, 1, 2) if self._elementary[n]]
        self._kinds = list(permutations(orders, 2))
        self._roots = [
            (symbol, *leaves)
            for n in (1, 2)
            for symbol in self._symbols[n]
            for leaves in product(self._symbols[0], repeat=n - 1)
        ]

    def propose(self, tree: Tree, rng: np.random.Generator) -> Proposal | None:
        """One proposal by a move drawn at random."""
        drawn = rng.random()
        if drawn < ROOT_SHARE / 2:
            return self.remove_root(tree)
        if drawn < ROOT_SHARE:
            return self.add_root(tree, rng)
        if drawn < ROOT_SHARE + NODE_SHARE:
            return self.replace_node(tree, rng)
        return self.replace_elementary(tree, rng)

    def replace_node(self, tree: Tree, rng: np.random.Generator) -> Proposal:
        """Another symbol of the same number of arguments at a node; as likely there as back."""
        at = _below(len(tree), rng)
        symbols = self._symbols[arity(tree[at])]
        return (*tree[:at], symbols[_below(len(symbols), rng)], *tree[at + 1 :]), 0.0

    def add_root(self, tree: Tree, rng: np.random.Generator) -> Proposal | None:
        """A new root over the tree, which becomes its first argument; the others are leaves."""
        symbol, *leaves = self._roots[_below(len(self._roots), rng)]
        if len(tree) + 1 + len(leaves) > self.language.longest:
            return None
        return (symbol, *tree, *leaves), math.log(len(self._roots))

    def remove_root(self, tree: Tree) -> Proposal | None:
        """What stands under the root as first argument, if the other arguments are leaves."""
        others = arity(tree[0]) - 1
        if others < 0 or end_of(tree, 1) != len(tree) - others:
            return None
        return tree[1 : len(tree) - others], -math.log(len(self._roots))

    def replace_elementary(self, tree: Tree, rng: np.random.Generator) -> Proposal | None:
        """An elementary tree (a leaf, or an operation on leaves) for one of another size."""
        kinds, places = self._feasible(tree)
        if not kinds:
            return None
        old, new = kinds[_below(len(kinds), rng)]
        at = places[old][_below(len(places[old]), rng)]
        put = self._elementary[new][_below(len(self._elementary[new]), rng)]
        proposal = (*tree[:at], *put, *tree[at + 1 + old :])
        kinds_back, places_back = self._feasible(proposal)
        there = len(kinds) * len(places[old]) * len(self._elementary[new])
        back = len(kinds_back) * len(places_back[new]) * len(self._elementary[old])
        return proposal, math.log(there / back)

    def _feasible(self, tree: Tree) -> tuple[list[tuple[int, int]], dict[int, list[int]]]:
        """Pairs of sizes that may be exchanged, and where elementary trees of each size stand."""
        places: dict[int, list[int]] = {0: [], 1: [], 2: []}
        for at, symbol in enumerate(tree):
            n = arity(symbol)
            if all(leaf >= 0 for leaf in tree[at + 1 : at + 1 + n]):
                places[n].append(at)
        spare = self.language.longest - len(tree)
        return [(o, n) for o, n in self._kinds if places[o] and n - o <= spare], places


def _below(n: int, rng: np.random.Generator) -> int:
    # rng.integers takes ten times as long; n is far below where the bias could be seen
    return int(rng.random() * n)
