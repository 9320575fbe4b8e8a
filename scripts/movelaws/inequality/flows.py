"""Flows of both models beside the observed ones, and those that the penalty changes most."""

import numpy as np
import pandas as pd

from movelaws.inequality.case import Case

MOST_CHANGED = 10


def flow_table(case: Case, variable: str, penalty: float) -> pd.DataFrame:
    """Observed and predicted flows of the pairs where any of them is above 0.

    Parameters
    ----------
    case : dataset and variables.
    variable, penalty : of the modified model that is shown.

    Returns
    -------
    DataFrame by origin, destination: origin, destination, distance_km, flow (observed), standard,
    modified (whole people).
    """
    around = case.surroundings
    changed, _ = case.modified(variable, penalty)
    columns = {
        "distance_km": around.distance_km,
        "flow": np.rint(around.flow).astype(np.int64),
        "standard": case.standard(),
        "modified": changed,
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

    Of equal percentages the larger flow comes first, then the pair by its ids. A flow that the
    standard model rounds to 0 has no percentage and is left out, as is one that does not change.

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
    known = flows[(flows["standard"] > 0) & (flows["modified"] != flows["standard"])]
    change = 100 * (known["modified"] / known["standard"] - 1)
    ranked = known.assign(change_percent=change, size=change.abs())
    ranked = ranked.sort_values(
        ["size", "standard", "origin", "destination"], ascending=[False, False, True, True]
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
