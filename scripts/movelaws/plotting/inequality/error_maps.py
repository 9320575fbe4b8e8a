"""Fig 2a-c: the country, and the sign of the error of every flow under both models."""

import textwrap

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure

from movelaws.plotting import (
    MM_PER_INCH,
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
    draw_settlements,
    penalised_map,
    penalised_zones,
)

SIGNS = {1: ("over", ways.OVER), 0: ("exact", ways.EXACT), -1: ("under", ways.UNDER)}
"""Sign of modelled minus observed flow: its word and colour, from top to bottom."""

_EDGE, _GAP, _HEADER, _FOOT, _LINE = 1.0, 3.0, 5.5, 12.5, 3.5  # mm
_TALLEST_MAP = 78.0
_INK = 25.0  # most mm of unchanged lines per mm2 of printed land; as many again that change
_CHARACTERS = 150  # of a line of notes
_STEPS = np.linspace(0, 1, 9)
_MODELS = {"standard": "_standard", "modified": ""}  # and the endings of their columns in tests


@style()
def error_maps(
    zones: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    tests: pd.DataFrame,
    classes: pd.DataFrame,
    *,
    variable: str,
    exponent: float,
    settlements: pd.DataFrame | None = None,
    unit: str = "people",
    places: str = "places",
    synthetic: bool = False,
) -> Figure:
    """Settlements and penalised zones; over-, under- and exactly estimated flows of both models.

    Pairs whose sign of error differs between the models are drawn strongly in both panels, all
    others faintly, for the difference is what the comparison is about.

    Parameters
    ----------
    zones : canonical zones, (n_zones,).
    flows : origin, destination, flow, standard, modified: the pairs where one is over 0.
    tests : one row per variable and exponent: variable, label, exponent and, with and without
        ``_standard``, exact_share (of all pairs) and over and under (numbers of pairs).
    classes : zone_id and shape_<variable>.
    variable, exponent : the row of ``tests`` that ``flows`` belong to.
    settlements : lon, lat; None draws none.
    unit, places : what flows count, and what zones are.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a table lacks a column, a row or a zone, or ``flows`` and the row do not agree.

    References
    ----------
    Boldini et al., Fig. 2a-c.
    """
    panels.require_columns(
        flows, ["origin", "destination", "flow", "standard", "modified"], "flows"
    )
    if flows.empty:
        raise ValueError("flows: no rows, so there is nothing to draw")
    row = _row(tests, variable, exponent)
    n_pairs = len(zones) * (len(zones) - 1)
    error = {name: (flows[name] - flows["flow"]).to_numpy(dtype=float) for name in _MODELS}
    _check(row, error, n_pairs)
    penalised = penalised_zones(zones, classes, variable)
    under = maps.ground(zones)
    aspect = (under.bounds[2] - under.bounds[0]) / (under.bounds[3] - under.bounds[1])
    cell = (WIDTH_DOUBLE - 2 * _EDGE - _GAP) / 2
    height = min(cell / aspect, _TALLEST_MAP)
    width, right = height * aspect, _EDGE + cell + _GAP
    made = figure(WIDTH_DOUBLE, 2 * (_EDGE + _HEADER + height) + _FOOT)

    axes = panels.axes_mm(made, _EDGE, _EDGE + _HEADER, width, height)
    penalised_map(axes, under, penalised)
    maps.scale_bar(axes, under)
    said = f"{len(zones):,} {places}, penalised: {penalised.sum():,}"
    if settlements is not None:
        said += f"; {draw_settlements(axes, under, settlements):,} settlements"
    panels.letter(axes, 0, said)
    axes = panels.axes_mm(made, right, _EDGE + _HEADER, cell, height)
    penalty = f"{row['label']}, {_penalty(classes[f'shape_{variable}'], exponent)}"
    _changes(axes, row, error, n_pairs, penalty)

    ends = [
        under.points[ways.positions(zones, flows[side], "flows")]
        for side in ("origin", "destination")
    ]
    points = ways.curves(*ends, _STEPS)
    land = width * height * maps.land_share(under)
    per_mm = (under.bounds[2] - under.bounds[0]) / width
    drawn = _drawn(error, np.hypot(*(ends[1] - ends[0]).T) / per_mm, _INK * land)
    top = 2 * (_EDGE + _HEADER) + height
    for number, (left, name) in enumerate(zip((_EDGE, right), _MODELS, strict=True), start=1):
        axes = panels.axes_mm(made, left, top, width, height)
        maps.base_map(axes, under)
        _lines(axes, points, np.sign(error[name]), drawn, _size(error))
        panels.letter(
            axes, number, f"{name.capitalize()} model: {_shares(row, _MODELS[name], n_pairs)}"
        )
    _foot(axes, right - _EDGE, drawn, error, n_pairs, unit)
    panels.tag_synthetic(made, synthetic)
    return made


