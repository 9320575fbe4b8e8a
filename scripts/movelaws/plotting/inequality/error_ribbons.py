"""Fig 2: which pairs are over-, under- and exactly estimated, from one model to the other."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from movelaws.plotting import MM_PER_INCH, QUIET, panels
from movelaws.plotting.inequality import ways

SIGNS = {1: ("over", ways.OVER), 0: ("exact", ways.EXACT), -1: ("under", ways.UNDER)}
"""Sign of modelled minus observed flow: its word and colour, from top to bottom."""

MODELS = {"standard": "_standard", "modified": ""}  # and the endings of their columns in tests
_LINE = 3.5  # mm


def error_ribbons(
    axes: Axes, row: pd.Series, error: dict[str, np.ndarray], n_pairs: int, penalty: str
) -> None:
    """All pairs by the sign of their error, standard model to the left, modified to the right.

    Parameters
    ----------
    axes : empty; takes the units of the diagram.
    row : of the tests, for the number of decimals.
    error : (n_rows,) modelled minus observed flow of each model.
    n_pairs : ordered pairs, with those that are in no row as all flows are 0.
    penalty : variable and penalty in words.
    """
    height = axes.get_position().height * axes.figure.get_figheight() * MM_PER_INCH
    axes.set(xlim=(0, 1), ylim=(1, 0))
    axes.set_axis_off()
    signs = {name: np.sign(error[name]).astype(int) for name in MODELS}
    count = pd.crosstab(signs["standard"], signs["modified"])
    count = count.reindex(index=list(SIGNS), columns=list(SIGNS), fill_value=0)
    count.loc[0, 0] += n_pairs - len(signs["standard"])  # pairs where all three are 0
    table = count.to_numpy() / n_pairs
    top, deep, left, right, bar = 5.3 / height, 1 - 16.8 / height, 0.27, 0.73, 0.018
    decimals = digits(row)
    for x, side, name in ((left, 1, "standard"), (right, 0, "modified")):
        shares = table.sum(axis=side)
        edges = top + deep * np.concatenate([[0], np.cumsum(shares)])
        middle = panels.spread((edges[:-1] + edges[1:]) / 2, 3.4 / height)
        away, at = (-1, x) if side else (1, x + bar)
        axes.text(x + bar / 2, 2.8 / height, f"{name} model", ha="center", color=QUIET)
        for (word, colour), share, low, high, y in zip(
            SIGNS.values(), shares, edges[:-1], edges[1:], middle, strict=True
        ):
            axes.fill_between([x, x + bar], low, high, color=colour, linewidth=0)
            axes.text(
                at + away * 0.02, y, f"{word} {100 * share:.{decimals}f} %", color=colour,
                va="center", ha="right" if side else "left", fontweight="bold",
            )  # fmt: skip
    _ribbons(axes, table, (left + bar, right), (top, deep))
    better = int(count[0].sum() - count.loc[0, 0])
    worse = int(count.loc[0].sum() - count.loc[0, 0])
    for line, text in enumerate(
        (
            f"All {n_pairs:,} ordered pairs. Penalised: {penalty}",
            f"{better:,} {'pair becomes' if better == 1 else 'pairs become'} exact, "
            f"{worse:,} no longer {'is' if worse == 1 else 'are'}",
            "Ribbons: colour is the class under the modified model",
        )
    ):
        axes.text(0.5, 1 - (7.7 - _LINE * line) / height, text, ha="center", va="baseline")


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


def digits(row: pd.Series) -> int:
    """Decimals of percentages: as few as show that the models differ, at most three."""
    shares = 100 * row["exact_share"], 100 * row["exact_share_standard"]
    differ = (n for n in (1, 2, 3) if len({f"{share:.{n}f}" for share in shares}) == 2)
    return next(differ, 1)


def penalty_symbol(shape: pd.Series, exponent: float) -> str:
    """The paper's symbol: delta of two classes, Delta of the worst place of many."""
    power = f"10^{{{exponent:g}}}"
    two = shape.isin([0, 1]).all()
    return rf"$\delta = 1 + {power}$" if two else rf"$\Delta = {power}$"
