"""Fig 3b, c: the flows that change most between the models, with the error of each model."""

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from movelaws.plotting import (
    FONT_SIZE,
    INK,
    POINTS_PER_MM,
    QUIET,
    WIDTH_DOUBLE,
    figure,
    maps,
    panels,
    style,
)
from movelaws.plotting.inequality import ways
from movelaws.plotting.inequality.settlements import (
    PENALISED,
    PENALISED_TEXT,
    penalised_map,
    penalised_zones,
)

_EDGE, _GAP, _HEADER, _LINE = 1.0, 3.0, 5.5, 3.7  # mm
_KEY = 7.5
_TALLEST_MAP = 80.0
_WIDEST, _LEAST = 2.2, 0.25  # mm, of arrows
_APART = 4.2  # mm between numbers on a map
_MOST = 26  # characters of a name
_MODELS = {"Standard": "standard", "Modified": "modified"}
_COLUMNS = ("distance_km", "flow", "standard", "error_standard", "modified", "error_modified",
            "change_percent")  # fmt: skip
_HEADINGS = ("distance (km)", "observed", "standard", "error", "modified", "error", "change (%)")
_RIGHT = (99.0, 114.0, 129.0, 139.5, 154.5, 165.0, 181.0)  # mm, ends of the columns


@style()
def change_arrows(
    zones: gpd.GeoDataFrame,
    changes: pd.DataFrame,
    classes: pd.DataFrame,
    *,
    variable: str,
    unit: str = "people",
    synthetic: bool = False,
) -> Figure:
    """Arrows as wide as the error under the standard and under the modified model, and a list.

    A flow that a model predicts exactly has no arrow in its panel.

    Parameters
    ----------
    zones : canonical zones, (n_zones,).
    changes : origin, destination, origin_name, destination_name, distance_km, flow, standard,
        modified, error_standard, error_modified (modelled minus observed), change_percent,
        penalised_origin and
        penalised_destination; a row per flow, in the order in which they are numbered.
    classes : zone_id and shape_<variable>; over 0 is orange.
    variable : which penalises.
    unit : of the flows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a table lacks a column or a zone, or ``changes`` is empty.

    References
    ----------
    Boldini et al., Fig. 3b, c.
    """
    sides = ("origin", "destination")
    needed = [*sides, *(f"{side}_name" for side in sides), *(f"penalised_{side}" for side in sides)]
    panels.require_columns(changes, [*needed, *_COLUMNS], "changes")
    if changes.empty:
        raise ValueError("changes: no rows, so there is no flow to draw")
    changes = changes.reset_index(drop=True)
    penalised = penalised_zones(zones, classes, variable)
    under = maps.ground(zones, margin=0.04)
    aspect = (under.bounds[2] - under.bounds[0]) / (under.bounds[3] - under.bounds[1])
    cell = (WIDTH_DOUBLE - 2 * _EDGE - _GAP) / 2
    height = min(cell / aspect, _TALLEST_MAP)
    exact = _exact(changes)
    listed = _EDGE + _HEADER + height + _KEY + (_LINE if exact else 0.0)
    deep = _LINE * (len(changes) + 1) + 1.5
    made = figure(WIDTH_DOUBLE, listed + deep + _EDGE)
    errors = changes[[f"error_{model}" for model in _MODELS.values()]].to_numpy(dtype=float)
    largest = max(float(np.abs(errors).max()), 1.0)
    start, end = (under.points[ways.positions(zones, changes[s], "changes")] for s in sides)
    per_mm = (under.bounds[2] - under.bounds[0]) / (height * aspect)
    spots = ways.number_spots(start, end, _APART * per_mm)
    for number, (title, error) in enumerate(zip(_MODELS, errors.T, strict=True)):
        left = _EDGE + number * (cell + _GAP) + (cell - height * aspect) / 2
        axes = panels.axes_mm(made, left, _EDGE + _HEADER, height * aspect, height)
        penalised_map(axes, under, penalised)
        _arrows(axes, (start, end), error, largest, per_mm)
        ways.write_numbers(axes, spots, shown=error != 0)
        if number == 0:
            maps.scale_bar(axes, under)
        total = np.abs(error).sum()
        panels.letter(axes, number, f"{title} model: {total:,.0f} {unit} wrong in these flows")
    _key(made, _EDGE + _HEADER + height + 1.0, largest, unit, exact)
    _list(made, changes, listed, deep)
    panels.tag_synthetic(made, synthetic)
    return made


def _colour(error: float) -> str:
    """Of an error's sign, as in Fig. 2."""
    return ways.OVER if error > 0 else ways.UNDER if error < 0 else ways.EXACT


def _width_mm(error: float, largest: float) -> float:
    return max(_WIDEST * abs(error) / largest, _LEAST)


def _arrows(
    axes: Axes,
    ends: tuple[np.ndarray, np.ndarray],
    error: np.ndarray,
    largest: float,
    per_mm: float,
) -> None:
    """The widest first, so that no narrow one is hidden."""
    for row in np.argsort(-np.abs(error), kind="stable"):
        if error[row] == 0:
            continue
        width = _width_mm(error[row], largest) * POINTS_PER_MM
        drawn = ways.arrow(axes, ends[0][row], ends[1][row], width, _colour(error[row]), per_mm)
        drawn.set_gid(f"flow {row + 1}")


