"""Moves between zones: the raw files of an origin-destination dataset as a point set.

Raw files, by role: those of the adapter of ``movelaws.adapters`` that the option ``adapter`` names,
such as flows, municipalities and population of ``denmark_moves`` (the Danish table FLY66).

Each zone is one place at its point, weighted by its people; the moves are its flows; the land is
the union of the zones. Distances below the width of a zone are not resolved.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from movelaws import adapters as od
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _places, _positions
from movelaws.pointsets.adapters._options import MetricCrs, Share

_ADAPTERS = {
    name: od.load(name)
    for name in ("denmark_moves", "england_commuting", "table", "us_commuting", "us_migration")
}

REQUIRED = ()
OPTIONAL = tuple(
    dict.fromkeys(role for a in _ADAPTERS.values() for role in (*a.REQUIRED, *a.OPTIONAL))
)
REQUIRED_BY = {"adapter": {name: adapter.REQUIRED for name, adapter in _ADAPTERS.items()}}


def read(
    files: dict[str, Path],
    *,
    adapter: Literal[
        "denmark_moves", "england_commuting", "table", "us_commuting", "us_migration"
    ] = "denmark_moves",
    options: Mapping[str, Any] | None = None,
    weight: Literal["residential", "workplace", "one"] = "residential",
    projected_crs: MetricCrs | None = None,
    max_unusable: Share = 0.05,
) -> frames.PointSet:
    """Zones as places.

    Parameters
    ----------
    files : paths by role, those of ``adapter``.
    adapter : that reads the files; options : its own.
    weight : of a zone: its residential or workplace population, or 1.
    projected_crs : of the result; without it that of the zones if in metres, else a UTM zone.
    max_unusable : largest share of zones without the population asked for; they are left out with
        their moves.

    Returns
    -------
    PointSet; the town of a place is the name of its zone.

    Raises
    ------
    ValueError
        As the adapter does, or if too many zones have no population.
    """
    canonical = od.read(adapter, files, dict(options or {}))
    zones, notes = canonical.zones, dict(canonical.notes)
    notes.pop("unit", None)
    people = np.ones(len(zones))
    if weight != "one":
        people = zones[f"{weight}_population"].to_numpy(dtype=float)
    kept = people > 0
    if np.count_nonzero(~kept) > max_unusable * kept.size:
        raise ValueError(
            f"{np.count_nonzero(~kept)} of {kept.size} zones have no {weight} population (such as "
            f"{zones.loc[~kept, 'zone_id'].iloc[0]!r}): add the file that holds it, or set the "
            "option weight to 'one'"
        )
    notes[f"zones without {weight} population left out"] = int(np.count_nonzero(~kept))
    shapes = zones.geometry
    zones = zones[kept]
    x, y, crs = _positions.projected(
        zones["x"].to_numpy(),
        zones["y"].to_numpy(),
        zones.crs,
        projected_crs,
        notes,
        options="projected_crs",
    )
    points = pd.DataFrame(
        {
            "place_id": zones["zone_id"].to_numpy(),
            "x": x,
            "y": y,
            "weight": people[kept],
            "town": zones["name"].to_numpy(),
        }
    )
    row = pd.Series(np.arange(len(zones)), index=zones["zone_id"])
    flows = canonical.flows
    ends = pd.DataFrame({end: flows[end].map(row) for end in ("origin", "destination")})
    ends["moves"] = flows["flow"]
    lost = ends.isna().any(axis=1)
    notes["moves from or to a zone that was left out"] = float(ends.loc[lost, "moves"].sum())
    notes["places are"] = "zones"
    land = None
    if shapes.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        whole = shapely.union_all(shapely.make_valid(shapes.to_crs(crs).to_numpy()))
        land = gpd.GeoSeries(shapely.get_parts(whole), crs=crs)
    return _places.finish(points, crs, notes, moves=ends[~lost], land=land)
