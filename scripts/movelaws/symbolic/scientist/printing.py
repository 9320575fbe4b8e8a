"""Trees as text, as LaTeX, and how complex they are by the count of paper 2."""

from collections.abc import Callable

from movelaws.symbolic.scientist import alphabet as of
from movelaws.symbolic.scientist.alphabet import Language, Tree

# How firmly an expression holds together: sum, sign and product, power, leaf or call.
LOOSE, MIDDLE, POWERS, FIRM = range(4)
TEXT_CALLS = {of.LOG: "ln"}
WHOLE = {of.SQUARE: "2", of.CUBE: "3"}

Pieces = list[tuple[str, int]]


def renumbered(tree: Tree, language: Language) -> Tree:
    """The same tree with its constants c1, c2, ... in the order of their first leaf."""
    first = len(language.variables)
    new = {old + first: at + first for at, old in enumerate(language.constants(tree))}
    return tuple(new.get(symbol, symbol) for symbol in tree)


def complexity(tree: Tree) -> int:
    """Nodes of a full binary tree (paper 2, Sec. 2.1), extended to the functions it lacks.

    A leaf and each of + - * / ^ count 1, exp and ln 2 (as e^x and a logarithm to the base e). So
    do all functions of one argument: x^2, x^3 and sqrt x add a power and its exponent, and tanh,
    abs and the others are counted like exp. A sign counts 2, being 0 - x, but one in each sum is
    free: it makes + a - and leaves the number of nodes as it is.
    """
    total = sum(2 if of.arity(symbol) == 1 else 1 for symbol in tree)
    for at, symbol in enumerate(tree):
        if symbol == of.ADD:
            terms = tree[at + 1], tree[of.end_of(tree, at + 1)]
            total -= 2 * (of.NEGATE in terms)
    return total


def text(tree: Tree, language: Language) -> str:
    """Expression such as ``c1 * (w_i * w_j)^c2``; constants by their names."""
    constants = [f"c{k + 1}" for k in range(language.n_constants)]
    return _written(tree, [*language.variables, *constants], _text_parts)


def latex(tree: Tree, language: Language) -> str:
    r"""Expression in LaTeX such as ``c_{1} \left(w_{i} w_{j}\right)^{c_{2}}``."""
    constants = [f"c_{{{k + 1}}}" for k in range(language.n_constants)]
    names = [_with_index(variable) for variable in language.variables]
    return _written(tree, [*names, *constants], _latex_parts)


def _with_index(name: str) -> str:
    head, _, index = name.partition("_")
    return f"{head}_{{{index}}}" if index else head


def _written(tree: Tree, names: list[str], parts: Callable[[int, Pieces], tuple[str, int]]) -> str:
    stack: Pieces = []
    for symbol in reversed(tree):
        if symbol >= 0:
            stack.append((names[symbol], FIRM))
        else:
            arguments = [stack.pop() for _ in range(of.arity(symbol))]
            stack.append(parts(symbol, arguments))
    return stack[0][0]


def _text_parts(symbol: int, arguments: Pieces) -> tuple[str, int]:
    def held(which: int, least: int) -> str:
        written, hold = arguments[which]
        return written if hold >= least else f"({written})"

    if symbol == of.ADD:
        return _added(held(0, LOOSE), held(1, LOOSE)), LOOSE
    if symbol == of.MULTIPLY:
        return f"{held(0, MIDDLE)} * {held(1, POWERS)}", MIDDLE
    if symbol == of.DIVIDE:
        return f"{held(0, MIDDLE)} / {held(1, POWERS)}", MIDDLE
    if symbol == of.POWER:
        return f"{held(0, FIRM)}^{held(1, FIRM)}", POWERS
    if symbol == of.NEGATE:
        return f"-{held(0, MIDDLE)}", LOOSE
    if symbol in WHOLE:
        return f"{held(0, FIRM)}^{WHOLE[symbol]}", POWERS
    return f"{TEXT_CALLS.get(symbol, of.name(symbol))}({arguments[0][0]})", FIRM


def _latex_parts(symbol: int, arguments: Pieces) -> tuple[str, int]:
    def held(which: int, least: int) -> str:
        written, hold = arguments[which]
        return written if hold >= least else rf"\left({written}\right)"

    if symbol == of.ADD:
        return _added(held(0, LOOSE), held(1, LOOSE)), LOOSE
    if symbol == of.MULTIPLY:
        return f"{held(0, MIDDLE)} {held(1, POWERS)}", MIDDLE
    if symbol == of.DIVIDE:
        return rf"\frac{{{arguments[0][0]}}}{{{arguments[1][0]}}}", POWERS
    if symbol == of.POWER:
        return f"{held(0, FIRM)}^{{{arguments[1][0]}}}", POWERS
    if symbol == of.NEGATE:
        return f"-{held(0, MIDDLE)}", LOOSE
    if symbol in WHOLE:
        return f"{held(0, FIRM)}^{{{WHOLE[symbol]}}}", POWERS
    if symbol == of.SQRT:
        return rf"\sqrt{{{arguments[0][0]}}}", FIRM
    if symbol == of.EXP:
        return f"e^{{{arguments[0][0]}}}", POWERS
    if symbol == of.ABS:
        return rf"\left|{arguments[0][0]}\right|", FIRM
    if symbol == of.FACTORIAL:
        return f"{held(0, FIRM)}!", FIRM
    called = r"\ln" if symbol == of.LOG else rf"\{of.name(symbol)}"
    return rf"{called}\left({arguments[0][0]}\right)", FIRM


def _added(first: str, second: str) -> str:
    """``a - b`` where the second term is written ``-b``; a sign binds its whole term only."""
    return f"{first} - {second[1:]}" if second.startswith("-") else f"{first} + {second}"
