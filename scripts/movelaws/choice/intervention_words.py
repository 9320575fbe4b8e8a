"""Interventions in words, and what a reader must know about a capacity."""

import math
from collections.abc import Sequence

from movelaws.choice.interventions import CAPACITIES, Intervention, cost


def in_words(one: Intervention, names: Sequence[str], beta: float, capacity: float) -> str:
    """What is done to a zone; ``names`` of all zones, ``capacity`` of this one."""
    if one.action == "outflow_factor":
        return f"{one.amount:g} times as many leave"
    if one.action in CAPACITIES:
        share = f" ({100 * one.amount:g} % of before)" if one.action == "capacity_share" else ""
        return f"capacity {_count(capacity)}{share}"
    if one.origins is None:
        whence = ""
    elif len(one.origins) == 1:
        whence = f" from {names[int(one.origins[0])]}"
    else:
        whence = f" from {len(one.origins)} zones"
    if one.action == "closed":
        return f"closed{whence}"
    seems = math.exp(cost(one.action, one.amount, beta) / beta) if beta else math.nan
    as_far = f"{seems:.3g} times as far"
    if one.action == "farther":
        return f"{as_far}{whence}"
    what = "charge" if one.amount > 0 else "subsidy"
    return f"{what} {abs(one.amount):g} (as if {as_far}){whence}"


def capacity_note(capacity: float, model: float, observed: float) -> str:
    """Where a capacity lies between the arrivals in the model and the observed ones; else empty.

    Only the model's arrivals meet the capacity, so that one that would bind in fact may do nothing
    here, or the reverse.
    """
    if model <= capacity < observed:
        which = f"does not bind on the {_count(model)} who arrive in the model"
        return f"{which}, though {_count(observed)} were observed"
    if observed <= capacity < model:
        which = f"binds on the {_count(model)} who arrive in the model"
        return f"{which}, though only {_count(observed)} were observed"
    return ""


def _count(people: float) -> str:
    return f"{people:,.{0 if people >= 1000 else 1}f}"
