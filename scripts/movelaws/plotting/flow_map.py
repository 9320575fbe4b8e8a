"""Observed and predicted flows of one dataset side by side on a map."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath

from movelaws.metrics import cpc, rmse
from movelaws.plotting import (
    FONT_SIZE,
    MM_PER_INCH,
    POINTS_PER_MM,
    QUIET,
    TITLE_SIZE,
    WIDTH_DOUBLE,
    figure,
    maps,
    panels,
    style,
)

INK = 22.0  # most mm of observed lines per mm2 of printed land
_GAP, _KEY, _EDGE = 3.0, 15.5, 1.0
_INDENT, _BASELINE, _LINE, _BELOW = 4.0, 3.0, 3.5, 2.0  # of the headers, mm
_WIDE_LAND = 1.25
_TALLEST = 200.0  # mm, to leave room for a caption on the page


@style()
def flow_map(
    zones: gpd.GeoDataFrame,
    predictions: pd.DataFrame,
    models: Sequence[str],
    *,
    label: str = "",
    titles: Mapping[str, str] | None = None,
    unit: str = "commuters",
    threshold: float | None = None,
    synthetic: bool = False,
) -> Figure:
    """One panel per column of ``predictions``, with one threshold, colour scale and map scale.

    Parameters
    ----------
    zones : canonical zones, (n_zones,).
    predictions : origin, destination, flow and a column per model, (n_pairs,).
    models : columns to draw, ``"flow"`` being the observation.
    label : name of the dataset, shown over the observation.
    titles : formula of a model in LaTeX, without dollar signs, added to its panel's title.
    unit : of the flows.
    threshold : smallest flow drawn; by default :func:`default_threshold` of the observed flows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a model has no column, or a pair names a zone that ``zones`` lacks.
    """
    panels.require_columns(predictions, ["origin", "destination", "flow", *models], "predictions")
    under = maps.ground(zones)
    start, end = (
        under.points[_positions(zones, predictions[side])] for side in ("origin", "destination")
    )
    observed = predictions["flow"].to_numpy(dtype=float)
    flows = {name: predictions[name].to_numpy(dtype=float) for name in models}
    columns = _columns(len(models), under.bounds)
    cell = (WIDTH_DOUBLE - 2 * _EDGE - (columns - 1) * _GAP) / columns
    headers = [
        _header(name, flows[name], observed, label, titles or {}, unit, cell) for name in models
    ]
    deepest = _BASELINE + _LINE * max(map(len, headers)) + _BELOW  # one line is to come
    made, places, key = _layout(len(models), columns, cell, deepest, under.bounds)
    if threshold is None:
        mm = places[0][2] / (under.bounds[2] - under.bounds[0])
        land = places[0][2] * places[0][3] * maps.land_share(under)
        length = np.hypot(*(end - start).T) * mm
        threshold = default_threshold(observed, length, INK * land)
    norm = LogNorm(threshold, max(10 * threshold, *(flow.max() for flow in flows.values())))
    for number, (name, (left, top, width, height)) in enumerate(zip(models, places, strict=True)):
        axes = panels.axes_mm(made, left + (cell - width) / 2, top + deepest, width, height)
        maps.base_map(axes, under)
        lines = maps.flow_lines(axes, start, end, flows[name], norm)
        if number == 0:
            maps.scale_bar(axes, under)
        drawn = _drawn(flows[name], len(lines.get_linewidths()), threshold, unit)
        _write_header(made, number, [*headers[number], drawn], left, top)
    _colour_key(made, norm, key, unit, maps.crs_name(under.shapes.crs))
    panels.tag_synthetic(made, synthetic)
    return made


def default_threshold(flow: np.ndarray, length: np.ndarray, most: float) -> float:
    """Smallest of 1, 2 and 5 times a power of ten whose lines are together at most ``most`` long.

    With more ink than that, the large flows of a country drown in the small ones.

    Parameters
    ----------
    flow, length : (n_pairs,), flow >= 0 and length of its line.
    most : in the unit of ``length``.

    Raises
    ------
    ValueError
        If no flow is positive.
    """
    order = np.argsort(flow, kind="stable")[np.count_nonzero(flow <= 0) :]
    if order.size == 0:
        raise ValueError("flow: no positive flow, so there is nothing to draw")
    ascending = flow[order]
    total = np.append(np.cumsum(length[order][::-1])[::-1], 0.0)
    power = 10.0 ** np.floor(np.log10(ascending[0]))
    while power <= ascending[-1]:
        for step in (1, 2, 5):
            if total[np.searchsorted(ascending, step * power)] <= most:
                return float(step * power)
        power *= 10
    return float(power)


def _positions(zones: gpd.GeoDataFrame, ids: pd.Series) -> np.ndarray:
    found = pd.Index(zones["zone_id"]).get_indexer(ids)
    if (found < 0).any():
        raise ValueError(f"predictions: {ids.name} {ids.iloc[int(np.argmin(found))]!r} is no zone")
    return found


def _columns(count: int, bounds: np.ndarray) -> int:
    """Two for wide land; for tall land a row of up to three, and two by two for four."""
    wide = (bounds[2] - bounds[0]) / (bounds[3] - bounds[1]) >= _WIDE_LAND
    return min(count, 2 if wide or count == 4 else 3)


def _layout(
    count: int, columns: int, cell: float, header: float, bounds: np.ndarray
) -> tuple[Figure, list[tuple], tuple]:
    """Figure; left and top of each cell with the map's size; the key's left, top, size (mm)."""
    aspect = (bounds[2] - bounds[0]) / (bounds[3] - bounds[1])
    rows = -(-count // columns)
    most = (_TALLEST - 2 * _EDGE - _KEY) / rows - header - _GAP
    height = min(cell / aspect, most)
    row_height = header + height + _GAP
    places = [
        (
            _EDGE + (n % columns) * (cell + _GAP),
            _EDGE + (n // columns) * row_height,
            height * aspect,
            height,
        )
        for n in range(count)
    ]
    total = 2 * _EDGE + rows * row_height
    if count % columns:
        left, top = places[-1][0] + cell + _GAP, places[-1][1]
        key = (left, top + header + height / 2 - _KEY / 2, cell, _KEY)
    else:
        key = (_EDGE, total - _EDGE, WIDTH_DOUBLE - 2 * _EDGE, _KEY)
        total += _KEY
    return figure(WIDTH_DOUBLE, total), places, key


def _header(
    name: str,
    flow: np.ndarray,
    observed: np.ndarray,
    label: str,
    titles: Mapping[str, str],
    unit: str,
    cell: float,
) -> list[str]:
    """Lines over a panel, broken where they would not fit into a cell of that width in mm."""
    if name == "flow":
        title = ["Observed:", label] if label else ["Observed"]
        numbers = [f"{np.count_nonzero(flow):,} pairs,", f"{_counted(flow.sum())} {unit}"]
    else:
        title = [f"{name}  ", f"${titles[name]}$"] if name in titles else [name]
        numbers = [f"RMSE {rmse(observed, flow):,.1f} {unit},", f"CPC {cpc(observed, flow):.3f}"]
    return [line for parts in (title, numbers) for line in _broken(parts, cell - _INDENT)]


def _broken(parts: Sequence[str], width: float) -> list[str]:
    """Parts joined by spaces into as few lines of at most ``width`` mm as their order allows."""
    lines = [parts[0]]
    for part in parts[1:]:
        joined = f"{lines[-1]} {part}"
        if TextPath((0, 0), joined, size=FONT_SIZE).get_extents().width <= width * POINTS_PER_MM:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines


def _drawn(flow: np.ndarray, lines: int, threshold: float, unit: str) -> str:
    share = 100 * flow[flow >= threshold].sum() / flow.sum()
    return f"{lines:,} pairs drawn, {share:.{0 if share < 99 else 1}f} % of {unit}"


def _counted(number: float) -> str:
    return f"{number / 1e6:.1f} million" if number >= 1e6 else f"{number:,.0f}"


def _write_header(made: Figure, number: int, lines: list[str], left: float, top: float) -> None:
    wide, tall = made.get_size_inches() * MM_PER_INCH
    for row, line in enumerate(lines):
        y = 1 - (top + _BASELINE + _LINE * row + 1.1 * (row > 0)) / tall
        made.text((left + _INDENT) / wide, y, line, va="baseline")
    made.text(
        left / wide,
        1 - (top + _BASELINE) / tall,
        chr(ord("a") + number),
        va="baseline",
        fontweight="bold",
        fontsize=TITLE_SIZE,
    )


def _colour_key(made: Figure, norm: LogNorm, place: tuple, unit: str, projection: str) -> None:
    left, top, width, _ = place
    bar = min(70.0, 0.8 * width)
    axes = panels.axes_mm(made, left + (width - bar) / 2, top + 1.5, bar, 2.2)
    colour_bar = made.colorbar(
        ScalarMappable(norm, maps.flow_colours()), cax=axes, orientation="horizontal"
    )
    colour_bar.outline.set_linewidth(0.3)
    colour_bar.set_label(f"Flow of one pair ({unit}); flows under {norm.vmin:,g} are not drawn")
    panels.decades(axes.xaxis)
    axes.annotate(
        f"Projection: {projection}",
        (0.5, 0),
        (0, -10.5 * POINTS_PER_MM),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="center",
        color=QUIET,
        annotation_clip=False,
    )
