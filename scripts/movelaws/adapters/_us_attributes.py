"""Living conditions of US counties, from the tables in which the Census Bureau and AHRQ give them.

Raw files, by role
------------------
population : county profile of the ACS 2011-2015 as CSV: CensusId (FIPS code, possibly without
    its leading zero), State, County, TotalPop, Income (median household, US dollars), Poverty
    and Unemployment (percent), Employed.
gini : American FactFinder table B19083 (estimate HD01_VD01, 0 to 1).
employment : American FactFinder table S2301 (unemployment rate, percent, HC04_EST_VC01).
poverty : American FactFinder table C17002, ratio of income to poverty level (people in all
    HD01_VD01, under 0.50 HD01_VD02).
rent : American FactFinder table B25064, median gross rent (dollars a month, HD01_VD01). A median
    beyond the ends of the scale is published as the end and a sign, ``100-`` or ``3,500+``: it is
    read as that end and counted in the notes.
sdoh : workbook ``SDOH_2015_COUNTY_1_0.xlsx`` of the Agency for Healthcare Research and Quality,
    sheet "Data", or that sheet as CSV: COUNTYFIPS, ACS_GINI_INDEX (0 to 1), ACS_PCT_INC50 (percent
    of people under half the poverty line), ACS_MEDIAN_RENT (gross, dollars a month),
    ACS_MEDIAN_HH_INC (dollars), ACS_PCT_UNEMPLOY (percent). It is the source of paper 4.

A symbol for an estimate that is not published is missing, and so are the numbers that the Bureau
writes for one (-666666666 and the like).
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from movelaws import archives, readers

ROLES = ("gini", "employment", "poverty", "rent", "sdoh")
"""Optional roles of the adapters whose zones are counties."""

Notes = dict[str, int | float | str]

_PROFILE = ["TotalPop", "Income", "Poverty", "Unemployment", "Employed"]
_PERCENT = {"Poverty": "poverty_percent", "Unemployment": "unemployment_percent"}
_SDOH = {
    "code": ["COUNTYFIPS", "FIPSCODE"],
    "gini": ["ACS_GINI_INDEX"],
    "poverty": ["ACS_PCT_INC50"],
    "rent": ["ACS_MEDIAN_RENT", "ACS_MDN_GROSS_RENT"],
    "income": ["ACS_MEDIAN_HH_INC", "ACS_MEDIAN_HH_INCOME"],
    "unemployment": ["ACS_PCT_UNEMPLOY"],
}
_SHEET = "Data"
_RENTS = (50, 10_000)
"""Dollars a month between which the medians of counties lie, from one at least to all."""
_OPEN_ENDED = r"\d[\d,]*[+-]"
_NOT_PUBLISHED = r"-(\d)\1{8}(\.0+)?"


def county_attributes(
    files: Mapping[str, Path], zone_ids: Sequence[str], exclude_states: Sequence[str]
) -> tuple[pd.DataFrame, Notes]:
    """Attributes of the counties ``zone_ids`` from the files given, and where each is from.

    Parameters
    ----------
    files : paths by role, see the module; other roles are left aside.
    zone_ids : (n,) five-digit FIPS codes.
    exclude_states : two-digit FIPS codes whose counties are no zones on purpose.

    Returns
    -------
    attributes : (n, k) by zone_id, NaN where a county has no estimate
        employed (people), income_usd (median household, a year), poverty_percent and
        unemployment_percent with the population file; gini (0 to 1), poverty_half_percent (of
        people under half the poverty line), rent_usd (median gross, a month), rent_to_income
        (twelve of those to the income) and unemployment_s2301_percent with theirs. An
        unemployment_percent is that of ``employment`` where given; what ``sdoh`` has goes before
        all others (paper 4, Materials and methods).
    notes : the source of each attribute, counties without it, medians at an end of the scale,
        codes without a boundary.

    Raises
    ------
    ValueError
        For a file that cannot be read, a code that is none or occurs twice, a number that cannot
        be, a file without any county of the zones, or a rent without an income.
    """
    zones = pd.Index(zone_ids, name="zone_id")
    found = pd.DataFrame(index=zones)
    notes: Notes = {}
    for role, (read, source) in _READERS.items():
        if role not in files:
            continue
        table = read(files[role])
        notes |= _strangers(table.index, zones, exclude_states, files[role], role)
        table = table.reindex(zones)
        open_ended = table.pop("open_ended") if "open_ended" in table else None
        if open_ended is not None:
            notes["counties with a median rent at an end of the scale"] = int(
                open_ended.eq(1).sum()
            )
        found[table.columns] = table
        notes |= dict.fromkeys(table.columns, source)
    if "rent_usd" in found:
        notes["rent_to_income"] = "12 rent_usd / income_usd"
        found["rent_to_income"] = _rent_to_income(found, files)
    missing = {f"counties without {name}": int(found[name].isna().sum()) for name in found}
    return found, notes | {text: count for text, count in missing.items() if count}


def profile(path: Path) -> pd.DataFrame:
    """County profile by five-digit FIPS code: name, TotalPop and attributes of people and money."""
    columns = {name: [name] for name in ["CensusId", "State", "County", *_PROFILE]}
    table = readers.read_table(path, columns, encoding="utf-8")
    frame = pd.DataFrame({"name": table.frame["County"] + ", " + table.frame["State"]})
    frame["TotalPop"] = table.number("TotalPop", low=0)
    frame["employed"] = table.number("Employed", low=0, missing=True)
    frame["income_usd"] = table.number("Income", low=0, missing=True)
    for column, name in _PERCENT.items():
        frame[name] = table.number(column, low=0, high=100, missing=True)
    return frame.set_index(five_digits(table, "CensusId"))


def five_digits(table: readers.Table, column: str) -> pd.Series:
    """Five-digit FIPS codes of a column in which the leading zero may be lost.

    Raises
    ------
    ValueError
        For a code of another form, or one that occurs twice.
    """
    code = table.identifier(column)
    wrong = ~code.str.fullmatch(r"\d{4,5}")
    if wrong.any():
        raise table.error(column, wrong, "is no county FIPS code: give four or five digits")
    code = code.str.zfill(5)
    if code.duplicated().any():
        raise table.error(column, code.duplicated(), "occurs more than once")
    return code


def _strangers(
    codes: pd.Index, zones: pd.Index, exclude_states: Sequence[str], path: Path, role: str
) -> Notes:
    """Count of codes that should be zones and are not, such as those of another year."""
    if not codes.isin(zones).any():
        raise ValueError(
            f"{path}: none of its {len(codes)} codes, such as {codes[0]!r}, is a county of the "
            f"boundaries outside the states left out: give the table of {role} by county"
        )
    unknown = ~codes.isin(zones) & ~codes.str[:2].isin(exclude_states)
    return {f"codes of {role} without a boundary": int(unknown.sum())} if unknown.any() else {}


def _rent_to_income(found: pd.DataFrame, files: Mapping[str, Path]) -> pd.Series:
    if "income_usd" not in found:
        raise ValueError(
            f"{files['rent']}: a ratio of rent to income needs the income: give the file role "
            "'population' too, or 'sdoh', which has both"
        )
    return 12 * found["rent_usd"] / found["income_usd"].where(found["income_usd"] > 0)


def _profile(path: Path) -> pd.DataFrame:
    return profile(path).drop(columns=["name", "TotalPop"])


def _gini(path: Path) -> pd.DataFrame:
    table = readers.read_factfinder(path, {"gini": "HD01_VD01"})
    gini = table.number("gini", low=0, high=1, missing=True)
    return pd.DataFrame({"gini": gini}).set_index(five_digits(table, "id"))


def _employment(path: Path) -> pd.DataFrame:
    table = readers.read_factfinder(path, {"rate": "HC04_EST_VC01"})
    rate = table.number("rate", low=0, high=100, missing=True)
    frame = pd.DataFrame({"unemployment_percent": rate, "unemployment_s2301_percent": rate})
    return frame.set_index(five_digits(table, "id"))


def _poverty(path: Path) -> pd.DataFrame:
    table = readers.read_factfinder(path, {"people": "HD01_VD01", "half": "HD01_VD02"})
    people, half = (table.number(name, low=0, missing=True) for name in ("people", "half"))
    if (half > people).any():
        raise table.error("half", half > people, "is more than all people, HD01_VD01")
    percent = 100 * half / people.where(people > 0)
    return pd.DataFrame({"poverty_half_percent": percent}).set_index(five_digits(table, "id"))


def _rent(path: Path) -> pd.DataFrame:
    table = readers.read_factfinder(path, {"rent": "HD01_VD01"})
    text = table.frame["rent"]
    open_ended = text.str.fullmatch(_OPEN_ENDED)
    end = text.str.rstrip("+-").str.replace(",", "")
    frame = table.frame.assign(rent=text.where(~open_ended, end))
    read = readers.Table(path, frame, table.headers, table.unit)
    rent = pd.DataFrame({"rent_usd": _rents(read)})
    return rent.assign(open_ended=open_ended.astype(float)).set_index(five_digits(table, "id"))


def _rents(table: readers.Table) -> pd.Series:
    """Rents in dollars a month: no zeros, and not the numbers of a Gini index or of people."""
    least, most = _RENTS
    rent = table.number("rent", low=0, high=most, missing=True)
    if rent.max() < least:
        raise table.error(
            "rent",
            rent.eq(rent.max()),
            f"is the highest rent, below {least} dollars a month: give median gross rents, B25064",
        )
    if rent.eq(0).any():
        raise table.error("rent", rent.eq(0), "is no rent: leave the cell empty if it is unknown")
    return rent


def _sdoh(path: Path) -> pd.DataFrame:
    workbook = path.suffix.lower() == ".xlsx"
    table = _data_sheet(path) if workbook else readers.read_table(path, _SDOH)
    frame = table.frame.mask(table.frame.apply(lambda text: text.str.fullmatch(_NOT_PUBLISHED)), "")
    table = readers.Table(path, frame, table.headers, table.unit)
    attributes = pd.DataFrame(
        {
            "income_usd": table.number("income", low=0, missing=True),
            "unemployment_percent": table.number("unemployment", low=0, high=100, missing=True),
            "gini": table.number("gini", low=0, high=1, missing=True),
            "poverty_half_percent": table.number("poverty", low=0, high=100, missing=True),
            "rent_usd": _rents(table),
        }
    )
    return attributes.set_index(five_digits(table, "code"))


def _data_sheet(path: Path) -> readers.Table:
    """The wanted columns of the sheet of data, which in some editions is not the first."""
    for member in archives.members(path):
        while member.stream.read(1 << 20):
            pass  # a workbook is an archive: bounded here, before it is parsed
    wanted = {name.casefold() for names in _SDOH.values() for name in names}
    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            sheets = book.sheet_names
            frame = _sheet(book, wanted) if _SHEET in sheets else None
    except readers.WORKBOOK_DAMAGE as error:
        raise ValueError(f"{path}: cannot be read as a workbook: {error!r}") from None
    if frame is None:
        raise ValueError(f"{path}: no sheet {_SHEET!r} among {sheets}")
    return readers.as_table(path, frame.set_axis(frame.index + 2, axis=0), _SDOH)


def _sheet(book: pd.ExcelFile, wanted: set[str]) -> pd.DataFrame:
    return pd.read_excel(
        book,
        sheet_name=_SHEET,
        dtype=str,
        keep_default_na=False,
        usecols=lambda name: str(name).strip().casefold() in wanted,
    )


# In the order in which one may stand for another: a later source goes before an earlier one.
_READERS: dict[str, tuple[Callable[[Path], pd.DataFrame], str]] = {
    "population": (_profile, "county profile, ACS 2011-2015"),
    "gini": (_gini, "FactFinder B19083"),
    "employment": (_employment, "FactFinder S2301"),
    "poverty": (_poverty, "FactFinder C17002"),
    "rent": (_rent, "FactFinder B25064"),
    "sdoh": (_sdoh, "AHRQ, social determinants of health"),
}
