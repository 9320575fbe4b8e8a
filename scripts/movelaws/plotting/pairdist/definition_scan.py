"""Agreement of official towns with those found, by parameter and by reading (Fig. 37)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.colours import Look

READINGS = {
    "all": "all places",
    "official": "places in a unit",
    "built_up": "of these, built up",
    "both": "of these, in a town",
}
LOOKS = {
    "HDBSCAN": Look("#4477AA", "o"),
    "DBSCAN": Look("#EE6677", "s"),
    "distance rule": Look("#228833", "D"),
}
UNITS = {"merged": "Largest city as one unit", "separate": "Largest city in parts"}
SHOWN = ("all", "official")
_AXES = {
    "HDBSCAN": (
        "min_samples",
        "Samples in a neighbourhood",
        "min_cluster_size",
        "Least places of a town",
    ),
    "DBSCAN": ("min_places", "Places within reach", "reach_m", "Reach (m)"),
}
_LEFT, _MAP, _GAP, _TOP, _TALL, _DOWN = 14.0, 33.0, 15.0, 6.0, 43.0, 16.0
_DOTS, _LABELS, _BAR, _BOTTOM = 47.0, 29.0, 5.0, 20.0
_STEP = 0.24


@style()
def definition_scan(scan: pd.DataFrame, table: pd.DataFrame, *, synthetic: bool = False) -> Figure:
    """NMI over the parameters of both algorithms, and what remains of it on other towns.

    Maps: two readings (rows), HDBSCAN and DBSCAN (columns), the largest city as one unit; the best
    parameters are framed. At the right, in every reading, the NMI of the parameters that are best
    (filled) and its mean over halves of the towns when they were chosen on the other half (open,
    with 5 to 95 % of the halves); black ticks are the printed values.

    Parameters
    ----------
    scan : units, reading, algorithm, nmi, and the parameters of each algorithm.
    table : units, reading, algorithm, nmi, published_nmi, heldout_nmi, heldout_low, heldout_high.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    parameters = [name for first, _, second, _ in _AXES.values() for name in (first, second)]
    panels.require_columns(scan, ["units", "reading", "algorithm", "nmi", *parameters], "scan")
    panels.require_columns(
        table,
        ["units", "reading", "algorithm", "nmi", "published_nmi"]
        + [f"heldout_{name}" for name in ("nmi", "low", "high")],
        "table",
    )
    made = figure(WIDTH_DOUBLE, _TOP + 2 * _TALL + _DOWN + _BOTTOM)
    drawn = scan[(scan["units"] == "merged") & scan["reading"].isin(SHOWN)]
    drawn = drawn[drawn["algorithm"].isin(_AXES)]
    norm = Normalize(*_reach(drawn["nmi"].to_numpy()))
    for row, reading in enumerate(SHOWN):
        for column, algorithm in enumerate(_AXES):
            left, top = _LEFT + column * (_MAP + _GAP), _TOP + row * (_TALL + _DOWN)
            axes = panels.axes_mm(made, left, top, _MAP, _TALL)
            chosen = drawn[(drawn["reading"] == reading) & (drawn["algorithm"] == algorithm)]
            _heat(axes, chosen, *_AXES[algorithm], norm)
            panels.letter(axes, 3 * row + column, f"{algorithm}, {READINGS[reading]}")
    left = _LEFT + 2 * (_MAP + _GAP) - _GAP + _LABELS
    for row, (units, title) in enumerate(UNITS.items()):
        axes = panels.axes_mm(made, left, _TOP + row * (_TALL + _DOWN), _DOTS, _TALL)
        _dots(axes, table[table["units"] == units], _least(table))
        panels.letter(axes, 3 * row + 2, title)
    _bar(made, norm)
    _key(made, table["published_nmi"].notna().any())
    panels.tag_synthetic(made, synthetic)
    return made


