"""Two towns in full, and the exponents and radii of all cities (Figs 3f-3i)."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.pairdist.published_cost import (
    LIKELIHOOD,
    MOVES,
    PAIRS,
    READING,
    density_limits,
    powers,
)
from movelaws.powerlaw.radii import RadiusLaw

TOWNS = ("town", "method", "from_m", "moves", "inside", "outside", "radius_m", "inside_low",
         "inside_high", "planted_inside", "planted_outside", "planted_radius_m",
         "published_inside", "published_outside", "published_radius_m")  # fmt: skip
CURVES = ("town", "r_m", "moves", "pairs", "ratio", "error", "segments", "likelihood")
INSIDE, OUTSIDE, PUBLISHED = "#EE7733", "#0077BB", "#AA3377"
LAWS = {
    "power_pareto": ("power-Pareto", "#CC3311", "-"),
    "exponential_pareto": ("exponential Pareto", "#DDAA33", (0, (5, 2))),
    "lognormal": ("log-normal", "#4477AA", (0, (1, 1.2))),
}
_METHODS = {
    "segments": ("segments", READING, (0, (5, 2))),
    "likelihood": ("likelihood", LIKELIHOOD, "-"),
}
_LEFT, _GAP, _TOP, _PANEL, _ROW = 13.0, 15.0, 8.0, 36.0, 52.0
_WIDE = (WIDTH_DOUBLE - _LEFT - 2 * _GAP - 3) / 3


@style()
def published_cities(
    cities: pd.DataFrame,
    statistics: pd.DataFrame,
    radii: pd.DataFrame,
    repeats: pd.DataFrame,
    towns: pd.DataFrame,
    curves: pd.DataFrame,
    *,
    synthetic: bool = False,
) -> Figure:
    """Nine panels: two towns (densities above, cost below), exponents, radii, and three checks.

    Checks: the inside exponent of the towns as short distances are left out; the corrected AIC of
    the laws of radii with and without the cities at the smallest radius; how often exponents
    repeat, beside a sample drawn with replacement.

    Parameters
    ----------
    cities : inside, outside (negative, as published), radius_m.
    statistics, radii, repeats : of ``movelaws.pairdist.published_cities``.
    towns, curves : of ``movelaws.pairdist.published_cities_towns``, of two towns.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or there are no two towns.
    """
    panels.require_columns(towns, list(TOWNS), "towns")
    panels.require_columns(curves, list(CURVES), "curves")
    panels.require_columns(
        statistics, ["quantity", "mean", "planted", "published_mean"], "statistics"
    )
    panels.require_columns(radii, ["set", "law", "difference", "aicc"], "radii")
    panels.require_columns(repeats, ["quantity", "times", "observed", "expected"], "repeats")
    names = list(dict.fromkeys(curves["town"]))
    if len(names) < 2:
        raise ValueError(f"curves: {len(names)} towns, two are drawn")
    made = figure(WIDTH_DOUBLE, _TOP + 2 * _ROW + _PANEL + 13)
    axes = [
        [panels.axes_mm(made, _LEFT + k * (_WIDE + _GAP), _TOP + j * _ROW, _WIDE, _PANEL)
         for k in range(3)]
        for j in range(3)
    ]  # fmt: skip
    for k, name in enumerate(names[:2]):
        part = curves[curves["town"] == name]
        fits = towns[towns["town"] == name]
        _densities(axes[0][k], part)
        _cost(axes[1][k], part, fits[fits["from_m"] == fits["from_m"].min()])
        moves = int(fits["moves"].max())
        panels.letter(axes[0][k], k, f"Town {name}, {moves:,} moves")
        panels.letter(axes[1][k], 3 + k, "Its cost of distance")
    _exponents(axes[0][2], cities, statistics)
    _radii(axes[1][2], cities["radius_m"].dropna().to_numpy(), radii)
    _starts(axes[2][0], towns, names[:2])
    _criteria(axes[2][1], radii)
    _repeats(axes[2][2], repeats)
    n = int(cities["inside"].notna().sum())
    for axis, number, title in (
        (axes[0][2], 2, f"Exponents of {n:,} cities"),
        (axes[1][2], 5, "Mobility radii and their laws"),
        (axes[2][0], 6, "Without short distances"),
        (axes[2][1], 7, "Laws of the radii"),
        (axes[2][2], 8, "How often an exponent repeats"),
    ):
        panels.letter(axis, number, title)
    panels.tag_synthetic(made, synthetic)
    return made


def _densities(axes: Axes, part: pd.DataFrame) -> None:
    for name, colour, word in (("moves", MOVES, "moves $f$"), ("pairs", PAIRS, "pairs $p$")):
        values = part[name].where(part[name] > 0)
        axes.plot(part["r_m"], values, "o", ms=1.6, mew=0, color=colour, label=word)
    _log(axes)
    axes.set_ylim(*density_limits(part, room=30))
    powers(axes.yaxis, most=4)
    axes.set_ylabel("Density (1/m)")
    axes.legend(loc="upper right", handletextpad=0.1, markerscale=2, borderaxespad=0.1)


def _cost(axes: Axes, part: pd.DataFrame, fits: pd.DataFrame) -> None:
    r, ratio, error = (part[name].to_numpy(float) for name in ("r_m", "ratio", "error"))
    bar = np.array([ratio * (1 - np.exp(-error)), ratio * (np.exp(error) - 1)])
    axes.errorbar(r, ratio, bar, fmt="o", ms=1.6, mew=0, lw=0.4, color=INK, zorder=1)
    known = ratio[np.isfinite(ratio)]
    _log(axes)
    axes.set_ylim(known.min() / 4, known.max() * 30)
    powers(axes.yaxis, most=4)
    axes.set_ylabel(r"Cost $f / p$")
    lines = []
    for method, (word, colour, dashes) in _METHODS.items():
        axes.plot(r, part[method], color=colour, lw=1.1, ls=dashes, zorder=3)
        lines.append((word, fits[fits["method"] == method].iloc[0], colour, ""))
    row = fits.iloc[0]
    for kind, colour in (("published", PUBLISHED), ("planted", INK)):
        if math.isfinite(row[f"{kind}_inside"]):
            lines.append((kind, row, colour, f"{kind}_"))
            axes.axvline(
                row[f"{kind}_radius_m"], 0, 0.72, color=colour, lw=0.8, ls=(0, (1, 1.5)), zorder=0
            )
    for k, (word, values, colour, prefix) in enumerate(lines):
        inside, outside, radius = (
            values[f"{prefix}{name}"] for name in ("inside", "outside", "radius_m")
        )
        axes.annotate(
            f"{word} {inside:.2f}, {outside:.2f}, {radius / 1e3:.2f} km", (1, 1), (1, -1 - 8 * k),
            xycoords="axes fraction", textcoords="offset points", ha="right", va="top",
            color=colour, fontsize=6,
        )  # fmt: skip


def _log(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(8, 7e5)
    powers(axes.xaxis)
    powers(axes.yaxis, most=4)
    axes.set_xlabel("Distance $r$ (m)")


def _exponents(axes: Axes, cities: pd.DataFrame, statistics: pd.DataFrame) -> None:
    known = statistics.set_index("quantity")
    top = 0.0
    for name, colour in (("inside", INSIDE), ("outside", OUTSIDE)):
        values = -cities[name].dropna().to_numpy(float)
        heights, _, _ = axes.hist(values, bins=40, density=True, color=colour, alpha=0.45, lw=0)
        row, top = known.loc[name], max(top, float(heights.max()))
    for name, colour in (("inside", INSIDE), ("outside", OUTSIDE)):
        row = known.loc[name]
        axes.plot([row["mean"]] * 2, [0, top * 1.05], color=colour, lw=1.1)
        words = [f"{name}", f"{row['mean']:.3f} ± {row['sd']:.2f}"]
        for kind, dash in (("published_mean", (0, (4, 2))), ("planted", (0, (1, 1.5)))):
            if math.isfinite(row[kind]):
                axes.plot([row[kind]] * 2, [0, top * 1.05], color=INK, lw=0.9, ls=dash)
                words.append(f"{kind.removesuffix('_mean')} {row[kind]:.2f}")
        axes.text(row["mean"], top * 1.5, "\n".join(words), ha="center", va="top", color=colour)
    axes.set_ylim(0, top * 1.55)
    axes.set_xlabel("Exponent of the cost")
    axes.set_ylabel("Density")


def _radii(axes: Axes, values: np.ndarray, radii: pd.DataFrame) -> None:
    grid, counts = np.unique(values, return_counts=True)
    step = np.median(np.diff(np.log(grid)))
    axes.plot(grid, counts, "o", ms=2.2, mew=0, color=INK, zorder=3)
    r = np.geomspace(grid[0] / 1.3, grid[-1] * 1.3, 200)
    here = radii[radii["set"] == "all"].set_index("law")
    for k, (name, (word, colour, dashes)) in enumerate(LAWS.items()):
        if name not in here.index:
            continue
        row = here.loc[name]
        keys = ("tail", "core", "peak", "mu", "sigma", "low")
        parameters = {key: float(row[key]) for key in keys if math.isfinite(row[key])}
        law = RadiusLaw(name, parameters, int(row["free"]), float(row["loglik"]), values.size)
        axes.plot(
            r, np.exp(law.logpdf(r)) * r * step * values.size, color=colour, ls=dashes, lw=1.1
        )
        told = row.get("published_aic", math.nan)
        words = f"{word} {row['aicc']:,.2f}" + (
            f"\n  published {told:,.2f}" if math.isfinite(told) else ""
        )
        axes.text(
            0.02, 0.99 - 0.145 * k, words, transform=axes.transAxes, va="top", fontsize=6,
            color=colour, linespacing=1.15,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(0.5, counts.max() * 400)
    axes.set_xlim(grid[0] / 1.5, grid[-1] * 1.5)
    powers(axes.xaxis)
    powers(axes.yaxis)
    axes.set_yticks([1, 10, 100])
    axes.set_xlabel("Radius (m)")
    axes.set_ylabel("Cities per grid value")


def _starts(axes: Axes, towns: pd.DataFrame, names: list[str]) -> None:
    starts = sorted(set(towns["from_m"]))
    place = {value: k for k, value in enumerate(starts)}
    for k, name in enumerate(names):
        for method, (_, colour, _) in _METHODS.items():
            mine = towns[(towns["town"] == name) & (towns["method"] == method)]
            at = mine["from_m"].map(place).to_numpy(float) + (k - 0.5) * 0.24
            values = mine["inside"].to_numpy(float)
            marker = "os"[k]
            axes.plot(at, values, marker, ms=3.2, mew=0.7, color=colour, mfc=(colour, "white")[k])
            low, high = mine["inside_low"].to_numpy(float), mine["inside_high"].to_numpy(float)
            axes.vlines(at, low, high, color=colour, lw=0.7)
    axes.set_xticks(range(len(starts)), ["all" if not v else f"{v:g}" for v in starts])
    axes.set_xlabel("Shortest distance (m)")
    axes.set_ylabel("Inside exponent")
    axes.set_ylim(0, axes.get_ylim()[1] * 1.42)
    handles = [
        Line2D([], [], marker="o", lw=0, ms=3.5, mew=0, color=colour, label=word)
        for word, colour, _ in _METHODS.values()
    ] + [
        Line2D([], [], marker="os"[k], lw=0, ms=3.2, mew=0.7, color=QUIET,
               mfc=(QUIET, "white")[k], label=name)
        for k, name in enumerate(names)
    ]  # fmt: skip
    axes.legend(
        handles=handles, ncols=2, loc="upper right", fontsize=6, handletextpad=0.1,
        columnspacing=0.8, borderaxespad=0.0, labelspacing=0.3,
    )  # fmt: skip


def _criteria(axes: Axes, radii: pd.DataFrame) -> None:
    laws = list(LAWS)
    for k, name in enumerate(dict.fromkeys(radii["set"])):
        mine = radii[radii["set"] == name].set_index("law")["aicc"]
        shown = mine[[law for law in laws if law in mine]]
        shown = shown - shown.min()
        at = np.arange(len(shown)) + (k - 0.5) * 0.36
        axes.barh(at, shown, height=0.32, color=("#555555", "#BBBBBB")[k], lw=0, label=name)
        for y, value in zip(at, shown, strict=True):
            axes.text(value, y, f" {value:.0f}", va="center", fontsize=6)
    axes.set_yticks(range(len(laws)), [LAWS[law][0].replace(" ", "\n") for law in laws])
    axes.set_ylim(len(laws) - 0.5, -1.2)
    axes.set_xlim(0, axes.get_xlim()[1] * 1.12)
    axes.set_xlabel("AICc above the best")
    axes.tick_params(axis="y", length=0, labelsize=6)
    axes.legend(loc="upper right", fontsize=6, handlelength=1, borderaxespad=0, labelspacing=0.2)


def _repeats(axes: Axes, repeats: pd.DataFrame) -> None:
    top = 0.0
    for k, (name, colour) in enumerate((("inside", INSIDE), ("outside", OUTSIDE))):
        mine = repeats[(repeats["quantity"] == name) & (repeats["times"] <= 6)]
        at = mine["times"] + (k - 0.5) * 0.36
        axes.bar(at, mine["observed"], 0.32, color=colour, alpha=0.6, lw=0, label=name)
        axes.plot(at, mine["expected"], "_", ms=6, mew=1.1, color=INK)
        row, top = mine.iloc[0], max(top, float(mine["observed"].max()))
        pool = f"\n(a pool of {row['pool']:,.0f})" if math.isfinite(row["pool"]) else ""
        axes.text(
            0.99, 0.84 - 0.2 * k, f"{name}: {row['distinct']:,} of {row['n']:,} distinct{pool}",
            transform=axes.transAxes, ha="right", va="top", fontsize=6, color=colour,
        )  # fmt: skip
    axes.set_ylim(0, top * 1.25)
    axes.set_xticks(range(1, 7))
    axes.set_xlabel("Times that a value occurs")
    axes.set_ylabel("Values")
    if repeats["expected"].notna().any():
        handle = Line2D(
            [], [], marker="_", lw=0, ms=6, mew=1.1, color=INK, label="drawn with replacement"
        )
        axes.legend(handles=[handle], loc="upper right", fontsize=6, borderaxespad=0)
