"""What if some places are struck: where fewer people go then, and where more."""

import textwrap

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PathCollection
from matplotlib.colors import LinearSegmentedColormap, SymLogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from movelaws.plotting import (
    INK,
    QUIET,
    TITLE_SIZE,
    WIDTH_DOUBLE,
    figure,
    maps,
    panels,
    style,
)
from movelaws.plotting.inequality import ways
from movelaws.plotting.inequality.settlements import shape_path

LOSS, GAIN = "#b2182b", "#2166ac"
"""Bars and arrows: fewer people, more people."""

_EDGE, _GAP, _HEADER, _KEY, _LINE = 1.0, 4.0, 6.5, 11.5, 3.8  # mm
_MAP, _TALLEST_MAP = 118.0, 105.0
_BAR_LEFT, _BAR_DEEP = 25.0, 2.6
_ARROWS, _BARS, _LISTED = 15, 5, 5
_WIDEST, _THINNEST = 3.6, 0.5  # points
_LETTERS = 17  # of a name
_WORDS = 44  # letters of a line beside the map
_NO_BREAK = "\u00a0"
_SHADES = 0.12, 0.88  # of the colour scale, so that arrows and outlines show upon it


@style()
def what_if_map(
    zones: gpd.GeoDataFrame,
    destinations: pd.DataFrame,
    flows: pd.DataFrame,
    summary: pd.DataFrame,
    *,
    title: str,
    unit: str = "people",
    synthetic: bool = False,
) -> Figure:
    """Change of arrivals, the largest changes of flows, and who gains and loses most.

    Parameters
    ----------
    zones : canonical zones, (n_zones,).
    destinations : zone_id, name, struck, before, change: arrivals, a row for each zone.
    flows : origin, destination, their names, change; the largest are drawn.
    summary : quantity, value, unit: what is said in words.
    title : the scenario.
    unit : what flows count.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a table lacks a column, a zone or a quantity, or no zone is struck.
    """
    panels.require_columns(
        destinations, ["zone_id", "name", "struck", "before", "change"], "destinations"
    )
    ends = ["origin", "destination", "origin_name", "destination_name"]
    panels.require_columns(flows, [*ends, "change"], "flows")
    panels.require_columns(summary, ["quantity", "value"], "summary")
    known = destinations.set_index(destinations["zone_id"].astype(str))
    ids = zones["zone_id"].astype(str)
    missing = ids[~ids.isin(known.index)]
    if len(missing):
        raise ValueError(
            f"destinations: {len(known)} rows, none for zone {missing.iloc[0]!r} of {len(ids)}"
        )
    known = known.loc[ids]
    struck = known["struck"].to_numpy(dtype=bool)
    if not struck.any():
        raise ValueError("destinations: no zone is struck, so nothing is compared")
    told = _told(summary, known, unit)
    # Sorted here, for the table may be in any order.
    largest = flows[flows["change"] != 0]
    largest = largest.loc[
        largest["change"].abs().sort_values(ascending=False, kind="stable").index[:_ARROWS]
    ]

    under = maps.ground(zones)
    wide, tall = under.bounds[2:] - under.bounds[:2]
    height = min(_MAP * tall / wide, _TALLEST_MAP)
    width = height * wide / tall
    bars = _sides(known)
    beside = _LINE * (sum(map(len, bars)) + len(largest[:_LISTED]) + 5.5 + len(told))
    deep = max(height + _KEY, beside)
    made = figure(WIDTH_DOUBLE, 2 * _EDGE + _HEADER + deep)
    axes = panels.axes_mm(made, 0, 0, WIDTH_DOUBLE, _HEADER)
    axes.set_axis_off()
    axes.set(xlim=(0, WIDTH_DOUBLE), ylim=(_HEADER, 0))
    axes.text(_EDGE, 4.0, title, fontsize=TITLE_SIZE, fontweight="bold")

    change = known["change"].to_numpy(dtype=float)
    norm = _norm(change)
    left = _EDGE + (_MAP - width) / 2
    axes = panels.axes_mm(made, left, _EDGE + _HEADER, width, height, gid="map")
    _zones(axes, under, change, struck, norm)
    _arrows(axes, zones, under, largest, wide / width)
    maps.scale_bar(axes, under)
    _colour_bar(made, norm, (_EDGE, _EDGE + _HEADER + height + 1.0), unit)

    right = _EDGE + _MAP + _GAP
    axes = panels.axes_mm(made, right, _EDGE + _HEADER, WIDTH_DOUBLE - right - _EDGE, deep)
    y = _bars(axes, deep, bars, unit)
    _words(axes, y, largest[:_LISTED], told)
    panels.tag_synthetic(made, synthetic)
    return made


