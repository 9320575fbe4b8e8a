"""How far people go: flow by distance, observed and predicted."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from movelaws.plotting import WIDTH_DOUBLE, colours, figure, panels, style
from movelaws.plotting.curve_labels import label_curves

BINS_PER_DECADE = 10
_LEFT, _LABELS = 15.0, 19.0
_TOP, _PANEL, _BOTTOM, _KEY_ROW, _KEY_COLUMNS = 7.0, 52.0, 11.0, 3.6, 6
_RATIO = (0.05, 20.0)


def distance_density(distance_km: np.ndarray, flow: np.ndarray, edges_km: np.ndarray) -> np.ndarray:
    """Share of the flow per kilometre in each bin of distance, P(d).

    Parameters
    ----------
    distance_km, flow : (n_pairs,), the flow >= 0.
    edges_km : (n_bins + 1,) increasing.

    Returns
    -------
    (n_bins,) in 1/km; times the widths of the bins it sums to 1 if they hold every pair.
    """
    return np.histogram(distance_km, edges_km, weights=flow)[0] / flow.sum() / np.diff(edges_km)


def log_edges(distance_km: np.ndarray, per_decade: int = BINS_PER_DECADE) -> np.ndarray:
    """Edges (km), the same number in every decade, around all positive distances."""
    positive = distance_km[distance_km > 0]
    if positive.size == 0:
        raise ValueError("distance_km: no distance is positive")
    low = np.floor(per_decade * np.log10(positive.min()))
    high = np.floor(per_decade * np.log10(positive.max())) + 1
    return 10.0 ** (np.arange(low, high + 1) / per_decade)


@style()
def decay(
    predictions: pd.DataFrame,
    models: Sequence[str],
    *,
    label: str = "",
    unit: str = "commuters",
    synthetic: bool = False,
) -> Figure:
    """Distribution of distance weighted by flow (a), and predicted over observed (b).

    Parameters
    ----------
    predictions : flow, distance_km and a column per model, (n_pairs,).
    models : columns to draw beside the observation.
    label : name of the dataset.
    unit : of the flows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a model has no column, naming it.
    """
    models = [model for model in models if model != "flow"]
    panels.require_columns(predictions, ["flow", "distance_km", *models], "predictions")
    distance = predictions["distance_km"].to_numpy()
    edges = log_edges(distance)
    middle = np.sqrt(edges[1:] * edges[:-1])
    observed = distance_density(distance, predictions["flow"].to_numpy(), edges)
    seen = observed > 0
    key = _KEY_ROW * -(-(len(models) + 1) // _KEY_COLUMNS) + 1.0
    made = figure(WIDTH_DOUBLE, _TOP + _PANEL + _BOTTOM + key)
    left, right = _axes(made)
    handles = left.plot(
        middle[seen], observed[seen], "o", color=colours.OBSERVED.colour, ms=2.6, mew=0, zorder=5
    )
    ratios = []
    for number, model in enumerate(models):
        density = distance_density(distance, predictions[model].to_numpy(), edges)
        look = colours.model(model)
        ratios.append(density[seen] / observed[seen])
        drawn = {"color": look.colour, "marker": look.marker, "ms": 2.4, "mew": 0}
        handles += left.plot(
            middle[seen], _positive(density[seen]), markevery=(number % 3, 3), **drawn
        )
        right.plot(middle[seen], _positive(ratios[-1]), **drawn)
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(edges[0], edges[-1])
        axes.set_xlabel("Distance (km)")
        panels.decades(axes.xaxis)
    left.set_ylim(observed[seen].min() / 5, observed[seen].max() * 5)
    left.set_ylabel(f"Share of {unit}, $P(d)$ (1/km)")
    right.set_ylim(*_RATIO)
    right.set_ylabel("Ratio (no unit)")
    right.axhline(1, color=colours.OBSERVED.colour, lw=0.6)
    panels.decades(left.yaxis)
    panels.decades(right.yaxis)
    label_curves(right, models, middle[seen], ratios)
    made.legend(
        handles,
        ["observed", *models],
        loc="lower center",
        ncols=_KEY_COLUMNS,
        borderaxespad=0.1,
        columnspacing=2.0,
        labelspacing=0.3,
    )
    panels.letter(left, 0, label)
    panels.letter(right, 1, "Predicted over observed")
    panels.tag_synthetic(made, synthetic)
    return made


def _axes(made: Figure) -> tuple[Axes, Axes]:
    width = (WIDTH_DOUBLE - 2 * _LEFT - _LABELS) / 2
    places = (_LEFT, 2 * _LEFT + width)
    return tuple(panels.axes_mm(made, x, _TOP, width, _PANEL) for x in places)


def _positive(values: np.ndarray) -> np.ndarray:
    """Zeros, which a log axis cannot show, become gaps."""
    return np.where(values > 0, values, np.nan)
