"""A synthetic country in the formats of US county commuting, ACS 2011-2015.

Counties lie somewhere in the middle of the United States and carry codes and names of states
nearby; the counties themselves are fictional. As in the published copies every flow is doubled,
flows within counties are listed, some counties lie in Alaska and Hawaii, and Puerto Rico has
boundaries but no flows.

With the option ``inequality`` some counties offer worse living conditions: opportunities there are
worth less, the further one of their attributes lies beyond a percentile (the inequality-aware
radiation model of paper 4). Attributes then vary almost independently of each other, so that the
one behind the law can be told from the others.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from movelaws.seeds import stream
from movelaws.synthetic import us_map, us_profiles
from movelaws.synthetic.files import csv_bytes, write_bytes, zipped_shapefile
from movelaws.synthetic.flows import (
    draw_flows,
    feasible_outflow,
    planted_allocation,
    thinned,
    whole_shares,
)
from movelaws.synthetic.geography import make_country
from movelaws.synthetic.inequality_law import checked_inequality, planted_inequality
from movelaws.synthetic.options import check_number, check_whole, plan
from movelaws.synthetic.states import OUTSIDE_CONTIGUOUS

FILES = {
    "flows": "commute_data_2011-2015.gz.parquet",
    "boundaries": "cb_2016_us_county_500k.zip",
    "population": "acs2015_county_data.csv",
}
"""File name of each role of the adapter ``us_commuting``."""

EXTRA_FILES = {
    "gini": "ACS_15_5YR_B19083_with_ann.csv",
    "employment": "ACS_15_5YR_S2301_with_ann.csv",
    "rent": "ACS_15_5YR_B25064_with_ann.csv",
    "internal_points": "tiger2015_county_intpt_centroid.csv",
}
"""Files written beside them, by role of the adapter ``us_counties``."""

LIVING_CONDITIONS = ("gini", "employment", "rent")
"""Roles that give the zones the attributes in which an inequality can be planted."""

VARIABLES = ("gini", "poverty_percent", "rent_to_income", "unemployment_percent")
"""Attributes of the zones in which an inequality can be planted."""

DEFAULTS = {
    "counties": 200,
    "states": 5,
    "commuters": 8_000_000,
    "outflow_share": 0.3,
    "dispersion": 0.0,
    "law": {"model": "GMExp", "parameters": {"b": 0.04}},
    "inequality": None,
}
"""Options of ``write`` and their values."""

FLOW_DIVISOR = 2
_CELLS_PER_COUNTY = 8
_COUNTY_KM2 = 2500.0
_ROOM = 0.75


def files_of(options: Mapping[str, object]) -> dict[str, str]:
    """File name of each role of the adapter; with an inequality those of the attributes too."""
    extra = LIVING_CONDITIONS if options.get("inequality") is not None else ()
    return FILES | {role: EXTRA_FILES[role] for role in extra}


def write(
    folder: Path,
    seed: int,
    *,
    counties: int = DEFAULTS["counties"],
    states: int = DEFAULTS["states"],
    commuters: int = DEFAULTS["commuters"],
    outflow_share: float = DEFAULTS["outflow_share"],
    dispersion: float = DEFAULTS["dispersion"],
    law: Mapping[str, object] = DEFAULTS["law"],
    inequality: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Write the raw files of one synthetic country.

    Parameters
    ----------
    folder : where the files of ``FILES`` and ``EXTRA_FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    counties : number of contiguous counties, 8 to 3000.
    states : number of states they form.
    commuters : people who work, at least 200 per county.
    outflow_share : share of a county's workers who would leave it if all could be housed.
    dispersion : a in the variance mu + a mu^2 of the flows; 0 for multinomial flows.
    law : model and parameters; its mass is the workplace population.
    inequality : None, or an option of ``inequality_law`` with a variable of ``VARIABLES``, such as
        {"variable": "gini", "percentile": 90, "Delta": 1e-7}: the law must be the radiation model,
        and the excess delta - 1 of a county grows linearly from 0 at the percentile to Delta at
        the maximum. A county whose variable is missing has none.

    Returns
    -------
    The truth: law, sizes and sums that the canonical tables must give back; for an inequality also
    which counties are penalised, and the excess delta - 1 of each.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    counties = check_whole("counties", counties, 8, 3000)
    states = check_whole("states", states, 1, min(40, counties // 4))
    commuters = check_whole("commuters", commuters, 200 * counties, 10**9)
    outflow_share = check_number("outflow_share", outflow_share, 0.001, 0.9)
    planned = plan("us_commuting", seed, law, dispersion)
    unequal = checked_inequality(inequality, VARIABLES, planned.law)
    rng = planned.rng

    radius = float(np.sqrt(counties * _COUNTY_KM2 / np.pi))
    country = make_country(rng, counties, _CELLS_PER_COUNTY, radius, islands=2)
    table = us_map.near_counties(rng, country, states)
    mass = whole_shares(commuters, np.bincount(country.zone, country.weight), least=100)
    everywhere = pd.concat([table, us_map.far_counties()]).sort_values("fips", ignore_index=True)
    # A stream of its own: what is drawn from it leaves the other files as they are without it.
    living = stream(seed, "synthetic", planned.world, "living conditions")
    conditions = us_profiles.told_apart(living, len(everywhere)) if unequal else None
    tables, wanted, room = us_map.law_tables(table, mass), outflow_share * mass, _ROOM * mass
    if unequal:
        values = conditions[unequal.variable].set_axis(everywhere["fips"]).loc[table["fips"]]
        excess, share = planted_inequality(unequal, *tables, values.to_numpy())
        outflow = feasible_outflow(wanted, share, room)
    else:
        outflow, share = planted_allocation(planned.law, *tables, wanted, room)
    flow, lost = thinned(rng, draw_flows(rng, outflow, share, planned.dispersion), mass)
    np.fill_diagonal(flow, mass - flow.sum(axis=0))

    trips = _trips(rng, table["fips"].to_numpy(), flow, everywhere)
    employed = _employed(rng, everywhere, trips)
    profile = us_profiles.county_profile(rng, everywhere, employed, conditions)
    _write_all(rng, living, Path(folder), everywhere, trips, profile, conditions)

    moved = flow - np.diag(np.diag(flow))
    near = ~profile["CensusId"].astype(str).str.zfill(5).str[:2].isin(us_map.FAR)
    more = {"inequality": unequal.truth(table["fips"], excess)} if unequal else {}
    return planned.truth(
        "workplace",
        {"flow_divisor": FLOW_DIVISOR},
        n_zones=counties,
        n_pairs=int(np.count_nonzero(moved)),
        total_flow=int(moved.sum()),
        workplace_population=int(mass.sum()),
        residential_population=int(profile.loc[near, "TotalPop"].sum()),
        trips_without_room=lost,
        **more,
    )


def _trips(
    rng: np.random.Generator, fips: np.ndarray, flow: np.ndarray, everywhere: pd.DataFrame
) -> pd.DataFrame:
    """All flows > 0, those from, to and within far counties included: origin, destination, flow."""
    origin, destination = np.nonzero(flow)
    near = pd.DataFrame(
        {"o": fips[origin], "d": fips[destination], "flow": flow[origin, destination]}
    )
    far = everywhere.loc[everywhere["fips"].str[:2].isin(OUTSIDE_CONTIGUOUS), "fips"].to_numpy()
    within = pd.DataFrame({"o": far, "d": far, "flow": rng.integers(2000, 9000, far.size)})
    some = rng.choice(fips, far.size)
    across = pd.DataFrame(
        {
            "o": np.concatenate([far, some, far[:1]]),
            "d": np.concatenate([some, far, far[-1:]]),
            "flow": rng.integers(1, 60, 2 * far.size + 1),
        }
    )
    trips = pd.concat([near, within, across])
    return trips.sort_values(["o", "d"], ignore_index=True)


def _employed(
    rng: np.random.Generator, everywhere: pd.DataFrame, trips: pd.DataFrame
) -> np.ndarray:
    """Workers who live in each county; a number of its own where no flows are given."""
    working = trips.groupby("o")["flow"].sum().reindex(everywhere["fips"]).to_numpy()
    unknown = rng.integers(2000, 9000, len(everywhere))
    return np.where(np.isnan(working), unknown, working).astype(int)


def _write_all(rng, living, folder, counties, trips, profile, conditions):
    if conditions is None:
        gini, rent = None, us_profiles.median_rent(living, profile["Income"].to_numpy())
    else:
        gini, rent = conditions["gini"].to_numpy(), conditions["rent_usd"].to_numpy()
    boundaries, stem = us_map.boundaries(rng, counties), Path(FILES["boundaries"]).stem
    content = {
        "flows": _flow_table(rng, counties, trips),
        "boundaries": zipped_shapefile(boundaries, stem, ("shp", "shx", "dbf")),
        "population": csv_bytes(profile, line="\r\n"),
        "gini": us_profiles.gini_table(rng, counties, gini),
        "employment": us_profiles.employment_table(rng, counties, profile),
        "rent": us_profiles.rent_table(living, counties, rent),
        "internal_points": csv_bytes(us_map.internal_points(counties)),
    }
    for role, data in content.items():
        write_bytes(folder / (FILES | EXTRA_FILES)[role], data)


def _flow_table(rng: np.random.Generator, counties: pd.DataFrame, trips: pd.DataFrame) -> bytes:
    """The Parquet copy: doubled flows and margins, three digits for the state of the workplace."""
    by_code = counties.set_index("fips")
    label = by_code["name"] + " County"
    margin = np.maximum(1, np.round(1.6 * np.sqrt(trips["flow"]) * rng.uniform(1, 6, len(trips))))
    table = pa.table(
        {
            "...1": np.arange(len(trips)) + 7.0,
            "origin.state.name": pa.array(trips["o"].map(by_code["postal"]), pa.string()),
            "origin.county.name": pa.array(trips["o"].map(label), pa.string()),
            "destination.state.name": pa.array(trips["d"].map(by_code["postal"]), pa.string()),
            "destination.county.name": pa.array(trips["d"].map(label), pa.string()),
            "OFIPS": pa.array(trips["o"], pa.string()),
            "DFIPS": pa.array("0" + trips["d"], pa.string()),
            "FLOW": trips["flow"].to_numpy(dtype=float) * FLOW_DIVISOR,
            "MOE": margin.to_numpy() * FLOW_DIVISOR,
        }
    )
    out = pa.BufferOutputStream()
    pq.write_table(table, out, compression="gzip")
    return out.getvalue().to_pybytes()
