"""Synthetic movements between the counties of South Sudan, in the formats of paper 4's sources.

Counties, floods and deaths are fictional; states carry the names and codes of the real ones. As in
the published files Abyei has boundaries, settlements and movements but is no county, some rows of
the registers concern other countries, other nationals or unknown places, tables end in totals,
and some names are spelt differently from file to file.

The flows follow the radiation model, as it is or with benefits that differ between the counties
(``inequality``). Which counties suffer from floods and which from conflict is unrelated, so that
only one of the two explains the flows.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from movelaws.synthetic import (
    south_sudan_hardship,
    south_sudan_map,
    south_sudan_registers,
    south_sudan_tables,
)
from movelaws.synthetic.files import write_files, zipped_shapefile
from movelaws.synthetic.flows import draw_flows, planted_allocation, whole_shares
from movelaws.synthetic.inequality_law import TWO_CLASS, checked_inequality, planted_inequality
from movelaws.synthetic.options import check_whole, plan

FILES = {
    **south_sudan_registers.FILES,
    "boundaries": "SS_adm2.shp",
    "boundaries_dbf": "SS_adm2.dbf",
    "boundaries_prj": "SS_adm2.prj",
    "boundaries_shx": "SS_adm2.shx",
    "settlements": "output_settlements.csv",
    "population": "demographics_2020.xlsx",
    "deaths": "ucdp_deaths_by_county_month.csv",
    "displacement": "displacement_dtm.csv",
}
"""File name of each role of the adapter ``south_sudan``."""

DEFAULTS = {
    "counties": 78,
    "people": 157_000,
    "residents": 11_700_000,
    "dispersion": 0.0,
    "law": {"model": "RM", "parameters": {}},
    "inequality": {"variable": "flood", "share": 0.1, "delta_minus_1": 1.0e-5},
}
"""Options of ``write`` and their values."""

VARIABLES = ("flood", "conflict")
"""Variables that an inequality can follow: percent displaced by floods, deaths per 100,000."""

_LEAST_RESIDENTS = 5000
_SHARE_HIT = 0.1
_OUTFLOW_SPREAD = 1.3


def write(
    folder: Path,
    seed: int,
    *,
    counties: int = DEFAULTS["counties"],
    people: int = DEFAULTS["people"],
    residents: int = DEFAULTS["residents"],
    dispersion: float = DEFAULTS["dispersion"],
    law: Mapping[str, object] = DEFAULTS["law"],
    inequality: Mapping[str, object] | None = DEFAULTS["inequality"],
) -> dict[str, object]:
    """Write the raw files of one synthetic country.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    counties : how many there are beside Abyei, 12 to 78.
    people : individuals who move from one county to another in two years, 20 to a county or more.
    residents : people who live there, at least 10,000 per county.
    dispersion : a in the variance mu + a mu^2 of the flows; 0 for multinomial flows.
    law : model and parameters; its mass is the residential population.
    inequality : None, or an option of ``inequality_law`` with a variable of ``VARIABLES``, such as
        {"variable": "flood", "share": 0.1, "delta_minus_1": 1e-5}: the law must be the radiation
        model, and benefits in the counties where the variable is largest are 1 / delta as large.

    Returns
    -------
    The truth: law, sizes and sums that the canonical tables must give back; for an inequality also
    which counties are penalised, and the excess delta - 1 of each.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    counties = check_whole("counties", counties, 12, 78)
    people = check_whole("people", people, 20 * counties, 10**7)
    residents = check_whole("residents", residents, 10_000 * counties, 10**9)
    planned = plan("south_sudan", seed, law, dispersion)
    unequal = checked_inequality(inequality, VARIABLES, planned.law)
    rng = planned.rng

    land = south_sudan_map.draw(rng, counties)
    places = south_sudan_map.settlements(rng, land)
    living = whole_shares(residents, land.weight, least=_LEAST_RESIDENTS)
    share_hit = unequal.cut if unequal and unequal.kind == TWO_CLASS else _SHARE_HIT
    hardship = south_sudan_hardship.draw(rng, living, share_hit)
    leaving = whole_shares(people, living * rng.lognormal(0, _OUTFLOW_SPREAD, counties))
    zones = south_sudan_map.law_zones(land, places, living)
    tables = zones, zones.assign(place_id=zones["zone_id"])
    more = {}
    if unequal:
        excess, share = planted_inequality(unequal, *tables, hardship.variable(unequal.variable))
        more["inequality"] = unequal.truth(land.codes, excess)
    else:
        leaving, share = planted_allocation(planned.law, *tables, leaving)
    flow = draw_flows(rng, leaving, share, planned.dispersion)

    content = {
        **south_sudan_registers.registers(rng, land, flow),
        **_shapefile(land),
        "settlements": south_sudan_tables.settlements_table(rng, land, places),
        "population": south_sudan_tables.population_table(rng, land, living),
        "deaths": south_sudan_hardship.deaths_table(rng, land, hardship.deaths),
        "displacement": south_sudan_hardship.displacement_table(rng, land, hardship.displaced),
    }
    write_files(folder, FILES, content)
    return planned.truth(
        "residential",
        {},
        n_zones=counties,
        n_pairs=int(np.count_nonzero(flow)),
        total_flow=int(flow.sum()),
        workplace_population=0,
        residential_population=int(living.sum()),
        flood_displaced=int(hardship.displaced.sum()),
        conflict_deaths=int(hardship.deaths.sum()),
        **more,
    )


def _shapefile(land: south_sudan_map.Land) -> dict[str, bytes]:
    """The four parts of the boundaries by role."""
    roles = {"shp": "boundaries"} | {part: f"boundaries_{part}" for part in ("dbf", "prj", "shx")}
    packed = zipped_shapefile(south_sudan_map.boundaries(land), "SS_adm2", roles)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {role: archive.read(f"SS_adm2.{part}") for part, role in roles.items()}
