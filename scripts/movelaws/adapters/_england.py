"""Raw tables of the 2011 Census of England and Wales; see ``england_commuting``."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from movelaws import layers, readers

METRIC = "EPSG:27700"
EQUAL_AREA = "EPSG:3035"
MERGED = {"E09000001": "E09000033", "E06000053": "E06000052"}
AT_HOME, NO_FIXED_PLACE = "OD0000001", "OD0000003"

_AREA = r"[EW]\d{8}"
_OTHER = r"OD0000\d{3}|[NS]92\d{6}"
_MSOA = r"[EW]02\d{6}"
_CODES = ["areacd", "geo_code", "lad11cd", "msoa11cd"]
_NAMES = ["areanm", "geo_label", "lad11nm", "msoa11nm"]


def read_pairs(path: Path) -> pd.DataFrame:
    """Columns origin, destination, flow of one WU01EW file, codes checked."""
    table = readers.read_table(
        path,
        {
            "origin": ["Area of residence", "from"],
            "destination": ["Area of workplace", "to"],
            "flow": ["All categories: Sex", "value"],
        },
    )
    origin, destination = table.identifier("origin"), table.identifier("destination")
    for column, codes, pattern in (
        ("origin", origin, _AREA),
        ("destination", destination, f"{_AREA}|{_OTHER}"),
    ):
        known = pd.Series(codes.unique())
        wrong = codes.isin(known[~known.str.fullmatch(pattern)])
        if wrong.any():
            raise table.error(column, wrong, "is no area code of the Census, such as E02000001")
    pairs = pd.DataFrame(
        {"origin": origin, "destination": destination, "flow": table.number("flow", low=0)}
    )
    twice = pairs.duplicated(["origin", "destination"])
    if twice.any():
        raise table.error("origin", twice, "stands in a pair that occurs before: drop one of them")
    return pairs.reset_index(drop=True)


def level_of(pairs: pd.DataFrame, path: Path) -> str:
    """Whether the pairs are of MSOAs or of districts, from the codes of the origins."""
    codes = pd.Series(pairs["origin"].unique())
    msoas = codes.str.fullmatch(_MSOA)
    if msoas.any() and not msoas.all():
        raise ValueError(
            f"{path}: MSOAs ({codes[msoas].iloc[0]}) and districts ({codes[~msoas].iloc[0]}) among "
            "the residences: give a file of one level"
        )
    return "msoa" if msoas.all() else "district"


def to_districts(pairs: pd.DataFrame, district: pd.Series) -> pd.DataFrame:
    """Sum the pairs of MSOAs to districts; destinations that are no area stay what they are."""
    msoa = pd.concat([pairs["origin"], pairs["destination"]]).drop_duplicates()
    unknown = msoa[msoa.str.fullmatch(_MSOA) & ~msoa.isin(district.index)]
    if not unknown.empty:
        raise ValueError(
            f"flows: MSOA {unknown.iloc[0]!r} is not among the msoa_points "
            f"({len(unknown)} such MSOAs): take both from the same census"
        )
    return _summed(pairs, district.to_dict())


def merge_districts(pairs: pd.DataFrame) -> pd.DataFrame:
    """City of London into Westminster, Isles of Scilly into Cornwall."""
    return _summed(pairs, MERGED)


def _summed(pairs: pd.DataFrame, into: dict[str, str]) -> pd.DataFrame:
    renamed = {
        column: pairs[column].map(into).fillna(pairs[column])
        for column in ("origin", "destination")
    }
    return pairs.assign(**renamed).groupby(["origin", "destination"], as_index=False)["flow"].sum()


def workers(pairs: pd.DataFrame) -> pd.Series:
    """Workplace population by area: arrivals, and residents without a workplace elsewhere."""
    elsewhere = pairs["destination"].str.fullmatch(_OTHER)
    arrivals = pairs[~elsewhere].groupby("destination")["flow"].sum()
    stay = pairs[pairs["destination"].isin([AT_HOME, NO_FIXED_PLACE])]
    return arrivals.add(stay.groupby("origin")["flow"].sum(), fill_value=0.0)


def read_districts(path: Path, notes: dict[str, int | float | str]) -> gpd.GeoDataFrame:
    """Zones of all merged districts: polygons in EPSG:27700, centroids, areas in EPSG:3035."""
    layer, repaired = layers.read_layer(path, crs="EPSG:4326")
    notes["invalid district polygons repaired"] = repaired
    frame = gpd.GeoDataFrame(
        {
            "zone_id": layers.pick(layer, path, _CODES, "code of the district"),
            "name": layers.pick(layer, path, _NAMES, "name of the district"),
        },
        geometry=layer.geometry,
    )
    frame = frame[frame["zone_id"].str.fullmatch(_AREA)]
    into = frame["zone_id"].isin(MERGED)
    notes["districts merged into a neighbour"] = int(into.sum())
    names = frame[~into].drop_duplicates("zone_id").set_index("zone_id")["name"]
    frame["zone_id"] = frame["zone_id"].replace(MERGED)
    zones = frame.drop(columns="name").dissolve("zone_id").reset_index().to_crs(METRIC)
    zones["name"] = zones["zone_id"].map(names).fillna(zones["zone_id"])
    centroids = zones.geometry.centroid
    zones["x"], zones["y"] = centroids.x, centroids.y
    zones["area_km2"] = layers.area_km2(zones.geometry, EQUAL_AREA)
    return zones


def read_msoas(
    path: Path, districts: gpd.GeoDataFrame | None, notes: dict[str, int | float | str]
) -> gpd.GeoDataFrame:
    """Points of the MSOAs in EPSG:27700: place_id, name, zone_id (merged district), x, y, area."""
    if path.suffix.lower() in (".csv", ".gz"):
        msoas, parent = _boxes(path)
        notes["MSOA points"] = "centres of bounding boxes"
    else:
        msoas, parent = _layer(path, notes)
    if parent is None:
        parent = _containing(msoas, districts, path)
        notes["districts of MSOAs"] = "the district that the point lies in"
    msoas["zone_id"] = parent.replace(MERGED).to_numpy()
    msoas["x"], msoas["y"] = msoas.geometry.centroid.x, msoas.geometry.centroid.y
    twice = msoas["place_id"].duplicated()
    if twice.any():
        raise ValueError(
            f"{path}: MSOA {msoas.loc[twice, 'place_id'].iloc[0]!r} occurs more than once"
        )
    return msoas


def read_residents(path: Path, merge: bool) -> pd.Series:
    """Usual residents by area code, those of merged districts added."""
    people = ["usual_residents_2011", "usual_residents", "residents", "value"]
    table = readers.read_table(path, {"code": _CODES, "people": people})
    code = table.identifier("code")
    if merge:
        code = code.replace(MERGED)
    return table.number("people", low=0).groupby(code).sum()


def _boxes(path: Path) -> tuple[gpd.GeoDataFrame, pd.Series | None]:
    corners = {name: [name] for name in ("xmin", "ymin", "xmax", "ymax")}
    table = readers.read_table(
        path,
        {"code": _CODES, "name": _NAMES, **corners},
        optional={"parent": ["parentcd", "lad11cd"]},
    )
    lon = (table.number("xmin", low=-180) + table.number("xmax", high=180)) / 2
    lat = (table.number("ymin", low=-90) + table.number("ymax", high=90)) / 2
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), index=lon.index, crs="EPSG:4326")
    frame = {
        "place_id": table.identifier("code"),
        "name": table.frame["name"],
        "area_km2": float("nan"),
    }
    parent = table.identifier("parent") if "parent" in table.frame else None
    return gpd.GeoDataFrame(frame, geometry=points.to_crs(METRIC)), parent


def _layer(
    path: Path, notes: dict[str, int | float | str]
) -> tuple[gpd.GeoDataFrame, pd.Series | None]:
    layer, repaired = layers.read_layer(path, crs="EPSG:4326")
    notes["invalid MSOA polygons repaired"] = repaired
    code = layers.pick(layer, path, ["msoa11cd", "areacd", "geo_code"], "code of the MSOA")
    kept = code.str.fullmatch(_MSOA)
    layer = layer[kept]
    frame = {
        "place_id": code[kept],
        "name": layers.pick(layer, path, ["msoa11nm", "areanm", "geo_label"], "name of the MSOA"),
        "area_km2": layers.area_km2(layer.geometry, EQUAL_AREA),
    }
    names = {str(name).casefold(): name for name in layer.columns}
    column = names.get("parentcd", names.get("lad11cd"))
    parent = None if column is None else layer[column].astype(str)
    return gpd.GeoDataFrame(frame, geometry=layer.geometry.to_crs(METRIC)), parent


def _containing(
    msoas: gpd.GeoDataFrame, districts: gpd.GeoDataFrame | None, path: Path
) -> pd.Series:
    if districts is None:
        return msoas["place_id"]
    points = msoas.set_geometry(msoas.geometry.representative_point())[["place_id", "geometry"]]
    joined = points.sjoin_nearest(
        districts[["zone_id", "geometry"]], how="left", max_distance=5_000
    )
    joined = joined[~joined.index.duplicated()]
    lost = joined["zone_id"].isna()
    if lost.any():
        raise ValueError(
            f"{path}: MSOA {joined.loc[lost, 'place_id'].iloc[0]!r} lies in no district of the "
            f"boundaries ({int(lost.sum())} such MSOAs): do the two files belong together?"
        )
    return joined["zone_id"]