def _told(summary: pd.DataFrame, known: pd.DataFrame, unit: str) -> list[str]:
    """The scenario in words, in lines that fit beside the map."""
    value = dict(zip(summary["quantity"], summary["value"].astype(float), strict=True))
    needed = ["delta - 1", "people who move", "go elsewhere", "mean distance before",
              "mean distance after"]  # fmt: skip
    lacking = [quantity for quantity in needed if quantity not in value]
    if lacking:
        raise ValueError(
            f"summary: no quantity {lacking[0]!r}; there are {', '.join(map(str, value))}"
        )
    hit = known[known["struck"].astype(bool)]
    change, had = float(hit["change"].sum()), f"{hit['before'].sum():,.0f} arrivals."
    share = value["go elsewhere"] / value["people who move"]
    far = [ways.kilometres(value[f"mean distance {when}"]) for when in ("before", "after")]
    paragraphs = [
        f"Of {value['people who move']:,.0f} {unit}, {value['go elsewhere']:,.0f} "
        f"({100 * share:.1f} %) go elsewhere. The struck places "
        + (f"gain {change:,.0f} beside {had}" if change > 0 else f"lose {-change:,.0f} of {had}"),
        f"Mean distance: {far[0]} km before, {far[1]} km after." if far[0] != far[1] else "",
        f"Arrows: the {_ARROWS} flows that change most; wider if by more.",
        f"Both sides are predictions, after with {_penalty(value['delta - 1'])} "
        "in the struck places.",
    ]
    lines = []
    for paragraph in paragraphs:
        lines += textwrap.wrap(paragraph, _WORDS)
    # The penalty is mathematics, which is shorter on paper than in letters.
    return [line.replace("PENALTY", panels.power_of_ten(value["delta - 1"])) for line in lines]


def _penalty(value: float) -> str:
    """In one piece, for the wrapping of lines."""
    number = "PENALTY" if value > 0 else f"{value:g}".replace("-", "−")
    return f"δ − 1 = {number}".replace(" ", _NO_BREAK)


def _norm(change: np.ndarray) -> SymLogNorm:
    """Logarithmic both ways but near 0: a few places change a hundred times as much as the rest."""
    most = max(float(np.abs(change).max()), 1.0)
    return SymLogNorm(most / 100, linscale=0.5, vmin=-most, vmax=most, base=10)


def _scale() -> LinearSegmentedColormap:
    """Red to blue without the darkest ends."""
    return LinearSegmentedColormap.from_list(
        "change", colormaps["RdBu"](np.linspace(*_SHADES, 256))
    )


def _zones(
    axes: Axes, under: maps.Ground, change: np.ndarray, struck: np.ndarray, norm: SymLogNorm
) -> None:
    """Zones by their change; the struck ones hatched and outlined above all colours."""
    maps.base_map(axes, under)
    colours = _scale()(norm(change))
    if under.outline.area == 0:
        axes.scatter(
            *under.points.T, s=14, c=colours, zorder=0.7, gid="zones",
            edgecolors=np.where(struck, INK, "#8a8780"), linewidths=np.where(struck, 1.0, 0.2),
        )  # fmt: skip
        return
    drawn = np.array([not shape.is_empty for shape in under.shapes])
    paths = [shape_path(shape) for shape in under.shapes[drawn]]
    axes.add_collection(
        PathCollection(
            paths,
            facecolors=colours[drawn],
            edgecolors=maps.COAST,
            linewidths=0.2,
            zorder=0.6,
            gid="zones",
        ),
        autolim=False,
    )
    axes.add_collection(
        PathCollection(
            [path for path, hit in zip(paths, struck[drawn], strict=True) if hit],
            facecolor="none",
            edgecolor=INK,
            linewidths=0.9,
            hatch="////",
            hatch_linewidth=0.35,
            zorder=2.5,
            gid="struck",
        ),
        autolim=False,
    )


