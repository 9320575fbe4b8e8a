"""From the normal form back to an expression: the shortest writing of sums and products found."""

import math
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from movelaws.symbolic.expressions import Binary, Constant, Expression, Unary, Variable
from movelaws.symbolic.normal_form import real_power
from movelaws.symbolic.values import (
    Atom,
    Factor,
    Value,
    add,
    factor,
    multiply,
    product,
    rounded,
    scale,
    tidy,
)
from movelaws.symbolic.writing_scales import LARGEST_BASE, scaled

_ABSORPTIONS = 2  # how many factors may move into a sum to make the writing shorter
_ORDER = {"v": 0, "s": 1, "p": 2, "l": 3, "e": 4}  # of the factors of a product


def write_sum(value: Value, factored: bool = True) -> Expression:
    """A value as an expression: its terms added, or what they have in common drawn out."""
    if not value:
        return Constant(0.0)
    if len(value) == 1:
        return write_product(factor(value))
    added = _added(value)
    if not factored:
        return added
    return _least((added, write_product(factor(value), absorb=False)))


def _added(value: Value) -> Expression:
    terms = [
        write_product((abs(c), dict(m))) if m else _number(abs(c)) for m, c in _logs_joined(value)
    ]
    signs = [c for _, c in _logs_joined(value)]
    positive = [t for t, c in zip(terms, signs, strict=True) if c > 0]
    negative = [t for t, c in zip(terms, signs, strict=True) if c < 0]
    if positive:
        found, *others = positive
    else:
        found, *negative = sorted(negative, key=_cost_of_sign)
        found, others = _negated(found), []
    for term in others:
        found = Binary("+", found, term)
    for term in negative:
        found = Binary("-", found, term)
    return found


def _logs_joined(value: Value) -> list:
    """Terms with the constant last, and c ln a - c ln b as c ln(a/b)."""
    logs: dict[float, list] = {}
    others = []
    for monomial, c in value:
        if len(monomial) == 1 and monomial[0][0][0] == "l" and monomial[0][1] == 1:
            logs.setdefault(abs(c), []).append((monomial[0][0][1], math.copysign(1.0, c)))
        else:
            others.append((monomial, c))
    for c, arguments in logs.items():
        sign = max(exponent for _, exponent in arguments)  # -1 if there is no other
        inside = (((), 1.0),)
        for argument, exponent in arguments:
            inside = multiply(inside, real_power(argument, sign * exponent))
        if inside:
            others.append((((("l", inside), 1.0),), sign * c))
    return sorted(others, key=lambda term: not term[0])


def _cost_of_sign(term: Expression) -> int:
    return 0 if _number_in_front(term) else 2


def _number_in_front(term: Expression) -> bool:
    while isinstance(term, Binary) and term.op in "*/":
        term = term.left
    return isinstance(term, Constant)


def _negated(term: Expression) -> Expression:
    if not _number_in_front(term):
        return Binary("*", Constant(-1.0), term)
    if isinstance(term, Binary):
        return Binary(term.op, _negated(term.left), term.right)
    return Constant(-term.value)


def _least(candidates: Iterable[Expression]) -> Expression:
    return min(candidates, key=lambda found: found.complexity)


def _number(value: float) -> Constant:
    return Constant(tidy(value))


class _Piece(NamedTuple):
    """A factor as it would stand above and below the line; None where it cannot."""

    above: Expression | None
    below: Expression | None
    rank: tuple


def write_product(parts: Factor, absorb: bool = True, free: bool = False) -> Expression:
    """Coefficient and atoms as an expression; with ``free`` the coefficient does not matter."""
    coefficient, items = parts
    found = _written(coefficient, items, free)
    if not absorb:
        return found
    for _ in range(_ABSORPTIONS):
        tried = [(_written(coefficient, more, free), more) for more in _absorbed(items)]
        best, more = min(tried, key=lambda pair: pair[0].complexity, default=(found, items))
        if best.complexity >= found.complexity:
            break
        found, items = best, more
    return found


def _absorbed(items: dict[Atom, float]) -> Iterator[dict[Atom, float]]:
    """The same product with one factor moved into a sum: d^2 (d + w/d)^2 for (d^2 + w)^2."""
    for inside, q in items.items():
        if inside[0] != "s":
            continue
        for atom, exponent in items.items():
            if atom[0] in ("s", "e") or (atom[0] != "v" and not q.is_integer()):
                continue
            into = product(1.0, [(atom, rounded(exponent / q))])
            terms = add(*(multiply(into, (term,)) for term in inside[1]))
            rest = {a: e for a, e in items.items() if a not in (atom, inside)}
            if len(terms) > 1:
                yield rest | {("s", terms): q}


def _written(coefficient: float, items: dict[Atom, float], free: bool) -> Expression:
    coefficient, items = scaled(coefficient, items, free)
    pieces = sorted(_pieces(items), key=lambda piece: piece.rank)
    above = [piece for piece in pieces if piece.below is None or _prefers_above(piece)]
    below = [piece for piece in pieces if piece not in above]
    if coefficient == 1 and not above:
        turned = next((piece for piece in below if piece.above is not None), None)
        if turned:
            above, below = [turned], [piece for piece in below if piece is not turned]
    numerator = [piece.above for piece in above]
    if coefficient != 1 or not numerator:
        numerator.insert(0, _number(coefficient))
    found = _times(numerator)
    return Binary("/", found, _times([piece.below for piece in below])) if below else found


