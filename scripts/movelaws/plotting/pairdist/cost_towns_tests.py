"""Exponents, radii and likelihood ratios of all towns (paper 3, Figs 3h, 3i, 33-35)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.pairdist.cost_towns import nothing

FITS = ("moves", "inside", "inside_low", "inside_high", "outside", "outside_low", "outside_high",
        "radius", "radius_low", "radius_high", "ratio", "p", "lognormal_ratio", "lognormal_p",
        "exponential_ratio", "exponential_p", "planted_inside", "planted_outside",
        "planted_radius", "verdict")  # fmt: skip
ALPHA = 0.05
INSIDE, OUTSIDE, PLANTED = "#0077BB", "#CC3311", "#AA3377"
_FORMS = {
    "single": "Against one power law",
    "lognormal": "Against a log-normal",
    "exponential": "Against an exponential core",
}
_LEFT, _TOP, _PANEL, _WIDTH, _GAP, _DOWN = 15.0, 7.0, 40.0, 44.0, 17.0, 17.0


@style()
def ratios(
    fits: pd.DataFrame,
    *,
    published: Mapping[str, tuple[float, float]] | None = None,
    synthetic: bool = False,
) -> Figure:
    """Exponents (a) and radii (b) by number of moves, verdicts (c), ratios to three forms (d-f).

    A ratio is the log-likelihood of two power laws that meet at the radius less that of the form:
    positive in favour of two pieces. Full markers: significant at the 5 % level, by samples of the
    one law (d) or Vuong's test (e, f).

    Parameters
    ----------
    fits : FITS, one row per town.
    published : mean and standard deviation of the exponents ``inside`` and ``outside``.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    panels.require_columns(fits, list(FITS), "fits")
    if fits.empty:
        return nothing("No town has enough moves of its own.", synthetic)
    made = figure(WIDTH_DOUBLE, _TOP + 2 * _PANEL + _DOWN + 15)
    every = [_axes(made, column, 0) for column in range(2)]
    _exponents(every[0], fits, published or {})
    _radii(every[1], fits)
    for number, (form, title) in enumerate(_FORMS.items()):
        axes = _axes(made, number, 1)
        if form == "single":
            value, p = fits["ratio"] / 2, fits["p"]
        else:
            value, p = fits[f"{form}_ratio"], fits[f"{form}_p"]
        _ratio(axes, fits["moves"], value, p <= ALPHA)
        panels.letter(axes, 3 + number, title)
        every.append(axes)
    every[2].set_ylabel("Log-likelihood ratio (no unit)")
    panels.letter(every[0], 0, "Exponents")
    panels.letter(every[1], 1, "Radius")
    _verdicts(panels.axes_mm(made, _LEFT + 2 * (_WIDTH + _GAP), _TOP, _WIDTH, _PANEL), fits)
    for axes in every:
        axes.set_xscale("log")
        low, high = fits["moves"].min(), fits["moves"].max()
        axes.set_xlim(low / 1.25, high * 1.25)
        axes.set_xlabel("Moves that begin in the town")
        panels.decades(axes.xaxis)
    _key(made, fits, published)
    panels.tag_synthetic(made, synthetic)
    return made


def _axes(made: Figure, column: int, row: int) -> Axes:
    return panels.axes_mm(made, _LEFT + column * (_WIDTH + _GAP), _TOP + row * (_PANEL + _DOWN),
                          _WIDTH, _PANEL)  # fmt: skip


def _exponents(axes: Axes, fits: pd.DataFrame, published: Mapping) -> None:
    x, values = fits["moves"], []
    for name, marker, colour in (("inside", "o", INSIDE), ("outside", "s", OUTSIDE)):
        ends = fits[[f"{name}_low", f"{name}_high"]].to_numpy().T
        axes.vlines(x, *ends, color=colour, lw=0.6)
        axes.plot(x, fits[name], marker, color=colour, ms=3, mew=0, gid=name)
        values.append(fits[name].to_numpy())
        if name in published:
            mean, deviation = published[name]
            axes.axhspan(mean - deviation, mean + deviation, color="#E2E2E2", lw=0, zorder=0)
            axes.axhline(mean, color=QUIET, lw=0.6, zorder=0, gid=f"published {name}")
        axes.plot(x, fits[f"planted_{name}"], "_", color=PLANTED, ms=7, mew=0.9, gid="planted")
    # Where one piece holds hardly a move its exponent means nothing, and may be of any size.
    every = np.concatenate([*values, [0.0, 2.3 if published else 1.0]])
    axes.set_ylim(max(np.nanmin(every) - 0.5, -2), min(np.nanmax(every) + 0.8, 7))
    axes.set_ylabel("Exponent (no unit)")


def _radii(axes: Axes, fits: pd.DataFrame) -> None:
    axes.vlines(fits["moves"], fits["radius_low"], fits["radius_high"], color=QUIET, lw=0.6)
    axes.plot(fits["moves"], fits["radius"], "o", color=INK, ms=3, mew=0, gid="radius")
    axes.plot(fits["moves"], fits["planted_radius"], "_", color=PLANTED, ms=7, mew=0.9)
    axes.set_yscale("log")
    axes.set_ylabel("Radius (m)")
    panels.decades(axes.yaxis)


def _verdicts(axes: Axes, fits: pd.DataFrame) -> None:
    """Number of towns by what their moves speak for."""
    counted = fits["verdict"].value_counts()
    places = -np.arange(len(counted))
    axes.barh(places, counted, 0.34, color="#BBBBBB", gid="verdicts")
    for y, (words, n) in zip(places, counted.items(), strict=True):
        axes.text(0, y + 0.24, f"{words}: {n}", va="bottom", gid="verdict")
    axes.set_ylim(-max(len(counted), 4) + 0.5, 0.75)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(0, max(int(counted.max()), 1))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_xlabel("Towns")
    panels.letter(axes, 2, "What the moves speak for")


def _ratio(axes: Axes, moves: pd.Series, value: pd.Series, sure: pd.Series) -> None:
    axes.axhline(0, color=INK, lw=0.5)
    for chosen, fill in ((sure, INK), (~sure, "none")):
        axes.plot(moves[chosen], value[chosen], "o", mfc=fill, mec=INK, mew=0.7, ms=3.4,
                  gid="sure" if fill == INK else "unsure")  # fmt: skip
    axes.set_yscale("symlog", linthresh=3)
    axes.set_ylim(min(float(value.min()) * 2, -3.0), max(float(value.max()) * 2, 3.0))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.10g}".replace("-", "−")))


def _key(made: Figure, fits: pd.DataFrame, published) -> None:
    dot = {"ls": "", "marker": "o", "mec": INK, "mew": 0.7, "ms": 3.4}
    entries = {
        "inside": Line2D([], [], ls="", marker="o", color=INSIDE, mew=0, ms=3.5),
        "outside": Line2D([], [], ls="", marker="s", color=OUTSIDE, mew=0, ms=3.5),
        "p ≤ 0.05": Line2D([], [], mfc=INK, **dot),
        "p > 0.05": Line2D([], [], mfc="none", **dot),
    }
    if published:
        entries["published, mean and SD"] = Patch(fc="#E2E2E2", ec=QUIET, lw=0.5)
    if fits[["planted_inside", "planted_radius"]].notna().any().any():
        entries["planted"] = Line2D([], [], ls="", marker="_", color=PLANTED, ms=7, mew=0.9)
    made.legend(list(entries.values()), list(entries), loc="lower center", ncols=len(entries),
                handletextpad=0.4, columnspacing=1.6, borderaxespad=0.2)  # fmt: skip
