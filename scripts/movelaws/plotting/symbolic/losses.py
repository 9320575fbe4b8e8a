"""Which laws win under which loss: fronts of squared error and two likelihoods side by side."""

import re

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from movelaws.plotting import QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.colours import Look
from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import lines

COLUMNS = ("loss", "complexity", "expression", "value", "rmse", "cpc")
LOSSES = {"mse": "squared error", "poisson": "Poisson", "negbin": "negative binomial"}
LOOKS = {
    "mse": Look("#332288", "o"),
    "poisson": Look("#CC6677", "D"),
    "negbin": Look("#117733", "s"),
}
SAME = "#EEEEBB"
_LEFT, _TOP, _PANEL, _AXIS, _GAP, _KEY = 14.0, 7.0, 42.0, 11.0, 18.0, 5.5
_LINE, _PAD, _HEAD, _NUMBER = 4.0, 1.4, 4.2, 7.0
_FREE = re.compile(r"(?<![A-Za-z_])\d+\.?\d*(?:e[-+]?\d+)?")


@style()
def losses(
    table: pd.DataFrame, *, label: str = "", unit: str = "commuters", synthetic: bool = False
) -> Figure:
    """RMSE (a) and CPC (b) of the laws that win under each loss, and what they are (c).

    Parameters
    ----------
    table : loss ("mse", "poisson", "negbin"), complexity, expression, value (of the loss), rmse
        and cpc. Of several rows of a loss and complexity the one with the smallest value counts.
    label : name of the dataset.
    unit : of the flows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or a loss is unknown.
    """
    parts.checked(table, COLUMNS, "losses")
    unknown = sorted(set(table["loss"]) - set(LOSSES))
    if unknown:
        raise ValueError(f"losses: loss {unknown[0]!r}: use {', '.join(LOSSES)}")
    table = table[np.isfinite(table["value"])]
    if table.empty:
        return parts.nothing("No law has a finite loss.", synthetic=synthetic)
    best = table.sort_values(["complexity", "value"], kind="stable")
    best = best.drop_duplicates(["loss", "complexity"])
    kinds = [name for name in LOSSES if name in set(best["loss"])]
    cell = (WIDTH_DOUBLE - 2 - _NUMBER) / len(kinds)
    rows = _laws(best, kinds, cell)
    deep = _HEAD + sum(tall for *_, tall in rows)
    made = figure(WIDTH_DOUBLE, _TOP + _PANEL + _AXIS + _TOP + deep + _KEY)
    wide = (WIDTH_DOUBLE - _LEFT - _GAP - 2) / 2
    for at, (measure, title) in enumerate((("rmse", f"RMSE ({unit})"), ("cpc", "CPC (no unit)"))):
        axes = panels.axes_mm(made, _LEFT + at * (wide + _GAP), _TOP, wide, _PANEL)
        for kind in kinds:
            part = best[best["loss"] == kind]
            look = LOOKS[kind]
            axes.plot(
                part["complexity"],
                part[measure],
                look.marker,
                ls="-",
                lw=0.9,
                color=look.colour,
                ms=3.6,
                mew=0,
                label=LOSSES[kind],
                gid=measure,
            )
        axes.set_xticks(sorted(best["complexity"].unique()))
        axes.set_xlabel("Complexity (no unit)")
        axes.set_ylabel(title)
        panels.letter(axes, at, label if at == 0 else "")
        parts.thousands(axes.yaxis)
    under = panels.axes_mm(made, 1.0, 2 * _TOP + _PANEL + _AXIS, WIDTH_DOUBLE - 2, deep)
    panels.letter(under, 2, "Best law of each loss")
    _table(parts.sheet(under, WIDTH_DOUBLE - 2, deep), rows, kinds, cell)
    lines_of = {line.get_label(): line for line in made.axes[0].get_lines()}
    same = Rectangle((0, 0), 1, 1, fc=SAME, lw=0)
    parts.key(made, lines_of | {"form found under squared error as well": same}, len(lines_of) + 1)
    panels.tag_synthetic(made, synthetic)
    return made


def form(expression: str) -> str:
    """A printed law without the values of its constants."""
    return _FREE.sub("c", expression.replace(" ", ""))


def _laws(best: pd.DataFrame, kinds: list[str], cell: float) -> list[tuple]:
    """Complexity, by loss the law as lines and whether its form is that of mse, and height."""
    rows = []
    for complexity, group in best.groupby("complexity"):
        laws = group.set_index("loss")["expression"]
        reference = form(laws["mse"]) if "mse" in laws else None
        found = {
            kind: (*lines(laws[kind], cell - 6), kind != "mse" and form(laws[kind]) == reference)
            for kind in kinds
            if kind in laws
        }
        tall = max(_LINE * (text.count("\n") + 1) + _PAD for text, *_ in found.values())
        rows.append((complexity, found, tall))
    return rows


def _table(axes: Axes, rows: list[tuple], kinds: list[str], cell: float) -> None:
    axes.text(3.5, _HEAD / 2, "$C$", ha="right", va="center_baseline", color=QUIET)
    for at, kind in enumerate(kinds):
        left = _NUMBER + at * cell
        look = LOOKS[kind]
        axes.plot(left + 2.5, _HEAD / 2, look.marker, color=look.colour, ms=3.6, mew=0)
        axes.text(left + 5, _HEAD / 2, LOSSES[kind], va="center_baseline", color=QUIET)
    top = _HEAD
    for complexity, found, tall in rows:
        y = top + tall / 2
        axes.axhline(top, color="#dddddd", lw=0.4)
        axes.text(3.5, y, f"{complexity}", ha="right", va="center_baseline")
        for at, kind in enumerate(kinds):
            if kind not in found:
                continue
            text, size, same = found[kind]
            left = _NUMBER + at * cell
            if same:
                axes.add_patch(
                    Rectangle(
                        (left + 0.5, top + 0.3), cell - 1, tall - 0.6, fc=SAME, lw=0, gid="same"
                    )
                )
            axes.text(left + 2, y, text, fontsize=size, va="center", linespacing=1.3, gid="law")
        top += tall