def _prefers_above(piece: _Piece) -> bool:
    return piece.rank[-1] > 0


def _times(factors: list[Expression]) -> Expression:
    found, *others = factors
    for other in others:
        found = Binary("*", found, other)
    return found


def _pieces(items: dict[Atom, float]) -> Iterator[_Piece]:
    groups: dict[float, list[tuple[Atom, float]]] = {}
    for atom, exponent in items.items():
        if atom[0] == "e":
            yield from _exponential_pieces(atom[1])
        elif abs(exponent) == 1:
            rank = (_ORDER[atom[0]], str(atom), exponent)
            yield _Piece(*((_base(atom), None) if exponent > 0 else (None, _base(atom))), rank)
        else:
            groups.setdefault(abs(exponent), []).append((atom, exponent))
    for q, group in groups.items():
        yield _grouped(sorted(group, key=lambda item: (_ORDER[item[0][0]], item)), q)


def _grouped(group: list[tuple[Atom, float]], q: float) -> _Piece:
    """Factors to the same power as one power: x^q / y^q is (x / y)^q."""
    above = [_base(atom) for atom, exponent in group if exponent > 0]
    below = [_base(atom) for atom, exponent in group if exponent < 0]
    rank = (_ORDER[group[0][0][0]], str(group[0][0]), 1.0 if above else -1.0)
    if above and below:
        quotient = Binary("/", _times(above), _times(below))
        return _Piece(Binary("^", quotient, _number(q)), None, rank)
    base = _times(above or below)
    raised, lowered = Binary("^", base, _number(q)), Binary("^", base, _number(-q))
    return _Piece(raised, lowered, rank) if above else _Piece(lowered, raised, rank)


def _base(atom: Atom) -> Expression:
    match atom:
        case ("v", name):
            return Variable(name)
        case ("s", value):
            return write_sum(value, factored=False)
        case ("l", value):
            return Unary("ln", write_sum(value))
        case ("p", base, exponent):
            return Binary("^", write_sum(base), write_sum(exponent))
    raise TypeError(f"{atom!r} is no base")


def _exponential_pieces(value: Value) -> Iterator[_Piece]:
    """exp of a value as powers: exp(k x) is c^x, exp(x ln b) is b^x."""
    bases: dict[tuple, list[tuple[Value, float]]] = {}
    rest = []
    for monomial, c in value:
        logs = [atom for atom, exponent in monomial if atom[0] == "l" and exponent == 1]
        if len(logs) == 1:
            others = tuple(item for item in monomial if item[0] != logs[0])
            bases.setdefault(others, []).append((logs[0][1], c))
        else:
            rest.append((monomial, c))
    for others, found in bases.items():
        first = found[0][1]
        base = (((), 1.0),)
        for argument, c in found:
            base = multiply(base, real_power(argument, rounded(c / first)))
        raised = Binary("^", write_sum(base), write_product((abs(first), dict(others))))
        rank = (_ORDER["e"], str(others), math.copysign(1.0, first))
        yield _Piece(*((raised, None) if first > 0 else (None, raised)), rank)
    if rest:
        yield from _shortest(tuple(rest))


def _shortest(value: Value) -> list[_Piece]:
    """exp of a sum as one power or as a product of powers, whichever is shorter."""
    ways = [_related(value), [(term,) for term in value], [value]]
    pieces = [[_power_of_number(part) for part in way] for way in ways]
    return min(pieces, key=lambda way: sum(1 + (p.above or p.below).complexity for p in way))


def _related(value: Value) -> list[Value]:
    """Terms in groups that share no atom: those of one group may have something in common."""
    groups: list[list] = []
    for term in value:
        atoms = {atom for atom, _ in term[0]}
        touching = [g for g in groups if any(atoms & {a for a, _ in m} for m, _ in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([*chain.from_iterable(touching), term])
    return sorted(tuple(sorted(group)) for group in groups)


def _power_of_number(value: Value) -> _Piece:
    """exp(v), or c^(v / ln c) where that is shorter."""
    tried = []
    for k in (1.0, -1.0, *(c for _, c in value)):
        if _is_base(k) and _is_base(-k):
            tried.append((write_sum(scale(value, 1 / k)), k))
    body, k = min(tried, key=lambda pair: pair[0].complexity)
    above, below = _with_base(k, body), _with_base(-k, body)
    return _Piece(above, below, (_ORDER["e"], str(value), k))


def _is_base(k: float) -> bool:
    """Whether float64 can hold exp(k), far enough from 1 for the first three digits of k."""
    return abs(k) <= LARGEST_BASE and abs(math.log(math.exp(k)) - k) <= 1e-3 * abs(k)


def _with_base(k: float, body: Expression) -> Expression:
    if k == 1:
        return Unary("exp", body)
    base = math.exp(k)
    return Binary("^", Constant(base) if tidy(base) == 1 else _number(base), body)