def _heat(
    axes: Axes, chosen: pd.DataFrame, x: str, x_label: str, y: str, y_label: str, norm: Normalize
) -> None:
    if chosen["nmi"].isna().all():
        axes.text(
            0.5, 0.5, "too few places", transform=axes.transAxes, ha="center", color=QUIET
        )  # fmt: skip
        axes.set(xlabel=x_label, ylabel=y_label, xticks=[], yticks=[])
        return
    grid = chosen.pivot(index=y, columns=x, values="nmi")
    axes.imshow(grid.to_numpy(), norm=norm, cmap="viridis", origin="lower", aspect="auto")
    best = np.unravel_index(np.nanargmax(grid.to_numpy()), grid.shape)
    for (i, j), value in np.ndenumerate(grid.to_numpy()):
        if np.isfinite(value):
            axes.text(
                j, i, _two_digits(value), ha="center", va="center",
                fontsize=6, color="white" if norm(value) < 0.6 else INK,
            )  # fmt: skip
    corner = (best[1] - 0.5, best[0] - 0.5)
    axes.add_patch(Rectangle(corner, 1, 1, fill=False, ec="#CC3311", lw=1.4, clip_on=False))
    axes.set_xticks(range(grid.shape[1]), [f"{v:g}" for v in grid.columns])
    axes.set_yticks(range(grid.shape[0]), [f"{v:g}" for v in grid.index])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set(xlabel=x_label, ylabel=y_label)


def _two_digits(value: float) -> str:
    text = f"{value:.2f}"
    return text.removeprefix("0")


def _dots(axes: Axes, table: pd.DataFrame, least: float) -> None:
    for place, reading in enumerate(READINGS):
        for step, (algorithm, look) in zip((-_STEP, 0.0, _STEP), LOOKS.items(), strict=True):
            row = table[(table["reading"] == reading) & (table["algorithm"] == algorithm)]
            if row.empty:
                continue
            row, y = row.iloc[0], place + step
            if np.isfinite(row["heldout_nmi"]):
                span = [row["heldout_low"], row["heldout_high"]]
                axes.plot(span, [y, y], color=look.colour, lw=0.8, zorder=2)
                axes.plot(
                    row["heldout_nmi"],
                    y,
                    look.marker,
                    mec=look.colour,
                    mfc="white",
                    ms=3.4,
                    zorder=3,
                )
            axes.plot(
                row["nmi"],
                y,
                look.marker,
                color=look.colour,
                ms=3.4,
                mew=0.8,
                zorder=4,
                clip_on=False,
            )
            if np.isfinite(row["published_nmi"]):
                at = row["published_nmi"]
                axes.plot([at, at], [y - 0.11, y + 0.11], color=INK, lw=1.4, zorder=5)
    if table["nmi"].isna().all():
        axes.text(0.5, 0.5, "no such units", transform=axes.transAxes, ha="center", color=QUIET)
    axes.set(ylim=(len(READINGS) - 0.45, -0.55), xlim=(least, 1.0), xlabel="NMI")
    axes.set_yticks(range(len(READINGS)), READINGS.values())
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.hlines(np.arange(1, len(READINGS)) - 0.5, least, 1, color="#dddddd", lw=0.4, zorder=0)


def _least(table: pd.DataFrame) -> float:
    """Lower limit of the axis, the same for both panels."""
    lowest = np.nanmin(table[["nmi", "published_nmi", "heldout_low"]].to_numpy(dtype=float))
    return max(0.0, np.floor(10 * (lowest - 0.02)) / 10)


def _reach(values: np.ndarray) -> tuple[float, float]:
    low, high = np.nanmin(values), np.nanmax(values)
    return (low, high) if high > low else (low - 0.01, high + 0.01)


def _bar(made: Figure, norm: Normalize) -> None:
    top = _TOP + 2 * _TALL + _DOWN + _BOTTOM - _BAR - 3.0
    axes = panels.axes_mm(made, _LEFT + 12, top, 2 * _MAP + _GAP - 24, 1.8)
    bar = made.colorbar(ScalarMappable(norm, "viridis"), cax=axes, orientation="horizontal")
    bar.outline.set_linewidth(0.3)
    axes.tick_params(pad=1.5)
    axes.text(-0.03, 0.5, "NMI", transform=axes.transAxes, ha="right", va="center", color=INK)


def _key(made: Figure, published: bool) -> None:
    lines = [
        Line2D([], [], color=look.colour, marker=look.marker, ls="", ms=3.4)
        for look in LOOKS.values()
    ]
    lines += [
        Line2D([], [], color=QUIET, marker="o", ls="", ms=3.4),
        Line2D([], [], color=QUIET, marker="o", mfc="white", lw=0.8, ms=3.4),
        Line2D([], [], color=INK, marker="|", ls="", ms=5, mew=1.4),
    ]
    names = [*LOOKS, "chosen on all", "on other towns", "published"][: None if published else -1]
    made.legend(
        lines[: len(names)], names, loc="lower right", ncols=2,
        bbox_to_anchor=(1.0, 0.0), borderaxespad=0.2, columnspacing=1.2, handlelength=1.4,
        labelspacing=0.25,
    )  # fmt: skip
