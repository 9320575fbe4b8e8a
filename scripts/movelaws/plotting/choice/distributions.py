"""The game beside the data: distances, arrivals and fluxes (paper 5, Figs 2 and S1-S3)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from movelaws.choice.flux import LEAST_PAIRS, PER_DECADE, boxes
from movelaws.plotting import INK, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.choice.attraction import draw_survival, survivals
from movelaws.plotting.choice.distances import densities, draw_density, few_decades, look, name_axes

MODEL = "DCG"
HELD, MISSED = "#0072B2", "#C8102E"
_LEFT, _RIGHT, _TOP, _BOTTOM, _KEY = 13.5, 4.5, 6.0, 9.0, 5.0
_PANEL, _GAP_X, _GAP_Y = 42.0, 15.0, 15.5
_MOST_ROWS = 3
_BOX = 0.30  # half width of a box, as a share of its class
_HEXAGONS = 46
_FAINT = 0.12  # pairs in a hexagon that would be white
_LOWEST = 1e-3  # of the smallest observed flow: predictions below are not shown


@style()
def distributions(
    predictions: Mapping[str, pd.DataFrame],
    distances: Mapping[str, pd.DataFrame],
    arrivals: Mapping[str, pd.DataFrame],
    *,
    labels: Mapping[str, str],
    units: Mapping[str, str],
    synthetic: bool = False,
) -> Figure:
    """Distances, arrivals and flux between pairs, observed and by the game, a row per dataset.

    Boxes hold the middle half of the predictions in a class of observed flow and whiskers run
    from the 9th to the 91st percentile, in the classes of at least five pairs. Colour and filling
    say whether the whiskers hold the mean observed flow of the class.

    Parameters
    ----------
    predictions : by dataset, flow > 0 and DCG per pair; its keys are the rows, one to three.
    distances : by dataset, low_km, high_km, model ("flow" is observed), share.
    arrivals : by dataset, a row per location: flow (observed arrivals) and DCG.
    labels, units : name of the dataset and unit of its flows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there are no or too many datasets, one lacks a table, or a table a column.
    """
    names = list(predictions)
    if not 1 <= len(names) <= _MOST_ROWS:
        raise ValueError(f"predictions: {len(names)} datasets: draw 1 to {_MOST_ROWS} on a page")
    for argument, given in (("distances", distances), ("arrivals", arrivals)):
        for name in names:
            if name not in given:
                there = ", ".join(given) or "none"
                raise ValueError(f"{argument}: no table of dataset {name!r}; there are {there}")
    width = (WIDTH_DOUBLE - _LEFT - _RIGHT - 2 * _GAP_X) / 3
    rows = len(names)
    made = figure(WIDTH_DOUBLE, _TOP + rows * (_PANEL + _GAP_Y) - _GAP_Y + _BOTTOM + _KEY)
    for row, name in enumerate(names):
        top = _TOP + row * (_PANEL + _GAP_Y)
        first, second, third = (
            panels.axes_mm(made, _LEFT + column * (width + _GAP_X), top, width, _PANEL)
            for column in range(3)
        )
        unit = units.get(name, "movements")
        _distance(first, distances[name], f"distances[{name!r}]", unit)
        _arrival(second, arrivals[name], f"arrivals[{name!r}]", unit)
        draw_flux(third, predictions[name], f"predictions[{name!r}]", unit)
        for column, axes in enumerate((first, second, third)):
            panels.letter(axes, 3 * row + column, labels.get(name, name) if column == 0 else "")
    _key(made)
    panels.tag_synthetic(made, synthetic)
    return made


def _distance(axes: Axes, table: pd.DataFrame, name: str, unit: str) -> None:
    curves = densities(table, name)
    draw_density(axes, _game(curves, name))
    name_axes(axes, "Distance $d$ (km)", f"Share of {unit}, $P(d)$ (1/km)")


def _arrival(axes: Axes, table: pd.DataFrame, name: str, unit: str) -> None:
    draw_survival(axes, _game(survivals(table, name), name))
    name_axes(axes, f"Arrivals $D$ ({unit})", r"Locations with $\geq D$ (share)")


def _game(curves: Mapping[str, tuple], name: str) -> dict[str, tuple]:
    if MODEL not in curves:
        raise ValueError(f"{name}: no model {MODEL!r}; there are {', '.join(curves)}")
    return {model: curves[model] for model in ("flow", MODEL)}


def draw_flux(axes: Axes, table: pd.DataFrame, name: str, unit: str) -> None:
    """Predicted against observed flow: density of pairs, boxes by class, and the diagonal."""
    panels.require_columns(table, ["flow", MODEL], name)
    table = table[(table["flow"] > 0) & (table[MODEL] > 0)]
    if table.empty:
        raise ValueError(f"{name}: no pair with a flow and a prediction of {MODEL} > 0")
    flow, predicted = table["flow"].to_numpy(float), table[MODEL].to_numpy(float)
    high = max(flow.max(), predicted.max()) * 1.8
    low = flow.min() / 1.8
    bottom = max(min(predicted.min() / 1.5, low), flow.min() * _LOWEST)
    across, up = np.log10([low, high]), np.log10([bottom, high])
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(bottom, high))
    pairs = axes.hexbin(
        flow,
        predicted,
        xscale="log",
        yscale="log",
        bins="log",
        gridsize=(_HEXAGONS, int(_HEXAGONS * 0.55)),
        extent=(*across, *up),
        mincnt=1,
        cmap="Greys",
        linewidths=0.1,
        rasterized=True,
        zorder=0.5,
    )
    most = float(pairs.get_array().max())
    pairs.set_clim(_FAINT, most**2 / _FAINT)  # at most a middle grey, below the boxes
    axes.plot([low, high], [low, high], color=INK, lw=0.7, zorder=2)
    _boxes(axes, boxes(flow, predicted))
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, high)
    for axis in (axes.xaxis, axes.yaxis):
        few_decades(axis, powers=True)
    name_axes(axes, f"Observed flow ({unit})", f"Flow of the {MODEL} ({unit})")


def _boxes(axes: Axes, table: pd.DataFrame) -> None:
    for row in table[table["pairs"] >= LEAST_PAIRS].itertuples():
        held = row.q09 <= row.mean <= row.q91
        colour = HELD if held else MISSED
        left, right = row.mean * 10.0 ** (np.array([-_BOX, _BOX]) / PER_DECADE)
        for low, high in ((row.q09, row.q25), (row.q75, row.q91)):
            axes.plot([row.mean] * 2, [low, high], color=colour, lw=0.9, zorder=3)
        axes.add_patch(
            Rectangle(
                (left, row.q25),
                right - left,
                row.q75 - row.q25,
                facecolor=f"{colour}66" if held else "white",
                edgecolor=colour,
                lw=0.8,
                zorder=3,
            )
        )
        axes.plot([left, right], [row.q50] * 2, color=colour, lw=1.2, zorder=3.1)


def _key(made: Figure) -> None:
    made.legend(
        [
            Line2D([], [], **look("flow")),
            Line2D([], [], **look(MODEL)),
            Line2D([], [], marker="h", ls="none", color="#b5b5b5", ms=4, mew=0),
            Patch(facecolor=f"{HELD}66", edgecolor=HELD, lw=0.8),
            Patch(facecolor="white", edgecolor=MISSED, lw=0.8),
            Line2D([], [], color=INK, lw=0.7),
        ],
        [
            "observed",
            MODEL,
            "pairs",
            "9th to 91st percentile holds the observed mean",
            "misses it",
            "equality",
        ],
        loc="lower center",
        ncols=6,
        borderaxespad=0.3,
        columnspacing=1.6,
        handletextpad=0.5,
    )
