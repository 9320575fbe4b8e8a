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
    POINTS_PER_MM,
    QUIET,
    WIDTH_DOUBLE,
    figure,
    maps,
    panels,
    style,
)
from movelaws.plotting.inequality import ways
from movelaws.plotting.inequality.error_ribbons import (
    MODELS,
    SIGNS,
    digits,
    error_ribbons,
    penalty_symbol,
)
from movelaws.plotting.inequality.settlements import (
    draw_settlements,
    penalised_map,
    penalised_zones,
)

_EDGE, _GAP, _HEADER, _FOOT, _LINE = 1.0, 3.0, 5.5, 12.5, 3.5  # mm
_TALLEST_MAP = 78.0
_STRONG = 300
"""Most pairs drawn strongly; of more, those whose absolute error changes most."""

_INK = 4.0  # most mm of faint lines per mm2 of printed land
_CHARACTERS = 150  # of a line of notes
_STEPS = np.linspace(0, 1, 9)


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

    Of the pairs whose sign of error differs between the models, those whose error changes most
    are drawn strongly in both panels, those of equal sign faintly: the difference is what the
    comparison is about.

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
    error = {name: (flows[name] - flows["flow"]).to_numpy(dtype=float) for name in MODELS}
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
    said = f"{len(zones):,} {places}; orange: {penalised.sum():,} penalised"
    if settlements is not None:
        said += f"; dots: {draw_settlements(axes, under, settlements):,} settlements"
    panels.letter(axes, 0, said)
    axes = panels.axes_mm(made, right, _EDGE + _HEADER, cell, height)
    penalty = f"{row['label']}, {penalty_symbol(classes[f'shape_{variable}'], exponent)}"
    panels.letter(axes, 1, "Pairs by the sign of their error", above_mm=0.7)
    error_ribbons(axes, row, error, n_pairs, penalty)

    ends = [
        under.points[ways.positions(zones, flows[side], "flows")]
        for side in ("origin", "destination")
    ]
    points = ways.curves(*ends, _STEPS)
    land = width * height * maps.land_share(under)
    per_mm = (under.bounds[2] - under.bounds[0]) / width
    drawn = _drawn(error, np.hypot(*(ends[1] - ends[0]).T) / per_mm, _INK * land)
    top = 2 * (_EDGE + _HEADER) + height
    for number, (left, name) in enumerate(zip((_EDGE, right), MODELS, strict=True), start=2):
        axes = panels.axes_mm(made, left, top, width, height)
        maps.base_map(axes, under)
        _lines(axes, points, np.sign(error[name]), drawn, _size(error))
        panels.letter(
            axes, number, f"{name.capitalize()} model: {_shares(row, MODELS[name], n_pairs)}"
        )
    _foot(axes, right - _EDGE, drawn, error, n_pairs, unit)
    panels.tag_synthetic(made, synthetic)
    return made


def _row(tests: pd.DataFrame, variable: str, exponent: float) -> pd.Series:
    counts = [
        f"{name}{end}" for name in ("exact_share", "over", "under") for end in MODELS.values()
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
    for name, end in MODELS.items():
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
    exact, n = 100 * row[f"exact_share{end}"], digits(row)
    return f"exact {exact:.{n}f} %, over {over:.{n}f} %, under {under:.{n}f} %"


def _size(error: dict[str, np.ndarray]) -> np.ndarray:
    """(n_pairs,) the larger of both errors, so that a line has one width in both panels."""
    return np.maximum(*(np.abs(error[name]) for name in MODELS))


def _drawn(
    error: dict[str, np.ndarray], length: np.ndarray, most: float
) -> list[tuple[bool, np.ndarray]]:
    """Rows drawn, faint ones (at most ``most`` mm) first, each from small to large errors."""
    size = _size(error)
    changed = _changed(error)
    faint = np.flatnonzero(~changed)
    faint = faint[np.argsort(-size[faint], kind="stable")]
    faint = faint[np.cumsum(length[faint]) <= most]
    by_how_much = np.abs(np.abs(error["modified"]) - np.abs(error["standard"]))
    strong = np.flatnonzero(changed)
    strong = strong[np.lexsort((-size[strong], -by_how_much[strong]))][:_STRONG]
    strong = strong[np.argsort(size[strong], kind="stable")]
    return [(False, faint[::-1]), (True, strong)]


def _changed(error: dict[str, np.ndarray]) -> np.ndarray:
    """(n_pairs,) whether the models err with different signs."""
    return np.sign(error["standard"]) != np.sign(error["modified"])


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
        colours[:, 3] = 0.8 if strong else 0.15
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
    changed = np.count_nonzero(_changed(error))
    those = (
        f"the {changed:,} pairs"
        if changed == len(strong)
        else f"the {len(strong):,} with the largest change of |error| of {changed:,} pairs"
    )
    rest = f"; {n_rows - shown:,} with smaller errors or changes are not" if shown < n_rows else ""
    text = (
        f"Strong lines: {those} whose error has another sign in d than in c; faint lines: pairs "
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