def _row(tests: pd.DataFrame, variable: str, exponent: float) -> pd.Series:
    counts = [
        f"{name}{end}" for name in ("exact_share", "over", "under") for end in _MODELS.values()
    ]
    panels.require_columns(tests, ["variable", "label", "exponent", *counts], "tests")
    rows = tests[(tests["variable"] == variable) & np.isclose(tests["exponent"], exponent)]
    if len(rows) != 1:
        raise ValueError(
            f"tests: {len(rows)} rows of variable {variable!r} and exponent {exponent:g}; "
            f"there are {', '.join(sorted(set(tests['variable'])))} and "
            f"{', '.join(f'{e:g}' for e in sorted(set(tests['exponent'])))}"
        )
    return rows.iloc[0]


def _check(row: pd.Series, error: dict[str, np.ndarray], n_pairs: int) -> None:
    """Numbers in the text and colours on the map are of the same errors."""
    for name, end in _MODELS.items():
        over, under = (int(np.count_nonzero(side * error[name] > 0)) for side in (1, -1))
        found = {"over": over, "under": under, "exact_share": 1 - (over + under) / n_pairs}
        for column, here in found.items():
            there = row[f"{column}{end}"]
            if not abs(there - here) < (1e-9 if column == "exact_share" else 0.5):
                raise ValueError(
                    f"tests: {column}{end} = {there:.9g}, but by the {n_pairs:,} pairs in flows it "
                    f"is {here:.9g}: tables of different runs or exponents"
                )


def _shares(row: pd.Series, end: str, n_pairs: int) -> str:
    """Exact first: it is what the paper compares."""
    over, under = (100 * row[f"{name}{end}"] / n_pairs for name in ("over", "under"))
    exact, n = 100 * row[f"exact_share{end}"], _digits(row)
    return f"exact {exact:.{n}f} %, over {over:.{n}f} %, under {under:.{n}f} %"


def _digits(row: pd.Series) -> int:
    """Decimals of percentages: as few as show that the models differ, at most three."""
    shares = 100 * row["exact_share"], 100 * row["exact_share_standard"]
    differ = (n for n in (1, 2, 3) if len({f"{share:.{n}f}" for share in shares}) == 2)
    return next(differ, 1)


def _size(error: dict[str, np.ndarray]) -> np.ndarray:
    """(n_pairs,) the larger of both errors, so that a line has one width in both panels."""
    return np.maximum(*(np.abs(error[name]) for name in _MODELS))


def _drawn(
    error: dict[str, np.ndarray], length: np.ndarray, most: float
) -> list[tuple[bool, np.ndarray]]:
    """Rows drawn, unchanged ones first, each from small to large errors, at most ``most`` mm."""
    changed = np.sign(error["standard"]) != np.sign(error["modified"])
    size, found = _size(error), []
    for strong in (False, True):
        rows = np.flatnonzero(changed == strong)
        rows = rows[np.argsort(-size[rows], kind="stable")]
        rows = rows[np.cumsum(length[rows]) <= most] if len(rows) else rows
        found.append((strong, rows[::-1]))
    return found


def _lines(
    axes: Axes,
    points: np.ndarray,
    sign: np.ndarray,
    drawn: list[tuple[bool, np.ndarray]],
    size: np.ndarray,
) -> None:
    """Faint lines where both models err alike, strong ones on top where they differ."""
    most = np.log1p(max(size.max(), 1.0))
    colour = {s: to_rgba_array(c)[0] for s, (_, c) in SIGNS.items()}
    for strong, rows in drawn:
        colours = np.array([colour[int(s)] for s in sign[rows]]).reshape(-1, 4)
        colours[:, 3] = 0.7 if strong else 0.22
        share = np.log1p(size[rows]) / most
        lines = LineCollection(
            points[rows],
            colors=colours,
            linewidths=0.2 + 0.7 * share if strong else 0.12 + 0.4 * share,
            capstyle="round",
            zorder=1.2 if strong else 1.0,
            rasterized=True,
        )
        lines.set_gid("changed" if strong else "unchanged")
        axes.add_collection(lines, autolim=False)


def _penalty(shape: pd.Series, exponent: float) -> str:
    """The paper's symbol: delta of two classes, Delta of the worst place of many."""
    power = f"10^{{{exponent:g}}}"
    two = shape.isin([0, 1]).all()
    return rf"$\delta = 1 + {power}$" if two else rf"$\Delta = {power}$"


