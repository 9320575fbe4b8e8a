"""What the counties of South Sudan live with: population, deaths in conflict, floods."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from movelaws import delimited, readers
from movelaws.adapters._south_sudan_counties import Counties, Notes, is_abyei, plain
from movelaws.adapters._south_sudan_tables import Layout, of_frame, read
from movelaws.adapters._south_sudan_tables import plain as plain_header

DISASTER = "Natural disaster"
"""Reason of displacement in DTM that stands for floods."""

_POPULATIONS = {
    "COD-PS": Layout(
        {"county": ["ADM2_PCODE"], "people": ["T_TL", "Total"]},
        {"name": ["ADM2_EN", "ADM2_NAME"]},
    ),
    "HNO": Layout(
        {
            "state": ["State"],
            "county": ["County"],
            "people": ["2019 Baseline Population", "2020 Baseline Population", "Population"],
        }
    ),
}
_ACLED = Layout(
    {
        "date": ["event_date"],
        "county": ["admin2"],
        "deaths": ["fatalities"],
        "type": ["event_type"],
    },
    {"country": ["country"]},
)
_DETAILS = [
    *("operation", "admin1Pcode", "adminLevel", "roundNumber", "numberMales", "numberFemales"),
    *("idpOriginAdmin1Name", "assessmentType", "operationStatus"),
]
"""In what rows of DTM differ that have date, reason, county, origin and people in common."""
_DAYS_APART = 62
_MONTHS = ["", "Unnamed: 0", "month", "date"]
_DISPLACED = {
    "DTM": Layout(
        {
            "date": ["reportingDate"],
            "reason": ["displacementReason"],
            "county": ["admin2Pcode"],
            "people": ["numPresentIdpInd"],
        },
        {"name": ["admin2Name"], "origin": ["idpOriginAdmin1Pcode"]}
        | {name: [name] for name in _DETAILS},
    ),
    "floods": Layout(
        {
            "county": ["ADM2_PCODE", "admin2Pcode", "County Pcode", "ADM2_EN", "County"],
            "people": ["People affected", "Affected people", "Affected population", "Affected"],
        },
        {"name": ["ADM2_EN", "admin2Name", "County"]},
    ),
}


def population(path: Path, counties: Counties, notes: Notes) -> pd.Series:
    """Inhabitants by county code, every county exactly once.

    Raises
    ------
    ValueError
        For a county that is unknown, repeated, in another state or without inhabitants given.
    """
    layout, table = read(path, _POPULATIONS)
    table, codes = _counties_of(table, counties, "population", notes)
    if "state" in table.headers:
        state = codes.map(counties.state_of).fillna("")
        other = state.ne("") & state.ne(table.frame["state"].map(plain))
        if other.any():
            where = f"lies in {state[other].iloc[0]} by the boundaries"
            raise table.error("county", other, f"{where}, not in the State of this row")
    people = _by_county(table, codes, "people")
    if lost := [name for code, name in counties.name_of.items() if code not in people.index]:
        raise ValueError(f"{path}: no population of {', '.join(lost)}: add the rows")
    notes["residential_population"] = f"inhabitants, {layout}"
    notes["inhabitants"] = round(float(people.sum()), 3)
    return people


def conflict_deaths(
    path: Path,
    counties: Counties,
    first: str,
    last: str,
    event_types: Sequence[str],
    notes: Notes,
) -> pd.Series:
    """Deaths by county code from month ``first`` to ``last``; a county not covered is absent.

    Parameters
    ----------
    path : table of months by counties (UCDP), or an export of events from ACLED.
    first, last : months such as "2020-01", both included.
    event_types : which events of ACLED count.

    Raises
    ------
    ValueError
        For an unknown county, a month that the table lacks, has twice or writes in another way,
        or an export without any event that counts.
    """
    frame = None if path.suffix.lower() == ".xlsx" else delimited.read(path, ",", "utf-8")
    if frame is not None and not _ACLED.fits({plain_header(name) for name in frame.columns}):
        deaths = _deaths_by_month(path, frame, counties, first, last, notes)
        kind = "all deaths of the table by county and month"
    else:
        layouts = {"ACLED": _ACLED}
        _, table = read(path, layouts) if frame is None else of_frame(path, frame, layouts)
        deaths = _deaths_of_events(table, counties, first, last, event_types, notes)
        kind = f"ACLED, {', '.join(event_types)}"
    notes["conflict_deaths"] = f"{kind}, {first} to {last}"
    return deaths


def flood_displaced(path: Path, counties: Counties, month: str, notes: Notes) -> pd.Series:
    """People displaced by natural disaster, or affected by floods, by county code.

    Parameters
    ----------
    path : displacement of IOM DTM, of which the report nearest to the end of ``month`` counts; or
        a table of people affected by county, from which ``month`` selects nothing.
    month : such as "2020-12".

    Returns
    -------
    Series of people; counties for which nobody was reported are 0.

    Raises
    ------
    ValueError
        For an unknown county, one whose code is of another than its name, a row that is repeated,
        or no report within two months of the end of ``month``.
    """
    layout, table = read(path, _DISPLACED)
    said = "people affected by floods"
    if layout == "DTM":
        table, day = _report(table, month)
        said = f"people displaced, {DISASTER}, DTM report of {day}"
    table, codes = _counties_of(table, counties, "displacement", notes)
    if layout == "DTM":  # a row for each state that people came from
        if "origin" in table.frame and table.frame.duplicated().any():
            again = table.frame.duplicated()
            raise table.error("county", again, "has a row that occurs before: leave it out")
        people = table.number("people", low=0).groupby(codes).sum()
    else:
        people = _by_county(table, codes, "people")
    notes["flood_displaced"] = f"{said}; counties not reported have 0"
    notes["counties with people displaced by floods"] = int((people > 0).sum())
    return people.reindex([*counties.name_of], fill_value=0.0)


def _counties_of(
    table: readers.Table, counties: Counties, what: str, notes: Notes
) -> tuple[readers.Table, pd.Series]:
    """Rows of counties alone, and their codes: totals name none, tags of HXL begin with #."""
    frame = table.frame.copy()
    if "name" in frame:
        frame["county"] = frame["county"].mask(frame["county"].eq(""), frame["name"])
        # Abyei has another code in every file.
        frame["county"] = frame["county"].mask(frame["name"].map(is_abyei), frame["name"])
    total = frame["county"].map(plain).isin(["", "total", "grand total"])
    total |= frame["county"].str.startswith("#")
    notes[f"rows of {what} without a county dropped"] = int(total.sum())
    if total.all():
        raise ValueError(f"{table.path}: no row names a county")
    table = dataclasses.replace(table, frame=frame[~total])
    codes = counties.codes(table, "county")
    if "name" in table.frame:
        other = table.frame["name"].map(counties.code)
        wrong = other.notna() & other.ne(codes)
        if wrong.any():
            name = table.frame.loc[wrong, "name"].iloc[0]
            raise table.error("county", wrong, f"is not the county {name!r} that the row names")
    abyei = codes.eq("")
    notes[f"rows of {what} of Abyei dropped"] = int(abyei.sum())
    return dataclasses.replace(table, frame=table.frame[~abyei]), codes[~abyei]


