"""Summary numbers over seeds of the random populations, beside the bootstrap over cells."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

from movelaws.plotting import INK, QUIET, panels, style
from movelaws.plotting.lagrangian.diverged import entry, left_out
from movelaws.plotting.lagrangian.layout import few_steps, grid, key
from movelaws.plotting.lagrangian.looks import case

COLUMNS = ["case", "resampled", "seed", "quantity", "value"]
SUMMARY = ["case", "method", "quantity", "value", "low", "high"]
QUANTITIES = {
    "rms": ("RMS of $q$", "log"),
    "median_abs_gamma": (r"Median $|\Gamma|$", "log"),
    "median_abs_lambda": (r"Median $|\Lambda|$", "log"),
    "median_inertia_ratio": ("Median $I_a$", "log"),
    "median_dissipation": (r"Median $\gamma_a$", "linear"),
    "share_negative_dissipation": (r"Share $\gamma_a<0$", "linear"),
    "median_flow": (r"Median $\Phi_a$", "log"),
    "median_time": (r"Median $\tau_a$", "linear"),
    "pearson_psi": (r"$r$ of the $\psi$ maps", "linear"),
    "moran_psi_v0": (r"Moran's $I$ of $\psi$", "linear"),
}
RESAMPLED = {
    "growth": "grown anew",
    "staying": "drawn, most stay",
    "independent": "drawn each time",
    "days": "each day",
}
DIVERGED = "diverged"
"""Quantity that is 1 for a realisation whose schedule diverged and 0 for others."""
_PER_ROW, _ROW, _PAD = 5, 5.4, 2.0  # mm per case and way
_LONG = 0.5  # of a panel, a label with a power of ten and a factor
_LEFT, _CASE = 47.0, 45.5  # mm to the panels, and from them back to the names of the cases


class _Row(NamedTuple):
    case: str
    way: str
    diverged: int
    count: int


@style()
def seeds(
    table: pd.DataFrame,
    summary: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    method: str = "printed",
    diverged: Collection[str] = (),
    synthetic: bool = False,
) -> Figure:
    """A panel per quantity, a row per case and per what is drawn anew; the bar is the bootstrap.

    Dots that scatter far beyond the bar say that the interval from one realisation is too narrow.
    Realisations whose schedule diverged have no dot; how many they are stands at their row.

    Parameters
    ----------
    table : COLUMNS; rows of DIVERGED are counted where there are any.
    summary : SUMMARY, with the intervals of the run.
    labels : of the cases, in order; those without seeds are left out.
    method : whose intervals are shown.
    diverged : cases whose printed schedule ran away in the run itself: no bar, but a grey cross.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or no case has a seed.
    """
    panels.require_columns(table, COLUMNS, "seeds")
    panels.require_columns(summary, SUMMARY, "summary")
    cases = [name for name in labels if (table["case"] == name).any()]
    shown = [name for name in QUANTITIES if (table["quantity"] == name).any()]
    if not cases or not shown:
        raise ValueError(f"seeds: no row of {', '.join(QUANTITIES)} for {', '.join(labels)}")
    gone = left_out(diverged, cases, method)
    own = summary[(summary["method"] == method) & ~summary["case"].isin(gone)]
    rows = _rows(table, cases)
    lost = bool(gone) or any(row.diverged for row in rows)
    made, axes = grid(len(shown), _PER_ROW, _ROW * len(rows) + _PAD, left=_LEFT, right=3,
                      across=4, down=15, below=9 if lost else 6)  # fmt: skip
    for place, name in enumerate(shown):
        _panel(axes[place], table, own, name, rows, labels, gone)
        axes[place].set_yticks([])
        if place % _PER_ROW == 0:
            _names(axes[place], rows, labels)
        panels.letter(axes[place], place)
        axes[place].set_xlabel(QUANTITIES[name][0])
    entries = {
        "a realisation": Line2D([], [], color=QUIET, ls="", marker="o", ms=2.6, mew=0, alpha=0.6),
        "this run, with the interval of its block bootstrap": Line2D(
            [], [], color=INK, marker="|", ms=5, mew=1.0, lw=2.2, alpha=0.8),
    }  # fmt: skip
    entries |= entry() if lost else {}
    key(made, entries, 2 if lost else None)
    panels.tag_synthetic(made, synthetic)
    return made


def _rows(table: pd.DataFrame, cases: list[str]) -> list[_Row]:
    rows = []
    for name in cases:
        for way in RESAMPLED:
            part = table[(table["case"] == name) & (table["resampled"] == way)]
            if part.empty:
                continue
            lost = part.loc[part["quantity"] == DIVERGED, "value"]
            rows.append(_Row(name, way, int(lost.sum()), part["seed"].nunique()))
    return rows


def _names(axes: Axes, rows: list[_Row], labels: Mapping[str, str]) -> None:
    """Cases on the left, then what is drawn anew, and below it in grey how many diverged."""
    placed = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points",
              "annotation_clip": False}  # fmt: skip
    before = None
    for at, row in enumerate(rows):
        up = 0.0 if not row.diverged else 3.5
        if row.case != before:
            left = -_CASE * 72 / 25.4
            axes.annotate(labels[row.case], (0, at), (left, up), va="center", **placed)
        before = row.case
        axes.annotate(RESAMPLED[row.way], (0, at), (-5, up), ha="right", va="center", **placed)
        if row.diverged:
            words = f"× {row.diverged} of {row.count}"
            axes.annotate(words, (0, at), (-5, up - 7.5), ha="right", va="center", color=QUIET,
                          gid="diverged", **placed)  # fmt: skip


def _decades(axes: Axes) -> None:
    """Ticks of a log axis, with long labels, as of 2 x 10^-4, only where there is room."""
    panels.decades(axes.xaxis)
    low, high = axes.get_xlim()
    ticks = np.asarray(axes.get_xticks())
    if (low >= 0.01 and high <= 1e6) or np.allclose(np.log10(ticks) % 1, 0):
        return
    kept = []
    for tick in ticks:
        if not kept or np.log(tick / kept[-1]) > _LONG * np.log(high / low):
            kept.append(tick)
    axes.xaxis.set_major_locator(FixedLocator(kept))


def _panel(
    axes: Axes,
    table: pd.DataFrame,
    summary: pd.DataFrame,
    quantity: str,
    rows: list[_Row],
    labels: Mapping[str, str],
    gone: Collection[str],
) -> None:
    part = table[table["quantity"] == quantity]
    whole = summary[summary["quantity"] == quantity].set_index("case")
    log = QUANTITIES[quantity][1] == "log" and (part["value"] > 0).all()
    axes.set_xscale("log" if log else "linear")
    before = None
    for at, row in enumerate(rows):
        look = case(row.case, labels)
        first, before = row.case != before, row.case
        own = part[(part["case"] == row.case) & (part["resampled"] == row.way)]
        values = own["value"].to_numpy(dtype=float)
        heights = at - 0.1 - 0.18 * (np.arange(len(values)) % 2)  # two rows, so that dots part
        axes.plot(values, heights, "o", color=look.colour, ms=2.4, mew=0, alpha=0.6, gid="seed")
        if first and at:
            axes.axhline(at - 0.5, color="#d9d9d9", lw=0.4, zorder=0)
        if first and row.case in gone:
            # left of the axis: it stands for no value
            axes.plot(-0.035, at + 0.22, "x", color=QUIET, ms=3.2, mew=0.8, gid="diverged",
                      transform=axes.get_yaxis_transform(), clip_on=False)  # fmt: skip
        elif first and row.case in whole.index:
            one = whole.loc[row.case]
            axes.plot([one["low"], one["high"]], [at + 0.22] * 2, color=look.colour, lw=2.2,
                      alpha=0.55, solid_capstyle="butt", gid="interval")  # fmt: skip
            axes.plot(one["value"], at + 0.22, "|", color=INK, ms=5, mew=1.0, gid="value")
    axes.set_ylim(len(rows) - 0.45, -0.6)
    axes.margins(x=0.08)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#e4e4e4", lw=0.4)
    axes.set_axisbelow(True)
    if log:
        axes.autoscale_view()
        _decades(axes)
    else:
        few_steps(axes.xaxis)
