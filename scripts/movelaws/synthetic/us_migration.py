"""Synthetic migration between the states, in the formats of the IRS and of a list of capitals.

Codes and names are those of the states, since the format is made of them; people, capitals and
moves are fictional. As in the published files there are rows of totals (96, 97, 98), of moves
abroad (57) and of people who stay, small flows are suppressed (-1), and the District of Columbia
has no capital. The planted law acts on the people who stay, the residential population.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd

from movelaws.synthetic.files import csv_bytes, write_bytes
from movelaws.synthetic.flows import draw_flows, planted_allocation, whole_shares
from movelaws.synthetic.options import Law, check_number, check_whole, plan
from movelaws.synthetic.states import STATES

FILES = {"flows": "stateoutflow1415.csv", "capitals": "us-state-capitals.json"}
"""File name of each role of the adapter ``us_migration``."""

DEFAULTS = {
    "residents": 100_000_000,
    "leaving_share": 0.03,
    "dispersion": 0.0,
    "law": {"model": "GMPow", "parameters": {"b": 0.8}},
}
"""Options of ``write`` and their values."""

SUPPRESSED_BELOW = 10
_DISTRICT_OF_COLUMBIA = ("11", -77.0369, 38.9072)
_ABROAD, _WITHIN = 0.0004, 0.02
_COLUMNS = ("y1_statefips", "y2_statefips", "y2_state", "y2_state_name", "n1", "n2", "AGI")


def write(
    folder: Path,
    seed: int,
    *,
    residents: int = DEFAULTS["residents"],
    leaving_share: float = DEFAULTS["leaving_share"],
    dispersion: float = DEFAULTS["dispersion"],
    law: Mapping[str, object] = DEFAULTS["law"],
) -> dict[str, object]:
    """Write the raw files of one synthetic year of migration between 51 states.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    residents : households (returns) that stay in their state, at least 510,000.
    leaving_share : households that leave a state, relative to those that stay, on average.
    dispersion : a in the variance mu + a mu^2 of the flows; 0 for multinomial flows.
    law : model and parameters; its mass is the residential population.

    Returns
    -------
    The truth: law, sizes and sums that the canonical tables must give back.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    n = len(STATES)
    residents = check_whole("residents", residents, 10_000 * n, 10**10)
    leaving_share = check_number("leaving_share", leaving_share, 1e-4, 0.5)
    planned = plan("us_migration", seed, law, dispersion)
    rng = planned.rng

    zones = _capitals(rng)
    staying = whole_shares(residents, rng.lognormal(0, 1.0, n), least=5000)
    zones["residential_population"] = zones["workplace_population"] = staying.astype(float)
    leaving = np.round(leaving_share * staying * rng.uniform(0.7, 1.3, n))
    places = zones.assign(place_id=zones["zone_id"])
    leaving, share = planted_allocation(planned.law, zones, places, leaving)
    flow = draw_flows(rng, leaving, share, planned.dispersion)
    published = np.where(flow >= SUPPRESSED_BELOW, flow, 0)
    _check_arrivals(planned.law, published)

    table = pd.concat([_state_rows(rng, i, flow[i], int(staying[i])) for i in range(n)])
    write_bytes(Path(folder) / FILES["flows"], csv_bytes(table, encoding="latin-1"))
    write_bytes(Path(folder) / FILES["capitals"], _capital_list(zones))
    return planned.truth(
        "residential",
        {},
        n_zones=n,
        n_pairs=int(np.count_nonzero(published)),
        total_flow=int(published.sum()),
        suppressed_flows=int(np.count_nonzero(flow) - np.count_nonzero(published)),
        residential_population=int(staying.sum()),
        workplace_population=int(published.sum()),
    )


def _check_arrivals(law: Law, flow: np.ndarray) -> None:
    deserted = np.flatnonzero(flow.sum(axis=0) == 0)
    if deserted.size:
        raise ValueError(
            f"law = {law.model} {law.parameters}: nobody moves into {STATES[deserted[0]].name} "
            f"({deserted.size} such states); choose a law that decays less over "
            "thousands of kilometres"
        )


def _capitals(rng: np.random.Generator) -> geopandas.GeoDataFrame:
    """A fictional capital somewhere in each state; Washington is where the adapter puts it."""
    shift = rng.uniform(-0.35, 0.35, (len(STATES), 2))
    point = np.array([[s.longitude, s.latitude] for s in STATES]) + shift
    code, *washington = _DISTRICT_OF_COLUMBIA
    point[[s.fips for s in STATES].index(code)] = washington
    point = point.round(6)
    return geopandas.GeoDataFrame(
        {"zone_id": [s.fips for s in STATES], "x": point[:, 0], "y": point[:, 1]},
        geometry=geopandas.points_from_xy(*point.T),
        crs="EPSG:4326",
    )


def _state_rows(rng: np.random.Generator, i: int, flow: np.ndarray, staying: int) -> pd.DataFrame:
    """The block of one origin: totals, those who stay, then moves by size, suppressed ones last."""
    state = STATES[i]
    abroad, within = rng.poisson(_ABROAD * staying), rng.poisson(_WITHIN * staying)
    moved = int(flow.sum())
    head = [
        ("96", state.postal, f"{state.postal} Total Migration-US and Foreign", moved + abroad),
        ("97", state.postal, f"{state.postal} Total Migration-US", moved),
        ("98", state.postal, f"{state.postal} Total Migration-Foreign", abroad),
        ("97", state.postal, f"{state.postal} Total Migration-Same State", within),
        (state.fips, state.postal, f"{state.postal} Non-migrants", staying),
    ]
    moves = [
        (STATES[j].fips, STATES[j].postal, STATES[j].name, int(flow[j]))
        for j in np.flatnonzero(flow)
    ]
    moves.append(("57", "FR", "Foreign", abroad))
    moves.sort(key=lambda row: -row[3])
    table = pd.DataFrame(head + moves, columns=list(_COLUMNS[1:5]))
    table.insert(0, _COLUMNS[0], state.fips)
    table["n2"] = np.round(table["n1"] * rng.uniform(1.8, 2.3, len(table))).astype(int)
    table["AGI"] = np.round(table["n1"] * rng.uniform(40, 90, len(table))).astype(int)
    small = (table["n1"] < SUPPRESSED_BELOW) & (table.index >= len(head))
    table.loc[small, ["n1", "n2", "AGI"]] = -1
    return table


def _capital_list(zones: geopandas.GeoDataFrame) -> bytes:
    """The capitals of the 50 states as JSON, one a line."""
    lines = []
    for k, (state, x, y) in enumerate(zip(STATES, zones["x"], zones["y"], strict=True), start=1):
        if state.fips != _DISTRICT_OF_COLUMBIA[0]:
            entry = {"lon": x, "lat": y, "state": state.name, "city": f"Synthetic capital {k:02d}"}
            lines.append("  " + json.dumps(entry))
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()
