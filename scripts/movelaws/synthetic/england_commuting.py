"""A synthetic country in the formats of England and Wales commuting, Census 2011 (WU01EW).

Districts are groups of MSOAs. As in the published files there are Welsh districts, people who
work at home or have no fixed place of work, flows below 3, a City of London and Isles of Scilly
that are merged with a neighbour before analysis, and boundaries as quantised TopoJSON. The
planted law holds between the merged English districts.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.synthetic import england_map, england_tables
from movelaws.synthetic.files import csv_bytes, gzipped, write_bytes
from movelaws.synthetic.flows import (
    draw_flows,
    planted_allocation,
    take,
    thinned,
    whole_shares,
)
from movelaws.synthetic.options import check_number, check_whole, plan

FILES = {
    "flows": "wu01ew_lad_pairs_union.csv",
    "msoa_flows": "wu01ew_msoa_pairs_union.csv.gz",
    "boundaries": "lad11_bsc.json",
    "residents": "lad11_usual_residents_2011.csv",
    "msoa_points": "msoa11_metadata.csv",
}
"""File name of each role of the adapter ``england_commuting``."""

EXTRA_FILES = {
    "district_names": "lad11_metadata.csv",
    "district_totals": "lad11_data.csv",
    "msoa_totals": "msoa11_data.csv",
}
"""Files written beside them, which no adapter reads."""

DEFAULTS = {
    "districts": 80,
    "workers": 4_000_000,
    "outflow_share": 0.35,
    "dispersion": 0.0,
    "law": {"model": "GMPow", "parameters": {"b": 2.2}},
}
"""Options of ``write`` and their values."""

SMALLEST_FLOW = 3
_MSOAS_PER_DISTRICT = 6
_DISTRICT_KM2 = 400.0
_ROOM = 0.65
_LEAST_WORK = 300
_AT_HOME, _NO_FIXED_PLACE = 0.10, 0.06
_OWN_MSOA = 4.0
_WELSH_OUTFLOW, _TO_WALES = 0.15, 0.01


def write(
    folder: Path,
    seed: int,
    *,
    districts: int = DEFAULTS["districts"],
    workers: int = DEFAULTS["workers"],
    outflow_share: float = DEFAULTS["outflow_share"],
    dispersion: float = DEFAULTS["dispersion"],
    law: Mapping[str, object] = DEFAULTS["law"],
) -> dict[str, object]:
    """Write the raw files of one synthetic country.

    Parameters
    ----------
    folder : where the files of ``FILES`` and ``EXTRA_FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    districts : number of districts after the two mergers, Welsh ones included, 12 to 340.
    workers : people with work in England and Wales, at least 4000 per district.
    outflow_share : share of a district's workers who would leave it if all could be housed.
    dispersion : a in the variance mu + a mu^2 of the flows; 0 for multinomial flows.
    law : model and parameters; its mass is the workplace population, the places are MSOAs.

    Returns
    -------
    The truth: law, sizes and sums that the canonical tables must give back.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    districts = check_whole("districts", districts, 12, 340)
    workers = check_whole("workers", workers, 4000 * districts, 10**9)
    outflow_share = check_number("outflow_share", outflow_share, 0.001, 0.8)
    planned = plan("england_commuting", seed, law, dispersion)
    rng = planned.rng

    radius = float(np.sqrt(districts * _DISTRICT_KM2 / np.pi))
    land = england_map.draw(rng, districts, _MSOAS_PER_DISTRICT, radius)
    work = whole_shares(workers, land.work, least=_LEAST_WORK)
    mass = np.bincount(land.zone, work)
    flow, lost = _between_zones(planned, land, work, mass, outflow_share)
    trips = _between_msoas(rng, land, work, flow)
    residents = _write_all(rng, Path(folder), land, trips)

    english = ~land.welsh
    counted = flow[np.ix_(english, english)]
    kept = np.where(counted >= SMALLEST_FLOW, counted, 0)
    return planned.truth(
        "workplace",
        {},
        n_zones=int(english.sum()),
        n_pairs=int(np.count_nonzero(kept)),
        total_flow=int(kept.sum()),
        flows_below_3=int(np.count_nonzero(counted) - np.count_nonzero(kept)),
        workplace_population=int(mass[english].sum()),
        residential_population=residents,
        trips_without_room=lost,
    )