def _exact(changes: pd.DataFrame) -> str:
    """Which arrows are missing, and why; empty if none is."""
    parts = []
    for letter, model in zip("ab", _MODELS.values(), strict=True):
        rows = [str(row + 1) for row in np.flatnonzero(changes[f"error_{model}"] == 0)]
        if rows:
            listed = " and ".join(filter(None, (", ".join(rows[:-1]), rows[-1])))
            parts.append(f"{'flows' if len(rows) > 1 else 'flow'} {listed} in {letter}")
    return f"no arrow: error 0 ({'; '.join(parts)})" if parts else ""


def _key(made: Figure, top: float, largest: float, unit: str, exact: str) -> None:
    """Widths with their numbers, colours by sign, orange zones; beneath, what has no arrow."""
    tall = _KEY - 2.0 + (_LINE if exact else 0.0)
    axes = panels.axes_mm(made, _EDGE, top, WIDTH_DOUBLE - 2 * _EDGE, tall)
    axes.set(xlim=(0, WIDTH_DOUBLE - 2 * _EDGE), ylim=(tall, 0))
    axes.set_axis_off()
    y = 2.6
    shown = maps.round_length(largest)
    x, place = 0.0, {"va": "center_baseline"}
    axes.text(x, y, "Error:", **place)
    x += 10.0
    for size in (s for s in (shown, shown / 4) if s >= 1):
        _sample(axes, (x, y), _width_mm(size, largest), QUIET)
        axes.text(x + 10.5, y, f"{size:,.0f}", **place)
        x += 20.0
    axes.text(x, y, unit, **place)
    for x, colour, text in ((88.0, ways.OVER, "too many"), (114.0, ways.UNDER, "too few")):
        _sample(axes, (x, y), 0.6, colour)
        axes.text(x + 10.5, y, text, **place)
    axes.fill_between([140, 144], y - 1.2, y + 1.2, color=PENALISED, linewidth=0)
    axes.text(145.5, y, "penalised places", **place)
    axes.text(0.0, y + _LINE, exact, **place)


def _sample(axes: Axes, at: tuple[float, float], width_mm: float, colour: str) -> None:
    start = np.array(at)
    ways.arrow(
        axes, start, start + np.array([9.0, 0.0]), width_mm * POINTS_PER_MM, colour, 1.0, 0.0
    )


def _list(made: Figure, changes: pd.DataFrame, top: float, deep: float) -> None:
    """Number, origin and destination, and what each model says; penalised names in orange."""
    axes = panels.axes_mm(made, _EDGE, top, WIDTH_DOUBLE - 2 * _EDGE, deep)
    axes.set(xlim=(0, WIDTH_DOUBLE - 2 * _EDGE), ylim=(deep, 0))
    axes.set_axis_off()
    y = 2.6
    for right, heading in zip(_RIGHT, _HEADINGS, strict=True):
        axes.text(right, y, heading, ha="right", va="baseline", color=QUIET)
    axes.text(5.0, y, "from → to (penalised in orange)", va="baseline", color=QUIET)
    axes.plot([0, WIDTH_DOUBLE - 2 * _EDGE], [y + 1.1] * 2, color=QUIET, linewidth=0.4)
    for row in changes.itertuples():
        y += _LINE
        axes.text(3.0, y, str(row.Index + 1), ha="right", va="baseline", fontweight="bold")
        at = (5.0, y)
        for side, before in (("origin", ""), ("destination", " → ")):
            bad = getattr(row, f"penalised_{side}")
            if before:
                at = _after(axes, at, before, INK)
            text = ways.shortened(str(getattr(row, f"{side}_name")), _MOST)
            at = _after(axes, at, text, PENALISED_TEXT if bad else INK)
        for right, column in zip(_RIGHT, _COLUMNS, strict=True):
            value = getattr(row, column)
            colour = _colour(value) if column.startswith("error") else INK
            text = _number(value, signed=colour != INK or column == "change_percent")
            if column == "distance_km" and value < 9.95:
                text = ways.kilometres(value)
            axes.text(right, y, text, ha="right", va="baseline", color=colour)


def _after(axes: Axes, at: tuple[float, float], text: str, colour: str) -> tuple[float, float]:
    """Write text; where the next word goes."""
    axes.text(*at, text, va="baseline", color=colour)
    # A path knows no trailing space: measured with a mark behind it.
    ends = [
        TextPath((0, 0), shown, size=FONT_SIZE, prop=FontProperties("DejaVu Sans")).get_extents().x1
        for shown in (f"{text}|", "|")
    ]
    return at[0] + (ends[0] - ends[1]) / POINTS_PER_MM, at[1]


def _number(value: float, *, signed: bool) -> str:
    if not np.isfinite(value):
        return "∞" if value > 0 else "–"
    text = f"{value:+,.0f}" if signed and round(value) else f"{value:,.0f}"
    return text.replace("-", "−")
