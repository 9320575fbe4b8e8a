"""Growth of the pair distribution by town, and the curves it was fitted to (Figs 16, 17, 18)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.symbolic.parts import nothing

GROWTH = (
    "definition", "counted", "scope", "town", "positions", "exponent", "sd", "low", "high",
    "from_m", "to_m",
)  # fmt: skip
CURVES = ("definition", "counted", "scope", "town", "r_low", "r_high", "neighbours", "law")
COUNTED = {"addresses": "#4477AA", "buildings": "#CC6677", "places": "#228833"}
"""One colour for each thing that is counted, in all figures of towns."""
_LINE, _LINES = 0.9, {"addresses": 1.4, "buildings": 0.7}
_DOTS = {"addresses": 4.2, "buildings": 2.6, "places": 3.2}
_RATIO = 0.04
_RANGE = 3e3
_PLANTED = (0, (5, 1, 1, 1))
_LEFT, _TOP, _WIDE, _TALL, _AXIS, _KEY = 14.5, 7.0, 49.5, 86.0, 9.5, 9.0
_SMALL, _LOW, _ACROSS, _DOWN, _GAP = 29.0, 22.0, 6.0, 10.0, 14.5
_SHOWN = 9
# Further out than this share of the range lies nothing that the fits see.
_BEYOND = 2.0


@style()
def growth_towns(
    exponents: pd.DataFrame,
    curves: pd.DataFrame,
    *,
    published: Mapping[str, tuple[float, float]] | None = None,
    synthetic: bool = False,
) -> Figure:
    """Exponents of towns by size (a), and neighbours by distance for the largest parts (b to j).

    Parameters
    ----------
    exponents, curves : of :func:`movelaws.pairdist.growth.growth`, of one point set.
    published : mean and standard deviation of the paper's 30 largest towns by what is counted.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    panels.require_columns(exponents, list(GROWTH), "growth")
    panels.require_columns(curves, list(CURVES), "growth curves")
    if exponents["exponent"].isna().all():
        ends = f"{exponents['from_m'].iloc[0]:g} to {exponents['to_m'].iloc[0]:g} m"
        return nothing(f"Too few pairs of places lie {ends} apart.", synthetic=synthetic)
    made = figure(WIDTH_DOUBLE, _TOP + _TALL + _AXIS + _KEY)
    axes = panels.axes_mm(made, _LEFT, _TOP, _WIDE, _TALL)
    chosen = definition_drawn(exponents)
    _exponents(axes, exponents, chosen, published or {})
    panels.letter(axes, 0, "Exponent of parts and towns")
    parts = shown_parts(exponents, chosen)
    ends = _limits(exponents, curves, parts)
    for number, part in enumerate(parts):
        row, column = divmod(number, 3)
        small = panels.axes_mm(
            made, _LEFT + _WIDE + _GAP + column * (_SMALL + _ACROSS),
            _TOP + row * (_LOW + _DOWN), _SMALL, _LOW,
        )  # fmt: skip
        _curve(small, exponents, curves, part, ends)
        last = number + 3 >= len(parts)
        small.tick_params(labelbottom=last, labelleft=column == 0)
        if last:
            small.set_xlabel("Distance (m)")
        if column == 0 and row == 1:
            small.set_ylabel("Neighbours per place and metre (1/m)")
        panels.letter(small, number + 1, _title(part), above_mm=1.0)
    _key(made, exponents, published)
    panels.tag_synthetic(made, synthetic)
    return made


def line_width(counted: str, table: pd.DataFrame) -> float:
    """Width in points: buildings are drawn over addresses, often at the same place."""
    return _LINES.get(counted, _LINE) if len(set(table["counted"])) > 1 else _LINE


def definition_drawn(table: pd.DataFrame) -> str:
    """The definition of towns that gives the most of them; "" where there are no towns."""
    towns = table[table["scope"] == "town"] if "scope" in table else table
    number = towns.drop_duplicates(["definition", "town"])["definition"].value_counts()
    return str(number.sort_index().idxmax()) if len(number) else ""


