"""Pairs of the destination choice game: all ordered pairs, an attraction A_j as the mass."""

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.od import Pairs, build_pairs

Attraction = Literal["arrivals", "workplace", "residential"]
ATTRACTIONS: tuple[Attraction, ...] = ("arrivals", "workplace", "residential")


def choice_pairs(
    zones: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    places: pd.DataFrame | None = None,
    attraction: Attraction = "arrivals",
    circle: bool = True,
) -> Pairs:
    """Every ordered pair of distinct zones, with the attraction A_j of the zones as their mass.

    The opportunities between two zones (s_ij, S_ji) are sums of A_j over zones, as in the paper,
    where one number per location stands for its population in all models.

    Parameters
    ----------
    zones, flows, places : canonical tables (``movelaws.frames``). Finer places have no A_j of
        their own, so the third is not used; it is taken so that the three travel together.
    attraction : "arrivals", the observed sum_i T_ij (the paper's choice), or a population column,
        "workplace" or "residential".
    circle : also sum A_j around the destination, which PWO needs.

    Returns
    -------
    Pairs with ``mass`` = A_j; what is unusual about them is told by ``attraction_notes``. A zone
    with A_j = 0 is kept: it receives nobody in any model.

    Raises
    ------
    ValueError
        If the attraction is unknown, or missing or not >= 0 for a zone (named), there are fewer
        than two zones or no flows, an origin with trips has no other zone that attracts anybody,
        or for what ``movelaws.od.build_pairs`` refuses (two zones on one point, among others).
    """
    if len(zones) < 2:
        raise ValueError(
            f"zones holds {len(zones)}: an origin whose only destination is itself has nothing "
            "to choose; give at least two zones"
        )
    value = _attraction(zones, flows, attraction)
    masses = {"workplace_population": value, "residential_population": value}
    zones = zones.assign(**masses)
    own_points = pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=zones["zone_id"])
    pairs = build_pairs(zones, flows, own_points, support="all", circle=circle)
    _check_reachable(pairs, attraction)
    return pairs


def attraction_notes(pairs: Pairs) -> dict[str, int]:
    """How many zones are left out of the choice, and why; 0 where none is.

    Zones that attract nobody (A_j = 0), zones where nobody was seen to arrive, and zones from
    which nobody leaves (they send nobody in any model).
    """
    arrivals = np.bincount(pairs.destination, weights=pairs.flow, minlength=pairs.n_zones)
    return {
        "zones without attraction (receive nobody)": int(np.count_nonzero(pairs.mass == 0)),
        "zones without observed arrivals": int(np.count_nonzero(arrivals == 0)),
        "zones without observed departures (send nobody)": int(
            np.count_nonzero(pairs.outflow == 0)
        ),
    }


def observed_arrivals(zones: pd.DataFrame, flows: pd.DataFrame) -> np.ndarray:
    """(n_zones,) sum_i T_ij in the order of the zones; 0 where nobody arrives."""
    total = flows.groupby("destination", observed=True)["flow"].sum()
    return total.reindex(zones["zone_id"]).fillna(0.0).to_numpy(dtype=float)


def _attraction(zones: pd.DataFrame, flows: pd.DataFrame, attraction: str) -> np.ndarray:
    if attraction == "arrivals":
        value = observed_arrivals(zones, flows)
    elif attraction in ATTRACTIONS:
        column = f"{attraction}_population"
        if column not in zones:
            raise ValueError(f"attraction {attraction!r}: the zones have no column {column!r}")
        value = zones[column].to_numpy(dtype=float, na_value=np.nan)
    else:
        raise ValueError(f"attraction = {attraction!r}: choose one of {', '.join(ATTRACTIONS)}")
    bad = ~(np.isfinite(value) & (value >= 0))
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"attraction {attraction!r} of zone {zones['zone_id'].iloc[row]!r} is {value[row]} "
            f"({np.count_nonzero(bad)} such zones); it must be finite and >= 0: supply the "
            "number, drop the zone, or choose attraction 'arrivals', which every dataset has"
        )
    if not value.any():
        raise ValueError(f"attraction {attraction!r} is 0 for every zone: nobody would go anywhere")
    return value


def _check_reachable(pairs: Pairs, attraction: str) -> None:
    """An origin with trips needs another zone that attracts somebody."""
    attracting = pairs.mass > 0
    others = np.count_nonzero(attracting) - attracting
    stuck = np.flatnonzero((others == 0) & (pairs.outflow > 0))
    if stuck.size:
        raise ValueError(
            f"origin {pairs.zone_ids[stuck[0]]!r} has trips, but no zone other than itself has an "
            f"attraction ({attraction}) above 0: its trips have nowhere to go; give another zone "
            "an attraction or drop the origin"
        )
