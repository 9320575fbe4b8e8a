"""All towns together: one curve for all, the tail of the radii, the shapes (Fig. 21)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.pairdist.growth import COUNTED, definition_drawn, line_width
from movelaws.plotting.pairdist.towns import NONE
from movelaws.plotting.symbolic import parts

FITS = ("definition", "counted", "town", "radius", "shape", "correlation", "correlation_inverse")
CURVES = ("definition", "counted", "town", "scaled", "inverse")
RADII = ("source", "definition", "counted", "tail_from_m", "mu", "standard_error")
_LEFT, _TOP, _WIDE, _TALL, _GAP, _AXIS, _KEY = 12.0, 8.0, 43.0, 45.0, 17.5, 10.0, 9.0
WELL = 0.95
"""A town is well fitted above this correlation (claim P6)."""
_FARTHEST = 3.0
_PUBLISHED = (0, (1, 1))


@style()
def town_radii(
    fits: pd.DataFrame,
    curves: pd.DataFrame,
    radii: pd.DataFrame,
    *,
    published: pd.DataFrame | None = None,
    synthetic: bool = False,
) -> Figure:
    """Eq. 21 for every town (a), share of towns with a larger radius (b), shapes m (c).

    Parameters
    ----------
    fits, curves : of :func:`movelaws.pairdist.towns.towns`; the definition with the most towns is
        drawn.
    radii : of :func:`movelaws.pairdist.towns.radii`.
    published : radii of the paper, counted and radius (m), drawn dotted in (b).
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    parts.checked(fits, FITS, "towns")
    parts.checked(curves, CURVES, "town curves")
    parts.checked(radii, RADII, "radii")
    own = fits[(fits["definition"] == definition_drawn(fits)) & fits["radius"].notna()]
    if own.empty:
        return parts.nothing(NONE, synthetic=synthetic)
    made = figure(WIDTH_DOUBLE, _TOP + _TALL + _AXIS + _KEY)
    first, second, third = (
        panels.axes_mm(made, _LEFT + number * (_WIDE + _GAP), _TOP, _WIDE, _TALL)
        for number in range(3)
    )
    _collapse(first, curves[curves["definition"] == definition_drawn(fits)], own)
    _tail(second, own, radii, published)
    _shapes(third, own)
    for number, (axes, title) in enumerate(
        ((first, "One curve for all towns"), (second, "Radii of towns"), (third, "Shapes of towns"))
    ):
        panels.letter(axes, number, title)
    _key(made, own, published, radii["mu"].notna().any())
    panels.tag_synthetic(made, synthetic)
    return made


def _collapse(axes: Axes, curves: pd.DataFrame, fits: pd.DataFrame) -> None:
    faint = float(np.clip(12 / max(curves["town"].nunique(), 1), 0.08, 0.6))
    for (counted, _), one in curves.groupby(["counted", "town"], sort=False):
        axes.plot(
            one["scaled"], one["inverse"], color=COUNTED[counted], lw=0.5, alpha=faint,
            gid="town", zorder=2,
        )  # fmt: skip
    axes.plot([0, _FARTHEST], [0, _FARTHEST], color=INK, lw=0.9, ls=(0, (4, 1.6)), zorder=4)
    axes.set_xlim(0, _FARTHEST)
    axes.set_ylim(0, _FARTHEST)
    axes.set_xlabel("Distance over radius, r / R (no unit)")
    axes.set_ylabel("Inverse of the density, Eq. 21 (no unit)")
    # Below the diagonal, where hardly a town comes.
    for number, (counted, one) in enumerate(reversed(list(fits.groupby("counted", sort=False)))):
        inverse, density = (
            100 * float((one[column].dropna() > WELL).mean())
            for column in ("correlation_inverse", "correlation")
        )
        axes.annotate(
            f"{inverse:.0f} %, {density:.0f} %", (1, 0), (-1, 3 + 9 * number),
            xycoords="axes fraction", textcoords="offset points", ha="right",
            color=COUNTED[counted],
        )  # fmt: skip


