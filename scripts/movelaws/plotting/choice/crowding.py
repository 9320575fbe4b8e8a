"""Is there crowding? The exponent gamma by what measures a destination's attraction.

Rows with intervals, which the figure of parameters shares, are drawn here as well.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.textpath import TextPath

from movelaws.plotting import (
    FONT_SIZE,
    INK,
    POINTS_PER_MM,
    QUIET,
    WIDTH_DOUBLE,
    figure,
    panels,
    style,
)
from movelaws.plotting.colours import Look

COLUMNS = ["dataset", "attraction", "objective", "model", "gamma", "gamma_low", "gamma_high"]
ATTRACTIONS = {
    "arrivals": Look("#0072B2", "o"),
    "workplace": Look("#D55E00", "s"),
    "residential": Look("#009E73", "^"),
}
_NAMES = {
    "arrivals": "observed arrivals",
    "workplace": "workplace population",
    "residential": "residential population",
}
_CLIP, _LEAST = 12.0, -1.0  # of the axis; intervals that go further end in an arrow
_TICKS = (-1, -0.5, 0, 0.5, 1, 2, 5, 10)
_LINE, _GAP = 3.8, 3.0  # mm per reading, and between two datasets
_TOP, _BOTTOM, _NUMBERS, _P = 8.0, 16.0, 29.0, 17.0
_BAND = "#f3f3f3"
_DOTTED = {"ls": (0, (1.0, 1.4)), "dash_capstyle": "butt"}


@style()
def crowding(
    readings: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    planted: Mapping[str, float] | None = None,
    confidence: float = 0.95,
    synthetic: bool = False,
) -> Figure:
    """Crowding exponent by likelihood for every attraction, beside 0 (gravity 2, no crowding).

    Parameters
    ----------
    readings : dataset, attraction, objective, model, gamma, gamma_low, gamma_high (no unit) and,
        where known, at_bound (names of the parameters on the edge of the box searched: an open
        symbol on a dotted interval, which holds along that edge only) and p_value (one-sided,
        against gravity 2; a column of the figure if one is finite, blank where it is not).
        Rows with the objective "poisson" and the model "DCG" are drawn.
    labels : name to show by dataset; its keys choose the datasets and their order, and may name
        some that have no readings.
    planted : gamma that generated a dataset, by dataset.
    confidence : level of the intervals, between 0 and 1.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, an attraction is unknown, or no row is left to draw.
    """
    panels.require_columns(readings, COLUMNS, "readings")
    kept = (readings["objective"] == "poisson") & (readings["model"] == "DCG")
    drawn = readings[kept & readings["gamma"].notna()]
    names = present(drawn, labels, "readings: rows of model 'DCG' by objective 'poisson'")
    drawn = drawn[drawn["dataset"].isin(names)]
    unknown = sorted(set(drawn["attraction"]) - set(ATTRACTIONS))
    if unknown:
        raise ValueError(
            f"readings: attraction {', '.join(map(repr, unknown))}: use {', '.join(ATTRACTIONS)}"
        )
    parts = {name: _in_order(drawn[drawn["dataset"] == name]) for name in names}
    tested = "p_value" in drawn.columns and np.isfinite(drawn["p_value"].astype(float)).any()
    heights = [_LINE * len(part) + _GAP for part in parts.values()]
    left = margin([labels[name] for name in names])
    right = _NUMBERS + (_P if tested else 0.0) + 3.0
    made = figure(WIDTH_DOUBLE, _TOP + sum(heights) + _BOTTOM)
    axes = panels.axes_mm(made, left, _TOP, WIDTH_DOUBLE - left - right, sum(heights))
    limits = _gamma_axis(axes, drawn)
    edges = np.concatenate([[0.0], np.cumsum(heights)])
    rows(axes, edges, [labels[name] for name in names])
    axes.axvline(0, color=INK, lw=0.6, zorder=1)
    _header(axes, 0, "data", "0 = gravity 2", ha="center")
    _header(axes, _beside(axes, 2.0), "axes fraction", rf"$\gamma$ [{100 * confidence:g} % CI]")
    if tested:
        _header(axes, _beside(axes, 2.0 + _NUMBERS), "axes fraction", "$p$, one-sided")
    for (name, part), low, high in zip(parts.items(), edges[:-1], edges[1:], strict=True):
        if planted is not None and name in planted:
            tick(axes, planted[name], low + 0.6, high - 0.6)
        for number, row in enumerate(part.to_dict("records")):
            y = low + _GAP / 2 + _LINE * (number + 0.5)
            held = on_edge(row.get("at_bound"))
            interval(
                axes,
                y,
                (row["gamma"], row["gamma_low"], row["gamma_high"]),
                ATTRACTIONS[row["attraction"]],
                limits,
                held=held,
                dotted=held,
            )
            _beside_text(axes, 2.0, y, _written(row))
            if tested:
                _beside_text(axes, 2.0 + _NUMBERS, y, _probability(row["p_value"]))
    _key(made, axes, drawn, bool(planted) and any(name in planted for name in names))
    panels.tag_synthetic(made, synthetic)
    return made


def present(table: pd.DataFrame, labels: Mapping[str, str], name: str) -> list[str]:
    """Datasets of ``labels`` that ``table`` has, in that order; a ValueError if there is none."""
    there = [dataset for dataset in labels if (table["dataset"] == dataset).any()]
    if not there:
        has = ", ".join(map(str, table["dataset"].unique())) or "no dataset"
        raise ValueError(
            f"{name}: none of the datasets in labels ({', '.join(labels)}); there is {has}"
        )
    return there


def text_mm(text: str) -> float:
    """Width (mm) of a text in the figures' size of type."""
    return TextPath((0, 0), text, size=FONT_SIZE).get_extents().width / POINTS_PER_MM


