"""The variables of paper 2, from canonical tables."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.frames import Canonical
from movelaws.od import Pairs
from movelaws.readings import pairs_under
from movelaws.symbolic.observations import VARIABLES, Observations

PEOPLE = 1e4  # masses and opportunities are counted in tens of thousands, distances in km


def observations(
    workplace: Pairs | None, residential: Pairs | None = None, variables: Sequence[str] = VARIABLES
) -> Observations:
    """Variables of paper 2 (Sec. 2.1, Eqs. 1 and 2) from pairs of one or two populations.

    Parameters
    ----------
    workplace, residential : the same pairs with either population as mass and as intervening
        opportunities; None if a population is unknown.
    variables : which of ``w_i, w_j, r_i, r_j`` (10^4 people at origin and destination), ``d`` (km)
        and ``s_w, s_r`` (10^4 people nearer to the origin than the destination is).

    Returns
    -------
    Observations of the origins that have an outflow; origins without one allocate nothing.

    Raises
    ------
    ValueError
        If a variable is unknown, needs a population that is not given, or no flow is positive.
    """
    unknown = [name for name in variables if name not in VARIABLES]
    if unknown:
        raise ValueError(f"variables {unknown} are unknown: choose from {list(VARIABLES)}")
    pairs = workplace if workplace is not None else residential
    populations = {"w": workplace, "r": residential}
    used = {name: populations[name.removeprefix("s_")[0]] for name in variables if name != "d"}
    for name, of in used.items():
        if of is None:
            raise ValueError(f"variable {name!r} needs a population that this dataset lacks")
    kept = pairs.outflow[pairs.origin] > 0
    if not kept.any():
        raise ValueError("no flow is positive: there is nothing to search in")
    columns = [_column(name, used.get(name, pairs))[kept] for name in variables]
    origins = np.flatnonzero(pairs.outflow > 0)
    sizes = np.diff(pairs.start)[origins]
    return Observations(
        tuple(variables),
        np.ascontiguousarray(columns, dtype=np.float64),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.ascontiguousarray(pairs.flow[kept], dtype=np.float64),
        origins,
        np.asarray(pairs.destination)[kept],
        np.asarray(pairs.zone_ids),
    )


def _column(name: str, pairs: Pairs) -> np.ndarray:
    if name == "d":
        return pairs.distance_km
    if name.startswith("s_"):
        return pairs.intervening / PEOPLE
    at = pairs.origin if name.endswith("_i") else pairs.destination
    return pairs.mass[at] / PEOPLE


def observe(data: Canonical, support: str, named: Sequence[str] = ()) -> Observations:
    """Observations of a dataset with every variable that its populations allow.

    Where one population stands for both, its variables would be there twice and every law would
    have a twin: those of the copy are left out, with a printed line.

    Parameters
    ----------
    data : canonical tables.
    support : ``observed`` destinations or ``all`` zones share an outflow.
    named : variables that a search asks for by name: of two equal ones these are kept, else those
        of the population that the data came with (by the notes of the adapter), else workplaces.

    Raises
    ------
    ValueError
        If neither the workplace nor the residential population is known everywhere.
    """
    known = [p for p in ("workplace", "residential") if _known(data.zones, p)]
    if not known:
        raise ValueError(
            "zones: neither workplace_population nor residential_population is known everywhere: "
            "fill one of them"
        )
    pairs = {
        population: pairs_under(
            data.zones,
            data.flows,
            data.places,
            population=population,
            support=support,
            circle=False,
        )
        for population in known
    }
    letters = {population[0] for population in known}
    variables = [name for name in VARIABLES if name == "d" or letters & set(name.split("_"))]
    found = observations(pairs.get("workplace"), pairs.get("residential"), variables)
    return _without_twins(found, _kept_letter(data, named))


def _kept_letter(data: Canonical, named: Sequence[str]) -> str:
    """Whose variables stay where both populations are the same: ``w`` or ``r``."""
    letters = {name.removeprefix("s_")[0] for name in named} & {"w", "r"}
    if len(letters) == 1:
        return letters.pop()
    copied = str(data.notes.get("populations", "")).startswith("the residential population serves")
    return "r" if copied else "w"


def _without_twins(seen: Observations, kept: str) -> Observations:
    other = {"w": "r", "r": "w"}[kept]
    by_name = dict(zip(seen.names, seen.columns, strict=True))
    twins = {name: name.replace(other, kept, 1) for name in seen.names if other in name}
    copies = [
        name
        for name, twin in twins.items()
        if twin in by_name and np.array_equal(by_name[name], by_name[twin])
    ]
    if not copies:
        return seen
    print(f"{', '.join(copies)} left out: equal to {', '.join(twins[name] for name in copies)}")
    return seen.of_variables([name for name in seen.names if name not in copies])


def _known(zones: gpd.GeoDataFrame | pd.DataFrame, population: str) -> bool:
    column = f"{population}_population"
    return column in zones and bool(zones[column].notna().all())
