"""Your own origin-destination table: nothing but files and a few options in the config.

Raw files, by role
------------------
flows : CSV (also .gz) or Parquet, one row per pair of zones: origin, destination, flow.
zones : CSV or Parquet with an identifier and the coordinates of each zone, or a layer with
    geometries (GeoPackage, GeoJSON, GeoParquet, shapefile in a .zip). Optional columns: name,
    populations, and numbers that the option ``attributes`` names, such as the living conditions
    that the chapter ``inequality`` compares:

        options: {residential: people, attributes: [gini, unemployment_percent]}

Identifiers are text: 01001 and 1001 are two zones. A CSV is UTF-8 unless told otherwise.
"""

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from movelaws import frames, layers, options, readers

REQUIRED = ("flows", "zones")
OPTIONAL = ()

Delimiter = Annotated[
    str,
    options.Rule(
        lambda value: len(value) == 1 and value not in '\r\n"', "one character, such as ',' or ';'"
    ),
]
Encoding = Annotated[
    str, options.Rule(lambda value: _is_encoding(value), "an encoding, such as utf-8 or latin-1")
]
Attributes = Annotated[
    Sequence[str],
    options.Rule(
        lambda names: (
            len(set(names)) == len(names)
            and all(name.strip() and name not in frames.ZONE_COLUMNS for name in names)
        ),
        "a list of columns of the zones, each once and none of " + ", ".join(frames.ZONE_COLUMNS),
    ),
]

_LON, _LAT = ["lon", "longitude", "lng"], ["lat", "latitude"]
_RESIDENTIAL = ["residential_population", "residents", "population"]
_WORKPLACE = ["workplace_population", "workers", "jobs"]


def read(
    files: dict[str, Path],
    *,
    origin: str = "origin",
    destination: str = "destination",
    flow: str = "flow",
    zone: str = "zone_id",
    x: str | None = None,
    y: str | None = None,
    crs: str | int | None = None,
    residential: str | None = None,
    workplace: str | None = None,
    attributes: Attributes = (),
    delimiter: Delimiter = ",",
    encoding: Encoding = "utf-8",
    drop_self: bool = True,
    min_flow: options.NotNegative = 0,
    duplicates: Literal["error", "sum"] = "error",
) -> frames.Canonical:
    """Canonical tables of a user's own flows and zones; the places are the zones.

    Parameters
    ----------
    files : paths by role, see the module.
    origin, destination, flow : names of columns in ``flows``.
    zone : name of the identifier in ``zones``.
    x, y : names of the coordinates in a table of zones; without them lon and lat, then x and y
        are looked for.
        A layer with geometries is measured from their centroids.
    crs : of the coordinates, such as "EPSG:32633" or its number; without it lon and lat are taken
        as EPSG:4326.
    residential, workplace : names of the populations in ``zones``; without them the columns
        (residential_population, residents, population) and (workplace_population, workers, jobs)
        are looked for. One population serves as both; without any the arrivals of a zone, its own
        people included, are its workplace population.
    attributes : names of further columns in ``zones``, kept as attributes of these names: numbers
        of any sign; blank cells, NA, NaN and NULL are missing (NaN) and counted in the notes.
    delimiter, encoding : of CSV files.
    drop_self : leave flows within a zone out; otherwise they are an error.
    min_flow : smaller flows are left out, as are flows of 0.
    duplicates : a pair that occurs twice is an error, or its flows are summed.

    Raises
    ------
    ValueError
        Naming the file, the column, the line, the value and the remedy.
    """
    notes: dict[str, int | float | str] = {}
    zones, masses = _zones(
        files["zones"],
        (zone, x, y, crs),
        (residential, workplace),
        attributes,
        (delimiter, encoding),
        notes,
    )
    columns = {"origin": [origin], "destination": [destination], "flow": [flow]}
    table = readers.read_table(files["flows"], columns, delimiter=delimiter, encoding=encoding)
    for column in ("origin", "destination"):
        _check_known(table, column, zones["zone_id"])
    flows = table.frame.assign(flow=table.number("flow", low=0))
    twice = flows.duplicated(["origin", "destination"])
    if twice.any() and duplicates == "error":
        raise table.error(
            "origin", twice, "stands in a pair that occurs before: merge them, or duplicates: sum"
        )
    notes["rows of repeated pairs summed"] = int(twice.sum())
    flows = flows.groupby(["origin", "destination"], as_index=False)["flow"].sum()
    if masses == 0:
        arrivals = flows.groupby("destination")["flow"].sum()
        zones["workplace_population"] = zones["zone_id"].map(arrivals).fillna(0.0)
        notes["workplace_population"] = "arrivals in the flows, no population was given"
    within = flows["origin"] == flows["destination"]
    if within.any() and not drop_self:
        row = flows[within].iloc[0]
        raise ValueError(
            f"{files['flows']}: {row['flow']:g} move within zone {row['origin']!r}: the models are "
            "of flows between zones; remove such rows or set drop_self: true"
        )
    notes["flows within a zone dropped"] = int(within.sum())
    small = ~within & ((flows["flow"] < min_flow) | (flows["flow"] == 0))
    notes[f"flows of 0 or below {min_flow:g} dropped"] = int(small.sum())
    return frames.assemble(zones, flows[~within & ~small], notes=notes)


