"""Radius and form of every town by the distances between its places; how its density falls."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from movelaws.cities.gamma import fit_gamma
from movelaws.pairdist.pairs import countings, stacked
from movelaws.pairdist.towns_fits import exponential_scale, town_centre, town_pairs
from movelaws.pairdist.towns_found import sizes, towns_of
from movelaws.pairdist.towns_radii import radius_tail
from movelaws.seeds import number

_RINGS = 20
_NAMED = ("definition", "counted", "town")
_FITTED = (
    "radius", "radius_low", "radius_high", "shape", "shape_low", "shape_high", "mean_distance",
    "ks", "correlation", "correlation_inverse", "inverse_share", "near", "centre_x", "centre_y",
    "scale", "fall", "fall_low", "fall_high",
)  # fmt: skip
_COLUMNS = {
    "fits": ("places", "positions", *_FITTED),
    "curves": ("r_low", "r_high", "count", "density", "law", "scaled", "inverse"),
    "rings": ("r_low", "r_high", "places", "area_km2", "land_share", "density", "law"),
}
_OF_RADII = (
    "source", "definition", "counted", "towns", "mean_m", "median_m", "tail_from_m", "in_tail",
    "mu", "standard_error", "ks", "p", "growth", "area_exponent", "shape_mean", "shape_median",
    "well_fitted", "well_inverted", "growth_measured",
)  # fmt: skip


class Towns(NamedTuple):
    """Tables of :func:`towns`."""

    fits: pd.DataFrame
    curves: pd.DataFrame
    rings: pd.DataFrame


def towns(
    points: pd.DataFrame,
    land: gpd.GeoSeries,
    *,
    definitions: Sequence[str],
    density: Mapping[str, float],
    fewest: int,
    largest: int,
    rings: int,
    bins: int = 40,
    place: str = "places",
    confidence: float = 0.95,
) -> Towns:
    """Every town of more than ``fewest`` - 1 positions.

    Parameters
    ----------
    points : canonical points.
    land : polygons of the land in the CRS of the points; may be empty, all is land then.
    definitions, density, place : as in :func:`movelaws.pairdist.growth.growth`.
    fewest : positions that a town needs (31 in the paper: "more than 30 buildings").
    largest : towns, by positions, whose curves are kept.
    rings : towns, by positions, whose density about the centre is measured.
    bins, confidence : as in :func:`movelaws.pairdist.towns_fits.town_pairs`.

    Returns
    -------
    fits : definition, counted, town, places (weight), positions, radius (R, m), radius_low,
        radius_high, shape (m), shape_low, shape_high, mean_distance (m), ks, correlation,
        correlation_inverse, inverse_share, near, and for the towns with rings centre_x, centre_y
        (m), scale (l of exp(-x / l), m), fall (shape m of exp(-(x / l)^m), 1 for an exponential),
        fall_low, fall_high. Towns that no form fits have nan, ordered by size. Where no town has
        ``fewest`` positions, all three tables have their columns and no rows.
    curves : definition, counted, town and the columns of the curve of ``town_pairs``.
    rings : definition, counted, town, r_low, r_high (m), places, area_km2 (land), land_share,
        density and law (per km2 of land).
    """
    positions = stacked(points)
    shore = shapely.union_all(land.to_numpy()) if len(land) else None
    if shore is not None:
        shapely.prepare(shore)
    tables: dict[str, list] = {"fits": [], "curves": [], "rings": []}
    for definition in definitions:
        town = towns_of(positions, definition, density)
        if town is None:
            continue
        order = sizes(town)
        order = order[order >= fewest]
        rows = pd.Series(np.arange(len(town))).groupby(town).indices
        for counted, table in countings(positions, place).items():
            for rank, name in enumerate(order.index):
                places = table.iloc[rows[name]]
                named = {"definition": definition, "counted": counted, "town": name}
                fitted, curve = _pairs(places, bins, confidence)
                if rank < largest and curve is not None:
                    tables["curves"].append(pd.DataFrame(named | dict(curve)))
                if rank < rings:
                    about, ring = _rings(places, shore, confidence)
                    fitted |= about
                    tables["rings"].append(pd.DataFrame(named | dict(ring)))
                tables["fits"].append(named | fitted)
    if not tables["fits"]:
        print(f"no town has {fewest} positions (pairdist.towns.fewest)")
    return Towns(*(_table(key, tables[key]) for key in Towns._fields))


def radii(fits: pd.DataFrame, growth: pd.DataFrame, *, replicates: int, seed: int) -> pd.DataFrame:
    """Distribution of R and m, the tail of R, and the growth that it implies.

    Parameters
    ----------
    fits : of :func:`towns`, with source ("data" or "published") in a column if there are both.
    growth : exponents of :func:`movelaws.pairdist.growth.growth`, of the same set.
    replicates, seed : of the p of the tail.

    Returns
    -------
    DataFrame: source, definition, counted, the columns of
    :func:`movelaws.pairdist.towns_radii.radius_tail`, shape_mean, shape_median, well_fitted and
    well_inverted (share of the towns with a correlation, or one of Eq. 21, above 0.95),
    growth_measured (scope "all").
    """
    whole = growth[growth["scope"] == "all"].set_index("counted")["exponent"]
    rows = []
    keys = ["source", "definition", "counted"]
    table = fits if "source" in fits else fits.assign(source="data")
    for (source, definition, counted), towns_ in table.groupby(keys, sort=False):
        there = towns_.dropna(subset="radius")
        job = number(seed, "pairdist", "radii", source, definition, counted)
        rows.append(
            {"source": source, "definition": definition, "counted": counted}
            | radius_tail(there["radius"].to_numpy(), replicates=replicates, seed=job)
            | {
                "shape_mean": there["shape"].mean(),
                "shape_median": there["shape"].median(),
                "well_fitted": _share_above(there["correlation"]),
                "well_inverted": _share_above(there["correlation_inverse"]),
                "growth_measured": float(whole.get(counted, math.nan))
                if source == "data"
                else math.nan,
            }
        )
    return pd.DataFrame(rows, columns=list(_OF_RADII))


def _pairs(places, bins, confidence):
    row = {"places": float(places["weight"].sum()), "positions": len(places)}
    row |= dict.fromkeys(_FITTED, math.nan)
    try:
        found = town_pairs(places, bins=bins, confidence=confidence)
    except ValueError as error:
        print(f"{places['town'].iloc[0] or 'a town'} of {len(places)} positions: {error}")
        return row, None
    fit = found.fit
    row |= {
        "radius": fit.radius,
        "radius_low": fit.radius_interval[0],
        "radius_high": fit.radius_interval[1],
        "shape": fit.shape,
        "shape_low": fit.shape_interval[0],
        "shape_high": fit.shape_interval[1],
        "mean_distance": fit.mean,
    }
    return row | found.agreement, found.curve


def _rings(places, shore, confidence):
    """Density in rings about the centre, per area of land, and the exponential law of it."""
    x, y, w = (places[c].to_numpy(float) for c in ("x", "y", "weight"))
    at = town_centre(x, y, w)
    distance = np.hypot(x - at[0], y - at[1])
    edges = np.linspace(0, float(np.quantile(distance, 0.99)), _RINGS + 1)
    count = np.histogram(distance, edges, weights=w)[0]
    whole = np.pi * np.diff(edges**2)
    area = whole if shore is None else _land(at, edges, shore)
    area = np.where(count > 0, np.maximum(area, 1e-3 * whole), area)
    scale = exponential_scale(edges, count, area)
    middle = (edges[1:] + edges[:-1]) / 2
    law = np.exp(-middle / scale)
    law *= count.sum() / float(law @ area)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.where(area > 0, count / area, np.nan)
    ring = pd.DataFrame(
        {
            "r_low": edges[:-1],
            "r_high": edges[1:],
            "places": count,
            "area_km2": area / 1e6,
            "land_share": area / whole,
            "density": density * 1e6,
            "law": law * 1e6,
        }
    )
    about = {"centre_x": at[0], "centre_y": at[1], "scale": scale}
    try:
        fit = fit_gamma(distance[distance > 0], weights=w[distance > 0], confidence=confidence,
                        independent=len(places))  # fmt: skip
        about |= dict(zip(("fall", "fall_low", "fall_high"), (fit.shape, *fit.shape_interval),
                          strict=True))  # fmt: skip
    except ValueError as error:
        print(f"rings of {places['town'].iloc[0] or 'a town'}: {error}")
    return about, ring


def _land(at, edges, shore):
    """(n_rings,) m^2 of land in each ring."""
    near = shapely.clip_by_rect(
        shore, at[0] - edges[-1], at[1] - edges[-1], at[0] + edges[-1], at[1] + edges[-1]
    )
    disks = shapely.buffer(shapely.Point(*at), edges[1:], quad_segs=32)
    inside = shapely.area(shapely.intersection(disks, near))
    # A polygon of 128 corners is smaller than its circle by a known factor.
    return np.diff(np.append(0.0, inside)) * np.pi / (64 * math.sin(math.pi / 64))


def _table(key, rows):
    if rows:
        return pd.DataFrame(rows) if key == "fits" else pd.concat(rows, ignore_index=True)
    texts = pd.DataFrame(columns=list(_NAMED), dtype=object)
    return texts.join(pd.DataFrame(columns=list(_COLUMNS[key]), dtype=float))


def _share_above(correlation: pd.Series, least: float = 0.95) -> float:
    known = correlation.dropna()
    return float((known > least).mean()) if len(known) else math.nan
