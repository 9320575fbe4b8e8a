"""Do laws travel? A law of one country tried on another, its constants carried or refitted."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import QUIET, WIDTH_DOUBLE, WIDTH_SINGLE, colours, figure, panels, style
from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import lines

COLUMNS = (
    "fitted_on",
    "tried_on",
    "complexity",
    "expression",
    "rmse_carried",
    "rmse_refitted",
    "rmse_own",
)
MOST = 100.0
"""Ratios above are drawn as arrows with their value, so that the others stay readable."""
_TICKS = (1, 2, 5, 10, 20, 50, 100)
_LINEAR = 2.0  # up to this ratio the axis is linear
_GAP, _TOP, _AXIS, _KEY = 5.0, 7.0, 10.0, 5.5
_LAW, _RIGHT, _LINE, _PAD = 48.0, 4.0, 4.0, 1.4


@style()
def transfer(table: pd.DataFrame, *, labels: Mapping[str, str], synthetic: bool = False) -> Figure:
    """RMSE of other countries' laws over that of the best own law of the same complexity.

    Parameters
    ----------
    table : fitted_on, tried_on (datasets), complexity, expression, rmse_carried (constants kept),
        rmse_refitted and rmse_own (of the best law of ``tried_on`` itself); one unit.
    labels : name to show by dataset.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    parts.checked(table, COLUMNS, "transfer")
    table = table[(table["rmse_own"] > 0) & (table["fitted_on"] != table["tried_on"])]
    if table.empty:
        return parts.nothing("No law was tried on another dataset.", synthetic=synthetic)
    ways = [
        (way, part.sort_values("complexity", kind="stable"))
        for way, part in table.groupby(["fitted_on", "tried_on"], sort=False)
    ]
    laws = [[lines(law, _LAW - 8) for law in part["expression"]] for _, part in ways]
    heights = [sum(_tall(text) for text, _ in rows) for rows in laws]
    deep = [max(heights[at : at + 2]) for at in range(0, len(ways), 2)]
    wide = WIDTH_SINGLE if len(ways) == 1 else WIDTH_DOUBLE
    made = figure(wide, sum(deep) + len(deep) * (_TOP + _AXIS) + _KEY)
    ratios = table[["rmse_carried", "rmse_refitted"]].div(table["rmse_own"], axis=0).to_numpy()
    finite = ratios[np.isfinite(ratios)]
    highest = min(MOST, float(finite.max(initial=1.0)))
    limits = (
        min(0.99 if highest <= _LINEAR else 0.9, float(finite.min(initial=1.0)) / 1.02),
        max(1.05, highest * (1.03 if highest <= _LINEAR else 1.15)),
    )
    for at, (((source, goal), part), rows) in enumerate(zip(ways, laws, strict=True)):
        axes = panels.axes_mm(
            made,
            (at % 2) * (WIDTH_SINGLE + _GAP) + _LAW,
            sum(deep[: at // 2]) + (at // 2) * (_TOP + _AXIS) + _TOP,
            WIDTH_SINGLE - _LAW - _RIGHT,
            deep[at // 2],
        )
        axes.set_ylim(deep[at // 2], 0)
        axes.set_xlim(*limits)
        if highest > _LINEAR:
            _log_axis(axes, limits[1])
        _panel(axes, part, rows, colours.dataset(source))
        title = f"{labels.get(source, source)} → {labels.get(goal, goal)}"
        axes.annotate(
            title,
            (0, 1),
            ((6 - _LAW) * 72 / 25.4, 4.2),
            xycoords="axes fraction",
            textcoords="offset points",
            annotation_clip=False,
        )
        axes.annotate(
            chr(ord("a") + at),
            (0, 1),
            ((1 - _LAW) * 72 / 25.4, 4.2),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=8,
            fontweight="bold",
            annotation_clip=False,
        )
    parts.key(
        made,
        {
            "constants carried over": Line2D(
                [], [], ls="", marker="o", mfc="white", color=QUIET, ms=4, mew=0.9
            ),
            "constants refitted": Line2D([], [], ls="", marker="o", color=QUIET, ms=4, mew=0.9),
            "best own law": Line2D([], [], color=QUIET, lw=0.8),
        },
        3,
    )
    panels.tag_synthetic(made, synthetic)
    return made


def _tall(text: str) -> float:
    return _LINE * (text.count("\n") + 1) + _PAD


def _log_axis(axes: Axes, highest: float) -> None:
    axes.set_xscale("log")
    axes.set_xticks([tick for tick in _TICKS if tick <= highest], minor=False)
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter("{x:g}")


def _panel(
    axes: Axes, part: pd.DataFrame, rows: list[tuple[str, float]], look: colours.Look
) -> None:
    wide = axes.get_position().width * axes.figure.get_size_inches()[0] * 25.4
    drawn = {"transform": axes.get_yaxis_transform()}
    axes.axvline(1, color=QUIET, lw=0.8, zorder=1)
    top = 0.0
    for row, (text, size) in zip(part.to_dict("records"), rows, strict=True):
        y = top + _tall(text) / 2
        top += _tall(text)
        axes.text(
            -(_LAW - 4.5) / wide,
            y,
            f"{row['complexity']}",
            ha="right",
            va="center_baseline",
            **drawn,
        )
        axes.text(
            -(_LAW - 6) / wide,
            y,
            text,
            fontsize=size,
            va="center",
            linespacing=1.3,
            gid="law",
            **drawn,
        )
        _dumbbell(
            axes,
            y,
            row["rmse_carried"] / row["rmse_own"],
            row["rmse_refitted"] / row["rmse_own"],
            look,
        )
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#dddddd", lw=0.4)
    axes.set_axisbelow(True)
    axes.set_xlabel("RMSE over that of the best own law")


def _dumbbell(axes: Axes, y: float, carried: float, refitted: float, look: colours.Look) -> None:
    most = axes.get_xlim()[1]
    ends = [end if np.isfinite(end) else np.nan for end in (refitted, min(carried, most))]
    axes.plot(ends, [y, y], color=look.colour, lw=0.8, zorder=2)
    beyond = []
    for value, fill, gid in ((carried, "white", "carried"), (refitted, look.colour, "refitted")):
        if np.isnan(value):
            continue
        if value > most:
            beyond.append(f"{value:,.3g}" if np.isfinite(value) else "no flow")
        else:
            axes.plot(
                value, y, look.marker, color=look.colour, mfc=fill, ms=4, mew=0.9, zorder=3, gid=gid
            )
    if beyond:
        axes.plot(most, y, ">", color=look.colour, ms=3.4, mew=0, clip_on=False, gid="beyond")
        axes.text(
            most,
            y - 0.6,
            " and ".join(dict.fromkeys(beyond)) + "  ",
            ha="right",
            va="bottom",
            color=QUIET,
            fontsize=6,
            zorder=5,
        )
