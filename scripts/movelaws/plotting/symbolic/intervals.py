"""How well the data fix the constants of the laws of the front."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import (
    POINTS_PER_MM,
    QUIET,
    TITLE_SIZE,
    WIDTH_DOUBLE,
    WIDTH_SINGLE,
    colours,
    figure,
    panels,
    style,
)
from movelaws.plotting.choice.parameters import on_edge
from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import constant, lines

COLUMNS = ("complexity", "rank", "expression", "constant", "value", "low", "high", "at_bound")
REACH = 0.5
"""Largest deviation from the value, as a share of it, that the axis shows."""
_GAP, _TOP, _ROW, _AXIS, _KEY = 5.0, 10.0, 4.0, 10.0, 5.5
_LAW, _VALUE, _RIGHT = 41.0, 18.0, 4.0  # mm: of the law, the constant and its value, the margin


@style()
def intervals(
    tables: Mapping[str, pd.DataFrame],
    *,
    labels: Mapping[str, str],
    confidence: float = 0.95,
    synthetic: bool = False,
) -> Figure:
    """Interval of every constant as a share of its value, two datasets side by side.

    Parameters
    ----------
    tables : by dataset: complexity, rank, expression, constant (1, 2, ... from the left), value,
        low, high and at_bound; only the laws of rank 1 are drawn. NaN or infinite ends are
        unknown or open.
    labels : name to show by dataset.
    confidence : level of the intervals, between 0 and 1.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there is no dataset or a column is missing.
    """
    if not tables:
        raise ValueError("tables: no dataset to draw")
    best = {}
    for name, table in tables.items():
        parts.checked(table, COLUMNS, f"tables[{name!r}]")
        # a file without rows has columns without numbers
        values = pd.to_numeric(table["value"], errors="coerce")
        kept = table[(table["rank"] == 1) & np.isfinite(values)]
        best[name] = kept.sort_values(["complexity", "constant"], kind="stable")
    if all(part.empty for part in best.values()):
        return parts.nothing("No law of the front has a constant.", synthetic=synthetic)
    wide = WIDTH_SINGLE if len(best) == 1 else WIDTH_DOUBLE
    names = list(best)
    deep = [
        max(_height(best[name]) for name in names[at : at + 2]) for at in range(0, len(names), 2)
    ]
    key = _KEY if len(best) > 1 else 2 * _KEY
    made = figure(wide, sum(deep) + len(deep) * (_TOP + _AXIS) + key)
    top = 0.0
    for at, name in enumerate(names):
        left = (at % 2) * (WIDTH_SINGLE + _GAP) + _LAW + _VALUE
        axes = panels.axes_mm(
            made, left, top + _TOP, WIDTH_SINGLE - _LAW - _VALUE - _RIGHT, deep[at // 2]
        )
        axes.set_ylim(deep[at // 2], 0)
        _panel(axes, best[name], colours.dataset(name))
        _title(axes, at, labels.get(name, name))
        if at % 2:
            top += deep[at // 2] + _TOP + _AXIS
    parts.key(
        made,
        {
            f"{100 * confidence:g} % interval": Line2D([], [], color=QUIET, lw=1.2),
            "at the edge of the search": Line2D(
                [], [], ls="", marker="o", mfc="white", color=QUIET, ms=4
            ),
            "interval goes on": Line2D([], [], ls="", marker=">", color=QUIET, ms=3, mew=0),
        },
        3 if len(best) > 1 else 2,
    )
    panels.tag_synthetic(made, synthetic)
    return made


def _title(axes: Axes, at: int, title: str) -> None:
    """Letter and name above the laws, which stand left of the panel."""
    for text, right, options in (
        (chr(ord("a") + at), 0.5, {"fontsize": TITLE_SIZE, "fontweight": "bold"}),
        (title, 4.5, {}),
    ):
        axes.annotate(
            text,
            (0, 1),
            ((right - _LAW - _VALUE) * POINTS_PER_MM, 6 * POINTS_PER_MM),
            xycoords="axes fraction",
            textcoords="offset points",
            annotation_clip=False,
            **options,
        )


def relative(value: float, low: float, high: float) -> tuple[float, float]:
    """Ends of an interval as shares of the value, in order whatever its sign; open is infinite."""
    if value == 0:
        return -np.inf, np.inf
    ends = sorted((low / value, high / value))
    return float(ends[0]), float(ends[1])


def _laws(table: pd.DataFrame) -> list[tuple[dict, str, float]]:
    """The first row of each law with the law as text of some lines."""
    rows, seen = [], set()
    for row in table.to_dict("records"):
        law = "", 7.0
        if row["complexity"] not in seen:
            law = lines(row["expression"], _LAW - 10)
        seen.add(row["complexity"])
        rows.append((row, *law))
    return rows


def _placed(table: pd.DataFrame) -> tuple[list[tuple[dict, str, float, float]], float]:
    """Rows with their law, and millimetres from the top; a law has room for all its lines."""
    y, until, before, placed = 0.0, 0.0, None, []
    for row, text, size in _laws(table):
        if row["complexity"] != before:
            y = max(y, until)
            y += 0.8 if before is not None else 0.4
            until = y + 4.0 * (text.count("\n") + 1) + 0.6
        before = row["complexity"]
        placed.append((row, text, size, y + _ROW / 2))
        y += _ROW
    return placed, max(y, until) + 0.4


def _height(table: pd.DataFrame) -> float:
    return max(_placed(table)[1], 8.0)


def _panel(axes: Axes, table: pd.DataFrame, look: colours.Look) -> None:
    wide = axes.get_position().width * axes.figure.get_size_inches()[0] * 25.4
    drawn = {"transform": axes.get_yaxis_transform(), "va": "center_baseline"}
    placed, _ = _placed(table)
    shares = [relative(row["value"], row["low"], row["high"]) for row, *_ in placed]
    off = np.abs(np.array(shares, dtype=float).reshape(-1, 2) - 1)
    off = off[np.isfinite(off)]
    reach = float(np.clip(1.25 * off.max(initial=0.004), 0.005, REACH))
    axes.set_xlim(1 - reach, 1 + reach)
    axes.axvline(1, color=QUIET, lw=0.5, zorder=0)
    if not placed:
        axes.text(0.5, 4, "no constant", transform=axes.get_yaxis_transform(), ha="center")
    for (row, text, size, y), (low, high) in zip(placed, shares, strict=True):
        if text:
            several = "\n" in text
            axes.text(
                -(_LAW + _VALUE - 6) / wide,
                y - 1.6 if several else y,
                text,
                fontsize=size,
                gid="law",
                transform=axes.get_yaxis_transform(),
                va="top" if several else "center_baseline",
                linespacing=1.3,
            )
            axes.text(-(_LAW + _VALUE - 4.5) / wide, y, f"{row['complexity']}", ha="right", **drawn)
        shown = f"$c_{{{row['constant']}}} = {constant(row['value'])}$"
        axes.text(-2 / wide, y, shown, ha="right", **drawn)
        _interval(axes, y, low, high, reach, look, on_edge(row["at_bound"]))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Constant over its value")
    axes.text(-(_LAW + _VALUE - 4.5) / wide, -1.6, "$C$", ha="right", color=QUIET, **drawn)
    axes.text(-(_LAW + _VALUE - 6) / wide, -1.6, "law", color=QUIET, **drawn)


def _interval(
    axes: Axes, y: float, low: float, high: float, reach: float, look: colours.Look, edge: bool
) -> None:
    ends = [np.nan_to_num(low, nan=1.0), np.nan_to_num(high, nan=1.0)]
    clipped = np.clip(ends, 1 - reach, 1 + reach)
    axes.plot(clipped, [y, y], color=look.colour, lw=1.2, gid="interval", solid_capstyle="butt")
    for end, shown, arrow in zip(ends, clipped, "<>", strict=True):
        if end != shown:
            axes.plot(shown, y, arrow, color=look.colour, ms=3, mew=0, clip_on=False, gid="arrow")
    axes.plot(
        1,
        y,
        look.marker,
        color=look.colour,
        mfc="white" if edge else look.colour,
        ms=3.4,
        mew=0.8,
        zorder=3,
        gid="value",
    )
