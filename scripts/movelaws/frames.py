"""The canonical tables of an origin-destination dataset, and the contract they keep.

Every adapter ends in these tables, every analysis starts from them, so nothing behind ``prepare``
knows where a dataset came from. ``check`` holds the contract; its errors name the table, the
column, the row and what to do.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from movelaws.positions import check_apart, check_points

FILES = ("zones.parquet", "flows.parquet", "places.parquet", "notes.json")
ZONE_COLUMNS = (
    "zone_id",
    "name",
    "area_km2",
    "residential_population",
    "workplace_population",
    "x",
    "y",
    "geometry",
)
FLOW_COLUMNS = ("origin", "destination", "flow")
GIVEN_COLUMNS = ("distance_km", "opportunities_residential", "opportunities_workplace")
"""Columns that flows may have: values the publisher gives in the place of computed ones."""

PLACE_COLUMNS = ("place_id", "zone_id", "x", "y", "residential_population", "workplace_population")
OUTSIDE = "places outside the zones"


@dataclass(frozen=True)
class Canonical:
    """One origin-destination dataset in canonical form.

    Attributes
    ----------
    zones : (n_zones, 8 or more) GeoDataFrame with a CRS, sorted by ``zone_id``
        zone_id (str), name (str), area_km2 (km^2 or NaN), residential_population and
        workplace_population (people or NaN), x and y (the point that distances are measured
        from, in units of the CRS), geometry (polygons or points), then attributes of any kind.
    flows : (n_pairs, 3 or more) DataFrame sorted by origin, destination
        origin (str), destination (str), flow (people, > 0); no diagonal, one row per pair. Where a
        publisher gives them and nothing better can be computed, also distance_km (> 0) and
        opportunities_residential, opportunities_workplace (people).
    places : (n_places, 6) DataFrame sorted by ``place_id``
        The points whose population is summed for intervening opportunities: place_id, zone_id
        (the zone it belongs to), x, y (in the CRS of the zones) and the two populations.
        Without a finer scale the places are the zones.
    notes : documented repairs and readings, each with its count or value.
    zones_only : True for a table of zones with attributes, which has no flows.
    """

    zones: gpd.GeoDataFrame
    flows: pd.DataFrame
    places: pd.DataFrame
    notes: Mapping[str, int | float | str] = field(default_factory=dict)
    zones_only: bool = False


def _at_least_zero(values: pd.Series) -> pd.Series:
    return values.isna() | ((values >= 0) & np.isfinite(values))


def _identifier() -> pa.Column:
    return pa.Column(
        str,
        pa.Check(
            lambda s: s.str.strip().ne(""), error="must not be blank: name it in the raw file"
        ),
    )


def _population() -> pa.Column:
    remedy = "must be finite and >= 0, or missing: correct the population in the raw file"
    return pa.Column(float, pa.Check(_at_least_zero, error=remedy), nullable=True)


def _coordinate() -> pa.Column:
    remedy = "must be finite: give every point both coordinates"
    return pa.Column(float, pa.Check(np.isfinite, error=remedy))


def _finite(values: pd.Series) -> pd.Series:
    return (values >= 0) & np.isfinite(values)


def _given(rule: Callable[[pd.Series], pd.Series], error: str) -> pa.Column:
    remedy = f"{error}: correct it in the raw file, or leave the column out"
    return pa.Column(float, pa.Check(rule, error=remedy), required=False)


ZONES = pa.DataFrameSchema(
    {
        "zone_id": _identifier(),
        "name": pa.Column(str),
        "area_km2": pa.Column(
            float,
            pa.Check(
                lambda s: s.isna() | ((s > 0) & np.isfinite(s)),
                error="must be > 0 or missing: look at the polygon of that zone",
            ),
            nullable=True,
        ),
        "residential_population": _population(),
        "workplace_population": _population(),
        "x": _coordinate(),
        "y": _coordinate(),
    }
)
FLOWS = pa.DataFrameSchema(
    {
        "origin": _identifier(),
        "destination": _identifier(),
        "flow": pa.Column(
            float,
            pa.Check(
                lambda s: (s > 0) & np.isfinite(s),
                error="must be finite and > 0: leave out pairs without a flow",
            ),
        ),
        "distance_km": _given(lambda s: (s > 0) & np.isfinite(s), "must be finite and > 0"),
        "opportunities_residential": _given(_finite, "must be finite and >= 0"),
        "opportunities_workplace": _given(_finite, "must be finite and >= 0"),
    },
    strict=True,
)
PLACES = pa.DataFrameSchema(
    {
        "place_id": _identifier(),
        "zone_id": _identifier(),
        "x": _coordinate(),
        "y": _coordinate(),
        "residential_population": _population(),
        "workplace_population": _population(),
    },
    strict=True,
)


def assemble(
    zones: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    places: pd.DataFrame | None = None,
    notes: Mapping[str, int | float | str] | None = None,
) -> Canonical:
    """Put an adapter's tables into canonical order and types; without places they are the zones.

    Columns of the zones beyond the contract are kept as attributes, behind those of the contract.
    A missing name is the zone_id; a missing area or population is unknown (NaN). Zones with a
    population of 0 are counted in the notes.

    Raises
    ------
    ValueError
        If a column that nothing can stand for is missing.
    """
    notes = dict(notes or {})
    zones = _filled(zones)
    if places is None:
        places = pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=zones["zone_id"])
    extra = [name for name in zones.columns if name not in ZONE_COLUMNS]
    zones = zones[[*ZONE_COLUMNS[:-1], *extra, "geometry"]].sort_values("zone_id")
    given = [name for name in GIVEN_COLUMNS if name in flows.columns]
    flows = flows[[*FLOW_COLUMNS, *given]].sort_values(["origin", "destination"])
    places = places[list(PLACE_COLUMNS)].sort_values("place_id")
    numbers = ["area_km2", "residential_population", "workplace_population", "x", "y"]
    zones = zones.astype({name: float for name in numbers} | {"zone_id": str, "name": str})
    flows = flows.astype(
        {"origin": str, "destination": str} | {name: float for name in ("flow", *given)}
    )
    for kind in ("workplace", "residential"):
        if empty := int(zones[f"{kind}_population"].eq(0).sum()):
            notes[f"zones without {kind} population"] = empty
    places = places.astype(
        {name: float for name in numbers[1:]} | {"place_id": str, "zone_id": str}
    )
    return Canonical(
        zones=zones.reset_index(drop=True),
        flows=flows.reset_index(drop=True),
        places=places.reset_index(drop=True),
        notes=notes,
    )


def _filled(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    needed = ("zone_id", "x", "y", "geometry")
    missing = [name for name in needed if name not in zones.columns]
    if missing:
        raise ValueError(f"zones: column {missing[0]!r} is missing; it has {list(zones.columns)}")
    unknown = {name: np.nan for name in ZONE_COLUMNS if name not in zones.columns}
    if "name" in unknown:
        unknown["name"] = zones["zone_id"]
    return zones.assign(**unknown)


def check(canonical: Canonical) -> Canonical:
    """Return ``canonical`` unchanged if it keeps the contract.

    Raises
    ------
    ValueError
        Naming the table, the column, the row, the value and the remedy of the first breach.
    """
    _validate("zones", ZONES, canonical.zones, ["zone_id"])
    _validate("flows", FLOWS, canonical.flows, ["origin", "destination"])
    _validate("places", PLACES, canonical.places, ["place_id"])
    check_points(canonical.zones)
    _check_geometry(canonical.zones)
    if canonical.zones.empty:
        raise ValueError("zones: the table is empty: no zone of the raw files was kept")
    if canonical.flows.empty and not canonical.zones_only:
        raise ValueError("flows: the table is empty: no flow between two different zones was kept")
    if canonical.zones_only and not canonical.flows.empty:
        raise ValueError(f"flows: {len(canonical.flows)} rows in a dataset marked zones_only")
    _check_references(canonical)
    if not canonical.zones_only:
        check_apart(canonical.zones, canonical.places)
    return canonical


def write(canonical: Canonical, folder: str | Path) -> None:
    """Write zones, flows, places (Parquet) and notes (JSON) into ``folder``, made if absent."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    canonical.zones.to_parquet(folder / "zones.parquet", index=False)
    canonical.flows.to_parquet(folder / "flows.parquet", index=False)
    canonical.places.to_parquet(folder / "places.parquet", index=False)
    text = json.dumps(dict(canonical.notes), indent=2, ensure_ascii=False, default=_plain)
    (folder / "notes.json").write_text(text + "\n", encoding="utf-8")


