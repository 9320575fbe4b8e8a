"""Maps of changes: coloured zones or sized circles, changed places outlined, a key beneath."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from movelaws.plotting import INK, POINTS_PER_MM, maps, panels
from movelaws.plotting.choice.counterfactual_words import signed

UNKNOWN = "#bdbab3"
_LARGEST_CIRCLE = 6.0  # mm across
_SMALL = 2.5  # mm: smaller places get a ring
_NAMED = 3
_STILL = 1e-6  # percent: the rounding of the solver
LOSS, GAIN = "#b2182b", "#2166ac"
_MOST_PEOPLE = 0.9  # of those who change elsewhere: their zones lie within the colours
_HALO = withStroke(linewidth=1.5, foreground="white")
_ZOOM_SIDE, _LEAST_ZOOM, _LEAST_ZONES = 0.34, 1.8, 9
_MOST_HIDDEN = 0.15  # share of the inset that may lie on land


@dataclass(frozen=True, eq=False)
class Layer:
    """What a map shows of each zone.

    Attributes
    ----------
    shown : (n_zones,) values that are coloured; NaN is grey.
    sizes : (n_zones,) >= 0, areas of circles where zones are points.
    colours, norm : of the values.
    label : of the colours, with unit.
    size_label : of the circles.
    percent : whether the values are percentages (else factors).
    """

    shown: np.ndarray
    sizes: np.ndarray
    colours: Colormap
    norm: Normalize
    label: str
    size_label: str
    percent: bool


def arrivals_layer(destinations: pd.DataFrame, changed: np.ndarray) -> Layer:
    """Change in percent; the scale is fitted to the zones that no intervention touches.

    Red to blue, or one of these hues where all of them gain, or all lose. Changed zones beyond the
    scale have a colour of their own, and the label says theirs.
    """
    values = destinations["change_percent"].to_numpy(dtype=float)
    people = destinations["change"].abs().to_numpy(dtype=float)
    spans = ((z, _typical(np.abs(values), people, z)) for z in (~changed, changed))
    fitted, most = next((found for found in spans if found[1]), (~changed, 1.0))
    colours, norm = _percent_scale(values[fitted & np.isfinite(values)], most)
    apart = values[changed & np.isfinite(values)]
    beyond = apart[(apart < norm.vmin) | (apart > norm.vmax)]
    outlined = f"; outlined: {_span(beyond)}" if beyond.size else ""
    return Layer(
        values,
        destinations["before"].to_numpy(dtype=float),
        colours,
        norm,
        f"Change in arrivals (%){outlined}",
        "arrivals before",
        percent=True,
    )


def factor_layer(origins: pd.DataFrame) -> Layer:
    """How many times as far all destinations seem: one hue if all lose, or all gain, else two."""
    values = origins["equivalent_distance_factor"].to_numpy(dtype=float)
    known = values[np.isfinite(values)]
    low, high = (1.0, 1.0) if known.size == 0 else (known.min(), known.max())
    if low >= 1 - 1e-9 or high <= 1 + 1e-9:
        colours, norm = _one_way(low, high)
    else:
        most = max(high - 1, 1 - low)
        colours, norm = colormaps["RdBu_r"], Normalize(1 - most, 1 + most)
    return Layer(
        values,
        origins["outflow_before"].to_numpy(dtype=float),
        colours,
        norm,
        "As if all destinations were so many times as far",
        "departures",
        percent=False,
    )


def draw(
    axes: Axes,
    under: maps.Ground,
    layer: Layer,
    changed: np.ndarray,
    names: pd.Series,
    width_mm: float,
) -> None:
    """Base map with the layer on it, changed zones outlined, and a magnified part if it helps.

    Parameters
    ----------
    axes : empty axes, ``width_mm`` wide on paper.
    under : of the zones.
    layer, changed, names : (n_zones,).
    """
    maps.base_map(axes, under)
    per_mm = (under.bounds[2] - under.bounds[0]) / width_mm
    if under.outline.area == 0:
        axes.add_patch(_frame(under.bounds, facecolor=maps.LAND, edgecolor="none", zorder=0))
    window, corner = _window(under, changed), _empty_corner(under)
    if window is None or corner is None:
        _zones(axes, under, layer, changed, per_mm)
        labels = _percents(layer, changed)
        _names(axes, under, changed, names + (" " + labels).where(labels != "", ""))
        maps.scale_bar(axes, under)
        return
    _zones(axes, under, layer, changed)
    x, y, side = corner
    covered = under.outline.union(shapely.box(x, y, x + side, y + side))
    maps.scale_bar(axes, under._replace(outline=covered), share=0.15)
    inset = axes.inset_axes((x, y, side, side), transform=axes.transData, zorder=4)
    maps.base_map(inset, under)
    _zones(inset, under, layer, changed)
    _names(inset, under, changed, _percents(layer, changed))
    inset.set(xlim=window[[0, 2]], ylim=window[[1, 3]])
    inset.add_patch(_frame(window, zorder=6, linewidth=0.8))
    # As if the right half were land, so that bar and number start at the left and stay inside.
    right = shapely.box((window[0] + window[2]) / 2, *window[1:])
    maps.scale_bar(inset, under._replace(bounds=window, outline=right))
    for text in inset.texts:
        text.set_path_effects([_HALO])
    axes.add_patch(_frame(window, zorder=5, linewidth=0.5))


def key(made: Figure, layer: Layer, place: tuple[float, float, float], circles: bool) -> None:
    """Colour bar and label, under a map, also of circles; ``place``: left, top and width in mm."""
    left, top, width = place
    bar = 46.0
    axes = panels.axes_mm(made, left + (width - bar) / 2, top, bar, 2.2)
    known = layer.shown[np.isfinite(layer.shown)]
    slack = 1e-3 * (layer.norm.vmax - layer.norm.vmin)
    over = (known > layer.norm.vmax + slack).any()
    beneath = (known < layer.norm.vmin - slack).any()
    extend = {(0, 0): "neither", (1, 0): "max", (0, 1): "min", (1, 1): "both"}
    colour_bar = made.colorbar(
        ScalarMappable(layer.norm, layer.colours),
        cax=axes,
        orientation="horizontal",
        extend=extend[int(over), int(beneath)],
    )
    colour_bar.outline.set_linewidth(0.3)
    colour_bar.set_label(
        f"{layer.label}; circle area: {layer.size_label}" if circles else layer.label
    )
    colour_bar.locator = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10])
    if layer.percent:
        colour_bar.formatter = FuncFormatter(lambda v, _: f"{v:+g}".replace("-", "−") if v else "0")
    else:
        colour_bar.formatter = FuncFormatter(lambda v, _: f"{v:.5g}")
    colour_bar.update_ticks()


def _one_way(low: float, high: float) -> tuple[Colormap, Normalize]:
    """Pale at no change, darker the larger it is; starts at 1 unless most of it would be unused."""
    loss = high - 1 >= 1 - low
    shades = colormaps["YlOrBr"](np.linspace(0.05, 0.85, 256))
    if not loss:
        shades = colormaps["YlGnBu_r"](np.linspace(0.15, 0.95, 256))
    near, far = (low - 1, high - 1) if loss else (1 - high, 1 - low)
    if near < 0.4 * far:
        low, high = (1.0, high) if loss else (low, 1.0)
    return (
        LinearSegmentedColormap.from_list("one_way", shades),
        Normalize(low, high if high > low + 1e-6 else low + 1e-3),
    )


def _percent_scale(values: np.ndarray, most: float) -> tuple[Colormap, Normalize]:
    """Both hues about 0; one of them where all gain or all lose, from 0 unless little would use it.

    ``most`` covers what is typical; what lies beyond has the darkest colour of its sign.
    """
    both = colormaps["RdBu"]
    gains = bool((values > -_STILL).all())
    if values.size == 0 or np.abs(values).max() <= _STILL or not (gains or (values < _STILL).all()):
        return both, Normalize(-most, most)
    size = np.abs(values)
    near, far = size.min(), min(size.max(), most)
    if near < 0.4 * far or far - near < 1e-3 * far:
        near, far = 0.0, most
    shades = both(np.linspace(0.55, 1.0, 256) if gains else np.linspace(0.0, 0.45, 256))
    hue = LinearSegmentedColormap.from_list("gain" if gains else "loss", shades)
    # Against the sign of all others is another hue; with it, and less, is no colour.
    beneath, over = (LOSS, both(1.0)) if gains else (both(0.0), GAIN)
    return hue.with_extremes(under=beneath, over=over), Normalize(
        near, far
    ) if gains else Normalize(-far, -near)


def _span(percent: np.ndarray) -> str:
    """One number, or the smallest and largest."""
    ends = [signed(percent.min()), signed(percent.max())]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _typical(values: np.ndarray, people: np.ndarray, chosen: np.ndarray) -> float:
    """Round number that covers the values of most people who change in the chosen zones; or 0.

    People, not zones: next to a change a few zones take most of it, and the far ones nothing.
    """
    chosen = chosen & np.isfinite(values) & (values > _STILL)
    if not chosen.any():
        return 0.0
    order = np.argsort(values[chosen], kind="stable")
    covered = np.cumsum(people[chosen][order])
    wanted = values[chosen][order][np.searchsorted(covered, _MOST_PEOPLE * covered[-1])]
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(
        next(s for s in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if s * power >= wanted * 0.999) * power
    )


def _zones(
    axes: Axes,
    under: maps.Ground,
    layer: Layer,
    changed: np.ndarray,
    per_mm: float | None = None,
) -> None:
    """Polygons in their colours, or circles, the smaller on top; changed ones outlined.

    With ``per_mm``, the length of a millimetre in map units, what is small there gets a ring.
    """
    known = np.isfinite(layer.shown)
    colours = to_rgba_array([UNKNOWN] * known.size)
    colours[known] = layer.colours(layer.norm(layer.shown[known]))
    if under.outline.area > 0:
        limits = axes.get_xlim(), axes.get_ylim()
        under.shapes.plot(
            ax=axes, color=colours, edgecolor="white", linewidth=0.1, aspect=None, zorder=1
        )
        _outline(axes, under, changed, per_mm)
        axes.set(xlim=limits[0], ylim=limits[1])
        return
    most = layer.sizes.max(initial=0.0)
    across = _LARGEST_CIRCLE * np.sqrt(layer.sizes / most) if most > 0 else np.zeros(known.size)
    across = np.maximum(across, 0.5) * POINTS_PER_MM
    order = np.argsort(-across, kind="stable")
    axes.scatter(
        *under.points[order].T,
        s=across[order] ** 2,
        c=colours[order],
        edgecolors=np.where(changed[order], INK, "#8a8780"),
        linewidths=np.where(changed[order], 1.1, 0.25),
        zorder=3,
    )


def _outline(axes: Axes, under: maps.Ground, changed: np.ndarray, per_mm: float | None) -> None:
    if not changed.any():
        return
    together = shapely.union_all(under.shapes.to_numpy()[changed])
    gpd.GeoSeries([together]).boundary.plot(
        ax=axes, color=INK, linewidth=0.9, aspect=None, zorder=3
    )
    west, south, east, north = together.bounds
    if per_mm is not None and max(east - west, north - south) < _SMALL * per_mm:
        centre = together.centroid
        axes.scatter(
            centre.x, centre.y, s=(1.6 * _SMALL * POINTS_PER_MM) ** 2, facecolors="none",
            edgecolors=INK, linewidths=0.7, zorder=3.5,
        )  # fmt: skip


def _percents(layer: Layer, changed: np.ndarray) -> pd.Series:
    """(n_zones,) percentages of changed zones whose colour cannot say them; else empty."""
    shown = layer.shown
    beyond = changed & ((shown < layer.norm.vmin) | (shown > layer.norm.vmax))
    beyond &= layer.percent
    return pd.Series(
        [f"{signed(v)} %" if b else "" for v, b in zip(shown, beyond, strict=True)], dtype=object
    )


def _names(axes: Axes, under: maps.Ground, changed: np.ndarray, names: pd.Series) -> None:
    """Names of changed places while they are few."""
    if not 0 < changed.sum() <= _NAMED:
        return
    west, _, east, _ = under.bounds
    for at in np.flatnonzero(changed):
        x, y = under.points[at]
        others = under.points[changed] - under.points[at]
        # Under its place where another changed one is close above, so that no names meet.
        crowded = (np.abs(others) < 0.15 * (east - west)).all(axis=1) & (others[:, 1] > 0)
        up = -1 if crowded.any() else 1
        side = (x - west) / (east - west)
        axes.annotate(
            names.iloc[at],
            (x, y),
            (0, up * 0.6 * _LARGEST_CIRCLE * POINTS_PER_MM),
            textcoords="offset points",
            ha="right" if side > 0.9 else "left" if side < 0.1 else "center",
            va="bottom" if up > 0 else "top",
            zorder=7,
            path_effects=[_HALO],
        )


def _window(under: maps.Ground, changed: np.ndarray) -> np.ndarray | None:
    """Square around the changed places that an inset magnifies; None where that shows no more."""
    if not changed.any():
        return None
    west, south, east, north = under.bounds
    side = min(east - west, north - south)
    points = under.points[changed]
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    half = max(0.045 * side, 1.2 * np.ptp(points, axis=0).max())
    if _ZOOM_SIDE * side / (2 * half) < _LEAST_ZOOM:
        return None
    inside = (np.abs(under.points - centre) <= half).all(axis=1).sum()
    return np.concatenate([centre - half, centre + half]) if inside >= _LEAST_ZONES else None


def _empty_corner(under: maps.Ground) -> tuple[float, float, float] | None:
    """West, south and side of the corner for an inset; None where it would hide zones."""
    west, south, east, north = under.bounds
    side = _ZOOM_SIDE * min(east - west, north - south)
    corners = [(x, y) for y in (north - side, south) for x in (west, east - side)]
    boxes = [shapely.box(x, y, x + side, y + side) for x, y in corners]
    hidden = [under.outline.intersection(box).area for box in boxes]
    best = int(np.argmin(hidden))
    if hidden[best] > _MOST_HIDDEN * side**2:
        return None
    if under.outline.area == 0 and shapely.intersects_xy(boxes[best], *under.points.T).any():
        return None
    return (*corners[best], side)


def _frame(window: np.ndarray, **look: float | str) -> Rectangle:
    west, south, east, north = window
    look = {"facecolor": "none", "edgecolor": INK, **look}
    return Rectangle((west, south), east - west, north - south, **look)