def _by_county(table: readers.Table, codes: pd.Series, column: str) -> pd.Series:
    values = table.number(column, low=0)
    if codes.duplicated().any():
        again = codes.duplicated()
        raise table.error("county", again, "occurs more than once: leave out the repeated row")
    return values.set_axis(codes)


def _deaths_by_month(
    path: Path,
    frame: pd.DataFrame,
    counties: Counties,
    first: str,
    last: str,
    notes: Notes,
) -> pd.Series:
    month = next((name for name in frame.columns if name in _MONTHS), None)
    if month is None:
        raise ValueError(
            f"{path}: neither the columns {[n[0] for n in _ACLED.columns.values()]} of ACLED nor "
            f"a first column of months among {[*frame.columns]}"
        )
    named = [name for name in frame.columns if name != month]
    header = readers.Table(path, pd.DataFrame({"county": named}), {"county": "county"})
    try:
        code_of = counties.codes(header, "county").set_axis(named)
    except ValueError as error:
        raise ValueError(str(error).replace("column 'county'", "the header")) from None
    code_of = code_of[code_of.ne("")]
    if code_of.duplicated().any():
        again = [*code_of.index[code_of.duplicated(keep=False)]]
        raise ValueError(f"{path}: columns {again} are one county: leave one of them")
    wanted = {code: [name] for name, code in code_of.items()}
    table = readers.as_table(path, frame, {"month": [month]} | wanted, unit="line")
    months = table.identifier("month").str[:7]
    strange = ~months.str.fullmatch(r"\d{4}-(0[1-9]|1[0-2])")
    if strange.any():
        raise table.error("month", strange, "is no month: write months as 2020-01-31")
    twice = months.duplicated()
    if twice.any():
        raise table.error("month", twice, "is a month that occurs more than once")
    asked = pd.period_range(first, last, freq="M").astype(str)
    if lost := [one for one in asked if one not in set(months)]:
        raise ValueError(
            f"{path}: no month {lost[0]} ({len(lost)} of {len(asked)} are missing; it has "
            f"{months.min()} to {months.max()}): change deaths_from and deaths_to"
        )
    inside = dataclasses.replace(table, frame=table.frame[months.isin(asked)])
    absent = [name for code, name in counties.name_of.items() if code not in wanted]
    notes["counties unknown to the table of deaths"] = ", ".join(absent) or 0
    return pd.Series({code: inside.number(code, low=0).sum() for code in wanted}, dtype=float)


