"""Commuting between districts or neighbourhoods of England, Census 2011, table WU01EW.

Raw files, by role
------------------
flows : pairs at district (E06 to E09, W06) or MSOA level (E02, W02): ``wu01ew_msoa.zip`` or its
    CSV from nomisweb.co.uk, with Area of residence, Area of workplace, All categories: Sex (Male
    and Female are not used), or a CSV (.gz) with from, to, value. Besides areas the workplace can
    be OD0000001 (at or from home), OD0000002 (offshore), OD0000003 (no fixed place), OD0000004
    (abroad), N92000002 and S92000003 (Northern Ireland, Scotland).
msoa_flows : pairs at MSOA level where ``flows`` is at district level.
boundaries : districts with areacd, areanm (TopoJSON in WGS 84), or geo_code, geo_label (shapefile
    ``infuse_dist_lyr_2011.zip``), or lad11cd, lad11nm.
msoa_points : CSV with areacd, areanm, parentcd (district) and the bounding box xmin, ymin, xmax,
    ymax in degrees, or a layer of polygons or points with msoa11cd or geo_code; the district of an
    MSOA without parentcd is the one its point lies in.
residents, msoa_residents : CSV of usual residents by areacd.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws import frames, options
from movelaws.adapters import _england as raw

REQUIRED = ("flows",)
OPTIONAL = ("msoa_flows", "boundaries", "msoa_points", "residents", "msoa_residents")
REQUIRED_BY = {"level": {"mlad": ("boundaries",), "msoa": ("msoa_points",)}}

Countries = Annotated[Sequence[Literal["E", "W"]], options.Rule(len, "['E'], ['W'] or ['E', 'W']")]


def read(
    files: dict[str, Path],
    *,
    level: Literal["mlad", "msoa"] = "mlad",
    min_flow: options.NotNegative = 3,
    countries: Countries = ("E",),
) -> frames.Canonical:
    """Flows between merged local authority districts (MLAD) or middle layer output areas (MSOA).

    Parameters
    ----------
    files : paths by role, see the module; ``mlad`` needs boundaries, ``msoa`` needs msoa_points.
    level : the zones. MLAD: City of London is part of Westminster, Isles of Scilly of Cornwall.
    min_flow : smaller flows are left out; paper 2 keeps flows of at least 3 commuters.
    countries : "E" (England), "W" (Wales) or both; a flow is kept if both ends lie there.

    Returns
    -------
    Canonical in EPSG:27700 (metres). The workplace population of an area is everybody who comes
    in from England and Wales, and the residents who work at home or at no fixed place: the reading
    that meets the published errors of Table 2 (paper 2). Places are the MSOAs of the countries
    kept, which Table 2 needs too (with those of Wales the errors differ); zones have the centroid
    of their polygon.
    """
    notes: dict[str, int | float | str] = {}
    pairs = raw.read_pairs(files["flows"])
    by_msoa = raw.level_of(pairs, files["flows"]) == "msoa"
    districts = raw.read_districts(files["boundaries"], notes) if "boundaries" in files else None
    msoas = None
    if "msoa_points" in files:
        msoas = raw.read_msoas(files["msoa_points"], districts, notes)
    if level == "msoa":
        if not by_msoa:
            raise ValueError(f"{files['flows']}: district pairs; level 'msoa' needs pairs of MSOAs")
        zones = _msoa_zones(msoas, pairs, countries, files, notes)
        return _canonical(zones, pairs, None, min_flow, countries, notes)

    msoa_pairs = pairs if by_msoa else None
    if "msoa_flows" in files:
        msoa_pairs = raw.read_pairs(files["msoa_flows"])
        if raw.level_of(msoa_pairs, files["msoa_flows"]) != "msoa":
            raise ValueError(f"{files['msoa_flows']}: district pairs under the role msoa_flows")
    if by_msoa:
        if msoas is None:
            raise ValueError(
                f"{files['flows']}: pairs of MSOAs; level 'mlad' then needs the role msoa_points"
            )
        pairs = raw.to_districts(pairs, msoas.set_index("place_id")["zone_id"])
    pairs = raw.merge_districts(pairs)
    zones = districts[districts["zone_id"].str[0].isin(countries)].copy()
    zones["workplace_population"] = zones["zone_id"].map(raw.workers(pairs)).fillna(0.0)
    zones["residential_population"] = _residents(files.get("residents"), zones["zone_id"], True)
    places = None
    if msoas is not None and msoa_pairs is not None:
        places = _places(msoas, msoa_pairs, countries, files, notes)
    else:
        notes["places"] = "the districts themselves: no MSOA flows and points were given"
    return _canonical(zones, pairs, places, min_flow, countries, notes)


def _canonical(
    zones: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    places: pd.DataFrame | None,
    min_flow: float,
    countries: Sequence[str],
    notes: dict[str, int | float | str],
) -> frames.Canonical:
    kept = pairs["origin"].str[:2].isin([f"{country}0" for country in countries])
    kept &= pairs["destination"].str[:2].isin([f"{country}0" for country in countries])
    notes["pairs with an end outside the study area dropped"] = int((~kept).sum())
    pairs = pairs[kept]
    within = pairs["origin"] == pairs["destination"]
    notes["flows within a zone dropped"] = int(within.sum())
    pairs = pairs[~within]
    small = pairs["flow"] < min_flow
    notes[f"flows below {min_flow:g} dropped"] = int(small.sum())
    notes["workplace_population"] = "arrivals from England and Wales, home and no fixed place"
    return frames.assemble(zones, pairs[~small & (pairs["flow"] > 0)], places, notes)


def _places(
    msoas: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    countries: Sequence[str],
    files: dict[str, Path],
    notes: dict[str, int | float | str],
) -> pd.DataFrame:
    inside = msoas["place_id"].str[0].isin(countries)
    notes["MSOAs outside the study area dropped"] = int((~inside).sum())
    places = pd.DataFrame(msoas[inside].drop(columns="geometry"))
    places["workplace_population"] = places["place_id"].map(raw.workers(pairs)).fillna(0.0)
    places["residential_population"] = _residents(
        files.get("msoa_residents"), places["place_id"], False
    )
    return places


def _msoa_zones(
    msoas: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    countries: Sequence[str],
    files: dict[str, Path],
    notes: dict[str, int | float | str],
) -> gpd.GeoDataFrame:
    places = _places(msoas, pairs, countries, files, notes).drop(columns="zone_id")
    zones = places.rename(columns={"place_id": "zone_id"})
    return gpd.GeoDataFrame(zones, geometry=msoas.loc[zones.index, "geometry"], crs=msoas.crs)


def _residents(path: Path | None, codes: pd.Series, merge: bool) -> pd.Series:
    if path is None:
        return pd.Series(np.nan, index=codes.index)
    return codes.map(raw.read_residents(path, merge))
