"""Observed and predicted flows of one dataset side by side on a map."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from movelaws.metrics import cpc, rmse
from movelaws.plotting import MM_PER_INCH, TITLE_SIZE, WIDTH_DOUBLE, figure, maps, panels, style

INK = 22.0  # most mm of observed lines per mm2 of printed land
_GAP, _HEADER, _KEY, _EDGE = 3.0, 11.5, 12.0, 1.0
_WIDE_LAND = 1.25


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
    made, places, key = _layout(len(models), under.bounds)
    if threshold is None:
        mm = places[0][2] / (under.bounds[2] - under.bounds[0])
        land = places[0][2] * places[0][3] * maps.land_share(under)
        length = np.hypot(*(end - start).T) * mm
        threshold = default_threshold(observed, length, INK * land)
    norm = LogNorm(threshold, max(10 * threshold, *(flow.max() for flow in flows.values())))
    for number, (name, (left, top, width, height)) in enumerate(zip(models, places, strict=True)):
        axes = panels.axes_mm(made, left, top + _HEADER, width, height)
        maps.base_map(axes, under)
        lines = maps.flow_lines(axes, start, end, flows[name], norm)
        if number == 0:
            maps.scale_bar(axes, under)
        header = [
            *_header(name, flows[name], observed, label, titles or {}, unit),
            _drawn(flows[name], len(lines.get_linewidths()), threshold, unit),
        ]
        _write_header(made, number, header, left, top)
    _colour_key(made, norm, key, unit)
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


def _layout(count: int, bounds: np.ndarray) -> tuple[Figure, list[tuple], tuple]:
    """Figure, place of each panel, and place of the key: (left, top, width, height) in mm."""
    aspect = (bounds[2] - bounds[0]) / (bounds[3] - bounds[1])
    columns = min(count, 2 if aspect >= _WIDE_LAND else 3)
    rows = -(-count // columns)
    width = (WIDTH_DOUBLE - 2 * _EDGE - (columns - 1) * _GAP) / columns
    height = width / aspect
    row_height = _HEADER + height + _GAP
    places = [
        (_EDGE + (n % columns) * (width + _GAP), _EDGE + (n // columns) * row_height, width, height)
        for n in range(count)
    ]
    total = 2 * _EDGE + rows * row_height
    if count % columns:
        left, top = places[-1][0] + width + _GAP, places[-1][1]
        key = (left, top + _HEADER + height / 2 - _KEY / 2, width, _KEY)
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
) -> list[str]:
    if name == "flow":
        title = f"Observed: {label}" if label else "Observed"
        return [title, f"{np.count_nonzero(flow):,} pairs, {_counted(flow.sum())} {unit}"]
    title = f"{name}   ${titles[name]}$" if name in titles else name
    return [title, f"RMSE {rmse(observed, flow):,.1f}, CPC {cpc(observed, flow):.3f}"]


def _drawn(flow: np.ndarray, lines: int, threshold: float, unit: str) -> str:
    share = 100 * flow[flow >= threshold].sum() / flow.sum()
    return f"{lines:,} pairs drawn, {share:.{0 if share < 99 else 1}f} % of {unit}"


def _counted(number: float) -> str:
    return f"{number / 1e6:.1f} million" if number >= 1e6 else f"{number:,.0f}"


def _write_header(made: Figure, number: int, lines: list[str], left: float, top: float) -> None:
    wide, tall = made.get_size_inches() * MM_PER_INCH
    for row, line in enumerate(lines):
        y = 1 - (top + 3.0 + 3.5 * row + 0.7 * (row > 0)) / tall
        made.text((left + 4.0) / wide, y, line, va="baseline")
    made.text(
        left / wide,
        1 - (top + 3.0) / tall,
        chr(ord("a") + number),
        va="baseline",
        fontweight="bold",
        fontsize=TITLE_SIZE,
    )


def _colour_key(made: Figure, norm: LogNorm, place: tuple, unit: str) -> None:
    left, top, width, _ = place
    bar = min(70.0, 0.8 * width)
    axes = panels.axes_mm(made, left + (width - bar) / 2, top + 1.5, bar, 2.2)
    colour_bar = made.colorbar(
        ScalarMappable(norm, maps.flow_colours()), cax=axes, orientation="horizontal"
    )
    colour_bar.outline.set_linewidth(0.3)
    colour_bar.set_label(f"Flow of one pair ({unit}); flows under {norm.vmin:,g} are not drawn")
    panels.decades(axes.xaxis)
