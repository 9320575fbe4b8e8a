"""Synthetic moves between municipalities, in the formats of Statistics Denmark (FLY66, FOLK1AM).

The municipalities are fictional. As in the published files every pair is listed, those without a
move and those within one municipality (as 0) included, but for the capital with itself; islands
are parts of their own in the boundaries, whose third coordinate is -999; and the population comes
by month, with rows of the country and its regions. The planted law acts on the population of
``MONTH``.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from movelaws.synthetic import denmark_map, denmark_tables
from movelaws.synthetic.files import csv_bytes, write_files
from movelaws.synthetic.flows import draw_flows, planted_allocation, whole_shares
from movelaws.synthetic.options import check_number, check_whole, plan

FILES = {
    "flows": "fly66_2024_municipality_od.csv",
    "municipalities": "municipalities.geojson",
    "population": "FOLK1AM.xlsx",
}
"""File name of each role of the adapter ``denmark_moves``."""

DEFAULTS = {
    "municipalities": 99,
    "residents": 5_900_000,
    "leaving_share": 0.05,
    "dispersion": 0.0,
    "law": {"model": "DCG", "parameters": {"alpha": 2.4, "beta": 1.3, "gamma": 1.2}},
}
"""Options of ``write`` and their values."""

MONTH = "2024M01"
"""Month whose population is the mass of the law."""

_LEAST_RESIDENTS = 90


def write(
    folder: Path,
    seed: int,
    *,
    municipalities: int = DEFAULTS["municipalities"],
    residents: int = DEFAULTS["residents"],
    leaving_share: float = DEFAULTS["leaving_share"],
    dispersion: float = DEFAULTS["dispersion"],
    law: Mapping[str, object] = DEFAULTS["law"],
) -> dict[str, object]:
    """Write the raw files of one synthetic country.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    municipalities : how many there are, 8 to 400.
    residents : people who live there, at least 1000 per municipality.
    leaving_share : people who move to another municipality, relative to all, on average.
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
    municipalities = check_whole("municipalities", municipalities, 8, 400)
    residents = check_whole("residents", residents, 1000 * municipalities, 10**9)
    leaving_share = check_number("leaving_share", leaving_share, 1e-4, 0.5)
    planned = plan("denmark_moves", seed, law, dispersion)
    rng = planned.rng

    land = denmark_map.draw(rng, municipalities)
    people = whole_shares(residents, land.weight, least=_LEAST_RESIDENTS)
    zones = denmark_map.law_zones(land, people)
    wish = np.ceil(leaving_share * people * rng.uniform(0.7, 1.3, people.size))
    places = zones.assign(place_id=zones["zone_id"])
    leaving, share = planted_allocation(planned.law, zones, places, wish)
    flow = draw_flows(rng, leaving, share, planned.dispersion)

    content = {
        "flows": csv_bytes(denmark_tables.moves(land.names, flow, int(people.argmax()))),
        "municipalities": denmark_map.boundaries(rng, land),
        "population": denmark_tables.population(rng, land, people, MONTH),
    }
    write_files(folder, FILES, content)
    moved = int(flow.sum())
    return planned.truth(
        "residential",
        {"population_month": MONTH},
        n_zones=municipalities,
        n_pairs=int(np.count_nonzero(flow)),
        total_flow=moved,
        workplace_population=moved,
        residential_population=int(people.sum()),
        parts=len(land.parts),
    )