def planted_growth(exponents: pd.DataFrame) -> float:
    """The exponent that a synthetic world has inside its towns, nan where there is none."""
    known = exponents["planted"].dropna() if "planted" in exponents else []
    return float(known.iloc[0]) if len(known) else np.nan


def shown_parts(exponents: pd.DataFrame, definition: str) -> list[tuple[str, str, str]]:
    """(definition, scope, town) of the whole, what lies outside, and the largest towns."""
    table = exponents.drop_duplicates(["definition", "scope", "town"])
    whole = table[table["scope"] == "all"]
    own = table[table["definition"] == definition]
    order = pd.concat([whole, own[own["scope"] == "outside"], own[own["scope"] == "town"]])
    keys = order[["definition", "scope", "town"]].fillna("").itertuples(index=False, name=None)
    return list(keys)[:_SHOWN]


def _exponents(axes: Axes, table: pd.DataFrame, chosen: str, published: Mapping) -> None:
    for counted, part in table.groupby("counted", sort=False):
        colour = COUNTED[counted]
        for definition, towns in part[part["scope"] == "town"].groupby("definition", sort=False):
            filled = definition == chosen
            x, y = towns["positions"].to_numpy(float), towns["exponent"].to_numpy()
            axes.vlines(x, towns["low"], towns["high"], color=colour, lw=0.4, alpha=0.6)
            axes.plot(
                x, y, "o", ms=_DOTS[counted], mew=0.7, mec=colour,
                mfc=colour if filled else "white", gid="town", zorder=3 + filled,
            )  # fmt: skip
        for row in part[part["scope"].isin(["all", "outside"])].to_dict("records"):
            if row["scope"] == "outside" and row["definition"] != chosen:
                continue
            marker = "D" if row["scope"] == "all" else "v"
            axes.errorbar(
                row["positions"], row["exponent"],
                yerr=[[row["exponent"] - row["low"]], [row["high"] - row["exponent"]]],
                fmt=marker, ms=4.5, mec=INK, mew=0.6, mfc=colour, ecolor=INK, elinewidth=0.8,
                gid=row["scope"], zorder=6,
            )  # fmt: skip
    for number, (counted, (mean, sd)) in enumerate(published.items()):
        axes.axhspan(mean - sd, mean + sd, color=COUNTED[counted], alpha=0.13, lw=0, zorder=0)
        axes.axhline(
            mean, color=COUNTED[counted], lw=0.8, ls=((0, (3, 2)), (0, (1, 1)))[number % 2],
            gid="published", zorder=1,
        )  # fmt: skip
    if np.isfinite(planted_growth(table)):
        axes.axhline(planted_growth(table), color=INK, lw=0.8, ls=_PLANTED, gid="planted", zorder=1)
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.set_xlim(low, high)
    panels.decades(axes.xaxis)
    drawn = table[(table["scope"] != "outside") | (table["definition"] == chosen)]["exponent"]
    bottom, top = np.nanmin(drawn), np.nanmax(drawn)
    axes.set_ylim(min(bottom - 0.15, 0), max(top + 0.2, 1.05))
    axes.axhline(0, color=QUIET, lw=0.4, zorder=0)
    axes.axhline(1, color=QUIET, lw=0.4, ls=(0, (1, 2)), zorder=0)
    axes.set_xlabel("Positions of places")
    ends = table[["from_m", "to_m"]].iloc[0]
    axes.set_ylabel(f"Growth exponent, {ends.iloc[0]:g} to {ends.iloc[1]:g} m (no unit)")