def _deaths_of_events(
    table: readers.Table,
    counties: Counties,
    first: str,
    last: str,
    event_types: Sequence[str],
    notes: Notes,
) -> pd.Series:
    """ACLED covers the whole country: a county without an event has no deaths."""
    text = table.identifier("date")
    days = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    days = days.fillna(pd.to_datetime(text, format="%d %B %Y", errors="coerce"))
    if days.isna().any():
        raise table.error("date", days.isna(), "is no date such as 2021-12-31 or 31 December 2021")
    kinds = {plain(kind) for kind in event_types}
    found = table.frame["type"].map(plain)
    if unknown := kinds - set(found):
        raise ValueError(
            f"{table.path}: column {table.headers['type']!r}: no event of type "
            f"{sorted(unknown)[0]!r} (event_types); there are {sorted(set(found))}"
        )
    kept = found.isin(kinds) & days.dt.strftime("%Y-%m").between(first, last)
    countries = ""
    if "country" in table.frame:
        kept &= table.frame["country"].map(plain).eq("south sudan")
        countries = f" in {', '.join(sorted(set(table.frame['country'])))}"
    if not kept.any():
        raise ValueError(
            f"{table.path}: no event of {', '.join(event_types)} in South Sudan from {first} to "
            f"{last}; the file has events from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"
            f"{countries}: change deaths_from, deaths_to or event_types, or give another file"
        )
    table = dataclasses.replace(table, frame=table.frame[kept])
    table, codes = _counties_of(table, counties, "events", notes)
    deaths = table.number("deaths", low=0).groupby(codes).sum()
    return deaths.reindex([*counties.name_of], fill_value=0.0)


def _report(table: readers.Table, month: str) -> tuple[readers.Table, str]:
    """Rows on disasters of the report nearest to the end of ``month``, and its day."""
    disaster = table.frame["reason"].map(plain).eq(plain(DISASTER))
    table = dataclasses.replace(table, frame=table.frame[disaster])
    county = table.frame["county"].ne("")
    if "name" in table.frame:
        county |= table.frame["name"].ne("")
    if not county.any():
        raise ValueError(f"{table.path}: no county has a row with the reason {DISASTER!r}")
    days = pd.to_datetime(table.frame["date"].str[:10], format="%Y-%m-%d", errors="coerce")
    if days.isna().any():
        raise table.error("date", days.isna(), "is no date such as 2020-12-31")
    end = pd.Period(month, "M").end_time.normalize()
    reported = days[county].sort_values()
    day = reported.iloc[(reported - end).abs().argmin()]
    if abs(day - end).days > _DAYS_APART:
        known = ", ".join(f"{one:%Y-%m-%d}" for one in reported.unique())
        raise ValueError(
            f"{table.path}: flood_reported={month!r}: no report on {DISASTER!r} within "
            f"{_DAYS_APART} days of {end:%Y-%m-%d}; there are those of {known}: choose one of "
            "their months"
        )
    return dataclasses.replace(table, frame=table.frame[days.eq(day)]), f"{day:%Y-%m-%d}"
