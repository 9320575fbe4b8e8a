"""How the error of a prediction grows with the time from where it starts."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from movelaws.plotting import QUIET, panels, style
from movelaws.plotting.lagrangian.layout import grid, hours, key, line, time_name, words_above
from movelaws.plotting.lagrangian.looks import RULES, VARIANTS, variant
from movelaws.plotting.lagrangian.prediction import averaged

COLUMNS = ["case", "task", "variant", "n", "rms"]
BEST = 3
"""Variants drawn in each panel: those with the largest skill."""
REFERENCES = ("persistence", *RULES)
NAMES = {"day": "another day", "hours": "the rest of the day"}
_PER_ROW = 4
_HIGHEST = 6.0  # times the largest error of persistence: what is worse leaves the panel


@style()
def horizon(
    table: pd.DataFrame,
    summary: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    slot_minutes: Mapping[str, float] | None = None,
    synthetic: bool = False,
) -> Figure:
    """RMS of q at each time point of what is predicted, a panel per case and task.

    Drawn are the three best variants of each panel, a population that stays, the other day as it
    was, and its changes from where the day starts. Several pairs of days are averaged.

    Parameters
    ----------
    table : COLUMNS. summary : as for :func:`prediction.prediction`, to choose the variants.
    labels : of the cases, in order.
    slot_minutes : by case, to count hours instead of steps.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or no case has a row.
    """
    panels.require_columns(table, COLUMNS, "prediction")
    summary = averaged(summary)
    keys = [
        (case, task)
        for task in NAMES
        for case in labels
        if ((table["case"] == case) & (table["task"] == task)).any()
    ]
    if not keys:
        raise ValueError(f"prediction: no row for {', '.join(labels)}")
    made, axes = grid(len(keys), _PER_ROW, 34, left=14, across=11.5, down=19, top=9, below=13)
    drawn: set[str] = set()
    for place, (case, task) in enumerate(keys):
        chosen = summary[(summary["case"] == case) & (summary["task"] == task)]
        part = table[(table["case"] == case) & (table["task"] == task)]
        minutes = (slot_minutes or {}).get(case, 0)
        drawn |= _panel(axes[place], part, _best(chosen), minutes)
        panels.letter(axes[place], place, labels[case], above_mm=4.6)
        words_above(axes[place], [(NAMES[task], QUIET)])
        axes[place].set_xlabel(time_name(minutes))
        if place % _PER_ROW == 0:
            axes[place].set_ylabel("RMS of $q$ (no unit)")
    order = [name for name in (*VARIANTS, *REFERENCES) if name in drawn]
    key(made, {variant(name).name: line(variant(name)) for name in order}, min(4, len(order)))
    panels.tag_synthetic(made, synthetic)
    return made


def _best(summary: pd.DataFrame) -> list[str]:
    models = summary[summary["variant"].isin(VARIANTS) & np.isfinite(summary["skill"])]
    return list(models.nlargest(BEST, "skill")["variant"])


def _panel(axes: Axes, part: pd.DataFrame, models: list[str], minutes: float) -> set[str]:
    curves = part.groupby(["variant", "n"])["rms"].mean()
    names = [name for name in (*models, *REFERENCES) if name in curves.index.get_level_values(0)]
    for name in names:
        look, curve = variant(name), curves[name].sort_index()
        model = name in models
        axes.plot(hours(curve.index.to_numpy(), minutes), curve.to_numpy(), color=look.colour,
                  ls=look.dash, lw=1.1 if model else 1.4, zorder=3 if model else 4,
                  gid=name)  # fmt: skip
    n = part["n"].to_numpy()
    low, high = hours(n.min() - 1, minutes), hours(n.max(), minutes)
    axes.set_xlim(low, high if high > low else low + 1)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    top = axes.get_ylim()[1]
    if "persistence" in names:
        top = min(top, _HIGHEST * float(curves["persistence"].max()) or top)
    axes.set_ylim(0, top)
    return set(names)