def _tail(axes: Axes, fits: pd.DataFrame, radii: pd.DataFrame, published) -> None:
    told = []
    for counted, one in fits.groupby("counted", sort=False):
        r = _beyond(axes, one["radius"], counted, line_width(counted, fits), "-", "radii")
        found = radii[
            (radii["source"] == "data")
            & (radii["definition"] == one["definition"].iloc[0])
            & (radii["counted"] == counted)
        ]
        for row in found.to_dict("records"):
            told += _law(axes, r, row, "")
    if published is not None:
        for counted, one in published.groupby("counted", sort=False):
            width = line_width(counted, published)
            r = _beyond(axes, one["radius"], counted, width, _PUBLISHED, "published")
            same = radii[(radii["source"] == "published") & (radii["counted"] == counted)]
            for row in same.to_dict("records"):
                told += _law(axes, r, row, " published")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(*axes.get_xlim())
    axes.set_ylim(axes.get_ylim()[0], 1.3)
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)
    for number, (words, colour) in enumerate(told):
        axes.annotate(
            words, (0, 0), (4, 4 + 9 * (len(told) - 1 - number)), xycoords="axes fraction",
            textcoords="offset points", color=colour,
        )  # fmt: skip
    axes.set_xlabel("Radius R (m)")
    axes.set_ylabel("Share of towns with a larger radius")


def _beyond(axes, radius: pd.Series, counted: str, width: float, line, gid: str) -> np.ndarray:
    r = np.sort(radius.dropna().to_numpy())
    share = np.arange(r.size, 0, -1) / r.size
    axes.step(
        r,
        share,
        where="post",
        color=COUNTED[counted],
        lw=width,
        ls=line,
        gid=gid,
        zorder=3,
    )
    return r


def _law(axes: Axes, r: np.ndarray, row: dict, whose: str) -> list[tuple[str, str]]:
    """Draw the tail a little above the radii; its exponent in words, with its colour."""
    if not np.isfinite(row["mu"]):
        return []
    low, share = row["tail_from_m"], float((r >= row["tail_from_m"]).mean())
    x = np.array([low, r[-1]])
    axes.plot(x, 1.4 * share * (x / low) ** (1 - row["mu"]), color=INK, lw=0.7, gid="law", zorder=4)
    words = f"{row['mu']:.2f} ± {row['standard_error']:.2f}{whose}"
    return [(words, COUNTED[row["counted"]])]


def _shapes(axes: Axes, fits: pd.DataFrame) -> None:
    edges = np.linspace(0, max(3.0, float(fits["shape"].quantile(0.98))), 22)
    for counted, one in fits.groupby("counted", sort=False):
        values, _ = np.histogram(np.clip(one["shape"], edges[0], edges[-1]), edges)
        axes.stairs(
            values,
            edges,
            color=COUNTED[counted],
            lw=line_width(counted, fits),
            gid="shapes",
            zorder=3,
        )
        median = float(one["shape"].median())
        axes.axvline(median, ymax=0.85, color=COUNTED[counted], lw=0.8, ls=(0, (3, 2)))
    axes.set_xlim(edges[0], edges[-1])
    # Names of shapes stand above the bars.
    axes.set_ylim(0, 1.25 * axes.get_ylim()[1])
    axes.yaxis.get_major_locator().set_params(integer=True)
    # One higher than the other: on a wide axis they stand close.
    for at, name, height in ((1.0, "exponential", 0.935), (2.0, "Gaussian", 0.865)):
        axes.axvline(at, ymax=height - 0.015, color=QUIET, lw=0.4, ls=(0, (1, 2)), zorder=0)
        axes.annotate(
            name, (at, height), xycoords=("data", "axes fraction"), ha="center", fontsize=6,
            color=QUIET,
        )  # fmt: skip
    axes.set_xlabel("Shape m (no unit)")
    axes.set_ylabel("Towns")


def _key(made: Figure, fits: pd.DataFrame, published, tails: bool) -> None:
    entries = {
        counted: Line2D([], [], color=COUNTED[counted], lw=1.4)
        for counted in fits["counted"].unique()
    }
    entries["median shape"] = Line2D([], [], color=QUIET, lw=0.8, ls=(0, (3, 2)))
    entries["generalised gamma"] = Line2D([], [], color=INK, lw=0.9, ls=(0, (4, 1.6)))
    if tails:
        entries["tail, exponent ± standard error"] = Line2D([], [], color=INK, lw=0.7)
    if published is not None:
        for counted in published["counted"].unique():
            entries[f"published, {counted}"] = Line2D(
                [], [], color=COUNTED[counted], lw=1.2, ls=_PUBLISHED
            )
    parts.key(made, entries, 4)
