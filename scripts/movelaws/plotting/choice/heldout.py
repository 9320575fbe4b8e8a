"""Who predicts the trips from origins that were not seen in calibration."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import QUIET, WIDTH_DOUBLE, colours, figure, panels, style
from movelaws.plotting.choice.names import NAMES, REFERENCE, ordered

COLUMNS = ["dataset", "attraction", "fold", "model", "ssi_nonzero"]
SETTINGS = {
    "all": "Arrivals at every destination known",
    "training": "Arrivals from the training origins only",
}

_ROW, _PAD = 1.9, 1.7  # mm per model, and around the models of a dataset
_LEFT, _GAIN, _GAP = 36.0, 25.0, 4.0
_TOP, _BOTTOM, _KEY = 12.5, 9.5, 5.0
_LETTERS = 24  # of a line of a dataset's name
_PAIR = ("DCG", "GMPow2")


@style()
def heldout(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    synthetic: bool = False,
) -> Figure:
    """Similarity on held-out origins: mean and range over the folds, a row per dataset.

    Absolute values on pairs with an observed flow: they need no model as reference, and pairs
    without trips, of which datasets have very different shares, do not enter. Beside each row
    stands the game's gain over gravity 2 on the same folds, so that folds that are hard for
    every model cancel.

    Parameters
    ----------
    table : columns dataset, attraction ("all", "training"), fold, model, ssi_nonzero; NaN where a
        model could not be fitted.
    labels : name to show by dataset; the order of its keys is that of the rows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, there is no row, or an attraction or every model is unknown.
    """
    panels.require_columns(table, COLUMNS, "table")
    if table.empty:
        raise ValueError("table: no rows; there should be one per dataset, fold and model")
    unknown = sorted(set(table["attraction"]) - set(SETTINGS))
    if unknown:
        raise ValueError(
            f"table: attraction {unknown[0]!r} is not one of {', '.join(map(repr, SETTINGS))}"
        )
    models = ordered(list(table["model"].unique()))
    if not models:
        raise ValueError(f"table: none of its models is one of {', '.join(NAMES)}")
    there = list(table["dataset"].unique())
    datasets = [name for name in labels if name in there]
    datasets += [name for name in there if name not in labels]
    settings = [name for name in SETTINGS if (table["attraction"] == name).any()]
    tall = len(datasets) * _height(models)
    made = figure(WIDTH_DOUBLE, _TOP + tall + _BOTTOM + _KEY)
    names = [textwrap.fill(str(labels.get(name, name)), _LETTERS) for name in datasets]
    share = (WIDTH_DOUBLE - _LEFT - _GAP * (len(settings) - 1)) / len(settings)
    for number, setting in enumerate(settings):
        left = _LEFT + number * (share + _GAP)
        axes = panels.axes_mm(made, left, _TOP, share - _GAIN, tall)
        _panel(axes, table[table["attraction"] == setting], datasets, models)
        axes.set_yticks(
            [_middle(row, models) for row in range(len(datasets))],
            names if number == 0 else [],
        )
        panels.letter(axes, number, SETTINGS[setting], above_mm=8.5)
    _key(made, models)
    panels.tag_synthetic(made, synthetic)
    return made


def _height(models: Sequence[str]) -> float:
    return _ROW * len(models) + 2 * _PAD


def _middle(row: int, models: Sequence[str]) -> float:
    return (row + 0.5) * _height(models)


def _panel(axes: Axes, table: pd.DataFrame, datasets: Sequence[str], models: Sequence[str]) -> None:
    """Millimetres from the top down the panel, similarity along it."""
    height = _height(models)
    for row, name in enumerate(datasets):
        if row % 2 == 0:
            axes.axhspan(row * height, (row + 1) * height, color="#f1f3f5", lw=0, zorder=0)
        part = table[table["dataset"] == name]
        folds = part.pivot_table(index="fold", columns="model", values="ssi_nonzero")
        for at, model in enumerate(models):
            if model in folds:
                _dot(axes, model, row * height + _PAD + (at + 0.5) * _ROW, folds[model].dropna())
        axes.text(1.03, _middle(row, models), _gain(folds), va="center", linespacing=1.25)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(datasets) * height, 0)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#dcdcdc", lw=0.4)
    axes.set_axisbelow(True)
    axes.set_xlabel("SSI of pairs with trips (no unit)")
    for across, text in (
        (0.0, "symbol: mean of the folds\nbar: their range"),
        (1.03, "DCG − Gravity 2,\nmean (range)"),
    ):
        axes.annotate(
            text,
            (across, 1),
            (0, 3),
            xycoords="axes fraction",
            textcoords="offset points",
            va="bottom",
            color=QUIET,
            annotation_clip=False,
        )


def _dot(axes: Axes, model: str, y: float, values: pd.Series) -> None:
    if values.empty:
        return
    look = colours.model(model)
    axes.plot([values.min(), values.max()], [y, y], color=look.colour, lw=1.0, zorder=2)
    axes.plot(values.mean(), y, zorder=3, **_symbol(model))


def _symbol(model: str) -> dict[str, object]:
    """The doubly constrained model, which is told the arrivals, is hollow."""
    look = colours.model(model)
    hollow = {"mfc": "white", "mec": look.colour, "mew": 1.0}
    return {
        "ls": "",
        "marker": look.marker,
        "color": look.colour,
        "ms": 6.0 if look.marker == "*" else 4.2,
        **(hollow if model == REFERENCE else {"mew": 0}),
    }


def _gain(folds: pd.DataFrame) -> str:
    """The game's gain over gravity 2, fold by fold, as text."""
    if not set(_PAIR) <= set(folds):
        return ""
    gain = (folds[_PAIR[0]] - folds[_PAIR[1]]).dropna().to_numpy()
    if gain.size == 0:
        return ""
    mean, low, high = (
        f"{value:+.3f}".replace("-", "−") for value in (gain.mean(), np.min(gain), np.max(gain))
    )
    return f"{mean}\n({low}, {high})"


def _key(made: Figure, models: Sequence[str]) -> None:
    made.legend(
        [Line2D([], [], **_symbol(model)) for model in models],
        [NAMES[model] for model in models],
        loc="lower center",
        ncols=len(models),
        borderaxespad=0.3,
        columnspacing=1.6,
        handletextpad=0.2,
    )