def read(folder: str | Path) -> Canonical:
    """Read what ``write`` wrote.

    Raises
    ------
    FileNotFoundError
        Naming the first of the four files that is missing.
    """
    folder = Path(folder)
    for name in FILES:
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"{folder / name} is missing: run the prepare step of this dataset"
            )
    flows = pd.read_parquet(folder / "flows.parquet")
    return Canonical(
        zones=gpd.read_parquet(folder / "zones.parquet"),
        flows=flows,
        places=pd.read_parquet(folder / "places.parquet"),
        notes=json.loads((folder / "notes.json").read_text(encoding="utf-8")),
        zones_only=flows.empty,
    )


def _plain(value: np.generic) -> int | float | str:
    return value.item() if isinstance(value, np.generic) else str(value)


def _validate(table: str, schema: pa.DataFrameSchema, frame: pd.DataFrame, key: list[str]) -> None:
    needed = [name for name, column in schema.columns.items() if column.required]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise ValueError(f"{table}: column {missing[0]!r} is missing; it has {list(frame.columns)}")
    try:
        schema.validate(pd.DataFrame(frame), lazy=True)
    except SchemaErrors as error:
        raise ValueError(_first_failure(table, frame, key, error.failure_cases)) from None
    repeated = frame.duplicated(key)
    if repeated.any():
        row = frame.loc[repeated, key].iloc[0].tolist()
        raise ValueError(
            f"{table}: {' and '.join(key)} {row} occurs more than once "
            f"({int(repeated.sum())} such rows): sum or drop the duplicates"
        )
    if not frame[key].equals(frame[key].sort_values(key, ignore_index=True)):
        raise ValueError(f"{table}: rows are not sorted by {', '.join(key)}: use frames.assemble")