def margin(names: Sequence[str]) -> float:
    """Room (mm) that names of rows need left of a panel."""
    return min(max(map(text_mm, names)) + 5.0, WIDTH_DOUBLE / 3)


def rows(axes: Axes, edges: np.ndarray, names: Sequence[str]) -> None:
    """Name rows between ``edges`` (n + 1,) and shade every second one; the first lies on top."""
    axes.set_ylim(edges[-1], edges[0])
    axes.set_yticks((edges[1:] + edges[:-1]) / 2, names)
    axes.tick_params(axis="y", length=0, pad=5)  # clear of arrows at the edge
    axes.spines["left"].set_visible(False)
    for low, high in zip(edges[:-1:2], edges[1::2], strict=False):
        axes.axhspan(low, high, color=_BAND, lw=0, zorder=0)


def interval(
    axes: Axes,
    y: float,
    values: tuple[float, float, float],
    look: Look,
    limits: tuple[float, float],
    *,
    held: bool = False,
    dotted: bool = False,
) -> None:
    """Value with its interval along x; an end beyond the axis is an arrow at its edge.

    Parameters
    ----------
    values : value, low, high; low and high NaN where no interval is known, or infinite.
    limits : of the axis.
    held : the value lies on the edge of the box searched: an open symbol.
    dotted : the interval holds along that edge only: a dotted line.
    """
    value, low, high = (float(number) for number in values)
    if not np.isfinite(value):
        return
    ends = [value if np.isnan(end) else end for end in (low, high)]
    first, last = np.clip(ends, *limits)
    if last > first:
        line, gid = (_DOTTED, "edge interval") if dotted else ({}, "interval")
        axes.plot([first, last], [y, y], color=look.colour, lw=1.0, zorder=2, gid=gid, **line)
    for end, edge, arrow in zip(
        (min(ends[0], value), max(ends[1], value)), limits, "<>", strict=True
    ):
        if not limits[0] <= end <= limits[1] and (end < edge) == (arrow == "<"):
            axes.plot(edge, y, arrow, color=look.colour, ms=3.2, mew=0, clip_on=False, gid="arrow")
    if limits[0] <= value <= limits[1]:
        axes.plot(
            value,
            y,
            look.marker,
            color=look.colour,
            mfc="white" if held else look.colour,
            ms=3.6,
            mew=0.8,
            zorder=4,
            clip_on=False,
            gid="edge" if held else "value",
        )


def tick(axes: Axes, value: float, low: float, high: float) -> None:
    """A value known from elsewhere (printed or planted): a dark stroke across the row."""
    if axes.get_xlim()[0] <= value <= axes.get_xlim()[1]:
        axes.plot([value] * 2, [low, high], color=INK, lw=1.3, zorder=3, gid="tick")


def on_edge(at_bound: object) -> bool:
    """Whether a field at_bound says so: a truth value, or names of parameters as text."""
    if at_bound is None or pd.isna(at_bound):
        return False
    if isinstance(at_bound, str):
        return at_bound.strip() not in ("", "False")
    return bool(at_bound)


