"""Towns one by one: density about the centre (Figs 2b, 2c), pair distributions (Figs 19, 20)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.pairdist.growth import COUNTED, definition_drawn, line_width
from movelaws.plotting.symbolic import parts

PER_PAGE = 25
"""Towns on one page of pair distributions."""
FITS = (
    "definition", "counted", "town", "positions", "radius", "shape", "correlation",
    "correlation_inverse", "scale", "fall", "fall_low", "fall_high",
)  # fmt: skip
CURVES = ("definition", "counted", "town", "r_low", "r_high", "density", "law")
RINGS = ("definition", "counted", "town", "r_low", "r_high", "places", "density", "law")
NONE = "No town has as many positions as pairdist.towns.fewest asks for."
_LEFT, _TOP, _RIGHT, _AXIS, _KEY = 14.0, 8.0, 4.0, 9.5, 5.5
_ACROSS, _DOWN = 12.5, 12.0
_LAW = (0, (4, 1.6))


@style()
def town_density(fits: pd.DataFrame, rings: pd.DataFrame, *, synthetic: bool = False) -> Figure:
    """Density against distance to the centre, per km2 of land, with the exponential law.

    Parameters
    ----------
    fits, rings : of :func:`movelaws.pairdist.towns.towns`, of one point set; up to six towns, of
        the definition that gives the most towns.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    parts.checked(fits, FITS, "towns")
    parts.checked(rings, RINGS, "rings")
    names = _names(rings, fits)[:6]
    if not names:
        return parts.nothing(NONE, synthetic=synthetic)
    across, tall = 3, 36.0
    down = -(-len(names) // across)
    wide = (WIDTH_DOUBLE - _LEFT - _RIGHT - _ACROSS * (across - 1)) / across
    made = figure(WIDTH_DOUBLE, _TOP + down * (tall + _DOWN) + _KEY)
    for number, name in enumerate(names):
        row, column = divmod(number, across)
        axes = panels.axes_mm(
            made, _LEFT + column * (wide + _ACROSS), _TOP + row * (tall + _DOWN), wide, tall
        )
        _ring(axes, _of(rings, fits, name), _of(fits, fits, name))
        panels.letter(axes, number, name)
        if row == down - 1 or number + across >= len(names):
            axes.set_xlabel("Distance to the centre (m)")
        if column == 0:
            axes.set_ylabel("Density (1/km²)")
            axes.yaxis.set_label_coords(-0.22, 0.5)
    entries = _counted(rings)
    entries["exponential"] = Line2D([], [], color=INK, lw=1.0, ls=_LAW)
    parts.key(made, entries, len(entries))
    panels.tag_synthetic(made, synthetic)
    return made


@style()
def town_pairs(
    fits: pd.DataFrame, curves: pd.DataFrame, *, page: int = 1, synthetic: bool = False
) -> Figure:
    """Pair distributions of 25 towns, the largest first, with the generalised gamma.

    Parameters
    ----------
    fits, curves : of :func:`movelaws.pairdist.towns.towns`, of one point set.
    page : from 1; the second holds the towns 26 to 50 by size, and so on.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or ``page`` is not positive.
    """
    parts.checked(fits, FITS, "towns")
    parts.checked(curves, CURVES, "town curves")
    if page < 1:
        raise ValueError(f"page = {page}: pages count from 1")
    names = _names(curves, fits)[(page - 1) * PER_PAGE : page * PER_PAGE]
    if not names:
        return parts.nothing(NONE if page == 1 else "There are no more towns.", synthetic=synthetic)
    across, tall, gap = 5, 22.0, 4.0
    down = -(-len(names) // across)
    wide = (WIDTH_DOUBLE - 11.0 - _RIGHT - gap * (across - 1)) / across
    made = figure(WIDTH_DOUBLE, _TOP + down * (tall + 11.0) + 3.0 + _KEY)
    for number, name in enumerate(names):
        row, column = divmod(number, across)
        axes = panels.axes_mm(
            made, 11.0 + column * (wide + gap), _TOP + row * (tall + 11.0), wide, tall
        )
        _pair(axes, _of(curves, fits, name), _of(fits, fits, name))
        # The number of positions stands at the other end of the line.
        short = name if len(name) <= 14 else name[:13].rstrip() + "…"
        axes.annotate(
            short, (0, 1), (0, 4), xycoords="axes fraction", textcoords="offset points",
            fontweight="bold", annotation_clip=False,
        )  # fmt: skip
        if number + across >= len(names):
            axes.set_xlabel("Distance (m)")
    made.text(
        2.5 / WIDTH_DOUBLE, 0.52, "Share of pairs per metre, over the largest", rotation=90,
        ha="center", va="center",
    )  # fmt: skip
    entries = _counted(curves)
    entries["generalised gamma"] = Line2D([], [], color=INK, lw=0.9, ls=_LAW)
    parts.key(made, entries, len(entries))
    panels.tag_synthetic(made, synthetic)
    return made


def _names(table: pd.DataFrame, fits: pd.DataFrame) -> list[str]:
    """Towns of the definition drawn that the table has, the largest first."""
    own = fits[fits["definition"] == definition_drawn(fits)].drop_duplicates("town")
    there = set(table.loc[table["definition"] == definition_drawn(fits), "town"])
    order = own.sort_values("positions", ascending=False, kind="stable")["town"]
    return [name for name in order if name in there]


def _of(table: pd.DataFrame, fits: pd.DataFrame, town: str) -> pd.DataFrame:
    return table[(table["definition"] == definition_drawn(fits)) & (table["town"] == town)]


def _counted(table: pd.DataFrame) -> dict[str, Line2D]:
    return {
        counted: Line2D([], [], color=COUNTED[counted], lw=1.4)
        for counted in table["counted"].unique()
    }


def _ring(axes: Axes, rings: pd.DataFrame, fits: pd.DataFrame) -> None:
    told = []
    for counted, one in rings.groupby("counted", sort=False):
        x = (one["r_low"] + one["r_high"]).to_numpy() / 2
        colour = COUNTED[counted]
        y, n = one["density"].to_numpy(), one["places"].to_numpy(float)
        seen = np.isfinite(y) & (y > 0)
        spread = y[seen] / np.sqrt(n[seen])
        axes.errorbar(
            x[seen], y[seen], yerr=[np.minimum(spread, 0.9 * y[seen]), spread], fmt="o", ms=2.4,
            mew=0, color=colour, elinewidth=0.5, gid="density", zorder=3,
        )  # fmt: skip
        axes.plot(x, one["law"], color=INK, lw=1.0, ls=_LAW, gid="law", zorder=4)
        row = fits[fits["counted"] == counted].iloc[0]
        words = f"{row['scale']:,.0f} m"
        if np.isfinite(row["fall"]):
            words += f", {row['fall']:.2f} ({row['fall_low']:.2f} to {row['fall_high']:.2f})"
        told.append((words, colour))
    axes.set_yscale("log")
    axes.set_xlim(left=0)
    positive = rings.loc[rings["density"] > 0, ["density", "law"]]
    low, high = float(positive.min().min()), float(positive.max().max())
    axes.set_ylim(low / 1.6, high * 1.6 * 2.0 ** len(told))
    panels.decades(axes.yaxis)
    parts.thousands(axes.xaxis)
    for number, (words, colour) in enumerate(told):
        axes.annotate(
            words, (1, 1), (-1, -8 - 9 * number), xycoords="axes fraction",
            textcoords="offset points", ha="right", color=colour,
        )  # fmt: skip


def _pair(axes: Axes, curves: pd.DataFrame, fits: pd.DataFrame) -> None:
    top = float(np.nanmax(curves[["density", "law"]].to_numpy()))
    told = []
    for counted, one in curves.groupby("counted", sort=False):
        edges = np.append(one["r_low"].to_numpy(), one["r_high"].to_numpy()[-1])
        colour = COUNTED[counted]
        axes.stairs(
            one["density"] / top,
            edges,
            color=colour,
            lw=line_width(counted, curves),
            gid="density",
            zorder=2,
        )
        middle = (edges[1:] + edges[:-1]) / 2
        axes.plot(middle, one["law"] / top, color=INK, lw=0.9, ls=_LAW, gid="law", zorder=3)
        row = fits[fits["counted"] == counted].iloc[0]
        words = f"{row['radius']:,.0f} m, {row['shape']:.2f}, {row['correlation']:.3f}"
        told.append((words, colour))
    axes.set_xlim(0, float(curves["r_high"].max()))
    axes.set_ylim(0, 1.25 + 0.2 * len(told))
    axes.set_yticks([0, 1], labels=[])
    _few_ticks(axes)
    for number, (words, colour) in enumerate(told):
        axes.annotate(
            words, (1, 1), (0, -6 - 8 * number), xycoords="axes fraction",
            textcoords="offset points", ha="right", color=colour, fontsize=6,
        )  # fmt: skip
    axes.annotate(
        f"{fits['positions'].iloc[0]:,.0f}", (1, 1), (0, 4), xycoords="axes fraction",
        textcoords="offset points", ha="right", color=QUIET, annotation_clip=False,
    )  # fmt: skip


def _few_ticks(axes: Axes) -> None:
    """Ticks that stay clear of those of the next panel."""
    end = axes.get_xlim()[1]
    ticks = MaxNLocator(nbins=3).tick_values(0, end)
    axes.set_xticks(ticks[(ticks >= 0) & (ticks <= 0.88 * end)])
    parts.thousands(axes.xaxis)