def _first_failure(table: str, frame: pd.DataFrame, key: list[str], cases: pd.DataFrame) -> str:
    case = cases.iloc[0]
    same = cases[(cases["column"] == case["column"]) & (cases["check"] == case["check"])]
    where = ""
    if pd.notna(case["index"]):
        where = f", row {int(case['index'])} ({frame.loc[case['index'], key].tolist()})"
    rule = {"not_nullable": "must not be missing"}.get(case["check"], case["check"])
    return f"{table}: column {case['column']!r}{where} = {case['failure_case']}: {rule}" + (
        f" ({len(same)} such rows)" if len(same) > 1 else ""
    )


def _check_geometry(zones: gpd.GeoDataFrame) -> None:
    broken = zones.geometry.isna() | zones.geometry.is_empty | ~zones.geometry.is_valid
    if broken.any():
        raise ValueError(
            f"zones: geometry of zone {zones.loc[broken, 'zone_id'].iloc[0]!r} is missing or "
            f"invalid ({int(broken.sum())} such rows): repair it with shapely.make_valid"
        )


def _check_references(canonical: Canonical) -> None:
    known = canonical.zones["zone_id"]
    flows = canonical.flows
    for column in ("origin", "destination"):
        unknown = ~flows[column].isin(known)
        if unknown.any():
            raise ValueError(
                f"flows: column {column!r}, row {int(np.argmax(unknown))}: "
                f"{flows.loc[unknown, column].iloc[0]!r} is not in zones "
                f"({int(unknown.sum())} such rows): add the zone or drop its flows"
            )
    diagonal = flows["origin"] == flows["destination"]
    if diagonal.any():
        row = int(np.argmax(diagonal))
        raise ValueError(
            f"flows: row {row} stays within zone {flows.loc[row, 'origin']!r} "
            f"({int(diagonal.sum())} such rows): drop flows with origin = destination"
        )
    outside = int((~canonical.places["zone_id"].isin(known)).sum())
    if outside != canonical.notes.get(OUTSIDE, 0):
        raise ValueError(
            f"places: column 'zone_id': {outside} places lie in no zone, the notes declare "
            f"{canonical.notes.get(OUTSIDE, 0)} under {OUTSIDE!r}: drop them or declare them"
        )