def _arrows(
    axes: Axes, zones: gpd.GeoDataFrame, under: maps.Ground, flows: pd.DataFrame, per_mm: float
) -> None:
    """Red where fewer go, blue where more; the widest first, that they hide no narrow ones."""
    start, end = (
        under.points[ways.positions(zones, flows[side], "flows")]
        for side in ("origin", "destination")
    )
    most = flows["change"].abs().max()
    for a, b, change in zip(start, end, flows["change"], strict=True):
        width = max(_WIDEST * np.sqrt(abs(change) / most), _THINNEST)
        ways.arrow(axes, a, b, width, GAIN if change > 0 else LOSS, per_mm).set_gid("change")


def _colour_bar(made: Figure, norm: SymLogNorm, place: tuple[float, float], unit: str) -> None:
    """Beneath the map, with numbers at powers of ten."""
    left, top = place
    bar = 62.0
    axes = panels.axes_mm(made, left + (_MAP - bar) / 2, top, bar, 2.2)
    colour_bar = made.colorbar(ScalarMappable(norm, _scale()), cax=axes, orientation="horizontal")
    colour_bar.outline.set_linewidth(0.3)
    top_power = np.floor(np.log10(norm.vmax))
    powers = [10.0**n for n in (top_power - 1, top_power)]
    colour_bar.locator = FixedLocator([-powers[1], -powers[0], 0, *powers])
    colour_bar.formatter = FuncFormatter(lambda v, _: signed(v))
    colour_bar.minorlocator = NullLocator()
    colour_bar.update_ticks()
    colour_bar.set_label(f"Change of arrivals ({unit}); hatched: struck")


def _sides(known: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The largest losses and the largest gains, each from the largest on."""
    ranked = known.sort_values("change", kind="stable")
    losses = ranked[ranked["change"] < 0].head(_BARS)
    gains = ranked[ranked["change"] > 0].tail(_BARS).iloc[::-1]
    return losses, gains


def _bars(axes: Axes, deep: float, bars: tuple[pd.DataFrame, pd.DataFrame], unit: str) -> float:
    """Bars of losses and gains; units are mm from the top. Where the next line goes."""
    wide = axes.get_position().width * WIDTH_DOUBLE
    axes.set_axis_off()
    axes.set(xlim=(0, wide), ylim=(deep, 0))
    most = max((part["change"].abs().max() for part in bars if len(part)), default=1.0)
    y = 1.0
    for part, word, colour in zip(bars, ("fewer", "more"), (LOSS, GAIN), strict=True):
        if part.empty:
            continue
        axes.text(0, y, f"Arrivals: {word} {unit}", color=QUIET, va="center_baseline")
        y += _LINE
        for row in part.to_dict("records"):
            long = (wide - _BAR_LEFT - 11.0) * abs(row["change"]) / most
            name, hit = ways.shortened(str(row["name"]), _LETTERS), bool(row["struck"])
            weight = "bold" if hit else "normal"
            axes.text(_BAR_LEFT - 1.5, y, name, ha="right", va="center_baseline", fontweight=weight)
            axes.barh(
                y, long, _BAR_DEEP, _BAR_LEFT, color=colour, hatch="/////" if hit else None,
                edgecolor="white", linewidth=0, hatch_linewidth=0.4, gid=word,
            )  # fmt: skip
            axes.text(_BAR_LEFT + long + 1.0, y, signed(row["change"]), va="center_baseline")
            y += _LINE
        y += 0.4 * _LINE
    return y


def _words(axes: Axes, y: float, flows: pd.DataFrame, told: list[str]) -> None:
    """The flows that change most, then lines of text."""
    wide = axes.get_xlim()[1]
    axes.text(0, y, "Flows that change most", color=QUIET, va="center_baseline")
    y += _LINE
    for row in flows.to_dict("records"):
        names = (ways.shortened(str(row[f"{e}_name"]), _LETTERS) for e in ("origin", "destination"))
        axes.text(0, y, " → ".join(names), va="center_baseline")
        colour = GAIN if row["change"] > 0 else LOSS
        axes.text(wide, y, signed(row["change"]), ha="right", color=colour, va="center_baseline")
        y += _LINE
    y += 0.4 * _LINE
    for line in told:
        axes.text(0, y, line, va="center_baseline", color=QUIET)
        y += _LINE


def signed(value: float) -> str:
    """Number with its sign, and as many digits as it takes."""
    text = f"{value:+,.0f}" if abs(value) >= 9.5 or value == 0 else f"{value:+.2g}"
    return "0" if float(value) == 0 else text.replace("-", "−")
