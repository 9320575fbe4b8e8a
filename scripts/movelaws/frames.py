"""The canonical tables of an origin-destination dataset, and the contract they keep.

Every adapter ends in these tables, every analysis starts from them, so nothing behind ``prepare``
knows where a dataset came from. ``check`` holds the contract; its errors name the table, the
column, the row and what to do.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

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
    # slow to load, and only prepare steps check
    from movelaws.frame_schemas import validate
    from movelaws.positions import check_apart, check_points

    validate("zones", canonical.zones, ["zone_id"])
    validate("flows", canonical.flows, ["origin", "destination"])
    validate("places", canonical.places, ["place_id"])
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
