"""Interventions in words, and what a reader must know about a capacity."""

import math
from collections.abc import Sequence

from movelaws.choice.interventions import CAPACITIES, Intervention

FARTHEST = 1e6
"""A place that seems more times as far than this is closed for all practice."""


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
    if one.action == "farther":
        return f"{one.amount:.3g} times as far{whence}"
    if one.action == "attraction_factor":
        return f"attraction times {one.amount:g}"
    what = "charge" if one.amount > 0 else "subsidy"
    seems = f" ({_as_far(one.amount, beta)})" if beta > 0 else ""
    return f"{what} {abs(one.amount):g}{seems}{whence}"


def _as_far(lost: float, beta: float) -> str:
    if lost / beta > math.log(FARTHEST):
        return "practically closed"
    return f"as if {math.exp(lost / beta):.3g} times as far"


def capacity_note(capacity: float, model: float, observed: float, binds: bool, after: float) -> str:
    """Where a capacity does nothing, or binds in the model but not on the observed; else empty.

    Only the model's arrivals meet the capacity, so that one that would bind in fact may do nothing
    here, or the reverse.

    Parameters
    ----------
    capacity : most that may arrive.
    model, observed : arrivals before the change.
    binds : whether the capacity has a price after the change.
    after : arrivals in the model after it.
    """
    if not binds:
        note = f"does not bind: {_count(after)} arrive"
        return note + (
            f" in the model, though {_count(observed)} were observed" if observed > capacity else ""
        )
    if observed <= capacity < model:
        which = f"binds on the {_count(model)} who arrive in the model"
        return f"{which}, though only {_count(observed)} were observed"
    return ""


def _count(people: float) -> str:
    return f"{people:,.{0 if people >= 1000 else 1}f}"