def _zones(
    path: Path,
    position: tuple[str, str | None, str | None, str | int | None],
    populations: tuple[str | None, str | None],
    attributes: Sequence[str],
    text: tuple[str, str],
    notes: dict[str, int | float | str],
) -> tuple[gpd.GeoDataFrame, int]:
    """Zones, and how many population columns were found."""
    zone, x, y, crs = position
    wanted: dict[str, list[str]] = {"zone_id": [zone]}
    optional = {"name": ["name"]}
    for column, given, guesses in zip(
        ("residential", "workplace"), populations, (_RESIDENTIAL, _WORKPLACE), strict=True
    ):
        (optional if given is None else wanted)[column] = guesses if given is None else [given]
    # Under names of their own: a column may be a population or a coordinate and an attribute.
    wanted |= {f"attribute {name}": [name] for name in attributes}
    if _has_geometry(path):
        layer, repaired = layers.read_layer(path, user_crs=crs)
        notes["invalid polygons of zones repaired"] = repaired
        columns = pd.DataFrame(layer.drop(columns=layer.geometry.name))
        columns.index, layer.index = (pd.RangeIndex(1, len(layer) + 1) for _ in range(2))
        table = readers.as_table(path, columns, wanted, optional, "feature")
        geometry = layer.geometry
    else:
        wanted |= {"x": [x] if x else [*_LON, "x"], "y": [y] if y else [*_LAT, "y"]}
        delimiter, encoding = text
        table = readers.read_table(
            path, wanted, optional=optional, delimiter=delimiter, encoding=encoding
        )
        geometry = _points(table, crs)
    identifier = table.identifier("zone_id")
    if identifier.duplicated().any():
        raise table.error(
            "zone_id", identifier.duplicated(), "occurs more than once among the zones"
        )
    zones = gpd.GeoDataFrame({"zone_id": identifier}, geometry=geometry)
    zones["name"] = table.frame.get("name", identifier)
    centroids = layers.plane_centroids(zones.geometry)
    zones["x"], zones["y"] = centroids.x, centroids.y
    zones["area_km2"] = layers.area_km2(zones.geometry)
    found = [name for name in ("residential", "workplace") if name in table.frame]
    for name in ("residential", "workplace"):
        source = name if name in found else (found or [None])[0]
        zones[f"{name}_population"] = np.nan if source is None else table.number(source, low=0)
    for name in attributes:
        zones[name] = table.number(f"attribute {name}", missing=True)
        if missing := int(zones[name].isna().sum()):
            notes[f"zones without {name}"] = missing
    if len(found) == 1:
        notes["populations"] = f"the {found[0]} population serves as both"
    return zones, len(found)


def _points(table: readers.Table, crs: str | int | None) -> gpd.GeoSeries:
    geographic = _is_geographic(table, crs)
    x_limit, y_limit = (180.0, 90.0) if geographic else (np.inf, np.inf)
    y = table.number("y")
    if geographic and (y.abs() > y_limit).any():
        rule = "is no latitude: are longitude and latitude swapped, or is the crs projected?"
        raise table.error("y", y.abs() > y_limit, rule)
    x = table.number("x", low=-x_limit, high=x_limit)
    return gpd.GeoSeries(gpd.points_from_xy(x, y), index=x.index, crs=crs or "EPSG:4326")


def _is_geographic(table: readers.Table, crs: str | int | None) -> bool:
    headers = [table.headers[name] for name in ("x", "y")]
    x, y = (header.strip().casefold() for header in headers)
    degrees = x in _LON and y in _LAT
    where = f"{table.path}: coordinates {headers[0]!r}, {headers[1]!r}"
    if crs is None:
        if not degrees:
            raise ValueError(
                f"{where} in no stated system: set the option crs, such as EPSG:4326 or "
                "EPSG:32633 (metres)"
            )
        return True
    geographic = layers.checked_crs(crs).is_geographic
    if not geographic and (x in _LON or y in _LAT):
        raise ValueError(
            f"{where} are degrees by their names, crs={crs!r} is not: set crs: EPSG:4326, or call "
            "the columns x and y if they are metres"
        )
    return geographic


def _is_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name) is not None
    except (LookupError, ValueError):
        return False


def _has_geometry(path: Path) -> bool:
    if path.suffix.lower() == ".parquet":
        try:
            return b"geo" in (pq.read_schema(path).metadata or {})
        except ValueError as error:
            raise ValueError(f"{path}: not a Parquet file: {error}") from None
    return path.suffix.lower() not in (".csv", ".tsv", ".txt", ".gz", ".bz2", ".xz")


def _check_known(table: readers.Table, column: str, known: pd.Series) -> None:
    names = table.identifier(column)
    unknown = ~names.isin(known)
    if not unknown.any():
        return
    first = names[unknown].iloc[0]
    short = known[known.str.lstrip("0") == first.lstrip("0")]
    hint = "add the zone or drop its flows"
    if not short.empty:
        hint = (
            f"leading zeros differ from {short.iloc[0]!r}: store identifiers as text in both files"
        )
    raise table.error(column, unknown, f"is not among the zones: {hint}")
