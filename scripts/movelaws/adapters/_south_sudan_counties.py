"""Counties of South Sudan: boundaries, points, and the names that files call them by."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from movelaws import layers, readers

Notes = dict[str, int | float | str]
ABYEI = frozenset({"SS1101"})
"""Codes of Abyei in registers; boundaries add the code they give it (SS0807)."""

ALIASES = (
    ("Aweil Centre", "Aweil Center"),
    ("Canal-Pigi", "Canal", "Canal (Khor Fulus)"),
    ("Lafon", "Lapon", "Lopa/Lafon"),
    ("Luakpiny/Nasir", "Luakpiny/Nassir", "Luakpiny/Nasir(Nassir)"),
    ("Mayendit", "Mayiendit"),
    ("Panyijiar", "Panyijar"),
    ("Pariang", "Pariang (Ruweng)"),
    ("Raja", "Raga"),
    ("Rumbek Centre", "Rumbek Center"),
    ("Tonj East", "Tong East"),
    ("Tonj North", "Tong North"),
    ("Tonj South", "Tong South"),
    ("Yei", "Yei River"),
)
"""Names of one county that files may use; case, hyphens and the like are of no account anyway."""

COMPANIONS = {"boundaries_shx": ".shx", "boundaries_dbf": ".dbf", "boundaries_prj": ".prj"}
"""Roles of the files that a shapefile consists of beside its .shp."""

_CODE, _NAME, _STATE = ["ADM2_PCODE"], ["ADM2_EN", "adm2_name"], ["ADM1_EN", "adm1_name"]
_SHOWN = 10
_MOST_OUTSIDE = 0.2


@dataclass(frozen=True)
class Counties:
    """The counties of the boundaries and all they may be called.

    Attributes
    ----------
    name_of : official name by code, Abyei left out.
    state_of : state by code, in plain words; empty where the boundaries have no states.
    code_of : code by the plain form of a code or a name.
    abyei : codes of Abyei.
    """

    name_of: Mapping[str, str]
    state_of: Mapping[str, str]
    code_of: Mapping[str, str]
    abyei: frozenset[str]

    def codes(self, table: readers.Table, column: str) -> pd.Series:
        """Codes of the counties that a column names; "" for Abyei. No name is guessed.

        Raises
        ------
        ValueError
            Naming the file, the column, and all unknown names with those nearest to them.
        """
        text = table.identifier(column)
        code_of = {name: self.code(name) for name in text.unique()}
        lost = [name for name, code in code_of.items() if code is None]
        if lost:
            near = "; ".join(f"{name!r} (nearest: {self._nearest(name)})" for name in lost[:_SHOWN])
            more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
            raise ValueError(
                f"{table.path}: column {table.headers[column]!r}: no county of the boundaries is "
                f"called {near}{more}: correct the name"
            )
        return text.map(code_of)

    def code(self, name: str) -> str | None:
        """Code of a county by its code or name; "" for Abyei, None where there is none."""
        if is_abyei(name) or name in self.abyei:
            return ""
        return self.code_of.get(plain(name))

    def _nearest(self, name: str) -> str:
        close = difflib.get_close_matches(plain(name), self.code_of, n=3)
        codes = dict.fromkeys(self.code_of[one] for one in close)
        return ", ".join(f"{self.name_of[code]} {code}" for code in codes) or "none"


def plain(name: str) -> str:
    """A name in small letters and single spaces, without "County" at its end."""
    words = " ".join(re.findall(r"[^\W_]+", name.casefold()))
    return words.removesuffix(" county")


def is_abyei(name: str) -> bool:
    """Whether a place is Abyei, which both Sudans claim: Abyei Region, Area, PCA area, ..."""
    return plain(name).split(" ")[0] == "abyei"


def read_boundaries(files: Mapping[str, Path], notes: Notes) -> tuple[gpd.GeoDataFrame, Counties]:
    """Counties as zones in EPSG:4326, without Abyei, points and populations; and their names.

    Parameters
    ----------
    files : by role, of which ``boundaries`` and, for a .shp, those of ``COMPANIONS`` are looked at.
    notes : repairs are added.

    Raises
    ------
    ValueError
        If a file that belongs to the shapefile is missing, the layer has no county codes and
        names, or one of them twice, or its geometries are no polygons.
    """
    path = files["boundaries"]
    if path.suffix.lower() == ".shp":
        _check_beside(files)
    layer, repaired = layers.read_layer(path, named="adm2")
    if not layer.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise ValueError(f"{path}: counties must be polygons, found {set(layer.geom_type)}")
    zones = gpd.GeoDataFrame(
        {
            "zone_id": layers.pick(layer, path, _CODE, "code of the county"),
            "name": layers.pick(layer, path, _NAME, "name of the county"),
            "state": _states(layer, path),
        },
        geometry=layer.geometry.force_2d(),
    ).to_crs("EPSG:4326")
    wrong = ~zones["zone_id"].str.fullmatch(r"SS\d{4}")
    if wrong.any():
        raise ValueError(
            f"{path}: {zones.loc[wrong, 'zone_id'].iloc[0]!r} is no code of a county such as "
            f"SS0101 ({int(wrong.sum())} such features): is the layer that of the counties, and "
            "its table undamaged?"
        )
    abyei = zones["name"].map(is_abyei)
    codes = ABYEI.union(zones.loc[abyei, "zone_id"])
    zones = zones[~abyei].sort_values("zone_id", ignore_index=True)
    counties = _named(path, zones, codes)
    zones["area_km2"] = layers.area_km2(zones.geometry)
    notes |= {
        "counties": len(zones),
        "polygons of Abyei left out": int(abyei.sum()),
        "invalid county polygons repaired": repaired,
    }
    return zones.drop(columns="state"), counties


def county_points(
    zones: gpd.GeoDataFrame, counties: Counties, path: Path, notes: Notes
) -> pd.DataFrame:
    """Mean longitude and latitude of the settlements within each county (paper 4, Methods).

    Parameters
    ----------
    zones : as ``read_boundaries`` gives them.
    path : table of the settlements.

    Returns
    -------
    (n_zones, 2) x and y in degrees, by the index of ``zones``. A county without settlements has
    the centroid of its polygon.

    Raises
    ------
    ValueError
        For coordinates that are none, or of which a fifth lies outside all counties.
    """
    columns = {"x": ["LONGITUDE"], "y": ["LATITUDE"]}
    table = readers.read_table(path, columns, optional={"county": ["COUNTY_NAME"]})
    lon, lat = table.number("x", low=-180, high=180), table.number("y", low=-90, high=90)
    points = gpd.GeoDataFrame(
        {"x": lon, "y": lat}, geometry=gpd.points_from_xy(lon, lat), crs=zones.crs
    )
    inside = points.sjoin(zones[["zone_id", "geometry"]], predicate="within")
    # Where polygons overlap, a settlement counts once, in the county that comes first.
    inside = inside.sort_values("index_right", kind="stable")
    inside = inside[~inside.index.duplicated()]
    outside = len(table) - len(inside)
    if inside.empty or outside > _MOST_OUTSIDE * len(table):  # 3 % in the published table
        raise ValueError(
            f"{path}: {outside} of {len(table)} settlements lie outside all counties: are "
            f"{table.headers['x']} and {table.headers['y']} swapped, or is the CRS of the "
            "boundaries wrong?"
        )
    mean = inside.groupby("index_right")[["x", "y"]].mean().reindex(zones.index)
    without = mean["x"].isna()
    centroids = layers.plane_centroids(zones.geometry[without])
    mean.loc[without, "x"], mean.loc[without, "y"] = centroids.x, centroids.y
    notes["settlements"] = len(table)
    notes["settlements outside all counties"] = outside
    if "county" in table.frame:
        said = table.frame["county"].reindex(inside.index).map(counties.code)
        other = said.notna() & said.ne(inside["zone_id"])
        notes["settlements listed under another county than they lie in"] = int(other.sum())
    notes["counties without settlements, at the centroid of their polygon"] = (
        ", ".join(zones.loc[without, "name"]) or 0
    )
    return mean


def _check_beside(files: Mapping[str, Path]) -> None:
    """GDAL looks for the parts of a shapefile beside the .shp, wherever a role says they are."""
    path = files["boundaries"]
    for role, suffix in COMPANIONS.items():
        beside = path.with_suffix(suffix)
        given = files.get(role, beside)
        if given.resolve() != beside.resolve():
            raise ValueError(
                f"{path}: {role} is {given}, but must lie beside it and be called {beside.name}"
            )
        if not beside.is_file():
            raise ValueError(
                f"{path}: there is no {beside.name} beside it: put it there and give it as {role}"
            )


def _states(layer: gpd.GeoDataFrame, path: Path) -> pd.Series:
    present = {str(name).casefold() for name in layer.columns}
    if not present.intersection(name.casefold() for name in _STATE):
        return pd.Series("", index=layer.index)
    return layers.pick(layer, path, _STATE, "name of the state").map(plain)


def _named(path: Path, zones: pd.DataFrame, abyei: frozenset[str]) -> Counties:
    if zones["zone_id"].duplicated().any():
        code = zones.loc[zones["zone_id"].duplicated(), "zone_id"].iloc[0]
        raise ValueError(f"{path}: county {code} occurs more than once: join its parts")
    name_of = dict(zip(zones["zone_id"], zones["name"], strict=True))
    code_of: dict[str, str] = {}
    for code, name in name_of.items():
        if not plain(name) or name in ("None", "nan"):
            raise ValueError(f"{path}: county {code} has no name")
        if code_of.setdefault(plain(name), code) != code:
            raise ValueError(
                f"{path}: {name!r} has the codes {code_of[plain(name)]} and {code}: give every "
                "county a name of its own"
            )
    for group in ALIASES:
        known = [code_of[plain(name)] for name in group if plain(name) in code_of]
        for name in group if known else ():
            code_of.setdefault(plain(name), known[0])
    code_of |= {plain(code): code for code in name_of}
    state_of = dict(zip(zones["zone_id"], zones["state"], strict=True))
    return Counties(name_of, state_of, code_of, abyei)
