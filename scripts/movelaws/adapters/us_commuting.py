"""Commuting between the counties of the contiguous United States, ACS 2011-2015.

Raw files, by role
------------------
flows : either ``table1.xlsx`` of the Census Bureau ("Residence County to Workplace County Flows"):
    some lines of title, a header row with State FIPS Code, County FIPS Code, State Name, County
    Name for the residence and again for the workplace, Workers in Commuting Flow, Margin of Error,
    then footnotes; the state of the workplace has three digits ("001"), other countries have
    codes that do not start with 0 and no county. Or a Parquet or CSV copy with OFIPS, DFIPS, FLOW
    (identifiers are the last five characters); in the copy that circulates every number is
    doubled, so it is read with ``flow_divisor=2``.
boundaries : see ``us_counties``.
population, gini, employment, poverty, rent, sdoh : see ``_us_attributes``; they give the zones
    attributes, and the population file their residents.
"""

from pathlib import Path

import pandas as pd

from movelaws import frames, options, readers
from movelaws.adapters._us_attributes import ROLES, county_attributes
from movelaws.adapters.us_counties import OUTSIDE_CONTIGUOUS, States, county_zones

REQUIRED = ("flows", "boundaries")
OPTIONAL = ("population", *ROLES)

_COPY = {"origin": ["OFIPS"], "destination": ["DFIPS"], "flow": ["FLOW"]}
_PUBLISHED = {
    "state": ["State FIPS Code"],
    "county": ["County FIPS Code"],
    "work_state": ["State FIPS Code.1"],
    "work_county": ["County FIPS Code.1"],
    "flow": ["Workers in Commuting Flow"],
}


def read(
    files: dict[str, Path],
    *,
    flow_divisor: options.Positive = 1,
    exclude_states: States = OUTSIDE_CONTIGUOUS,
) -> frames.Canonical:
    """Flows between counties; the places are the counties themselves.

    Parameters
    ----------
    files : paths by role, see the module.
    flow_divisor : every flow is divided by this number and must then be whole.
    exclude_states : two-digit FIPS codes left out; by default all but the contiguous states.

    Returns
    -------
    Canonical in EPSG:4269; the workplace population of a county is the sum of all flows into it
    from the counties kept, its own residents included (paper 2, section 2.2). The zones carry the
    attributes of ``county_attributes``, none without the files that have them.
    """
    notes: dict[str, int | float | str] = {}
    table, flows = _published(files["flows"], notes)
    divided = flows["flow"] / flow_divisor
    broken = divided % 1 != 0
    if broken.any():
        raise table.error("flow", broken, f"is not a multiple of flow_divisor={flow_divisor}")
    flows["flow"] = divided
    notes["flows divided by"] = flow_divisor
    zones, about = county_zones(files["boundaries"], files.get("population"), exclude_states)
    attributes, sources = county_attributes(files, zones["zone_id"], exclude_states)
    zones, notes = zones.join(attributes, on="zone_id"), notes | about | sources

    inside = ~flows["origin"].str[:2].isin(exclude_states)
    inside &= ~flows["destination"].str[:2].isin(exclude_states)
    notes["flows from or to states outside the study area dropped"] = int((~inside).sum())
    flows = flows[inside & (flows["flow"] > 0)]
    arrivals = flows.groupby("destination")["flow"].sum()
    zones["workplace_population"] = zones["zone_id"].map(arrivals).fillna(0.0)
    notes["workplace_population"] = "all flows into the county, those within it included"
    within = flows["origin"] == flows["destination"]
    notes["commuters within their county"] = float(flows.loc[within, "flow"].sum())
    notes["flows within a county dropped"] = int(within.sum())
    return frames.assemble(zones, flows[~within], notes=notes)


def _published(
    path: Path, notes: dict[str, int | float | str]
) -> tuple[readers.Table, pd.DataFrame]:
    if path.suffix.lower() != ".xlsx":
        table = readers.read_table(path, _COPY)
        origin = _county(table, "origin", table.identifier("origin"))
        destination = _county(table, "destination", table.identifier("destination"))
        return table, _flows(table, origin, destination)
    table = readers.read_table(path, _PUBLISHED)
    footnote = table.frame["county"].eq("") & table.frame["flow"].eq("")
    foreign = ~footnote & (table.frame["work_county"].eq("") | ~_domestic(table.frame))
    notes["footnote rows dropped"] = int(footnote.sum())
    notes["flows to workplaces abroad dropped"] = int(foreign.sum())
    kept = table.frame[~footnote & ~foreign]
    table = readers.Table(path, kept, table.headers, table.unit)
    origin = kept["state"].str.zfill(2).str[-2:] + kept["county"].str.zfill(3)
    destination = kept["work_state"].str.zfill(2).str[-2:] + kept["work_county"].str.zfill(3)
    return table, _flows(
        table, _county(table, "county", origin), _county(table, "work_county", destination)
    )


def _domestic(frame: pd.DataFrame) -> pd.Series:
    """States, districts and territories have two digits, or three of which the first is 0."""
    return frame["work_state"].str.zfill(3).str.startswith("0")


def _county(table: readers.Table, column: str, code: pd.Series) -> pd.Series:
    wrong = ~code.str.fullmatch(r"0?\d{5}")
    if wrong.any():
        raise table.error(column, wrong, "is no county FIPS code: five digits, or 0 before them")
    return code.str[-5:]


def _flows(table: readers.Table, origin: pd.Series, destination: pd.Series) -> pd.DataFrame:
    flows = pd.DataFrame(
        {"origin": origin, "destination": destination, "flow": table.number("flow", low=0)}
    )
    twice = flows.duplicated(["origin", "destination"])
    if twice.any():
        pair = flows.loc[twice, ["origin", "destination"]].iloc[0].tolist()
        raise table.error("flow", twice, f"belongs to the pair {pair}, which occurs before")
    return flows
