"""How unequal locations are in what they attract, observed and by every model."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from movelaws.plotting import panels, style
from movelaws.plotting.choice.distances import (
    draw_curves,
    label_outer,
    small_multiples,
    write_best,
)
from movelaws.plotting.choice.names import ordered

_DOTS, _LINE = 0.022, 0.005  # steps along a curve, as shares of the panel


@style()
def attraction(
    tables: Mapping[str, pd.DataFrame],
    statistics: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    synthetic: bool = False,
) -> Figure:
    """Share of locations that attract at least D arrivals, a panel per dataset (Fig. S6).

    The paper draws the density P(D); its sum from above needs no bins and hides no location.

    Parameters
    ----------
    tables : by dataset, a row per location: flow (observed arrivals) and a column per model.
    statistics : dataset, model, ks_attraction: the best three of the paper's models, and the
        DCG, are written into the panels.
    labels : name to show by dataset.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there is no dataset, a column is missing, or nothing arrived.
    """
    panels.require_columns(statistics, ["dataset", "model", "ks_attraction"], "statistics")
    curves = {name: survivals(table, f"tables[{name!r}]") for name, table in tables.items()}
    models = ordered([model for parts in curves.values() for model in parts])
    made, grid = small_multiples(list(curves), models, labels)
    for axes, (name, parts) in zip(grid, curves.items(), strict=True):
        draw_survival(axes, parts)
        write_best(axes, statistics[statistics["dataset"] == name], "ks_attraction")
    label_outer(grid, "Arrivals $D$ (movements)", r"Locations with $\geq D$ (share)")
    panels.tag_synthetic(made, synthetic)
    return made


def survivals(table: pd.DataFrame, name: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Arrivals in increasing order and share of locations with at least as many, by model.

    Locations without arrivals count in the share but have no place on a log axis.

    Raises
    ------
    ValueError
        If ``flow`` is missing or nothing arrived anywhere, naming ``name``.
    """
    panels.require_columns(table, ["flow"], name)
    if not (table["flow"] > 0).any():
        raise ValueError(f"{name}: no location has observed arrivals (column 'flow') > 0")
    return {
        model: survival(table[model].to_numpy(dtype=float))
        for model in ("flow", *ordered(list(table.columns)))
    }


def survival(arrivals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct positive values of ``arrivals`` (n,) and the share of all n that reach each."""
    values, counts = np.unique(arrivals, return_counts=True)
    share = counts[::-1].cumsum()[::-1] / len(arrivals)
    return values[values > 0], share[values > 0]


def draw_survival(axes: Axes, curves: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Observed points under a line per model, in log-log, limits set by the observation."""
    values, shares = curves["flow"]
    axes.set(xscale="log", yscale="log")
    axes.set_xlim(values.min() / 1.5, values.max() * 2)
    axes.set_ylim(shares.min() / 1.5, 1.4)
    shown = {
        model: thinned(axes, *curve, _DOTS if model == "flow" else _LINE)
        for model, curve in curves.items()
    }
    draw_curves(axes, shown, every=0.16)


def thinned(axes: Axes, x: np.ndarray, y: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Points of a curve at least ``step`` of the panel apart along it, both ends among them.

    Thousands of locations would otherwise make black bars of the points and huge vector files.
    """
    (left, right), (low, high) = np.log10(axes.get_xlim()), np.log10(axes.get_ylim())
    if len(x) < 2:
        return x, y
    moved = np.hypot(np.diff(np.log10(x)) / (right - left), np.diff(np.log10(y)) / (high - low))
    along = np.floor(np.concatenate([[0.0], moved.cumsum()]) / step)
    kept = np.concatenate([[True], np.diff(along) > 0])
    kept[-1] = True
    return x[kept], y[kept]
