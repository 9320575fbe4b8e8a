"""Cases in which the printed schedule ran away: its model is left out of figures, and named."""

from collections.abc import Collection, Iterable, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from movelaws.lagrangian.fit import read_fit
from movelaws.lagrangian.tuning import ran_away
from movelaws.plotting import QUIET
from movelaws.plotting.lagrangian.saved import by_case

METHOD = "printed"
"""The one of the fitted models that can run away: the exact gradient never ends above its start."""
WORDS = "printed schedule diverged"
MARKED = f"× {WORDS}"
STACKED = "×\nprinted schedule\ndiverged"
IN_KEY = f"{WORDS}, its model is left out"


def diverged(given: str | Iterable[str], labels: Mapping[str, str]) -> frozenset[str]:
    """Cases whose fit by the printed schedule ran away.

    Parameters
    ----------
    given : files of the fits, one for each case, in the order of the labels.
    labels : of the cases.

    Raises
    ------
    ValueError
        If there is not one file for each case, or one holds no fit.
    """
    paths = by_case(given, labels)
    return frozenset(case for case, path in paths.items() if ran_away(read_fit(path)))


def left_out(cases: Collection[str], shown: Iterable[str], method: str) -> list[str]:
    """Those of the shown cases, in order, without a model to draw: none by another method."""
    return [name for name in shown if name in cases] if method == METHOD else []


def without(table: pd.DataFrame, cases: Collection[str]) -> pd.DataFrame:
    """Rows but those of the printed schedule in cases where it diverged."""
    return table[~(table["case"].isin(list(cases)) & (table["method"] == METHOD))]


def entry() -> dict[str, Line2D]:
    """Entry of a key for what is left out."""
    return {IN_KEY: Line2D([], [], color=QUIET, ls="", marker="x", ms=3.2, mew=0.8)}


def say(axes: Axes, text: str, at: tuple[float, float] = (0.5, 0.5), **options: object) -> None:
    """Grey words in a panel where the model would be, placed in shares of the panel."""
    placed = {"ha": "center", "va": "center", "transform": axes.transAxes, "zorder": 6}
    axes.text(*at, text, color=QUIET, gid="diverged", **(placed | options))


def say_names(axes: Axes, names: Iterable[str], top: float, step: float) -> None:
    """A line of grey words for each name, downwards from ``top``, along the right side."""
    for place, name in enumerate(names):
        at = (0.985, top - step * place)
        say(axes, f"{name}: {MARKED}", at, ha="right", va="top", fontsize=6)
