"""Synthetic Guangdong and Beijing-Tianjin-Hebei in the layout of the authors of paper 2 (FlowSR).

Counties are groups of sub-districts. Beijing-Tianjin-Hebei is written as nested-dictionary pickles
and a workbook, Guangdong as a matrix with a pickle of its zones and tables, both in one archive as
the authors give them. Distances are geodesics of the ellipsoid, as in the published files, and
opportunities those of the finest places.

Mobility is drawn from residents, all over a period; commuting from workplaces, which people
reach from their homes, so that residents are workers by home.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd

from movelaws.od import Pairs, build_pairs
from movelaws.seeds import stream
from movelaws.synthetic import flowsr_files, flowsr_map
from movelaws.synthetic.files import write_bytes
from movelaws.synthetic.flows import draw_flows, planted_allocation, thinned, whole_shares
from movelaws.synthetic.options import Plan, check_choice, check_number, check_whole, plan

FILES = {"flows": "FlowSR-BTH.zip"}
"""File name of each role of the adapter ``flowsr``."""

ARCHIVES = {"bth": "FlowSR-BTH.zip", "guangdong": "guangdong.zip"}
"""Name of the archive of each region."""

DEFAULTS = {
    "region": "bth",
    "level": "county",
    "kind": "mobility",
    "zones": None,
    "people": None,
    "outflow_share": None,
    "dispersion": 0.0,
    "coordinates": True,
    "law": {"model": "GMExp", "parameters": {"b": 0.03}},
}
"""Options of ``write`` and their values."""

ZONES = {("bth", "county"): 100, ("guangdong", "county"): 124, ("guangdong", "subdistrict"): 150}
"""Number of zones by region and level; Table 1 of paper 2 has 200, 124 and 2,100."""

_PEOPLE_PER_ZONE = {"county": 40_000, "subdistrict": 10_000}
_OUTFLOW = {"mobility": (1.5, 20), "commuting": (0.3, 0.9)}
_LEAST = 60
_ROOM = 0.75


def files_of(options: Mapping[str, object]) -> dict[str, str]:
    """The archive, whose name is that of the region.

    Raises
    ------
    ValueError
        If the region is unknown.
    """
    region = check_choice("region", options.get("region", DEFAULTS["region"]), (*ARCHIVES,))
    return {"flows": ARCHIVES[region]}


def write(
    folder: Path,
    seed: int,
    *,
    region: str = DEFAULTS["region"],
    level: str = DEFAULTS["level"],
    kind: str = DEFAULTS["kind"],
    zones: int | None = DEFAULTS["zones"],
    people: int | None = DEFAULTS["people"],
    outflow_share: float | None = DEFAULTS["outflow_share"],
    dispersion: float = DEFAULTS["dispersion"],
    coordinates: bool = DEFAULTS["coordinates"],
    law: Mapping[str, object] = DEFAULTS["law"],
) -> dict[str, object]:
    """Write the archive of one synthetic region.

    Parameters
    ----------
    folder : where the archive of ``ARCHIVES`` goes; made if need be.
    seed : the same seed and options give the same bytes.
    region : "bth" or "guangdong".
    level : "county", or "subdistrict" in Guangdong.
    kind : "mobility" (residents only), or "commuting" in Guangdong.
    zones : number of zones, 8 to 2100; None for that of ``ZONES``.
    people : residents (mobility) or workers (commuting), at least 100 per zone; None for 40,000 in
        each county or 10,000 in each sub-district.
    outflow_share : commuters that leave a zone, or movements over the period, by its people; None
        for 0.3 or 1.5. At most 0.9 of the commuters, or 20 movements each.
    dispersion : a in the variance mu + a mu^2 of the flows; 0 for multinomial flows.
    coordinates : whether the attributes have lon and lat.
    law : model and parameters; its mass is the population of the kind.

    Returns
    -------
    The truth: law, sizes and sums that the canonical tables must give back.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    region = check_choice("region", region, (*ARCHIVES,))
    level = check_choice("level", level, ("county", "subdistrict"))
    kind = check_choice("kind", kind, ("mobility", "commuting"))
    if region == "bth" and (level, kind) != ("county", "mobility"):
        raise ValueError(f"region 'bth' has county mobility only, not {level} {kind}")
    n = check_whole("zones", ZONES[region, level] if zones is None else zones, 8, 2100)
    everyone = n * _PEOPLE_PER_ZONE[level] if people is None else people
    everyone = check_whole("people", everyone, 100 * n, 10**9)
    usual, most = _OUTFLOW[kind]
    outflow_share = usual if outflow_share is None else outflow_share
    outflow_share = check_number("outflow_share", outflow_share, 0.001, most)
    if not isinstance(coordinates, bool):
        raise ValueError(f"coordinates = {coordinates!r}: must be true or false")
    planned = plan("flowsr", seed, law, dispersion)

    land = flowsr_map.draw(planned.rng, region, level, n)
    mass = _masses(land, everyone)
    # Mobility and commuting share the map that a seed draws, not the flows.
    trips = replace(planned, rng=stream(seed, "synthetic", planned.world, level, kind))
    flow, lost = _flows(trips, land, mass, kind, outflow_share)
    people_of = _populations(land, mass, flow, kind)
    content = flowsr_files.Content(land, flow, *people_of, _pairs_of(land, people_of), coordinates)
    archive = flowsr_files.bth if region == "bth" else flowsr_files.guangdong
    write_bytes(Path(folder) / ARCHIVES[region], archive(content, level, kind))

    moved = flow - np.diag(np.diag(flow))
    commuting = kind == "commuting"
    return planned.truth(
        "workplace" if commuting else "residential",
        {"region": region, "level": level, "kind": kind},
        n_zones=n,
        n_pairs=int(np.count_nonzero(moved)),
        total_flow=int(moved.sum()),
        workplace_population=int(mass.sum()) if commuting else 0,
        residential_population=int(people_of[0].sum()),
        trips_without_room=lost,
    )


