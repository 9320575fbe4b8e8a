"""What a law captures: the effects by which Fig. 3d and Fig. S1c of paper 2 class the laws."""

from collections.abc import Iterable

import numpy as np

from movelaws.symbolic.canonical import allocation_form, allocation_key
from movelaws.symbolic.expressions import Expression, evaluate
from movelaws.symbolic.values import Atom, names_of_atom

DISTANCE_DECAY = "distance decay"
DISTANCE = "distance"
OPPORTUNITIES = "intervening opportunities"
ATTRACTION = "destination attraction"
ORIGIN = "origin"
ORDER = (DISTANCE_DECAY, DISTANCE, OPPORTUNITIES, ATTRACTION, ORIGIN)

_DESTINATION = frozenset({"w_j", "r_j"})
_INTERVENING = frozenset({"s_w", "s_r"})
_ORIGIN = frozenset({"w_i", "r_i"})
_RANGES = {"d": (1.0, 300.0)}  # km; everything else in tens of thousands of people
_PEOPLE = (0.1, 100.0)
_POINTS = 400


def effects(expression: Expression) -> tuple[str, ...]:
    """Effects that a law captures once all that cancels under allocation is gone, in ``ORDER``.

    - ``distance decay``: the weight falls with d at most points;
    - ``distance``: d matters, but the weight does not fall with it (as in Fig. 4b);
    - ``intervening opportunities``: s_w or s_r matters; Fig. S1c views their decay as a special
      form of distance decay, see ``label``;
    - ``destination attraction``: w_j or r_j matters;
    - ``origin``: w_i or r_i matters, so the law differs between origins.

    Examples
    --------
    >>> from movelaws.symbolic.parsing import parse
    >>> joined(effects(parse("w_i * w_j / d^2")))
    'distance decay; destination attraction'
    """
    law = allocation_form(expression)
    present = set(law.variables)
    found = set()
    if "d" in present:
        found.add(DISTANCE_DECAY if _falls_with(law, "d") else DISTANCE)
    for effect, variables in (
        (OPPORTUNITIES, _INTERVENING),
        (ATTRACTION, _DESTINATION),
        (ORIGIN, _ORIGIN),
    ):
        if present & variables:
            found.add(effect)
    return tuple(sorted(found, key=ORDER.index))


def joined(found: Iterable[str]) -> str:
    """Effects as one text, in the order in which laws take them up, joined by "; "."""
    return "; ".join(sorted(found, key=ORDER.index))


def label(expression: Expression) -> str:
    """Effects as Fig. 3d and Fig. S1c name them: decay with opportunities is distance decay."""
    found = set(effects(expression))
    if OPPORTUNITIES in found:
        found = found - {OPPORTUNITIES, DISTANCE} | {DISTANCE_DECAY}
    return joined(found)


def _falls_with(law: Expression, name: str) -> bool:
    """Whether the size of the weight falls as one variable grows, at most of many points."""
    random = np.random.default_rng(5)
    columns = {}
    for variable in law.variables:
        low, high = _RANGES.get(variable, _PEOPLE)
        columns[variable] = np.exp(random.uniform(np.log(low), np.log(high), _POINTS))
    here = np.abs(evaluate(law, columns))
    there = np.abs(evaluate(law, columns | {name: columns[name] * 1.001}))
    known = np.isfinite(here) & np.isfinite(there) & (here != there)
    return bool(known.any() and (there < here)[known].mean() > 0.5)


def decay_form(expression: Expression) -> str:
    """Form of h in a law g(destination) h(d).

    Returns
    -------
    ``power law`` (d^a), ``exponential`` (c^d), ``exponential power`` (exp(k d^a)), ``none`` where d
    has no part in the law, and ``other`` for all the rest: other functions of d, and laws that are
    no such product.
    """
    key = allocation_key(expression)
    if key is None:
        return "other"
    if "d" not in {name for atom, _ in key for name in names_of_atom(atom)}:
        return "none"
    factors = [form for atom, exponent in key for form in _factors(atom, exponent)]
    return factors[0] if len(factors) == 1 else "other"


def _factors(atom: Atom, exponent: float) -> list[str]:
    """Forms of the factors of an atom that depend on d; two for one that mixes d with others."""
    depends = names_of_atom(atom)
    if "d" not in depends:
        return [] if depends <= _DESTINATION else ["other", "other"]
    if atom == ("v", "d"):
        return ["power law"]
    if atom[0] != "e":
        return ["other"]
    parts = []
    for monomial, _ in atom[1]:
        in_term = {name for inner, _ in monomial for name in names_of_atom(inner)}
        if in_term <= _DESTINATION:
            continue
        match monomial:
            case ((("v", "d"), power),):
                parts.append("exponential" if power == 1 else "exponential power")
            case _:
                parts.append("other")
    return parts
