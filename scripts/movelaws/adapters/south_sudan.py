"""Movements between the counties of South Sudan with conflict and floods (paper 4).

Raw files, by role
------------------
register_2020_01, ... : one Flow Monitoring Register of IOM DTM per month, as published
    (``DTM_SSD_FMR_summary_202001.xlsx``): interview.month, direction, dep.adm2.pcode,
    dest.adm2.pcode, nationality.ssd.ind, total.ind among 46 columns or more. At least one.
boundaries : counties of COD-AB with ADM2_PCODE, ADM2_EN and perhaps ADM1_EN: a .zip as published
    (of several layers the one with adm2 in its name), GeoPackage or GeoJSON; or ``SS_adm2.shp``
    with boundaries_shx, boundaries_dbf, boundaries_prj in the same folder.
settlements : CSV with LONGITUDE, LATITUDE and perhaps COUNTY_NAME.
population : workbook or CSV: State, County, "2019 Baseline Population" (Humanitarian Needs
    Overview 2020, rows without a county are totals); or ADM2_PCODE, T_TL (COD-PS).
deaths : CSV, one row per month (2011-08-31) and one column per county (UCDP); or an export of
    ACLED with event_date, event_type, admin2, fatalities, also as a workbook.
displacement : CSV of IOM DTM with reportingDate, displacementReason, admin2Pcode, admin2Name,
    numPresentIdpInd, rows of the country and of states having no county; or a table with
    ADM2_PCODE or County and "People affected" (OCHA), CSV or workbook.

Counties go by code or by name; names may vary as ``_south_sudan_counties.ALIASES`` says, and one
that is still unknown is an error. Abyei is left out of every file.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import pandas as pd

from movelaws import frames, options
from movelaws.adapters import _south_sudan_context as context
from movelaws.adapters._south_sudan_counties import (
    COMPANIONS,
    Notes,
    county_points,
    read_boundaries,
)
from movelaws.adapters._south_sudan_registers import movements

REGISTERS = {
    f"register_{year}_{month:02}": f"{year}-{month:02}"
    for year in range(2020, 2031)
    for month in range(1, 13)
}
"""Month by role of a register; one of them at least must be given."""

REQUIRED = ("boundaries", "settlements", "population")
OPTIONAL = ("deaths", "displacement", *COMPANIONS, *REGISTERS)
ONE_OF = (tuple(REGISTERS),)
REQUIRED_WITH = {"boundaries": {".shp": tuple(COMPANIONS)}}

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
Month = Annotated[str, options.Rule(_MONTH.fullmatch, "a month in quotes, such as '2020-01'")]
EventTypes = Annotated[
    Sequence[str],
    options.Rule(lambda kinds: len(kinds) > 0, "a list of event types, such as ['Battles']"),
]
Period = Annotated[
    Sequence[str],
    options.Rule(
        lambda months: (
            len(months) == 2 and all(map(_MONTH.fullmatch, months)) and months[0] <= months[1]
        ),
        "the first and the last month, such as ['2020-01', '2020-12']",
    ),
]


def read(
    files: dict[str, Path],
    *,
    nationals: bool = True,
    months: Period | None = None,
    deaths_from: Month = "2020-01",
    deaths_to: Month = "2021-12",
    event_types: EventTypes = ("Violence against civilians",),
    flood_reported: Month = "2020-12",
) -> frames.Canonical:
    """Individuals who moved between counties, and what the counties live with.

    Parameters
    ----------
    files : paths by role, see the module.
    nationals : whether South Sudanese nationals alone are counted, as in paper 4, or everyone.
    months : [first, last] month of the registers that count; all by default.
    deaths_from, deaths_to : first and last month of the deaths that count.
    event_types : which events of an ACLED export count.
    flood_reported : the report of DTM nearest to the end of this month counts.

    Returns
    -------
    Canonical in EPSG:4326, flows in individuals. A county's point is the mean of the settlements
    within its polygon (paper 4, Preprocessing of the data); residential population: inhabitants;
    workplace population unknown. Attributes: with ``deaths`` conflict_deaths and
    conflict_deaths_per_100k (NaN for counties that the file does not cover), with ``displacement``
    flood_displaced and flood_displaced_percent (0 where nobody was reported).

    Raises
    ------
    ValueError
        Naming the file, row, column, value and remedy.
    """
    if deaths_from > deaths_to:
        raise ValueError(f"deaths_from={deaths_from!r} is later than deaths_to={deaths_to!r}")
    registers = _registers(files, months)
    notes: Notes = {"unit": "individuals", "registers": _listed([*registers])}
    if absent := _gaps([*registers]):
        notes["months without a register"] = ", ".join(absent)
    zones, counties = read_boundaries(files, notes)
    zones = zones.join(county_points(zones, counties, files["settlements"], notes))
    people = context.population(files["population"], counties, notes)
    zones["residential_population"] = zones["zone_id"].map(people)
    if "deaths" in files:
        deaths = context.conflict_deaths(
            files["deaths"], counties, deaths_from, deaths_to, event_types, notes
        )
        zones = _with_rate(zones, "conflict_deaths", deaths, "conflict_deaths_per_100k", 1e5, notes)
    if "displacement" in files:
        displaced = context.flood_displaced(files["displacement"], counties, flood_reported, notes)
        _check_displaced(zones, displaced, files["displacement"])
        zones = _with_rate(
            zones, "flood_displaced", displaced, "flood_displaced_percent", 100, notes
        )
    flows = movements(registers, counties, nationals, notes)
    still = ~zones["zone_id"].isin([*flows["origin"], *flows["destination"]])
    notes["counties without any movement"] = ", ".join(zones.loc[still, "name"]) or 0
    return frames.assemble(zones, flows, notes=notes)


def _registers(files: Mapping[str, Path], months: Sequence[str] | None) -> dict[str, Path]:
    """Workbooks by month within ``months``, in order."""
    given = {month: files[role] for role, month in REGISTERS.items() if role in files}
    first, last = months or (min(given), max(given))
    kept = {month: path for month, path in given.items() if first <= month <= last}
    if not kept:
        raise ValueError(
            f"months={[first, last]}: no register of these months is given, only "
            f"{_listed([*given])}"
        )
    return kept


def _gaps(months: list[str]) -> list[str]:
    between = pd.period_range(months[0], months[-1], freq="M").astype(str)
    return [month for month in between if month not in months]


def _listed(months: list[str]) -> str:
    return f"{months[0]} to {months[-1]} ({len(months)})"


def _check_displaced(zones: pd.DataFrame, displaced: pd.Series, path: Path) -> None:
    """Nobody can be displaced where more people are displaced than live."""
    people = zones["residential_population"]
    many = (zones["zone_id"].map(displaced) > people) & (people > 0)
    if many.any():
        zone = zones[many].iloc[0]
        raise ValueError(
            f"{path}: {displaced[zone['zone_id']]:,.0f} people displaced or affected in "
            f"{zone['name']} {zone['zone_id']}, of {zone['residential_population']:,.0f} "
            f"inhabitants ({int(many.sum())} such counties): are populations in thousands?"
        )


def _with_rate(
    zones: pd.DataFrame, name: str, count: pd.Series, rate: str, per: float, notes: Notes
) -> pd.DataFrame:
    """The attribute ``name`` and, for so many inhabitants, ``rate``; unknown where nobody lives."""
    people = zones["residential_population"]
    found = zones["zone_id"].map(count).astype(float)
    if (empty := found.gt(0) & people.eq(0)).any():
        where = ", ".join(zones.loc[empty, "name"])
        notes[f"counties without inhabitants, {rate} unknown"] = where
    return zones.assign(**{name: found, rate: per * found / people.where(people > 0)})