def _masses(land: flowsr_map.Land, everyone: int) -> np.ndarray:
    """(n_places,) people or work of each place."""
    least = max(1, _LEAST // max(1, len(land.places) // land.n_zones))
    return whole_shares(everyone, land.weight, least=least)


def _flows(
    planned: Plan, land: flowsr_map.Land, mass: np.ndarray, kind: str, outflow_share: float
) -> tuple[np.ndarray, int]:
    """(n_zones, n_zones) trips and how many had no room; commuters who stay on the diagonal."""
    zones, places = land.tables(mass, mass)
    total = zones["workplace_population"].to_numpy()
    room = _ROOM * total if kind == "commuting" else None
    outflow, share = planted_allocation(planned.law, zones, places, outflow_share * total, room)
    flow = draw_flows(planned.rng, outflow, share, planned.dispersion)
    if kind == "mobility":
        return flow, 0
    flow, lost = thinned(planned.rng, flow, total.astype(np.int64))
    np.fill_diagonal(flow, total.astype(np.int64) - flow.sum(axis=0))
    return flow, lost


def _populations(
    land: flowsr_map.Land, mass: np.ndarray, flow: np.ndarray, kind: str
) -> tuple[np.ndarray, np.ndarray | None]:
    """Residents and workers of each place; commuters live where their trips start."""
    if kind == "mobility":
        return mass, None
    home = np.zeros(len(mass), dtype=np.int64)
    for zone, leaving in enumerate(flow.sum(axis=1)):
        members = np.flatnonzero(land.place_zone == zone)
        home[members] = whole_shares(int(leaving), land.weight[members])
    return home, mass


def _pairs_of(
    land: flowsr_map.Land, people_of: tuple[np.ndarray, np.ndarray | None]
) -> dict[str, Pairs]:
    """All pairs of zones with opportunities, by population."""
    residents, workers = people_of
    zones, places = land.tables(residents, residents if workers is None else workers)
    kinds = ("residential",) if workers is None else ("residential", "workplace")
    return {kind: _all_pairs(zones, places, kind) for kind in kinds}


def _all_pairs(zones: geopandas.GeoDataFrame, places: pd.DataFrame, population: str) -> Pairs:
    nothing = pd.DataFrame({"origin": [], "destination": [], "flow": []}).astype({"flow": float})
    return build_pairs(zones, nothing, places, population=population, support="all")
