"""How far people travel in every dataset, observed and by every model; grids of small panels."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, FuncFormatter

from movelaws.plotting import (
    MM_PER_INCH,
    POINTS_PER_MM,
    WIDTH_DOUBLE,
    WIDTH_SINGLE,
    colours,
    figure,
    panels,
    style,
)
from movelaws.plotting.choice.names import NAMES, REFERENCE, ordered

COLUMNS = ["low_km", "high_km", "model", "share"]
_LEFT, _RIGHT, _TOP, _BOTTOM = 13.5, 4.5, 6.0, 9.0
_GAP_X, _GAP_Y = 11.0, 10.5
_TALL, _LOW, _MANY_ROWS = 38.0, 32.0, 3  # mm of a panel, and rows from which on the lower
_KEY_ROW = 3.8
_LETTER, _CHARACTER, _TITLE_LINE, _ABOVE = 3.8, 1.3, 2.9, 1.5  # mm, of the panels' titles
_NAME_X, _NAME_Y = 5.1, 8.6  # mm from the axes to their names
_LINE, _POWER, _BETWEEN = 2.4, 4.2, 1.2  # mm: height and width of tick labels, and between
_BEST = 3
_NOTE_SIZE, _NOTE_LINE = 6.5, 2.75
_ROOM = 4.0  # factor of the vertical axis beyond what was observed


@style()
def distances(
    tables: Mapping[str, pd.DataFrame],
    statistics: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    synthetic: bool = False,
) -> Figure:
    """Share of travel per kilometre of distance, P(d), a panel per dataset (paper 5, Fig. S5).

    Parameters
    ----------
    tables : by dataset, columns low_km, high_km (edges of a bin), model ("flow" is observed) and
        share of all travel in the bin.
    statistics : dataset, model, ks_distance: the best three of the paper's models, and the DCG,
        are written into the panels.
    labels : name to show by dataset.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there is no dataset, a column is missing, or nothing was observed.
    """
    panels.require_columns(statistics, ["dataset", "model", "ks_distance"], "statistics")
    curves = {name: densities(table, f"tables[{name!r}]") for name, table in tables.items()}
    made, grid = small_multiples(list(curves), _models(curves.values()), labels)
    for axes, (name, parts) in zip(grid, curves.items(), strict=True):
        draw_density(axes, parts)
        write_best(axes, statistics[statistics["dataset"] == name], "ks_distance")
    label_outer(grid, "Distance $d$ (km)", "Share of travel, $P(d)$ (1/km)")
    panels.tag_synthetic(made, synthetic)
    return made


def densities(table: pd.DataFrame, name: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Middles of the bins (km) and share per kilometre (1/km) by model, "flow" among them.

    Bins that hold nothing are left out: they have no place on a log axis.

    Raises
    ------
    ValueError
        If a column is missing or nothing was observed, naming ``name``.
    """
    panels.require_columns(table, COLUMNS, name)
    curves = {}
    for model in ("flow", *ordered(list(table["model"].unique()))):
        part = table[table["model"] == model].sort_values("low_km")
        low, high = part["low_km"].to_numpy(), part["high_km"].to_numpy()
        density = part["share"].to_numpy() / (high - low)
        some = density > 0
        curves[model] = (np.sqrt(low * high)[some], density[some])
    if curves["flow"][1].size == 0:
        raise ValueError(f"{name}: no bin of model 'flow' (the observation) has a positive share")
    return curves


