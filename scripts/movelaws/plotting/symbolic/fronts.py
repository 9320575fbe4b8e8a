"""Accuracy against complexity of the best laws, and what the laws are (paper 2, Figs 3 and S1)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, WIDTH_SINGLE, colours, figure, panels, style
from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import lines, number
from movelaws.symbolic.pages import PER_PAGE

FRONT = ("complexity", "expression", "rmse", "cpc", "certified", "normalised_rmse", "effects")
MODELS = ("model", "complexity", "rmse", "normalised_rmse")
_LEFT, _RIGHT, _GAP = 11.0, 2.0, 5.0
_TOP, _PANEL, _AXIS = 7.0, 52.0, 11.5
_HEAD, _LINE, _PAD = 4.2, 4.0, 1.0  # mm of the table's header, a line, and around a row's lines
_KEY_LINE = 3.6
_COLUMNS = (5.0, 61.0, 71.5, 84.0)  # mm: complexity (centre), and right ends of three numbers
_CLOSER = (5.0, 41.5, 49.6, 60.2, 85.5)  # the same, and the gain on origins held out
_WORST = 100  # percent: a loss beyond it needs no interval
_NAME = 3.0  # mm of a model's name


@style()
def fronts(
    tables: Mapping[str, pd.DataFrame],
    models: Mapping[str, pd.DataFrame],
    *,
    labels: Mapping[str, str],
    unit: str = "commuters",
    synthetic: bool = False,
) -> list[Figure]:
    """Pages of at most two datasets: the front, and below it the laws that make it.

    Parameters
    ----------
    tables : front by dataset: complexity, expression, rmse, cpc, certified, normalised_rmse (over
        that of m_j / d; no unit), effects and, where known, published_rmse and heldout_gain with
        heldout_gain_low and heldout_gain_high (percent below the RMSE of exponential gravity).
    models : existing models by dataset: model, complexity, rmse, normalised_rmse.
    labels : name to show by dataset.
    unit : of the flows.
    synthetic : add a tag that says so.

    Returns
    -------
    Figures, ``-(-len(tables) // PER_PAGE)`` of them, panels lettered on from page to page.

    Raises
    ------
    ValueError
        If there is no dataset, one has no models, or a column is missing.
    """
    if not tables:
        raise ValueError("tables: no dataset to draw")
    for name, table in tables.items():
        parts.checked(table, FRONT, f"tables[{name!r}]")
        if name not in models:
            raise ValueError(f"models: no table of dataset {name!r}; there are {', '.join(models)}")
        parts.checked(models[name], MODELS, f"models[{name!r}]")
    names = list(tables)
    return [
        _page(names[at : at + PER_PAGE], at, tables, models, labels, unit, synthetic)
        for at in range(0, len(names), PER_PAGE)
    ]


def _page(
    names: Sequence[str],
    first: int,
    tables: Mapping[str, pd.DataFrame],
    models: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
    unit: str,
    synthetic: bool,
) -> Figure:
    wide = WIDTH_SINGLE if len(names) == 1 else WIDTH_DOUBLE
    step = WIDTH_SINGLE + _GAP
    laws = {name: _laws(tables[name]) for name in names}
    deep = max([_HEAD + sum(_tall(text) for *_, text in rows) for rows in laws.values()])
    drawn = pd.concat([tables[name] for name in names])
    entries, columns = _entries(drawn), 4 if len(names) > 1 else 3
    foot = _KEY_LINE * -(-len(entries) // columns) + 2.5
    made = figure(wide, _TOP + _PANEL + _AXIS + _TOP + deep + foot)
    for number_, name in enumerate(names):
        left = number_ * step
        axes = panels.axes_mm(made, left + _LEFT, _TOP, WIDTH_SINGLE - _LEFT - _RIGHT, _PANEL)
        panels.letter(axes, 2 * (first + number_), labels.get(name, name))
        draw_front(axes, tables[name], models[name], colours.dataset(name))
        under = panels.axes_mm(made, left, 2 * _TOP + _PANEL + _AXIS, WIDTH_SINGLE, deep)
        panels.letter(under, 2 * (first + number_) + 1, f"Laws of the front, RMSE in {unit}")
        _table(parts.sheet(under, WIDTH_SINGLE, deep), laws[name])
    parts.key(made, entries, columns)
    panels.tag_synthetic(made, synthetic)
    return made


def draw_front(axes: Axes, front: pd.DataFrame, models: pd.DataFrame, look: colours.Look) -> None:
    """Front as a line of steps, existing models as crosses with names, published values beside.

    Models that are worse than the axis reaches stand at its upper edge with their value.
    """
    best = parts.pareto(front[np.isfinite(front["rmse"])])
    axes.set_xlabel("Complexity (no unit)")
    axes.set_ylabel("RMSE over that of $m_j/d$ (no unit)")
    if best.empty:
        axes.text(0.5, 0.5, "no law found", transform=axes.transAxes, ha="center", color=QUIET)
        return
    scale = (best["rmse"] / best["normalised_rmse"]).median()
    published = parts.best_published(front) / scale
    low, high = _limits(best["normalised_rmse"], published, models["normalised_rmse"])
    last = max(best["complexity"].max(), models["complexity"].max(), 11)
    axes.set_xlim(2, last + 1.6)
    axes.set_ylim(low, high)
    axes.set_xticks(np.arange(3, last + 1, 2))
    x, y = best["complexity"].to_numpy(float), best["normalised_rmse"].to_numpy(float)
    axes.step(np.append(x, last + 1), np.append(y, y[-1]), where="post", color=look.colour, lw=0.9)
    for certified, filled in ((True, look.colour), (False, "white")):
        some = parts.flags(best["certified"]).to_numpy() == certified
        axes.plot(
            x[some],
            y[some],
            look.marker,
            color=look.colour,
            mfc=filled,
            ms=4.2,
            mew=0.9,
            zorder=4,
            gid="certified" if certified else "evolved",
        )
    axes.plot(
        published.index,
        published,
        "D",
        mfc="none",
        mec=INK,
        mew=0.6,
        ms=6.4,
        gid="published",
        zorder=5,
        clip_on=False,
    )
    _crosses(axes, models.dropna(subset="normalised_rmse"), x, y)


def _limits(*values: pd.Series) -> tuple[float, float]:
    """From below the best of all to a little above 1 or the front's worst."""
    front, published, models = values
    low = min(series.min() for series in values if series.notna().any())
    high = max(front.max(), published.max() if len(published) else 0.0, min(1.0, models.max()))
    span = (high - low) or 0.1 * high
    return low - 0.06 * span, high + 0.1 * span


def _crosses(axes: Axes, models: pd.DataFrame, x: np.ndarray, y: np.ndarray) -> None:
    """Crosses with names to their upper right, clear of the front below them."""
    low, high = axes.get_ylim()
    mm = (high - low) / _PANEL
    for complexity, group in models.groupby("complexity"):
        beyond = group["normalised_rmse"] > high
        for row in group[beyond].to_dict("records"):
            axes.plot(complexity, high - 0.9 * mm, "^", color=QUIET, ms=3.2, mew=0, gid="beyond")
            axes.text(
                complexity,
                high - 2.2 * mm,
                f"{row['model']}\n{row['normalised_rmse']:.2f}",
                ha="center",
                va="top",
                color=colours.model(row["model"]).colour,
                linespacing=1.1,
            )
        inside = group[~beyond].sort_values("normalised_rmse")
        if inside.empty:
            continue
        values = inside["normalised_rmse"].to_numpy(float)
        under = y[x <= complexity]
        floor = (under.min() if under.size else low) + 2.3 * mm
        places = panels.spread(values, _NAME * mm, floor, high - 1.5 * mm)
        for name, value, place in zip(inside["model"], values, places, strict=True):
            colour = colours.model(name).colour
            axes.plot([complexity, complexity + 0.42], [value, place], lw=0.5, color=colour)
            axes.plot(complexity, value, "x", color=colour, ms=4.6, mew=1.1, zorder=6, gid="model")
            axes.text(complexity + 0.5, place, name, va="center_baseline", color=colour, zorder=6)


def _rows(front: pd.DataFrame) -> list[dict]:
    published = parts.best_published(front)
    best = parts.pareto(front[np.isfinite(front["rmse"])])
    return [
        row | {"published": published.get(row["complexity"], np.nan)}
        for row in best.to_dict("records")
    ]


def _laws(front: pd.DataFrame) -> list[tuple[dict, float, str]]:
    """Rows of the table, each with its law in lines and their size."""
    rows = _rows(front)
    centre, end, *_ = _ends(rows)
    return [(row, *lines(row["expression"], end - centre - 13.0)[::-1]) for row in rows]


def _ends(rows: list[dict]) -> tuple[float, ...]:
    """Where columns end: laws make room for the gain where one is known."""
    return _CLOSER if any(_gain(row) for row in rows) else _COLUMNS


def _gain(row: dict) -> str:
    """Gain on origins held out with its interval, in percent; empty if it is not known."""
    values = [row.get(f"heldout_gain{end}", np.nan) for end in ("", "_low", "_high")]
    if not np.isfinite(values).all():
        return ""
    if values[0] < -_WORST:
        return f"< −{_WORST}"
    gain, low, high = map(_percent, values)
    return gain if gain == low == high else f"{gain} ({low} to {high})"


def _percent(value: float) -> str:
    """Whole from 10 on, else with a decimal: 0.5, 9.4, 18."""
    rounded = round(value, 1 if abs(value) < 9.95 else None)
    return f"{rounded + 0:,}".replace("-", "−") if rounded else "0"


def _tall(text: str) -> float:
    return _LINE * (text.count("\n") + 1) + _PAD


def _table(axes: Axes, rows: list[tuple[dict, float, str]]) -> None:
    """A row per law, its background after the effects that it captures."""
    centre, *ends = _ends([row for row, _, _ in rows])
    drawn = {"va": "center_baseline"}
    known = any(np.isfinite(row["published"]) for row, _, _ in rows)
    heads = ("RMSE", "CPC", "publ." if known else "", "held-out gain (%)")
    for at, text in zip(ends, heads, strict=False):
        axes.text(at, _HEAD / 2, text, ha="right", color=QUIET, **drawn)
    axes.text(1.0, _HEAD / 2, "$C$", color=QUIET, **drawn)
    if not rows:
        axes.text(centre + 3, _HEAD + 2, "no law found", color=QUIET, va="top")
    top = _HEAD
    for row, size, text in rows:
        tall = _tall(text)
        colour = parts.EFFECTS[parts.effect_class(row["effects"])][0]
        axes.add_patch(Rectangle((0, top + 0.25), WIDTH_SINGLE - 2, tall - 0.5, fc=colour, lw=0))
        middle = top + tall / 2
        axes.text(3.8, middle, f"{row['complexity']}", ha="right", **drawn)
        axes.text(
            centre + 1.5, middle, text, fontsize=size, va="center", linespacing=1.3, gid="law"
        )
        printed = "" if np.isnan(row["published"]) else number(row["published"])
        shown = (number(row["rmse"]), f"{row['cpc']:.3f}", printed, _gain(row))
        for at, words in zip(ends, shown, strict=False):
            axes.text(at + 1, middle, words, ha="right", **drawn)
        top += tall


def _entries(drawn: pd.DataFrame) -> dict[str, Artist]:
    line = {"color": QUIET, "marker": "o", "ms": 4.2, "mew": 0.9, "lw": 0.9}
    entries = {
        "certified": Line2D([], [], **line),
        "evolved": Line2D([], [], mfc="white", **line),
        "existing model": Line2D([], [], ls="", marker="x", color=QUIET, ms=4.6, mew=1.1),
    }
    if len(parts.best_published(drawn)):
        entries["published front"] = Line2D(
            [], [], ls="", marker="D", mfc="none", mec=INK, mew=0.6, ms=5.6
        )
    for colour, words in parts.EFFECTS.values():
        entries[words] = Rectangle((0, 0), 1, 1, fc=colour, lw=0)
    return entries