def _changes(
    axes: Axes, row: pd.Series, error: dict[str, np.ndarray], n_pairs: int, penalty: str
) -> None:
    """All pairs by the sign of their error, standard model to the left, modified to the right."""
    height = axes.get_position().height * axes.figure.get_figheight() * MM_PER_INCH
    axes.set(xlim=(0, 1), ylim=(1, 0))
    axes.set_axis_off()
    signs = {name: np.sign(error[name]).astype(int) for name in _MODELS}
    count = pd.crosstab(signs["standard"], signs["modified"])
    count = count.reindex(index=list(SIGNS), columns=list(SIGNS), fill_value=0)
    count.loc[0, 0] += n_pairs - len(signs["standard"])  # pairs where all three are 0
    table = count.to_numpy() / n_pairs
    top, deep, left, right, bar = 4.5 / height, 1 - 12.5 / height, 0.27, 0.73, 0.018
    digits = _digits(row)
    for x, side, name in ((left, 1, "standard"), (right, 0, "modified")):
        shares = table.sum(axis=side)
        edges = top + deep * np.concatenate([[0], np.cumsum(shares)])
        middle = panels.spread((edges[:-1] + edges[1:]) / 2, 3.4 / height)
        away, at = (-1, x) if side else (1, x + bar)
        axes.text(x + bar / 2, 2.0 / height, f"{name} model", ha="center", color=QUIET)
        for (word, colour), share, low, high, y in zip(
            SIGNS.values(), shares, edges[:-1], edges[1:], middle, strict=True
        ):
            axes.fill_between([x, x + bar], low, high, color=colour, linewidth=0)
            axes.text(
                at + away * 0.02, y, f"{word} {100 * share:.{digits}f} %", color=colour,
                va="center", ha="right" if side else "left", fontweight="bold",
            )  # fmt: skip
    _ribbons(axes, table, (left + bar, right), (top, deep))
    better = int(count[0].sum() - count.loc[0, 0])
    worse = int(count.loc[0].sum() - count.loc[0, 0])
    for line, text in enumerate(
        (
            f"All {n_pairs:,} ordered pairs. Penalised: {penalty}",
            f"{better:,} pairs become exact, {worse:,} no longer are",
        )
    ):
        axes.text(0.5, 1 - (4.2 - _LINE * line) / height, text, ha="center", va="baseline")


def _ribbons(
    axes: Axes, table: np.ndarray, ends: tuple[float, float], span: tuple[float, float]
) -> None:
    """Share of the pairs that goes from each sign (rows) to each sign (columns)."""
    top, deep = span
    t = np.linspace(0, 1, 40)
    x, bend = ends[0] + (ends[1] - ends[0]) * t, t * t * (3 - 2 * t)
    before = np.cumsum(table.ravel()).reshape(table.shape) - table
    after = np.cumsum(table.T.ravel()).reshape(table.shape).T - table
    colours = [colour for _, colour in SIGNS.values()]
    for i, j in np.ndindex(*table.shape):
        low = top + deep * (before[i, j] + bend * (after[i, j] - before[i, j]))
        axes.fill_between(
            x, low, low + deep * table[i, j], color=colours[j], linewidth=0,
            alpha=0.2 if i == j else 0.75,
        )  # fmt: skip


def _foot(
    axes: Axes,
    back_mm: float,
    drawn: list[tuple[bool, np.ndarray]],
    error: dict[str, np.ndarray],
    n_pairs: int,
    unit: str,
) -> None:
    """What is drawn how, and what is not; beneath the panel to the left."""
    (_, faint), (_, strong) = drawn
    shown, n_rows = len(faint) + len(strong), len(error["standard"])
    changed = np.count_nonzero(np.sign(error["standard"]) != np.sign(error["modified"]))
    those = (
        f"the {changed:,} pairs"
        if changed == len(strong)
        else f"{len(strong):,} of {changed:,} pairs"
    )
    rest = f"; {n_rows - shown:,} with smaller errors are not" if shown < n_rows else ""
    text = (
        f"Strong lines: {those} whose error has another sign in c than in b; faint lines: pairs "
        "with the same sign. Width: the larger of both errors. Lines bend to the right of "
        f"their direction. {shown:,} pairs are drawn{rest}; "
        f"{n_pairs - n_rows:,} have no {unit}, observed or modelled."
    )
    lines = textwrap.wrap(text, _CHARACTERS)
    for number, text in enumerate(lines):
        axes.annotate(
            text,
            (0, 0),
            (-back_mm * POINTS_PER_MM, -(3.5 + _LINE * number) * POINTS_PER_MM),
            xycoords="axes fraction",
            textcoords="offset points",
            color=QUIET,
            annotation_clip=False,
        )
