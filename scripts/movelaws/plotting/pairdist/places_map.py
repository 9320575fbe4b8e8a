"""Maps of places as density, with land and a scale bar (Fig. 10)."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from movelaws.plotting import MM_PER_INCH, QUIET, WIDTH_SINGLE, figure, maps, panels, style

COLUMNS = ["x", "y", "cell_m", "weight"]
_DETAIL = 2000.0  # of a map, in parts of its width
_TOP, _BAR, _TALLEST, _LOWEST = 6.0, 13.0, 125.0, 30.0


@style()
def places_map(
    cells: pd.DataFrame,
    land: gpd.GeoSeries,
    *,
    label: str = "",
    counted: str = "places",
    synthetic: bool = False,
) -> Figure:
    """Density of the places of a point set.

    Parameters
    ----------
    cells : from ``density_map``: x, y (lower left corner), cell_m (metres), weight.
    land : polygons in the metres of the cells' system; may be empty.
    label : of the point set.
    counted : what weights count, such as "places".
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or there is no cell.
    """
    panels.require_columns(cells, COLUMNS, "cells")
    if cells.empty:
        raise ValueError("cells: no place to draw")
    under = ground_under(cells, land)
    west, south, east, north = under.bounds
    tall = min((WIDTH_SINGLE - 2) * (north - south) / (east - west), _TALLEST)
    tall = max(tall, _LOWEST)
    made = figure(WIDTH_SINGLE, _TOP + tall + _BAR)
    axes = panels.axes_mm(made, 1, _TOP, WIDTH_SINGLE - 2, tall)
    norm = density_norm([cells])
    draw_density(axes, cells, under, norm, land=not land.empty)
    maps.scale_bar(axes, under)
    wide, high = made.get_size_inches() * MM_PER_INCH
    made.text(1.5 / wide, 1 - 1.2 / high, label, va="top", fontweight="bold")
    if land.empty:
        words = "outline of the land not given"
        made.text(1 - 1.5 / wide, 1 - 1.2 / high, words, va="top", ha="right", color=QUIET)
    density_bar(made, norm, counted, (WIDTH_SINGLE / 2 - 25, _TOP + tall + 2.5, 50))
    panels.tag_synthetic(made, synthetic)
    return made


def ground_under(
    cells: pd.DataFrame, land: gpd.GeoSeries, bounds: np.ndarray | None = None
) -> maps.Ground:
    """What lies under the cells: land, or without any the hull of the cells, which is not drawn.

    Parameters
    ----------
    cells, land : as in :func:`places_map`.
    bounds : west, south, east, north of the map; by default those of cells and land, with a margin.
    """
    cell = float(cells["cell_m"].iloc[0])
    x, y = cells["x"].to_numpy(), cells["y"].to_numpy()
    corners = np.array([[x.min(), y.min()], [x.max() + cell, y.max() + cell]])
    if land.empty:
        shape = shapely.convex_hull(shapely.multipoints(np.column_stack([x, y]))).buffer(cell)
        shapes = gpd.GeoSeries([shape], crs=land.crs)
    else:
        # Land far from all places, such as other islands of a municipality, is no part of the map.
        corners = np.vstack([corners, land.total_bounds.reshape(2, 2)])
        step = float(np.ptp(corners, axis=0).max()) / _DETAIL
        shapes = gpd.GeoSeries(shapely.simplify(land.to_numpy(), step), crs=land.crs)
        shapes = shapes[~shapes.is_empty]
    if bounds is None:
        (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
        pad = 0.02 * max(east - west, north - south)
        bounds = np.array([west - pad, south - pad, east + pad, north + pad])
    outline = shapely.union_all(shapes.to_numpy())
    return maps.Ground(shapes, outline, np.column_stack([x, y]), bounds)


def draw_density(
    axes: Axes, cells: pd.DataFrame, under: maps.Ground, norm: LogNorm, *, land: bool = True
) -> None:
    """Land and, on it, cells coloured by their weight per km^2, as one image."""
    if land:
        maps.base_map(axes, under)
    else:
        axes.set_rasterization_zorder(maps.RASTER_BELOW)
        axes.set_axis_off()
        axes.set_aspect("equal")
    cell = float(cells["cell_m"].iloc[0])
    column = np.rint((cells["x"] - cells["x"].min()) / cell).astype(int)
    row = np.rint((cells["y"] - cells["y"].min()) / cell).astype(int)
    grid = np.full((int(row.max()) + 1, int(column.max()) + 1), np.nan)
    grid[row, column] = per_km2(cells)
    west, south = cells["x"].min(), cells["y"].min()
    extent = (west, west + cell * grid.shape[1], south, south + cell * grid.shape[0])
    axes.imshow(
        grid,
        origin="lower",
        extent=extent,
        norm=norm,
        cmap=maps.flow_colours(),
        interpolation="nearest",
        zorder=1.0,
        gid="density",
    )
    west, south, east, north = under.bounds
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)


def density_norm(tables: list[pd.DataFrame]) -> LogNorm:
    """One logarithmic scale for the densities of several maps."""
    values = np.concatenate([per_km2(table) for table in tables])
    low, high = float(values.min()), float(values.max())
    return LogNorm(low, max(high, low * 1.01))


def per_km2(cells: pd.DataFrame) -> np.ndarray:
    """(n_cells,) weight per km^2."""
    return (cells["weight"] / (cells["cell_m"] / 1000) ** 2).to_numpy(float)


def density_bar(made: Figure, norm: LogNorm, counted: str, place: tuple) -> None:
    """Bar of the colours at left, top and width in millimetres."""
    left, top, wide = place
    axes = panels.axes_mm(made, left, top, wide, 2.2)
    bar = made.colorbar(
        ScalarMappable(norm, maps.flow_colours()), cax=axes, orientation="horizontal"
    )
    bar.outline.set_linewidth(0.3)
    panels.decades(axes.xaxis)
    bar.set_label(f"{counted[:1].upper()}{counted[1:]} per km²")
