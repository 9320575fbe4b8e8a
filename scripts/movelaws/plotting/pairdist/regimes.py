"""The pair distribution over all distances, its regimes and its local growth (Figs 2a, 11)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, colours, figure, panels, style

REGIMES = ("r_low", "r_high", "r", "count", "density", "relative_error", "exponent")
GROWTH = ("dataset", "counted", "scope", "exponent", "low", "high", "from_m", "to_m")
_LEFT, _TOP, _WIDE, _TALL, _GAP, _AXIS = 14.0, 10.0, 74.0, 62.0, 19.0, 10.0
_SHADES = ("#F1F1F1", "#FFFFFF", "#F1F1F1")
_LINES = ("-", (0, (4, 1.2)), (0, (1.2, 1)), (0, (5, 1, 1, 1)))
_LOCAL = (-1.5, 3.0)
_KNOWN = {look.colour for look in colours.PLACES.values()}
_SPARE = ("#EE6677", "#4477AA", "#AA3377", "#CCBB44", "#66CCEE", "#222222")
_PLANE = (0, (1, 2))
# Distances nearer than this are of places on top of each other and of digits of coordinates.
_NEAREST = 2.0


@style()
def regimes(
    tables: Mapping[str, pd.DataFrame],
    growth: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    published: Mapping[str, float] | None = None,
    synthetic: bool = False,
) -> Figure:
    """Density of pairs by distance (a) and how steeply it grows at each (b).

    Parameters
    ----------
    tables : of :func:`movelaws.pairdist.pairs.regimes`, by point set.
    growth : exponents by dataset; rows of scope "all" are used.
    labels : of the point sets.
    published : exponents of the paper by what they count, drawn in (b).
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or there is no point set.
    """
    if not tables:
        raise ValueError("regimes: no point set; name one in pairdist.growth.datasets")
    for name, table in tables.items():
        panels.require_columns(table, list(REGIMES), f"regimes of {name}")
    panels.require_columns(growth, list(GROWTH), "growth")
    whole = growth[growth["scope"] == "all"].drop_duplicates(["dataset", "counted"])
    rows = -(-(len(tables) + 2 + bool(published)) // 3)
    made = figure(WIDTH_DOUBLE, _TOP + _TALL + _AXIS + 3.6 * rows + 1.5)
    ends = (
        _NEAREST,
        max(float(t.loc[t["count"] > 0, "r_high"].max()) for t in tables.values()),
    )
    left = panels.axes_mm(made, _LEFT, _TOP, _WIDE, _TALL)
    right = panels.axes_mm(made, _LEFT + _WIDE + _GAP, _TOP, _WIDE, _TALL)
    middle = (float(growth["from_m"].min()), float(growth["to_m"].max()))
    entries, drawn_in = {}, _colours(list(tables))
    for number, (name, table) in enumerate(tables.items()):
        look = {"color": drawn_in[name], "ls": _LINES[number % len(_LINES)]}
        fits = whole[whole["dataset"] == name]
        _density(left, table, fits, look)
        _local(right, table, fits, look)
        entries[labels.get(name, name)] = Line2D([], [], **look)
    for number, (axes, title) in enumerate(
        ((left, "Pair distribution"), (right, "Its growth with distance"))
    ):
        axes.set_xscale("log")
        axes.set_xlim(*ends)
        panels.decades(axes.xaxis)
        axes.set_xlabel("Distance (m)")
        _shade(axes, ends, middle)
        panels.letter(axes, number, title, above_mm=5.0)
    left.set_yscale("log")
    panels.decades(left.yaxis)
    left.set_ylabel("Share of pairs per metre (1/m)")
    right.set_ylim(*_LOCAL)
    right.set_ylabel("Local exponent, d ln p / d ln r (no unit)")
    _references(right, middle, published or {})
    entries["uniform plane"] = Line2D([], [], color=QUIET, lw=0.8, ls=_PLANE)
    entries["fitted growth"] = Line2D([], [], color=INK, lw=2.2, alpha=0.35)
    if published:
        entries["published growth"] = Line2D([], [], color=INK, lw=0.8, ls=(0, (3, 2)))
    made.legend(
        list(entries.values()), list(entries), loc="lower center", ncols=3, borderaxespad=0.3,
        handlelength=2.4, columnspacing=2.0, labelspacing=0.3,
    )  # fmt: skip
    panels.tag_synthetic(made, synthetic)
    return made


def _colours(names: list[str]) -> dict[str, str]:
    """The colours of the places; point sets whose colour another has, or of no place, others."""
    taken: dict[str, str] = {}
    for name in names:
        own = colours.dataset(name).colour
        spare = (c for c in _SPARE if c not in taken.values())
        taken[name] = own if own in _KNOWN and own not in taken.values() else next(spare, own)
    return taken


def _density(axes: Axes, table: pd.DataFrame, fits: pd.DataFrame, look: dict) -> None:
    part = table[(table["count"] > 0) & (table["r"] >= _NEAREST)]
    r, p = part["r"].to_numpy(), part["density"].to_numpy()
    axes.plot(r, p, lw=1.1, gid="density", zorder=3, **look)
    # Share of pairs that chance could add or take: few pairs make p uncertain as well.
    spread = np.hypot(part["relative_error"], 2 / np.sqrt(part["count"])).to_numpy()
    axes.fill_between(
        r, p * np.maximum(1 - spread, 0.1), p * (1 + spread), color=look["color"], alpha=0.25,
        lw=0, zorder=2,
    )  # fmt: skip
    for row in fits.head(1).to_dict("records"):
        inside = (r >= row["from_m"]) & (r <= row["to_m"])
        if inside.sum() < 2:
            continue
        # Least squares of the density, metre by metre, as the exponent was fitted.
        wide = (part["r_high"] - part["r_low"]).to_numpy()[inside]
        law = r[inside] ** row["exponent"]
        at = float((wide * law) @ p[inside] / ((wide * law) @ law))
        x = np.array([row["from_m"], row["to_m"]])
        axes.plot(x, at * x ** row["exponent"], color=INK, lw=2.2, alpha=0.35, gid="law", zorder=4)


def _local(axes: Axes, table: pd.DataFrame, fits: pd.DataFrame, look: dict) -> None:
    part = table[table["exponent"].notna() & (table["r"] >= _NEAREST)]
    axes.plot(part["r"], part["exponent"], lw=0.9, gid="local", zorder=3, **look)
    for row in fits.head(1).to_dict("records"):
        x = [row["from_m"], row["to_m"]]
        axes.plot(x, [row["exponent"]] * 2, color=look["color"], lw=2.2, alpha=0.45, gid="law")
        if np.isfinite([row["low"], row["high"]]).all():
            axes.fill_between(
                x, row["low"], row["high"], color=look["color"], alpha=0.12, lw=0, gid="interval"
            )


def _shade(axes: Axes, ends: tuple[float, float], middle: tuple[float, float]) -> None:
    edges = (ends[0], *middle, ends[1])
    for number, name in enumerate(("I", "II", "III")):
        low, high = edges[number], edges[number + 1]
        axes.axvspan(low, high, color=_SHADES[number], lw=0, zorder=0)
        axes.annotate(
            name,
            (np.sqrt(low * high), 1),
            (0, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            color=QUIET,
            annotation_clip=False,
        )


def _references(axes, middle, published) -> None:
    axes.axhline(0, color=QUIET, lw=0.4, zorder=1)
    axes.axhline(1, color=QUIET, lw=0.6, ls=_PLANE, zorder=1)
    for value in published.values():
        axes.plot(middle, [value] * 2, color=INK, lw=0.8, ls=(0, (3, 2)), gid="published", zorder=5)
