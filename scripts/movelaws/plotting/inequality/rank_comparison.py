"""Fig. S2: flows of both models beside the observed ones, by rank and pair by pair."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import (
    HAIRLINE,
    INK,
    MM_PER_INCH,
    QUIET,
    WIDTH_DOUBLE,
    colours,
    figure,
    panels,
    style,
)
from movelaws.plotting.colours import Look

COLUMNS = ["flow", "standard", "modified"]
STANDARD, MODIFIED = colours.model("RM"), Look("#0072B2", "o")
FEWEST = 5
"""Pairs in a bin of panel b; a bin of fewer joins the one below it."""

_LEFT, _GAP, _RIGHT, _TOP, _TALL, _BOTTOM, _KEY = 16.0, 20.0, 2.5, 6.5, 62.0, 10.0, 9.6  # mm
_NOTHING = 0.35  # where a flow of 0 is drawn on the log axis
_ASIDE = 1.12  # factor by which the models of a bin stand apart


@style()
def rank_comparison(
    flows: pd.DataFrame, *, unit: str, synthetic: bool = False, label: str = "modified"
) -> Figure:
    """Flows against their rank (a), and predicted against observed flow (b).

    Panel b shows medians and quartiles of the predictions over pairs of about the same observed
    flow: 1, 2 to 3, 4 to 7 and so on.

    Parameters
    ----------
    flows : columns flow, standard, modified (whole numbers >= 0), one row per pair of zones where
        any of them is above 0.
    unit : what flows count, such as "people".
    synthetic : add a tag that says so.
    label : of the modified model.

    Returns
    -------
    Figure 183 mm wide.

    Raises
    ------
    ValueError
        If a column is missing, a flow is negative or no number, or one of the three is 0
        everywhere.
    """
    _check(flows)
    made = figure(WIDTH_DOUBLE, _TOP + _TALL + _BOTTOM + _KEY)
    wide = (WIDTH_DOUBLE - _LEFT - _GAP - _RIGHT) / 2
    first, second = (
        panels.axes_mm(made, _LEFT + k * (wide + _GAP), _TOP, wide, _TALL) for k in range(2)
    )
    panels.letter(first, 0, "Flows by rank")
    _ranked(first, flows, unit)
    panels.letter(second, 1, "Predicted and observed flow of a pair")
    _paired(second, flows, unit)
    _key(made, label)
    panels.tag_synthetic(made, synthetic)
    return made


def ranked(values: pd.Series) -> np.ndarray:
    """Flows above 0, the largest first."""
    found = np.sort(values.to_numpy(dtype=float))[::-1]
    return found[found > 0]


def bins(observed: np.ndarray) -> np.ndarray:
    """(n,) bin of each observed flow >= 1: 1, 2 to 3, 4 to 7, ..., those of few pairs merged."""
    _, found, count = np.unique(
        np.floor(np.log2(observed)).astype(int), return_inverse=True, return_counts=True
    )
    into = np.arange(len(count))
    for at in range(len(count) - 1, 0, -1):
        if count[at] < FEWEST:
            into[into == at] = at - 1
            count[at - 1] += count[at]
    return into[found]


def _check(flows: pd.DataFrame) -> None:
    panels.require_columns(flows, COLUMNS, "flows")
    for column in COLUMNS:
        bad = ~(flows[column] >= 0)
        if bad.any():
            value = flows.loc[bad, column].iloc[0]
            raise ValueError(f"flows: {column} is {value}; it must be at least 0")
        if not (flows[column] > 0).any():
            raise ValueError(f"flows: {column} is 0 everywhere; there is nothing to compare")


def _ranked(axes: Axes, flows: pd.DataFrame, unit: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    for column, look in (
        ("flow", colours.OBSERVED),
        ("standard", STANDARD),
        ("modified", MODIFIED),
    ):
        values = ranked(flows[column])
        drawn = _line(column, look)
        axes.plot(np.arange(1, len(values) + 1), values, gid=column, **drawn)
    pairs = max(int((flows[column] > 0).sum()) for column in COLUMNS)
    axes.set_xlim(0.9, pairs * 1.2)
    axes.set_ylim(0.8, flows[COLUMNS].to_numpy().max() * 1.6)
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)
    axes.set_xlabel("Rank of the flow (pairs of zones)")
    axes.set_ylabel(f"Flow ({unit})")


def _paired(axes: Axes, flows: pd.DataFrame, unit: str) -> None:
    moved = flows[flows["flow"] > 0]
    observed = moved["flow"].to_numpy(dtype=float)
    bin_of = bins(observed)
    axes.set_xscale("log")
    axes.set_yscale("log")
    top = max(flows[COLUMNS].to_numpy().max(), 10.0) * 1.8
    axes.plot([1, top], [1, top], color=QUIET, lw=HAIRLINE, zorder=1, gid="identity")
    axes.axhline(0.6, color="#dddddd", lw=HAIRLINE, zorder=0)
    for column, look, aside in (
        ("standard", STANDARD, 1 / _ASIDE),
        ("modified", MODIFIED, _ASIDE),
    ):
        groups = moved.groupby(bin_of)
        middle = groups["flow"].agg(lambda part: np.exp(np.log(part).mean())).to_numpy() * aside
        low, median, high = (
            np.maximum(groups[column].quantile(q).to_numpy(dtype=float), _NOTHING)
            for q in (0.25, 0.5, 0.75)
        )
        axes.vlines(middle, low, high, color=look.colour, lw=0.9, zorder=2, gid=f"{column} range")
        axes.plot(
            middle, median, look.marker, color=look.colour, ms=4.2, mec="white", mew=0.5, zorder=3,
            gid=f"{column} median",
        )  # fmt: skip
    axes.set_xlim(0.7, top)
    axes.set_ylim(0.28, top)
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)
    _tick_nothing(axes)
    axes.set_xlabel(f"Observed flow ({unit})")
    axes.set_ylabel(f"Predicted flow ({unit})")
    _counts(axes, flows)


def _tick_nothing(axes: Axes) -> None:
    """A tick for a prediction of 0, which has no place on a log axis."""
    ticks = [tick for tick in axes.get_yticks() if tick >= 1]
    names = [panels.power_of_ten(tick) if tick >= 1e6 else f"{tick:,g}" for tick in ticks]
    high = axes.get_ylim()[1]
    minor = [tick for tick in axes.get_yticks(minor=True) if 1 < tick < high]
    axes.set_yticks([_NOTHING, *ticks], ["0", *names])
    axes.set_yticks(minor, minor=True)


def _counts(axes: Axes, flows: pd.DataFrame) -> None:
    """How often a model sees nobody where people move, and the other way round."""
    some = flows["flow"] > 0
    lines = [
        (f"Pairs where people move: {some.sum():,}", INK),
        *(
            (f"{name} predicts 0 in {(some & (flows[column] == 0)).sum():,}", look.colour)
            for name, column, look in (
                ("standard", "standard", STANDARD),
                ("modified", "modified", MODIFIED),
            )
        ),
    ]
    for at, (text, colour) in enumerate(lines):
        axes.annotate(
            text, (0, 1), (5, -4 - 10 * at), xycoords="axes fraction",
            textcoords="offset points", va="top", color=colour, gid="count",
        )  # fmt: skip


def _line(column: str, look: Look) -> dict[str, object]:
    """The observation lies behind, broad, so that what covers it can be seen."""
    if column == "flow":
        return {"color": "#9a9a9a", "lw": 2.6, "zorder": 1, "solid_capstyle": "round"}
    dashes = {"ls": (0, (4, 1.6))} if column == "modified" else {}
    return {"color": look.colour, "lw": 1.1, "zorder": 2, **dashes}


def _key(made: Figure, label: str) -> None:
    """The flows, and beneath the marks of panel b: in one row long names would not fit."""
    names = {
        "flow": ("observed (a)", colours.OBSERVED),
        "standard": ("standard radiation", STANDARD),
        "modified": (label, MODIFIED),
    }
    flows = []
    for column, (name, look) in names.items():
        marker = {} if column == "flow" else {"marker": look.marker, "mec": "white", "mew": 0.5}
        flows.append(Line2D([], [], label=name, ms=4.2, **marker, **_line(column, look)))
    further = [
        Line2D([], [], color=QUIET, marker="|", ls="", ms=8, label="quartiles (b)"),
        Line2D([], [], color=QUIET, lw=HAIRLINE, label="predicted = observed (b)"),
    ]
    tall = made.get_figheight() * MM_PER_INCH
    for handles, low in ((flows, 5.0), (further, 0.8)):
        made.legend(
            handles=handles, loc="lower center", bbox_to_anchor=(0.5, low / tall),
            ncols=len(handles), borderaxespad=0.0, borderpad=0.0, columnspacing=2.0,
            handlelength=2.6,
        )  # fmt: skip
