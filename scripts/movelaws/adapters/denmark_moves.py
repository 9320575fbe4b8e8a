"""Moves between the municipalities of Denmark, Statistics Denmark, table FLY66.

Raw files, by role
------------------
flows : CSV with orig, dest, n, or as StatBank gives the table: separated by semicolons, UTF-8 or
    Latin-1, with FRAKOMMUNE (or FRAFKOMMUNE, FRAFLYTNINGSKOMMUNE), TILKOMMUNE, INDHOLD and
    perhaps TID, KØN, ALDER. Municipalities by Danish or English name, by code, or both
    ("101 København"); "-" is zero, ".." was not published and counts 0.
municipalities : layer of polygons, one or several parts per municipality, with code (lau_1),
    Danish name (label_dk) and perhaps English name (label_en); a third coordinate is dropped.
population : table FOLK1AM, a workbook or CSV with one row per area and one column per month, such
    as 2024M01; rows of the country, regions and provinces are left out.
"""

import difflib
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from xml.etree.ElementTree import ParseError

import geopandas as gpd
import pandas as pd

from movelaws import archives, frames, layers, options, readers

REQUIRED = ("flows", "municipalities")
OPTIONAL = ("population",)

METRIC = "EPSG:25832"
EQUAL_AREA = "EPSG:3035"
ALIASES = {
    "nordfyns": "nordfyn",
    "vesthimmerlands": "vesthimmerland",
    "copenhagen": "københavn",
    "elsinore": "helsingør",
    "bornholms regionskommune": "bornholm",
    "christians ø": "christiansø",
}
"""Two names of one municipality that files may use, both as ``_plain`` gives them."""

_FLOWS = {
    "origin": ["orig", "origin", "FRAKOMMUNE", "FRAFKOMMUNE", "FRAFLYTNINGSKOMMUNE"],
    "destination": ["dest", "destination", "TILKOMMUNE", "TILFLYTNINGSKOMMUNE"],
    "moves": ["n", "INDHOLD", "moves", "flow", "value"],
}
_PARTS = {"period": ["TID", "time", "year"], "sex": ["KØN", "KOEN", "sex"], "age": ["ALDER", "age"]}
_AREA = ["område", "OMRAADE", "area", "region", "municipality", "", "Unnamed: 0"]
_TOTAL = re.compile(r"(i alt|tot|total|both sexes|all ages|alder i alt|age, total)", re.IGNORECASE)
_WIDER = re.compile(
    r"(\d{3} )?(hele landet|all denmark|(region|landsdel|province) .*)", re.IGNORECASE
)
_MONTH = re.compile(r"\d{4}[MK]\d{1,2}")
_SHOWN = 10
_ONE_ROW = "leave out the repeated row; of a table split by a further variable give the totals only"

Month = Annotated[str, options.Rule(_MONTH.fullmatch, "a month (2024M01) or a quarter (2024K1)")]


def read(
    files: dict[str, Path], *, period: str | None = None, population_month: Month = "2024M01"
) -> frames.Canonical:
    """Moves between municipalities; those within one are dropped.

    Parameters
    ----------
    files : paths by role, see the module.
    period : which value of the column TID counts, such as "2024"; needed where there are several.
    population_month : column of the table of the population.

    Returns
    -------
    Canonical in EPSG:25832 (metres), flows in moves. Zones have the official code of the
    municipality, its polygon and the centroid of that. Workplace population: arrivals from other
    municipalities, the observed attraction A_j of paper 5. Residential population: inhabitants,
    unknown without the role population.
    """
    notes: dict[str, int | float | str] = {}
    zones, code_of = _municipalities(files["municipalities"], notes)
    flows = _moves(files["flows"], code_of, period, notes)
    arrivals = flows.groupby("destination")["flow"].sum()
    zones["workplace_population"] = zones["zone_id"].map(arrivals).fillna(0.0)
    known = set(flows["origin"]) | set(flows["destination"])
    if still := zones.loc[~zones["zone_id"].isin(known), "name"].tolist():
        notes["municipalities without any move"] = ", ".join(still)
    notes |= {"unit": "moves", "workplace_population": "arrivals from other municipalities"}
    if "population" in files:
        people = _population(files["population"], population_month, code_of, notes)
        zones["residential_population"] = zones["zone_id"].map(people)
        if zones["residential_population"].isna().any():
            lost = zones.loc[zones["residential_population"].isna(), "name"].tolist()
            raise ValueError(f"{files['population']}: no population of {_listed(lost)}: add it")
        notes["residential_population"] = f"inhabitants, {population_month}"
    return frames.assemble(zones, flows, notes=notes)


