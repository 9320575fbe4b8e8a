"""How similar predicted and observed flows are, by model and dataset (paper 5, Figs 3 and S4)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import QUIET, WIDTH_DOUBLE, colours, figure, panels, style
from movelaws.plotting.choice.distances import wrapped
from movelaws.plotting.choice.names import NAMES, REFERENCE, ordered

COLUMNS = ["dataset", "model", "ssi", "ssi_nonzero", "cpc"]
BASE = "DCG"
_NAMES, _NUMBERS, _GAP, _RIGHT = 36.0, 10.0, 5.0, 3.0
_TOP, _ROW, _BOTTOM, _KEY = 6.5, 8.0, 9.0, 5.0
_LINE_LENGTH = 25  # letters of a dataset's name before it goes on below
_SPREAD = 0.72  # of a row's height, over which its models are staggered
_BAND = "#f3f4f6"


@style()
def similarity(
    statistics: pd.DataFrame, *, labels: Mapping[str, str], synthetic: bool = False
) -> Figure:
    """Sorensen similarity relative to the game's, over pairs with movements, and CPC.

    The SSI averages over all pairs, so that it cannot exceed their share with movements: it
    spans two orders of magnitude between datasets. Panel a therefore divides by the game's,
    whose own value is written.

    Parameters
    ----------
    statistics : columns dataset, model, ssi, ssi_nonzero, cpc.
    labels : name to show by dataset; its keys choose the datasets and their order.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, there is no dataset, or one has no row of the DCG.
    """
    panels.require_columns(statistics, COLUMNS, "statistics")
    if not labels:
        raise ValueError("labels: no dataset to draw")
    parts = {name: _values(statistics, name) for name in labels}
    models = ordered([model for part in parts.values() for model in part.index])
    rows = len(parts)
    made = figure(WIDTH_DOUBLE, _TOP + rows * _ROW + _BOTTOM + _KEY)
    left = _NAMES + _NUMBERS
    width = (WIDTH_DOUBLE - left - _RIGHT - 2 * _GAP) / 3
    first, second, third = (
        panels.axes_mm(made, left + column * (width + _GAP), _TOP, width, rows * _ROW)
        for column in range(3)
    )
    relative = {name: part["ssi"] / part.loc[BASE, "ssi"] for name, part in parts.items()}
    _dots(first, relative, models, "SSI over that of the DCG (ratio)")
    _dots(second, {n: p["ssi_nonzero"] for n, p in parts.items()}, models, "SSI (no unit)")
    _dots(third, {n: p["cpc"] for n, p in parts.items()}, models, "CPC (share of flow)")
    first.set_xlim(0, max(1.08, 1.03 * max(values.max() for values in relative.values())))
    first.axvline(1, color=colours.model(BASE).colour, lw=0.7, zorder=0.9)
    _names(first, parts, labels)
    for number, (axes, title) in enumerate(
        zip(
            (first, second, third),
            ("All pairs, relative", "Pairs with movements", "Movements in common"),
            strict=True,
        )
    ):
        panels.letter(axes, number, title)
    _key(made, models)
    panels.tag_synthetic(made, synthetic)
    return made


def _values(statistics: pd.DataFrame, name: str) -> pd.DataFrame:
    part = statistics[statistics["dataset"] == name].set_index("model")
    if BASE not in part.index:
        there = ", ".join(map(str, part.index)) or "no models"
        raise ValueError(f"statistics: dataset {name!r} has no row of {BASE}; there are {there}")
    return part.loc[ordered(list(part.index))]


def _dots(axes: Axes, values: Mapping[str, pd.Series], models: list[str], label: str) -> None:
    """A mark per model in each row, staggered from above so that equal values stay apart."""
    rows = len(values)
    for row in range(0, rows, 2):
        axes.axhspan(row - 0.5, row + 0.5, color=_BAND, lw=0, zorder=0)
    steps = np.linspace(-_SPREAD / 2, _SPREAD / 2, len(models)) if len(models) > 1 else [0.0]
    offset = dict(zip(models, steps, strict=True))
    for row, series in enumerate(values.values()):
        for model, value in series.dropna().items():
            axes.plot(value, row + offset[model], clip_on=False, **_look(model))
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#dddddd", lw=0.4)
    axes.set_axisbelow(True)
    axes.set_xlabel(label)


def _look(model: str) -> dict[str, object]:
    colour, marker = colours.model(model)
    drawn = {"color": colour, "marker": marker, "ls": "none", "ms": 3.2, "mew": 0, "zorder": 3}
    if model == REFERENCE:
        return drawn | {"mfc": "white", "mew": 0.8}
    return drawn | ({"ms": 5.0, "zorder": 4} if model == BASE else {})


def _names(axes: Axes, parts: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> None:
    """Names of the datasets and the game's own SSI, left of the panel."""
    wide = WIDTH_DOUBLE - _NAMES - _NUMBERS - _RIGHT - 2 * _GAP
    mm = 3 / wide  # of the panel's width
    drawn = {"transform": axes.get_yaxis_transform(), "va": "center_baseline"}
    for row, (name, part) in enumerate(parts.items()):
        shown = "\n".join(wrapped(labels[name], _LINE_LENGTH))
        axes.text(-(_NAMES + _NUMBERS - 1.5) * mm, row, shown, linespacing=1.1, **drawn)
        axes.text(-2 * mm, row, _digits(part.loc[BASE, "ssi"]), ha="right", color=QUIET, **drawn)
    axes.text(
        -2 * mm,
        -0.5 - 1.5 / _ROW,
        "SSI of the DCG",
        ha="right",
        color=QUIET,
        transform=axes.get_yaxis_transform(),
        va="baseline",
    )


def _digits(value: float) -> str:
    """Three digits behind the point, four where the first two are 0."""
    return f"{value:.3f}" if value >= 0.01 else f"{value:.4f}"


def _key(made: Figure, models: list[str]) -> None:
    made.legend(
        [Line2D([], [], **_look(model)) for model in models],
        [f"{NAMES[m]} (reference)" if m == REFERENCE else NAMES[m] for m in models],
        loc="lower center",
        ncols=len(models),
        borderaxespad=0.3,
        columnspacing=1.8,
        handletextpad=0.2,
    )
