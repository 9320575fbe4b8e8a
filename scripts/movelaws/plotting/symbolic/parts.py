"""What the figures of this chapter share: checked tables, order of the models, words for none."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from movelaws.plotting import QUIET, WIDTH_DOUBLE, figure, panels

MODELS = ("GMZipf", "GMPow", "GMExp", "RM", "IO", "OPS")
EFFECTS = {
    "decay": ("#BBCCEE", "distance decay"),
    "attraction": ("#EEEEBB", "+ destination attraction"),
    "forms": ("#FFCCCC", "+ other effects"),
    "origin": ("#DDDDDD", "+ origin"),
}
"""Backgrounds and names of the classes of the paper's Fig. 3d (Paul Tol's pale colours)."""
_DECAY = {"distance decay", "intervening opportunities"}  # one effect (paper, Fig. S1)
_ATTRACTION = "destination attraction"


def checked(table: pd.DataFrame, columns: Sequence[str], name: str) -> pd.DataFrame:
    """``table`` if it has all ``columns``, else a ValueError that names it and them."""
    panels.require_columns(table, list(columns), name)
    return table


def flags(column: pd.Series) -> pd.Series:
    """Booleans, however a table writes them."""
    return column.map(lambda value: str(value).strip().lower() in ("true", "1", "1.0"))


def effect_class(effects: object) -> str:
    """Key of :data:`EFFECTS`: the rarest effect that an expression captures.

    Parameters
    ----------
    effects : as in the tables, "distance decay; destination attraction".
    """
    found = {part.strip() for part in str(effects).split(";")} - {"", "nan"}
    if any(part.startswith("origin") for part in found):
        return "origin"
    if found - _DECAY - {_ATTRACTION}:
        return "forms"
    return "attraction" if _ATTRACTION in found else "decay"


def pareto(front: pd.DataFrame) -> pd.DataFrame:
    """Best expression of each complexity that is better than all shorter ones."""
    best = front.sort_values(["complexity", "rmse"], kind="stable")
    best = best.drop_duplicates("complexity")
    return best[best["rmse"] < best["rmse"].cummin().shift(fill_value=float("inf"))]


def best_published(front: pd.DataFrame) -> pd.Series:
    """Smallest published RMSE by complexity, where there is one."""
    if "published_rmse" not in front:
        return pd.Series(dtype=float)
    return front.dropna(subset="published_rmse").groupby("complexity")["published_rmse"].min()


def nothing(words: str, *, synthetic: bool = False, width_mm: float = WIDTH_DOUBLE) -> Figure:
    """A figure that says why nothing is drawn."""
    made = figure(width_mm, 20)
    made.text(0.5, 0.5, words, ha="center", va="center", color=QUIET)
    panels.tag_synthetic(made, synthetic)
    return made


def key(made: Figure, entries: Mapping[str, Artist], columns: int) -> None:
    """One key at the foot of the figure."""
    made.legend(
        list(entries.values()),
        list(entries),
        loc="lower center",
        ncols=columns,
        handletextpad=0.5,
        columnspacing=1.6,
        borderaxespad=0.2,
        labelspacing=0.3,
    )


def thousands(axis: Axis) -> None:
    """Ticks of a linear axis with thousands divided."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "−")))


def sheet(axes: Axes, width_mm: float, height_mm: float) -> Axes:
    """Make axes a sheet of paper in millimetres from the upper left corner, for tables."""
    axes.set_xlim(0, width_mm)
    axes.set_ylim(height_mm, 0)
    axes.set_axis_off()
    return axes
