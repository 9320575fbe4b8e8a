"""Flows of both models beside the observed ones, and those that the penalty changes most."""

import numpy as np
import pandas as pd

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.case import Case
from movelaws.inequality.standard import standard

MOST_CHANGED = 10
LEAST = 10
"""People that a flow must have in one of the models to be listed among those that change most."""


def flow_table(case: Case, variable: str, penalty: float) -> pd.DataFrame:
    """Observed and predicted flows of the pairs where any of them is above 0.

    Parameters
    ----------
    case : dataset and variables.
    variable, penalty : of the modified model that is shown.

    Returns
    -------
    DataFrame by origin, destination: origin, destination, distance_km, flow (observed), standard,
    modified (whole people), change_percent (of the standard flow, before either is rounded).
    """
    around, outflow = case.surroundings, case.leaving.outflow
    before = allocate(standard(around), outflow)
    after = allocate(case.weights(case.shapes[variable], penalty)[0], outflow)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(before > 0, 100 * (after / before - 1), np.nan)
    columns = {
        "distance_km": around.distance_km,
        "flow": np.rint(around.flow).astype(np.int64),
        "standard": rounded(before),
        "modified": rounded(after),
        "change_percent": change,
    }
    ordered = {name: around.pairs_order(values) for name, values in columns.items()}
    n = around.n_zones
    kept = np.flatnonzero(
        (ordered["flow"] > 0) | (ordered["standard"] > 0) | (ordered["modified"] > 0)
    )
    origin, place = kept // (n - 1), kept % (n - 1)
    ids = around.zone_ids.astype(str)
    frame = {"origin": ids[origin], "destination": ids[place + (place >= origin)]}
    return pd.DataFrame(frame | {name: values[kept] for name, values in ordered.items()})


def most_changed(
    flows: pd.DataFrame, case: Case, variable: str, number: int = MOST_CHANGED
) -> pd.DataFrame:
    """The flows that the modified model changes most in percent of the standard one (Fig. 3b, c).

    Percentages are of unrounded flows, and only flows count that are at least ``LEAST`` people in
    one of the models: otherwise the list is of flows that rounding takes from 1 to 3. All that fall
    to nothing change by 100 %; of equal percentages, to a tenth, the larger flow comes first, then
    the pair by its ids. A flow that keeps its whole number of people is left out.

    Parameters
    ----------
    flows : of :func:`flow_table`.
    case, variable : whose penalised zones are marked.
    number : of rows, at most.

    Returns
    -------
    DataFrame: origin, destination, their names, distance_km, flow, standard, modified,
    error_standard and error_modified (predicted minus observed), change_percent,
    penalised_origin and penalised_destination.
    """
    named = dict(zip(case.surroundings.zone_ids.astype(str), case.names, strict=True))
    worse = dict(
        zip(case.surroundings.zone_ids.astype(str), case.shapes[variable] > 0, strict=True)
    )
    people = flows[["standard", "modified"]].max(axis=1)
    known = flows[(people >= LEAST) & (flows["modified"] != flows["standard"])]
    ranked = known.assign(size=known["change_percent"].abs().round(1), people=people[known.index])
    ranked = ranked.sort_values(
        ["size", "people", "origin", "destination"], ascending=[False, False, True, True]
    ).head(number)
    return pd.DataFrame(
        {
            "origin": ranked["origin"],
            "destination": ranked["destination"],
            "origin_name": ranked["origin"].map(named),
            "destination_name": ranked["destination"].map(named),
            "distance_km": ranked["distance_km"],
            "flow": ranked["flow"],
            "standard": ranked["standard"],
            "modified": ranked["modified"],
            "error_standard": ranked["standard"] - ranked["flow"],
            "error_modified": ranked["modified"] - ranked["flow"],
            "change_percent": ranked["change_percent"],
            "penalised_origin": ranked["origin"].map(worse),
            "penalised_destination": ranked["destination"].map(worse),
        }
    ).reset_index(drop=True)


def class_table(case: Case) -> pd.DataFrame:
    """Values and shapes of all variables: zone_id, name, value_<variable>, shape_<variable>."""
    frame = {"zone_id": case.surroundings.zone_ids.astype(str), "name": case.names}
    for variable, shape in case.shapes.items():
        if variable in case.measured:
            frame[f"value_{variable}"] = case.measured[variable]
        frame[f"shape_{variable}"] = shape
    return pd.DataFrame(frame)