def _between_zones(planned, land, work, mass, outflow_share):
    """Flows between merged districts: the law in England, a plain gravity law from and to Wales."""
    english = np.flatnonzero(~land.welsh)
    rng, room = planned.rng, _ROOM * mass[english]
    outflow, share = planted_allocation(
        planned.law, *england_map.law_tables(land, work), outflow_share * mass[english], room
    )
    flow = np.zeros((mass.size, mass.size), dtype=np.int64)
    # At most 80 % of the work goes to people from other districts, the law's draws come first.
    most = (0.8 * mass).astype(np.int64)
    flow[np.ix_(english, english)], lost = thinned(
        rng, draw_flows(rng, outflow, share, planned.dispersion), most[english]
    )
    left = most - flow.sum(axis=0)
    apart = np.hypot(*(land.centres_km[:, None] - land.centres_km[None]).transpose(2, 0, 1))
    weight = mass * np.exp(-apart / (0.2 * apart.max()))
    weight[np.ix_(english, english)] = 0
    np.fill_diagonal(weight, 0)
    leaving = np.where(land.welsh, _WELSH_OUTFLOW, _TO_WALES) * mass
    with_wales = rng.poisson(leaving[:, None] * weight / weight.sum(axis=1, keepdims=True))
    return flow + thinned(rng, with_wales, left)[0], lost


def _between_msoas(rng, land, work, flow):
    """Trips from MSOAs (rows) to MSOAs and the codes of ``OTHER_PLACES`` (columns).

    Every MSOA has as many arrivals, workers at home and workers without a fixed place as it has
    work: places of work are taken one by one, first by those from elsewhere.
    """
    members = [np.flatnonzero(land.zone == z) for z in range(flow.shape[0])]
    home = [land.live[m] / land.live[m].sum() for m in members]
    n = land.zone.size
    trips = np.zeros((n, n + len(england_tables.OTHER_PLACES)), dtype=np.int64)
    at_home, no_fixed = (n + england_tables.OTHER_PLACES.index(c) for c in england_tables.RESIDENT)
    for j, there in enumerate(members):
        free = work[there].copy()
        for i in np.flatnonzero(flow[:, j]):
            taken = take(rng, free, int(flow[i, j]))
            free -= taken
            trips[np.ix_(members[i], there)] += rng.multinomial(taken, home[i]).T
        for column, part in ((at_home, _AT_HOME), (no_fixed, _NO_FIXED_PLACE)):
            taken = np.minimum(free, rng.multinomial(int(part * work[there].sum()), home[j]))
            free -= taken
            trips[there, column] += taken
        near = home[j] * (1 + _OWN_MSOA * np.eye(there.size))
        near /= near.sum(axis=1, keepdims=True)
        trips[np.ix_(there, there)] += rng.multinomial(free, near).T
    living = trips.sum(axis=1)
    for column, part in enumerate(england_tables.ELSEWHERE):
        trips[:, n + column] += rng.poisson(part * living)
    return trips


def _write_all(rng: np.random.Generator, folder: Path, land, trips: np.ndarray) -> int:
    """Write every file; returns the residents of England."""
    codes, parents = land.msoa_codes, land.district_codes[land.district]
    msoas = england_tables.pairs(codes, trips)
    districts = england_tables.grouped_pairs(parents, trips)
    known = set(land.district_codes) | set(codes)
    residents = england_tables.usual_residents(rng, land.district_codes, parents, trips)
    names = pd.DataFrame({"areacd": land.district_codes, "areanm": land.district_names})
    content = {
        "flows": csv_bytes(districts),
        "msoa_flows": gzipped(csv_bytes(msoas)),
        "boundaries": json.dumps(england_map.topology(land), separators=(",", ":")).encode(),
        "residents": csv_bytes(names.assign(usual_residents_2011=residents)),
        "msoa_points": csv_bytes(england_map.msoa_boxes(land)),
        "district_names": csv_bytes(england_map.district_boxes(land)),
        "district_totals": csv_bytes(england_tables.totals(districts, known)),
        "msoa_totals": csv_bytes(england_tables.totals(msoas, known)),
    }
    for role, data in content.items():
        write_bytes(folder / (FILES | EXTRA_FILES)[role], data)
    return int(residents[names["areacd"].str.startswith("E")].sum())
