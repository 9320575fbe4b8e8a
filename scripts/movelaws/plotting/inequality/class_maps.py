"""Fig S3: every variable on a map, and the zones that the modified model penalises."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PathCollection
from matplotlib.colors import LinearSegmentedColormap, Normalize, PowerNorm, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from movelaws.plotting import QUIET, WIDTH_DOUBLE, figure, maps, panels, style
from movelaws.plotting.inequality.settlements import (
    PENALISED,
    penalised_map,
    penalised_zones,
    shape_path,
)

OUTLINE = "#f28c00"
"""Of the penalised zones: the orange of their fill elsewhere, strong enough for a line."""

_EDGE, _GAP, _HEADER, _KEY, _KEY_LINE = 1.0, 4.0, 5.5, 15.5, 12.0  # mm
_BAR, _BAR_DEEP = 46.0, 2.2
_LETTER, _SWATCH = 1.32, 5.0  # mm, of a letter on average and of a patch before a text
_TALLEST = 200.0
_UNKNOWN = "#f3d9e4"
_OUTLINE, _OUTLINE_THIN = 1.0, 0.4  # points; of few and of many zones
_MANY = 500
_SKEWED = 0.15  # where half of the zones lie in this share of the range, roots are shown


@style()
def class_maps(
    zones: gpd.GeoDataFrame,
    classes: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    synthetic: bool = False,
) -> Figure:
    """One map per variable: zones shaded by value, the penalised ones outlined in orange.

    Parameters
    ----------
    zones : canonical zones, (n_zones,).
    classes : zone_id and, per variable, shape_<variable> in [0, 1], over 0 where penalised, and
        value_<variable> (NaN unknown). A variable without the latter, such as the union of two
        others, shows the penalised zones only.
    labels : variables to show, in order, and what they are called.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there is no variable, or ``classes`` lacks a column or a zone.

    References
    ----------
    Boldini et al., Fig. S3.
    """
    if not labels:
        raise ValueError("labels: no variable, so there is nothing to draw")
    at = {variable: penalised_zones(zones, classes, variable) for variable in labels}
    ordered = classes.assign(zone_id=classes["zone_id"].astype(str)).set_index("zone_id")
    ordered = ordered.loc[zones["zone_id"].astype(str)]
    under = maps.ground(zones)
    aspect = (under.bounds[2] - under.bounds[0]) / (under.bounds[3] - under.bounds[1])
    columns = _columns(len(labels), len(zones))
    rows = -(-len(labels) // columns)
    cell = (WIDTH_DOUBLE - 2 * _EDGE - (columns - 1) * _GAP) / columns
    height = min(cell / aspect, (_TALLEST - 2 * _EDGE) / rows - _HEADER - _KEY)
    deep = _HEADER + height + _KEY
    made = figure(WIDTH_DOUBLE, 2 * _EDGE + rows * deep)
    for number, (variable, label) in enumerate(labels.items()):
        left = _EDGE + number % columns * (cell + _GAP)
        top = _EDGE + number // columns * deep + _HEADER
        wide = height * aspect
        axes = panels.axes_mm(made, left + (cell - wide) / 2, top, wide, height)
        values = None
        if f"value_{variable}" in ordered:
            values = ordered[f"value_{variable}"].to_numpy(dtype=float)
        scale = _draw(axes, under, values, at[variable])
        if number == 0:
            maps.scale_bar(axes, under)
        panels.letter(axes, number, label)
        unknown = 0 if values is None else int(np.count_nonzero(~np.isfinite(values)))
        said = [f"penalised: {at[variable].sum():,} of {len(zones):,}"]
        if unknown:
            said.append(f"unknown: {unknown:,}")
        _key(made, (left, top + height + 1.0, cell), scale, (label, said))
    panels.tag_synthetic(made, synthetic)
    return made


def _columns(maps_wanted: int, n_zones: int) -> int:
    """As many as fill the rows; at most two where zones are small."""
    if n_zones > _MANY or maps_wanted == 4:
        return min(maps_wanted, 2)
    return min(maps_wanted, 3)


def _draw(
    axes: Axes, under: maps.Ground, values: np.ndarray | None, penalised: np.ndarray
) -> ScalarMappable | None:
    """A map; its scale, or None where the zones are just penalised or not."""
    scale = None if values is None else _scale(values)
    if scale is None:
        penalised_map(axes, under, penalised)
        return None
    maps.base_map(axes, under)
    known = np.isfinite(values)
    colours = scale.to_rgba(np.where(known, values, 0.0))
    colours[~known] = to_rgba(_UNKNOWN)
    width = _OUTLINE if known.size <= _MANY else _OUTLINE_THIN
    if under.outline.area == 0:
        axes.scatter(
            *under.points.T, s=9, c=colours, zorder=0.7, gid="zones",
            edgecolors=np.where(penalised, OUTLINE, maps.COAST),
            linewidths=np.where(penalised, width, 0.2),
        )  # fmt: skip
        return scale
    drawn = np.array([not shape.is_empty for shape in under.shapes])
    paths = [shape_path(shape) for shape in under.shapes[drawn]]
    looks = (
        (drawn, {"facecolors": colours[drawn], "edgecolors": maps.COAST, "linewidths": 0.12}),
        (drawn & penalised, {"facecolor": "none", "edgecolor": OUTLINE, "linewidths": width}),
    )
    for number, (rows, look) in enumerate(looks):
        axes.add_collection(
            PathCollection(
                [path for path, shown in zip(paths, rows[drawn], strict=True) if shown],
                zorder=0.4 + 0.4 * number,
                gid="penalised" if number else "zones",
                **look,
            ),
            autolim=False,
        )
    return scale


def _scale(values: np.ndarray) -> ScalarMappable | None:
    """Light to dark, by the root where most values are small; None if there is no range."""
    known = values[np.isfinite(values)]
    if known.size == 0 or known.min() == known.max():
        return None
    low, high = known.min(), known.max()
    skewed = low >= 0 and np.median(known) - low < _SKEWED * (high - low)
    norm = PowerNorm(0.5, low, high) if skewed else Normalize(low, high)
    # Without both ends: paper swallows the palest, and on the darkest no boundary shows.
    shades = colormaps["bone_r"](np.linspace(0.08, 0.88, 256))
    return ScalarMappable(norm, LinearSegmentedColormap.from_list("values", shades))


def _key(
    made: Figure,
    place: tuple[float, float, float],
    scale: ScalarMappable | None,
    words: tuple[str, list[str]],
) -> None:
    """Colour bar with the variable's name, then how many zones are penalised and unknown."""
    left, top, width = place
    label, said = words
    if scale is not None:
        start = left + (width - _BAR) / 2
        bar = made.colorbar(
            scale, cax=panels.axes_mm(made, start, top, _BAR, _BAR_DEEP), orientation="horizontal"
        )
        bar.outline.set_linewidth(0.3)
        bar.locator = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10])
        bar.formatter = FuncFormatter(lambda v, _: f"{v:,.6g}".replace("-", "−"))
        bar.update_ticks()
        bar.set_label(_bar_label(label, scale, width))
    axes = panels.axes_mm(made, left, top + _KEY_LINE - 2.0, width, 4.0)
    axes.set_axis_off()
    axes.set(xlim=(0, width), ylim=(0, 4))
    x = (width - sum(_LETTER * len(text) + _SWATCH for text in said) - 4.0 * (len(said) - 1)) / 2
    looks = (
        (PENALISED if scale is None else "none", OUTLINE, _OUTLINE),
        (_UNKNOWN, maps.COAST, 0.3),
    )
    for text, (fill, edge, line) in zip(said, looks, strict=False):
        axes.add_patch(Rectangle((x, 0.9), 3.6, 2.2, fc=fill, ec=edge, linewidth=line))
        axes.text(x + _SWATCH, 2, text, va="center_baseline", color=QUIET)
        x += _SWATCH + _LETTER * len(text) + 4.0


def _bar_label(label: str, scale: ScalarMappable, width: float) -> str:
    """The variable, whose name the panel has too, and a scale that is not linear."""
    if not isinstance(scale.norm, PowerNorm):
        return label
    whole = f"{label}, square-root scale"
    return whole if _LETTER * len(whole) < width else "square-root scale"
