"""What if some places are struck: which flows change, and by how many people?

Both sides are predictions of the model, before without any penalty, after with the places struck;
how many leave each place is held fixed, so the question is where they go, not whether they flee.
That a struck place also drives its own people out is outside the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from movelaws.inequality.allocation import allocate
from movelaws.inequality.case import Case
from movelaws.inequality.standard import standard
from movelaws.inequality.surroundings import Surroundings
from movelaws.inequality.two_class import two_class

LARGEST = 200
"""Rows of the table of flows: the largest changes."""


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Tables of one scenario.

    Attributes
    ----------
    flows : the largest changes: origin, destination, their names, distance_km, before, after,
        change (people), change_percent (NaN where nobody went before).
    destinations : zone_id, name, struck, observed, before, after (arrivals), change,
        change_percent; the largest losses first.
    summary : the scenario in numbers: quantity, value, unit.
    range : what the size of the penalty makes of it: delta_minus_1, go_elsewhere and lost (people),
        lost_percent (of the arrivals of the struck places before).
    """

    flows: pd.DataFrame
    destinations: pd.DataFrame
    summary: pd.DataFrame
    range: pd.DataFrame


def what_if(
    case: Case, struck: Sequence[str], penalty: float, unit: str, others: Sequence[float] = ()
) -> WhatIf:
    """Flows of the model before and after some places are struck.

    Parameters
    ----------
    case : its zones, outflows and distances are taken, its variables are not.
    struck : ids or names of the zones; where one zone has the id that another has as its name, the
        id is meant.
    penalty : delta - 1 there, > -1.
    unit : what the flows count.
    others : further penalties for the table ``range``.

    Raises
    ------
    ValueError
        If no place is struck, a name is unknown (the nearest are named) or stands for several
        zones (their ids are named), or nothing can change: nobody moves, the penalty is 0, or
        everybody or nobody lives in the places struck.
    """
    around = case.surroundings
    hit = _struck(case, struck)
    _check_change(around, hit, penalty)
    before = allocate(standard(around), case.leaving.outflow)
    if not before.any():
        raise ValueError("nobody moves between zones with people: nothing can change")
    after = allocate(_after(around, hit, penalty), case.leaving.outflow)
    arrivals = [
        np.bincount(around.order.ravel(), weights=flow.ravel(), minlength=around.n_zones)
        for flow in (before, after)
    ]
    ids = around.zone_ids.astype(str)
    destinations = pd.DataFrame(
        {
            "zone_id": ids,
            "name": case.names,
            "struck": hit,
            "observed": np.bincount(
                around.order.ravel(), weights=around.flow.ravel(), minlength=around.n_zones
            ),
            "before": arrivals[0],
            "after": arrivals[1],
            "change": arrivals[1] - arrivals[0],
            "change_percent": _percent(*arrivals),
        }
    )
    return WhatIf(
        flows=_largest(case, ids, before, after),
        destinations=destinations.sort_values("change", kind="stable", ignore_index=True),
        summary=_summary(case, hit, before, after, arrivals, penalty, unit),
        range=_range(case, hit, before, sorted({penalty, *others})),
    )


def _check_change(around: Surroundings, hit: np.ndarray, penalty: float) -> None:
    """Without two classes of places, both with people, the model is the standard one."""
    people = around.mass > 0
    if penalty == 0:
        reason = "penalty = 0 is none; give delta - 1, such as 1.0e-6"
    elif not (hit & people).any():
        reason = "nobody lives in the places struck; name places with people"
    elif (hit | ~people).all():
        reason = "all places with people are struck alike; leave some out"
    else:
        return
    raise ValueError(f"nothing can change: {reason}")


def _range(
    case: Case, hit: np.ndarray, before: np.ndarray, penalties: Sequence[float]
) -> pd.DataFrame:
    """The scenario at several penalties: how strong one is, the data hardly tell."""
    into = hit[case.surroundings.order]
    there = float(before[into].sum())
    rows = []
    for penalty in penalties:
        after = allocate(_after(case.surroundings, hit, penalty), case.leaving.outflow)
        lost = there - float(after[into].sum())
        rows.append(
            {
                "delta_minus_1": penalty,
                "go_elsewhere": float(np.abs(after - before).sum()) / 2,
                "lost": lost,
                "lost_percent": 100 * lost / there if there else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _after(around: Surroundings, hit: np.ndarray, penalty: float) -> np.ndarray:
    """Weights of the destinations with the places struck, also where a float cannot hold them.

    The weights of a single better place fade away as exp(-n_i ln delta). They do so by the same
    factor for all its destinations, which are alike in their class with nobody of its own class in
    between: what is left are the shares of the standard model.
    """
    p = two_class(around, hit, penalty)
    better = (hit if penalty < 0 else ~hit) & (around.mass > 0)
    if np.count_nonzero(better) == 1:
        p[better] = standard(around)[better]
    return p


def _struck(case: Case, struck: Sequence[str]) -> np.ndarray:
    if isinstance(struck, str) or not len(struck):
        raise ValueError(f"struck = {struck!r}: give a list of one name or more")
    ids, names = case.surroundings.zone_ids.astype(str), case.names.astype(str)
    hit = np.zeros(ids.size, dtype=bool)
    for wanted in struck:
        found = ids == wanted
        if not found.any():
            found = names == wanted
        if not found.any():
            known = dict.fromkeys([*names, *ids])  # a name of several zones is offered once
            near = get_close_matches(wanted, known, n=3) or ["none is near"]
            raise ValueError(f"struck: no zone is called {wanted!r}; nearest: {', '.join(near)}")
        if found.sum() > 1:
            raise ValueError(
                f"struck: {wanted!r} stands for the zones {', '.join(ids[found])}: give the id"
            )
        hit |= found
    return hit


def _largest(case: Case, ids: np.ndarray, before: np.ndarray, after: np.ndarray) -> pd.DataFrame:
    around = case.surroundings
    change = (after - before).ravel()
    rank = np.argsort(-np.abs(change), kind="stable")[:LARGEST]
    origin, destination = rank // (around.n_zones - 1), around.order.ravel()[rank]
    return pd.DataFrame(
        {
            "origin": ids[origin],
            "destination": ids[destination],
            "origin_name": case.names[origin],
            "destination_name": case.names[destination],
            "distance_km": around.distance_km.ravel()[rank],
            "before": before.ravel()[rank],
            "after": after.ravel()[rank],
            "change": change[rank],
            "change_percent": _percent(before.ravel()[rank], after.ravel()[rank]),
        }
    )


def _summary(case, hit, before, after, arrivals, penalty, unit) -> pd.DataFrame:
    # nobody can leave a place without people, whatever was counted
    movers = float(case.leaving.outflow[before.any(axis=1)].sum())
    lost = float((arrivals[0] - arrivals[1])[hit].sum())
    reach = [
        float((flow * case.surroundings.distance_km).sum()) / movers for flow in (before, after)
    ]
    rows = [
        ("places struck", int(hit.sum()), "places"),
        ("delta - 1", penalty, ""),
        ("people who move", movers, unit),
        ("go elsewhere", float(np.abs(after - before).sum()) / 2, unit),
        ("arrivals lost by the places struck", lost, unit),
        ("arrivals of the places struck before", float(arrivals[0][hit].sum()), unit),
        ("mean distance before", reach[0], "km"),
        ("mean distance after", reach[1], "km"),
    ]
    return pd.DataFrame(rows, columns=["quantity", "value", "unit"])


def _percent(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, 100 * (after / before - 1), np.nan)