def draw_density(axes: Axes, curves: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Observed points under a line per model, in log-log, limits set by the observation."""
    x, seen = curves["flow"]
    axes.set(xscale="log", yscale="log")
    axes.set_xlim(x.min() / 1.15, x.max() * 1.15)
    axes.set_ylim(seen.min() / _ROOM, seen.max() * _ROOM)
    draw_curves(axes, curves, every=4)


def draw_curves(
    axes: Axes, curves: Mapping[str, tuple[np.ndarray, np.ndarray]], every: int | float
) -> None:
    """Observation as points, models as lines with a marker here and there, the DCG on top."""
    for number, model in enumerate(reversed(list(curves))):
        start = number % 4 if isinstance(every, int) else every * (number + 1) / len(curves)
        axes.plot(*curves[model], markevery=(start, every), **look(model))
    axes.lines[-1].set_markevery(None)
    few_decades(axes.xaxis, least=3)
    few_decades(axes.yaxis, powers=True)


def look(model: str) -> dict[str, object]:
    """How a curve is drawn: the observation as rings, the reference dashed and hollow."""
    colour, marker = colours.model(model)
    drawn = {"color": colour, "marker": marker, "ms": 2.4, "mew": 0, "lw": 0.8, "label": model}
    if model == "flow":
        return drawn | {"ls": "none", "mfc": "none", "mew": 0.6, "ms": 2.6, "zorder": 1.9}
    if model == REFERENCE:
        return drawn | {"ls": (0, (3, 1.5)), "mfc": "white", "mew": 0.6}
    return drawn | ({"lw": 1.1, "ms": 3.4, "zorder": 3} if model == "DCG" else {})


def few_decades(axis: Axis, *, least: int = 2, powers: bool = False) -> None:
    """Ticks of a log axis as in other figures, every second or third where they would touch.

    Parameters
    ----------
    least : labelled ticks wanted.
    powers : write decades as powers of ten even where numbers are short.
    """
    panels.decades(axis, least)
    ticks = np.asarray(axis.get_majorticklocs())
    exponents = np.log10(ticks)
    decades = np.allclose(exponents, np.round(exponents))
    if powers and decades:
        axis.set_major_formatter(FuncFormatter(lambda value, _: panels.power_of_ten(value)))
    axes, low_high = axis.axes, np.log10(axis.get_view_interval())
    along = axis.axis_name == "x"
    places = (exponents - low_high[0]) / np.ptp(low_high) * size_mm(axes)[0 if along else 1]
    written = axis.get_major_formatter().format_ticks(ticks)
    needed = np.array([_width(text) if along else _LINE for text in written]) + _BETWEEN
    for step in range(1, len(ticks) + 1):
        gaps, sizes = np.diff(places[::step]), needed[::step]
        if (gaps >= (sizes[1:] + sizes[:-1]) / 2).all():
            break
    axis.set_major_locator(FixedLocator(ticks[::step]))


def _width(text: str) -> float:
    """Width of a tick label (mm), about; powers of ten are raised and so smaller."""
    return _POWER if text.startswith("$") else _CHARACTER * len(text)


def small_multiples(
    datasets: Sequence[str], models: Sequence[str], labels: Mapping[str, str]
) -> tuple[Figure, list[Axes]]:
    """Figure of up to three columns with a lettered panel per dataset and one key below.

    Raises
    ------
    ValueError
        If there is no dataset.
    """
    if not datasets:
        raise ValueError("tables: no dataset to draw")
    columns = min(3, len(datasets))
    rows = -(-len(datasets) // columns)
    wide = WIDTH_SINGLE if columns == 1 else WIDTH_DOUBLE
    height = _TALL if rows <= _MANY_ROWS else _LOW
    width = (wide - _LEFT - _RIGHT - _GAP_X * (columns - 1)) / columns
    key_columns = 3 if columns == 1 else 8
    key = _KEY_ROW * -(-(len(models) + 1) // key_columns) + 1
    letters = int((width - _LETTER) / _CHARACTER)
    titles = {name: wrapped(labels.get(name, name), letters) for name in datasets}
    extra = _TITLE_LINE * (max(map(len, titles.values())) - 1)
    top, pitch = _TOP + extra, height + _GAP_Y + extra
    made = figure(wide, top + (rows - 1) * pitch + height + _BOTTOM + key)
    grid = []
    for number, name in enumerate(datasets):
        row, column = divmod(number, columns)
        place = (_LEFT + column * (width + _GAP_X), top + row * pitch)
        grid.append(panels.axes_mm(made, *place, width, height))
        _title(grid[-1], number, titles[name])
    add_key(made, models, key_columns)
    return made, grid


def _title(axes: Axes, number: int, lines: Sequence[str]) -> None:
    """Letter and name above a panel, the first line beside the letter and the last lowest."""
    above = [_ABOVE + _TITLE_LINE * (len(lines) - 1 - line) for line in range(len(lines))]
    panels.letter(axes, number, lines[0], above_mm=above[0])
    for line, height in zip(lines[1:], above[1:], strict=True):
        axes.annotate(
            line,
            (0, 1),
            (_LETTER * POINTS_PER_MM, height * POINTS_PER_MM),
            xycoords="axes fraction",
            textcoords="offset points",
            va="baseline",
            annotation_clip=False,
        )


def wrapped(text: str, most: int) -> list[str]:
    """Lines of at most ``most`` letters, as few as it takes and about equally long."""
    few = len(textwrap.wrap(text, most))
    narrowest = min(most, max(map(len, text.split()), default=most))
    lines = (textwrap.wrap(text, width) or [""] for width in range(narrowest, most + 1))
    return next(part for part in lines if len(part) <= max(few, 1))


def add_key(made: Figure, models: Sequence[str], columns: int) -> None:
    """One key at the foot of the figure: the observation, then the models."""
    handles = [Line2D([], [], **look(model)) for model in ("flow", *models)]
    made.legend(
        handles,
        ["observed", *(NAMES[model] for model in models)],
        loc="lower center",
        ncols=columns,
        borderaxespad=0.2,
        columnspacing=1.5,
        handletextpad=0.5,
        handlelength=2.0,
        labelspacing=0.3,
    )


def label_outer(grid: Sequence[Axes], x: str, y: str) -> None:
    """Names of the axes where no other panel of the grid follows below or stands to the left."""
    columns = min(3, len(grid))
    for number, axes in enumerate(grid):
        below, beside = number + columns >= len(grid), number % columns == 0
        name_axes(axes, x if below else "", y if beside else "")


def name_axes(axes: Axes, x: str, y: str) -> None:
    """Names of the axes at fixed distances, so that they line up from panel to panel."""
    wide, tall = size_mm(axes)
    axes.set_xlabel(x, va="top")
    axes.xaxis.set_label_coords(0.5, -_NAME_X / tall)
    axes.set_ylabel(y, va="bottom")
    axes.yaxis.set_label_coords(-_NAME_Y / wide, 0.5)


def size_mm(axes: Axes) -> np.ndarray:
    """Width and height of the panel on paper."""
    return axes.get_position().size * axes.figure.get_size_inches() * MM_PER_INCH


def write_best(axes: Axes, statistics: pd.DataFrame, column: str) -> None:
    """KS statistic of the DCG and the three best of the paper's models, in the emptiest corner.

    The reference is left out: it was given the arrivals.
    """
    values = statistics.set_index("model")[column].drop(REFERENCE, errors="ignore").dropna()
    values = values[ordered(list(values.index))].sort_values(kind="stable")
    chosen = [m for rank, m in enumerate(values.index) if rank < _BEST or m == "DCG"]
    lines = [("KS statistic", colours.OBSERVED.colour)] if chosen else []
    lines += [(f"{NAMES[m]} {values[m]:#.2g}", colours.model(m).colour) for m in chosen]
    wide, tall = size_mm(axes)
    box = (19.0 / wide, (len(lines) * _NOTE_LINE + 1) / tall)
    right, top = _emptiest_corner(axes, *box)
    for number, (text, colour) in enumerate(lines):
        below = number if top else number - len(lines) + 1
        axes.text(
            0.985 if right else 0.02,
            (0.985 if top else 0.02) - below * _NOTE_LINE / tall,
            text,
            transform=axes.transAxes,
            ha="right" if right else "left",
            va="top" if top else "bottom",
            fontsize=_NOTE_SIZE,
            color=colour,
            path_effects=[withStroke(linewidth=1.2, foreground="white")],
            zorder=6,
        )


def _emptiest_corner(axes: Axes, width: float, height: float) -> tuple[bool, bool]:
    """(right, top) of the corner whose box, as shares of the panel, holds the fewest points."""

    def points_in(corner: tuple[bool, bool]) -> int:
        right, top = corner
        across = x > 1 - width if right else x < width
        return int((across & (y > 1 - height if top else y < height) & inside).sum())

    data = np.vstack([line.get_xydata() for line in axes.lines])
    (left, end), (low, high) = np.log10(axes.get_xlim()), np.log10(axes.get_ylim())
    with np.errstate(divide="ignore", invalid="ignore"):
        x = (np.log10(data[:, 0]) - left) / (end - left)
        y = (np.log10(data[:, 1]) - low) / (high - low)
    inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
    return min([(False, False), (True, True), (True, False), (False, True)], key=points_in)


def _models(curves: Iterable[Mapping[str, object]]) -> list[str]:
    return ordered([model for parts in curves for model in parts])