def symbol(look: Look, **options: object) -> Line2D:
    """Entry of a key: the symbol alone."""
    drawn = {"ms": 3.6, "mew": 0.8, "ls": "", **options}
    return Line2D([], [], color=look.colour, marker=look.marker, **drawn)


def stroke() -> Line2D:
    """Entry of a key: the upright stroke of :func:`tick`."""
    return Line2D([], [], color=INK, marker="|", ls="", ms=7, mew=1.3)


def common_entries(gids: set[str | None]) -> dict[str, Line2D]:
    """Entries of a key for open symbols, dotted intervals and arrows, if they were drawn."""
    entries = {}
    if "edge interval" in gids:
        entries["holds along the edge of the box only"] = symbol(
            Look(QUIET, "o"), mfc="white", lw=1.0, **_DOTTED
        )
    elif "edge" in gids:
        entries[r"fit with $\alpha$ or $\gamma$ on the edge of the box searched"] = symbol(
            Look(QUIET, "o"), mfc="white"
        )
    if "arrow" in gids:
        entries["goes beyond the axis"] = symbol(Look(QUIET, ">"), mew=0, ms=3.2)
    return entries


def _in_order(part: pd.DataFrame) -> pd.DataFrame:
    return part.sort_values("attraction", key=lambda names: names.map(list(ATTRACTIONS).index))


def _gamma_axis(axes: Axes, drawn: pd.DataFrame) -> tuple[float, float]:
    """Linear up to 1 and logarithmic above: 0 is in sight, and 10 does not squeeze the rest."""
    ends = drawn[["gamma", "gamma_low", "gamma_high"]].to_numpy(float)
    finite = ends[np.isfinite(ends)]
    limits = (
        max(_LEAST, min(-0.1, 1.1 * finite.min())),
        min(_CLIP, max(2.0, 1.2 * finite.max())),
    )
    axes.set_xscale("symlog", linthresh=1.0, linscale=1.0)
    axes.set_xlim(*limits)
    inside = [value for value in _TICKS if limits[0] <= value <= limits[1]]
    axes.set_xticks(inside, [f"{value:g}".replace("-", "−") for value in inside])
    axes.set_xticks([], minor=True)
    axes.set_xlabel(
        r"Crowding exponent $\gamma$ by likelihood (no unit; linear to 1, logarithmic beyond)"
    )
    return limits


def _beside(axes: Axes, right_mm: float) -> float:
    """Position in shares of the panel, so many millimetres right of it."""
    wide = axes.get_position().width * WIDTH_DOUBLE
    return 1 + right_mm / wide


def _beside_text(axes: Axes, right_mm: float, y: float, text: str) -> None:
    axes.text(
        _beside(axes, right_mm),
        y,
        text,
        transform=axes.get_yaxis_transform(),
        va="center_baseline",
    )


def _header(axes: Axes, x: float, across: str, text: str, ha: str = "left") -> None:
    axes.annotate(
        text,
        (x, 1),
        (0, 3.5),
        xycoords=(across, "axes fraction"),
        textcoords="offset points",
        ha=ha,
        color=QUIET,
        annotation_clip=False,
    )


def _written(row: Mapping[str, object]) -> str:
    low, high = (float(row[key]) for key in ("gamma_low", "gamma_high"))
    value = f"{float(row['gamma']):.2f}"
    if np.isnan(low) and np.isnan(high):
        return value
    return f"{value} [{_end(low)}, {_end(high)}]".replace("-", "−")


def _end(value: float) -> str:
    return "?" if np.isnan(value) else f"{value:.2f}".replace("inf", "∞")


def _probability(value: float) -> str:
    if not np.isfinite(value):
        return ""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _key(made: Figure, axes: Axes, drawn: pd.DataFrame, planted: bool) -> None:
    used = [name for name in ATTRACTIONS if (drawn["attraction"] == name).any()]
    entries = {f"attraction: {_NAMES[name]}": symbol(ATTRACTIONS[name]) for name in used}
    if planted:
        entries["planted"] = stroke()
    entries |= common_entries({artist.get_gid() for artist in axes.lines})
    made.legend(
        list(entries.values()),
        list(entries),
        loc="lower center",
        ncols=3,
        handletextpad=0.2,
        columnspacing=1.6,
        borderaxespad=0.2,
        labelspacing=0.3,
    )