def _municipalities(
    path: Path, notes: dict[str, int | float | str]
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Zones, and the code of every name and code a municipality goes by."""
    layer, repaired = layers.read_layer(path)
    notes["invalid polygons repaired"] = repaired
    if not layer.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise ValueError(f"{path}: municipalities must be polygons, found {set(layer.geom_type)}")
    frame = gpd.GeoDataFrame(
        {
            "zone_id": layers.pick(layer, path, ["lau_1", "komkode", "kode"], "code"),
            "name": layers.pick(layer, path, ["label_dk", "komnavn", "navn"], "Danish name"),
        },
        geometry=layer.geometry.force_2d(),
    )
    frame["zone_id"] = frame["zone_id"].str.removeprefix("0")
    wrong = ~frame["zone_id"].str.fullmatch(r"\d{3}")
    if wrong.any():
        raise ValueError(
            f"{path}: {frame.loc[wrong, 'zone_id'].iloc[0]!r} is no code of a municipality: "
            "give three digits"
        )
    english = pd.Series("", index=frame.index)
    if "label_en" in layer.columns:
        english = layers.pick(layer.fillna({"label_en": ""}), path, ["label_en"], "English name")
    code_of = _codes_by_name(path, frame, english)
    zones = frame.dissolve("zone_id").reset_index().to_crs(METRIC)
    notes["parts of polygons joined"] = len(frame) - len(zones)
    centroids = zones.geometry.centroid
    zones["x"], zones["y"] = centroids.x, centroids.y
    zones["area_km2"] = layers.area_km2(zones.geometry, EQUAL_AREA)
    return zones, code_of


def _codes_by_name(path: Path, frame: pd.DataFrame, english: pd.Series) -> dict[str, str]:
    danish = frame[["zone_id", "name"]].drop_duplicates()
    twice = danish["zone_id"].duplicated()
    if twice.any():
        code = danish.loc[twice, "zone_id"].iloc[0]
        found = danish.loc[danish["zone_id"] == code, "name"].tolist()
        raise ValueError(f"{path}: code {code} has the names {found}: give each a code of its own")
    code_of = {code: code for code in danish["zone_id"]}
    for names in (frame["name"], english[english.ne("")]):
        for code, name in zip(frame.loc[names.index, "zone_id"], names, strict=True):
            if code_of.setdefault(_plain(name), code) != code:
                raise ValueError(
                    f"{path}: {name!r} has the codes {code_of[_plain(name)]} and {code}: give "
                    "every municipality one code"
                )
    for name, other in ALIASES.items():
        if code := code_of.get(other, code_of.get(name)):
            code_of.setdefault(name, code)
            code_of.setdefault(other, code)
    return code_of


def _moves(
    path: Path,
    code_of: Mapping[str, str],
    period: str | None,
    notes: dict[str, int | float | str],
) -> pd.DataFrame:
    table = _read(path, _FLOWS, _PARTS)
    hidden = table.frame["moves"].isin(["..", "..."])
    table.frame["moves"] = table.frame["moves"].mask(hidden | table.frame["moves"].eq("-"), "0")
    moves = table.number("moves", low=0)
    if (moves % 1 != 0).any():
        raise table.error("moves", moves % 1 != 0, "is no whole number of moves")
    kept = _one_period(table, period)
    for part in ("sex", "age"):
        if part in table.frame:
            totals = table.frame[part].str.fullmatch(_TOTAL)
            kept &= totals | ~totals.any()
    for column in ("origin", "destination"):
        kept &= ~table.frame[column].str.fullmatch(_WIDER)
    notes["rows of totals, wider areas and other periods dropped"] = int((~kept).sum())
    notes["moves not published counted as 0"] = int((hidden & kept).sum())
    frame = pd.DataFrame(
        {
            "origin": _codes(table, "origin", code_of, kept),
            "destination": _codes(table, "destination", code_of, kept),
            "flow": moves[kept],
        }
    )
    key = ["origin", "destination"]
    detail = table.frame.loc[kept, [part for part in ("sex", "age") if part in table.frame]]
    twice = frame[key].join(detail).duplicated()
    if twice.any():
        again = twice.reindex(table.frame.index, fill_value=False)
        raise table.error("destination", again, f"occurs twice with the same origin: {_ONE_ROW}")
    frame = frame.groupby(key, as_index=False)["flow"].sum()
    within = frame["origin"] == frame["destination"]
    notes["moves within a municipality dropped"] = int(frame.loc[within, "flow"].sum())
    return frame[~within & (frame["flow"] > 0)]


def _one_period(table: readers.Table, period: str | None) -> pd.Series:
    if "period" not in table.frame:
        if period is not None:
            raise ValueError(f"{table.path}: period={period!r}, but the file has no column TID")
        return pd.Series(True, index=table.frame.index)
    found = sorted(table.frame["period"].unique())
    if period is None and len(found) > 1:
        raise ValueError(f"{table.path}: periods {_listed(found)}: set options: period")
    if period is not None and period not in found:
        raise ValueError(f"{table.path}: no period {period!r}, there are {_listed(found)}")
    return table.frame["period"].eq(found[0] if period is None else period)


def _population(
    path: Path, month: str, code_of: Mapping[str, str], notes: dict[str, int | float | str]
) -> pd.Series:
    try:
        table = _read(path, {"area": _AREA, "people": [month]})
    except ValueError as error:
        raise ValueError(f"{error} (options: population_month is {month!r})") from None
    municipal = ~table.frame["area"].str.fullmatch(_WIDER)
    notes["areas wider than a municipality left out of the population"] = int((~municipal).sum())
    codes = _codes(table, "area", code_of, municipal)
    if codes.duplicated().any():
        again = codes.duplicated().reindex(table.frame.index, fill_value=False)
        raise table.error("area", again, "occurs twice")
    return table.number("people", low=0)[municipal].set_axis(codes)


def _codes(
    table: readers.Table, column: str, code_of: Mapping[str, str], kept: pd.Series
) -> pd.Series:
    """Codes of the municipalities a column names; no name is guessed."""
    text = table.identifier(column)[kept]
    known = {name: _code(name, code_of) for name in text.unique()}
    lost = [name for name, code in known.items() if code is None]
    if lost:
        names = [name for name in code_of if not name.isdigit()]
        near = []
        for name in lost[:_SHOWN]:
            close = difflib.get_close_matches(_plain(name), names, n=3)
            near.append(f"{name!r} (nearest: {', '.join(close) or 'none'})")
        raise ValueError(
            f"{table.path}: column {table.headers[column]!r}: no municipality of the boundaries is "
            f"called {'; '.join(near)}{_more(lost)}: correct the name"
        )
    return text.map(known)


def _code(name: str, code_of: Mapping[str, str]) -> str | None:
    """Code of a name, a code, or a code and a name that belong together."""
    number, _, rest = name.partition(" ")
    if number.isdigit() and rest:
        code = _code(rest, code_of)
        return code if code == number.removeprefix("0") else None
    return code_of.get(name.removeprefix("0") if name.isdigit() else _plain(name))


def _plain(name: str) -> str:
    """A name without regard to case, spaces, hyphens, "Kommune" and the spelling of å."""
    text = " ".join(unicodedata.normalize("NFC", name).casefold().replace("-", " ").split())
    return text.removesuffix(" kommune").replace("å", "aa")


def _read(
    path: Path, columns: readers.Names, optional: readers.Names | None = None
) -> readers.Table:
    """Table of a workbook, or of a CSV whose delimiter and encoding are seen from its content."""
    if path.name.lower().endswith((".csv", ".csv.gz")):
        with archives.open_compressed(path) as stream:
            text = stream.read()
        semicolons = text[:4096].count(b";") > text[:4096].count(b",")
        try:
            text.decode("utf-8")
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = "latin-1"
        delimiter = ";" if semicolons else None
        return readers.read_table(
            path, columns, optional=optional, delimiter=delimiter, encoding=encoding
        )
    try:
        return readers.read_table(path, columns, optional=optional)
    except (KeyError, TypeError, OSError, zipfile.BadZipFile, ParseError) as error:
        if not path.is_file():
            raise
        raise ValueError(f"{path}: cannot be read as a table: {error!r}") from None


def _listed(names: list[str]) -> str:
    return ", ".join(map(repr, names[:_SHOWN])) + _more(names)


def _more(names: list[str]) -> str:
    return f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
