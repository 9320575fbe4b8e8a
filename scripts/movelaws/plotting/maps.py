"""Flow maps: a fitting projection, light boundaries, flows with the large ones on top, a scale."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import LinearSegmentedColormap, LogNorm, to_rgba_array
from matplotlib.path import Path
from pyproj import CRS, Transformer

from movelaws.plotting import INK

# What is drawn below this z-order becomes one image inside the vector file: a hundred thousand
# lines and county boundaries as vectors would make a file that no viewer opens.
RASTER_BELOW = 2.0
LAND = "#f4f3f0"
BOUNDARY = "#d3d0c9"
COAST = "#a9a59c"
_CONTIGUOUS_US = (-125.0, 24.0, -66.0, 50.0)
_WIDE_DEGREES = 15.0
_DETAIL_PER_MAP = 2000.0


def map_crs(zones: gpd.GeoDataFrame) -> CRS:
    """Projection for a map of zones, in which areas (and, locally, lengths) are true.

    A projected reference system is kept. Longitudes and latitudes become Conus Albers (EPSG:5070)
    when they span much of the contiguous US, the projection its readers know, else a Lambert
    azimuthal equal-area projection centred on the zones; the centre is taken on the sphere, so
    that zones on both sides of the antimeridian stay together.

    Parameters
    ----------
    zones : with a reference system and, in it, columns x and y.

    Raises
    ------
    ValueError
        If the zones have no reference system.
    """
    if zones.crs is None:
        raise ValueError("zones: no coordinate reference system; set one when they are written")
    if not zones.crs.is_geographic:
        return zones.crs
    lon, lat = zones["x"].to_numpy(), zones["y"].to_numpy()
    west, south, east, north = _CONTIGUOUS_US
    inside = lon.min() >= west and lon.max() <= east and lat.min() >= south and lat.max() <= north
    if inside and np.ptp(lon) >= _WIDE_DEGREES:
        return CRS.from_epsg(5070)
    lon, lat = np.radians(lon), np.radians(lat)
    centre = np.array(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)],
    ).mean(axis=1)
    lon_0 = np.degrees(np.arctan2(centre[1], centre[0]))
    lat_0 = np.degrees(np.arctan2(centre[2], np.hypot(centre[0], centre[1])))
    return CRS.from_proj4(f"+proj=laea +lat_0={lat_0:.3f} +lon_0={lon_0:.3f} +datum=WGS84 +units=m")


def crs_name(crs: CRS) -> str:
    """Method of a projection with its code, such as ``Albers Equal Area (EPSG:5070)``.

    Without a code, the centre stands in its place where there is one.
    """
    operation, code = crs.coordinate_operation, crs.to_authority()
    if operation is None:
        return crs.name
    if code:
        return f"{operation.method_name} ({':'.join(code)})"
    origin = {parameter.name: parameter.value for parameter in operation.params}
    lat = origin.get("Latitude of natural origin")
    lon = origin.get("Longitude of natural origin")
    if lat is None or lon is None:
        return operation.method_name
    north, east = "N" if lat >= 0 else "S", "E" if lon >= 0 else "W"
    return f"{operation.method_name} (centre {abs(lat):.1f}° {north}, {abs(lon):.1f}° {east})"


class Ground(NamedTuple):
    """What lies under the flows of every panel, in map coordinates."""

    shapes: gpd.GeoSeries  # (n_zones,), generalised to what print can show
    outline: shapely.Geometry  # of all zones together
    points: np.ndarray  # (n_zones, 2), from which distances are measured
    bounds: np.ndarray  # west, south, east, north, with a margin


def ground(zones: gpd.GeoDataFrame, margin: float = 0.02) -> Ground:
    """Project zones by :func:`map_crs` and generalise them; neighbours keep common boundaries.

    Parameters
    ----------
    zones : (n_zones,) canonical zones, polygons or points.
    margin : around them, as a share of the longer side.
    """
    crs = map_crs(zones)
    transform = Transformer.from_crs(zones.crs, crs, always_xy=True).transform
    points = np.column_stack(transform(zones["x"].to_numpy(), zones["y"].to_numpy()))
    shapes = zones.geometry.to_crs(crs)
    corners = np.vstack([shapes.total_bounds.reshape(2, 2), points])
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    side = max(east - west, north - south)
    if _polygons(shapes):
        simple = shapely.coverage_simplify(shapes.to_numpy(), side / _DETAIL_PER_MAP)
        shapes = gpd.GeoSeries(simple, index=shapes.index, crs=crs)
    pad = margin * side if side > 0 else 1.0
    bounds = np.array([west - pad, south - pad, east + pad, north + pad])
    return Ground(shapes, shapely.union_all(shapes.to_numpy()), points, bounds)


def land_share(under: Ground) -> float:
    """Share of a map that its zones take up, or their hull where zones are points."""
    west, south, east, north = under.bounds
    land = under.outline.area or under.outline.convex_hull.area
    return land / ((east - west) * (north - south))


def base_map(axes: Axes, under: Ground) -> None:
    """Land, light boundaries and a slightly darker outer line; equal scales, no frame."""
    west, south, east, north = under.bounds
    axes.set_rasterization_zorder(RASTER_BELOW)
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    if not _polygons(under.shapes):
        axes.scatter(*under.points.T, s=1.5, color=COAST, linewidths=0, zorder=0.5)
        return
    land = [_path(shape) for shape in under.shapes if not shape.is_empty]
    for paths, look in (
        (land, {"facecolor": LAND, "edgecolor": BOUNDARY, "linewidths": 0.15, "zorder": 0}),
        (
            [_path(under.outline)],
            {"facecolor": "none", "edgecolor": COAST, "linewidths": 0.3, "zorder": 0.5},
        ),
    ):
        axes.add_collection(PathCollection(paths, **look), autolim=False)


def _polygons(shapes: gpd.GeoSeries) -> bool:
    return bool(shapes.geom_type.isin(["Polygon", "MultiPolygon"]).all())


def _path(shape: shapely.Geometry) -> Path:
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(shapely.get_coordinates(ring)) for ring in rings))


def flow_colours() -> LinearSegmentedColormap:
    """Perceptually uniform scale, light to dark, without the pale end that paper swallows.

    It ends in a blue far from black: thin lines in darker colours all look black.
    """
    return LinearSegmentedColormap.from_list(
        "flows", colormaps["plasma_r"](np.linspace(0.2, 1.0, 256))
    )


def line_look(flow: np.ndarray, norm: LogNorm) -> dict[str, np.ndarray]:
    """Colours (n, 4) and widths (n,) in points of the lines of flows, all rising with the flow."""
    share = np.clip(np.asarray(norm(flow), dtype=float), 0.0, 1.0)
    colours = to_rgba_array(flow_colours()(share))
    colours[:, 3] = 0.3 + 0.7 * np.sqrt(share)
    return {"colors": colours, "linewidths": 0.12 + 1.2 * share**1.5}


def flow_lines(
    axes: Axes, start: np.ndarray, end: np.ndarray, flow: np.ndarray, norm: LogNorm
) -> LineCollection:
    """Straight lines from origin to destination, the larger on top, wider and more opaque.

    Parameters
    ----------
    axes : to draw on.
    start, end : (n, 2) map coordinates.
    flow : (n,) flows; those under ``norm.vmin`` are left out.
    norm : logarithmic scale shared by all panels; its lower end is the threshold.

    Returns
    -------
    LineCollection of the lines drawn, smallest flow first; its array of widths has one per line.
    """
    shown = np.flatnonzero(flow >= norm.vmin)
    shown = shown[np.argsort(flow[shown], kind="stable")]
    lines = LineCollection(
        np.stack([start[shown], end[shown]], axis=1),
        capstyle="round",
        zorder=1.0,
        rasterized=True,
        **line_look(flow[shown], norm),
    )
    lines.set_gid("flows")
    axes.add_collection(lines, autolim=False)
    return lines


def round_length(longest: float) -> float:
    """Largest of 1, 2 and 5 times a power of ten that is at most ``longest``."""
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(step for step in (0.5, 1, 2, 5) if step * power <= longest) * power)


def scale_bar(axes: Axes, under: Ground, share: float = 0.22) -> float:
    """Bar of a round number of kilometres in the corner with the least land.

    Parameters
    ----------
    axes : a base map of ``under``.
    share : longest bar as a share of the map's width.

    Returns
    -------
    float, the bar's length in kilometres.
    """
    metres = under.shapes.crs.axis_info[0].unit_conversion_factor
    west, south, east, north = under.bounds
    width, height, edge = east - west, north - south, 0.01 * (east - west)
    length_km = round_length(share * width * metres / 1000)
    length = length_km * 1000 / metres
    wide, tall = length + 2 * edge, 0.11 * height
    corners = [
        (x, y)
        for y in (south + edge, north - edge - tall)
        for x in (west + edge, east - edge - wide)
    ]
    land = [
        under.outline.intersection(shapely.box(x, y, x + wide, y + tall)).area for x, y in corners
    ]
    x, y = corners[int(np.argmin(land))]
    x, y = x + edge, y + 0.02 * height
    axes.plot([x, x + length], [y, y], color=INK, linewidth=1.2, solid_capstyle="butt", zorder=5)
    axes.text(
        x,
        y + 0.015 * height,
        f"{length_km:,g} km",
        ha="left",
        va="bottom",
        zorder=5,
    )
    return length_km
