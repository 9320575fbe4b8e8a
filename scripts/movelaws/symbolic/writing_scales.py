"""Which numbers stand in front of the sums of a product, so that few need to be written."""

import math
from collections.abc import Iterator

from movelaws.symbolic.values import Atom, Factor, Value, rounded, scale, tidy

LARGEST_BASE = 500.0  # |ln c| of a constant that float64 holds with room to spare


def scaled(coefficient: float, items: dict[Atom, float], free: bool) -> Factor:
    """Coefficients of sums chosen so that as few numbers as can be need to be written."""
    scaled = {}
    for atom, q in sorted(items.items()):
        if atom[0] == "s":
            tried = [
                (coefficient * abs(t) ** -q * _sign(t, q), scale(atom[1], t))
                for t in _scales(coefficient, atom[1], q)
            ]
            costs = [
                (_cost(terms) + (0 if free or tidy(c) == 1 else 2), _awkward(terms))
                for c, terms in tried
            ]
            coefficient, terms = tried[costs.index(min(costs))]
            coefficient, atom = tidy(rounded(coefficient)), ("s", terms)
        scaled[atom] = scaled.get(atom, 0.0) + q
    return (1.0 if free else coefficient), scaled


def _scales(coefficient: float, terms: Value, q: float) -> Iterator[float]:
    """Numbers by which a sum to the power q may be multiplied; negative ones if q is whole."""
    yield 1.0
    candidates = [1 / c for _, c in terms]
    if coefficient and abs(math.log(abs(coefficient)) / q) < LARGEST_BASE:
        candidates.append(abs(coefficient) ** (1 / q))
    for t in candidates:
        if abs(q * math.log(abs(t))) > LARGEST_BASE:
            continue
        yield abs(t)
        if q.is_integer():
            yield -abs(t)


def _sign(t: float, q: float) -> float:
    return -1.0 if t < 0 and q % 2 == 1 else 1.0


def _awkward(terms: Value) -> tuple[int, int]:
    """How many terms are subtracted and how many have a number below 1 in front."""
    small = sum(1 for monomial, c in terms if monomial and tidy(abs(c)) < 1)
    return sum(1 for _, c in terms if c < 0), small


def _cost(terms: Value) -> int:
    """Complexity that the coefficients of a sum cost."""
    unit = [bool(monomial) and tidy(abs(c)) == 1 for monomial, c in terms]
    written = sum(2 for (m, _), one in zip(terms, unit, strict=True) if m and not one)
    sign_kept = any(c > 0 for _, c in terms) or not all(unit)
    return written + (0 if sign_kept else 2)