def _curve(axes: Axes, exponents, curves, part, ends) -> None:
    texts = []
    here = _rows(curves, part)
    for counted, one in here.groupby("counted", sort=False):
        r = (one["r_low"] + one["r_high"]).to_numpy() / 2
        look = {"color": COUNTED[counted], "lw": line_width(counted, here)}
        axes.plot(*_joined(r, one["neighbours"].to_numpy()), gid="curve", zorder=2, **look)
        axes.plot(r, one["law"], color=INK, lw=0.9, ls=(0, (4, 2)), gid="law", zorder=3)
        row = _rows(exponents, part)
        row = row[row["counted"] == counted].iloc[0]
        error = (row["high"] - row["low"]) / 2
        told = f"{row['exponent']:.2f}" + (f" ± {error:.2f}" if np.isfinite(error) else "")
        texts.append((told.replace("-", "−"), COUNTED[counted]))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(*ends[0])
    axes.set_ylim(*ends[1])
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)
    for number, (told, colour) in enumerate(texts):
        axes.annotate(
            told, (0, 1), (4, -7 - 9 * number), xycoords="axes fraction",
            textcoords="offset points", color=colour,
        )  # fmt: skip


def _joined(r: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means of the curve over equal ratios of distance, where its 1 m bins lie closer than that."""
    group = np.unique(np.floor(np.log(r) / _RATIO), return_inverse=True)[1]
    number = np.bincount(group)
    mean = np.bincount(group, y) / number
    return (np.bincount(group, r) / number)[mean > 0], mean[mean > 0]


def _limits(exponents, curves, parts):
    """Limits of distance and of neighbours that all curves share, from a third of the fits on."""
    start, end = float(exponents["from_m"].iloc[0]), float(exponents["to_m"].iloc[0])
    low, high = start / 10, end * _BEYOND
    least, most = np.inf, 0.0
    for part in parts:
        for _, one in _rows(curves, part).groupby("counted", sort=False):
            r, y = _joined((one["r_low"] + one["r_high"]).to_numpy() / 2, one["neighbours"])
            y = y[(r >= start / 3) & (r <= high)]
            if y.size:
                least, most = min(least, float(y.min())), max(most, float(y.max()))
    if not most:
        least, most = 1e-3, 1.0
    # Texts, a line for each way of counting, stand above the curves.
    room = 4.0 * 3.0 ** (len(set(curves["counted"])) - 1)
    return (low, high), (max(least, most / _RANGE) / 1.5, most * room)


def _rows(table: pd.DataFrame, part: tuple[str, str, str]) -> pd.DataFrame:
    same = np.ones(len(table), dtype=bool)
    for column, value in zip(("definition", "scope", "town"), part, strict=True):
        same &= table[column].fillna("").to_numpy() == value
    return table[same]


def _title(part: tuple[str, str, str]) -> str:
    name = {"all": "All", "outside": "Outside towns"}.get(part[1], part[2])
    return name if len(name) <= 20 else name[:19] + "…"


def _key(made: Figure, exponents: pd.DataFrame, published: Mapping | None) -> None:
    entries = {
        counted: Line2D([], [], color=COUNTED[counted], lw=1.4)
        for counted in exponents["counted"].unique()
    }
    entries["fitted growth"] = Line2D([], [], color=INK, lw=0.9, ls=(0, (4, 2)))
    dot = {"ls": "", "marker": "o", "ms": 3.4, "mec": QUIET}
    drawn = definition_drawn(exponents)
    found = set(exponents.loc[exponents["scope"] == "town", "definition"])
    for name in ("density", "given"):
        if name in found:
            entries[{"density": "town by density", "given": "town as given"}[name]] = Line2D(
                [], [], mfc=QUIET if name == drawn else "white", **dot
            )
    entries["all places"] = Line2D([], [], ls="", marker="D", ms=4.5, mec=INK, mfc=QUIET)
    if ((exponents["scope"] == "outside") & (exponents["definition"] == drawn)).any():
        entries["outside towns"] = Line2D([], [], ls="", marker="v", ms=4.5, mec=INK, mfc=QUIET)
    if np.isfinite(planted_growth(exponents)):
        entries["planted in towns"] = Line2D([], [], color=INK, lw=0.8, ls=_PLANTED)
    if published:
        entries["published, mean ± SD"] = Rectangle((0, 0), 1, 1, fc=QUIET, alpha=0.2, lw=0)
    made.legend(
        list(entries.values()), list(entries), loc="lower center", ncols=min(len(entries), 4),
        borderaxespad=0.2, handletextpad=0.5, columnspacing=1.8, labelspacing=0.3,
    )  # fmt: skip
