"""Entropy-maximising models constrained at one end or both (paper 2, Appendix A)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from movelaws.plotting import (
    INK,
    POINTS_PER_MM,
    QUIET,
    WIDTH_DOUBLE,
    colours,
    figure,
    panels,
    style,
)
from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import number

COLUMNS = ("form", "constraint", "a", "b", "rmse", "cpc", "max_marginal_error")
FORMS = {
    "exponential": ("GMExp", r"$\mathrm{exp}(-b\,d)$"),
    "exponential_power": ("GMExpPow", r"$\mathrm{exp}(-b\,d^{\,a})$"),
}
CONSTRAINTS = {"production": "departures known", "doubly": "departures, arrivals known"}
_LEFT, _TOP, _ROW, _AXIS, _GAP = 52.0, 12.0, 6.0, 11.0, 12.0
_CONSTANTS, _RIGHT = 34.0, 8.0


@style()
def entropy(
    tables: Mapping[str, pd.DataFrame],
    *,
    labels: Mapping[str, str],
    unit: str = "commuters",
    synthetic: bool = False,
) -> Figure:
    """RMSE and CPC of two costs of distance under one constraint and two, a row of panels each.

    Parameters
    ----------
    tables : by dataset: form ("exponential", "exponential_power"), constraint ("production",
        "doubly"), a (exponent of distance), b (per km^a), rmse, cpc and max_marginal_error
        (largest relative error of a sum that was to be met).
    labels : name to show by dataset.
    unit : of the flows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there is no dataset, a column is missing, or a form or constraint is unknown.
    """
    if not tables:
        raise ValueError("tables: no dataset to draw")
    for name, table in tables.items():
        parts.checked(table, COLUMNS, f"tables[{name!r}]")
        for column, known in (("form", FORMS), ("constraint", CONSTRAINTS)):
            unknown = sorted(set(table[column]) - set(known))
            if unknown:
                raise ValueError(
                    f"tables[{name!r}]: {column} {unknown[0]!r}: use {', '.join(known)}"
                )
    tables = {name: table for name, table in tables.items() if len(table)}
    if not tables:
        return parts.nothing("No entropy-maximising model was fitted.", synthetic=synthetic)
    rows = len(FORMS) * len(CONSTRAINTS)
    step = _TOP + rows * _ROW + _AXIS
    wide = (WIDTH_DOUBLE - _LEFT - _CONSTANTS - _RIGHT - _GAP) / 2
    made = figure(WIDTH_DOUBLE, step * len(tables))
    for at, (name, table) in enumerate(tables.items()):
        top = at * step + _TOP
        for column, (measure, title) in enumerate(
            (("rmse", f"RMSE ({unit})"), ("cpc", "CPC (no unit)"))
        ):
            axes = panels.axes_mm(
                made, _LEFT + _CONSTANTS + column * (wide + _GAP), top, wide, rows * _ROW
            )
            _panel(axes, table, measure)
            axes.set_xlabel(title)
            if column == 0:
                _names(axes, table, wide)
            panels.letter(axes, 2 * at + column)
            if column == 0:
                across = -(_LEFT + _CONSTANTS - 1.0) * POINTS_PER_MM
                axes.annotate(
                    labels.get(name, name),
                    (0, 1),
                    (across, 5.5 * POINTS_PER_MM),
                    xycoords="axes fraction",
                    textcoords="offset points",
                    fontweight="bold",
                    annotation_clip=False,
                )
    panels.tag_synthetic(made, synthetic)
    return made


def _ordered(table: pd.DataFrame) -> list[dict | None]:
    """A row per form and constraint, in order; None where none was fitted."""
    rows = {(row["constraint"], row["form"]): row for row in table.to_dict("records")}
    return [rows.get((constraint, form)) for constraint in CONSTRAINTS for form in FORMS]


def _panel(axes: Axes, table: pd.DataFrame, measure: str) -> None:
    axes.set_ylim(4 * _ROW, 0)
    values = table[measure].to_numpy(float)
    values = values[np.isfinite(values)]
    span = np.ptp(values) if values.size > 1 and np.ptp(values) > 0 else 0.1
    low, high = values.min(initial=np.inf), values.max(initial=-np.inf)
    if values.size:
        axes.set_xlim(low - 0.12 * span, high + 0.5 * span)
    for number_, row in enumerate(_ordered(table)):
        if row is None or not np.isfinite(row[measure]):
            continue
        look = colours.model(FORMS[row["form"]][0])
        y = (number_ + 0.5) * _ROW
        hollow = row["constraint"] == "doubly"
        axes.plot(
            row[measure],
            y,
            look.marker,
            color=look.colour,
            mfc="white" if hollow else look.colour,
            ms=4.6,
            mew=1.0,
            gid=measure,
            zorder=3,
        )
        shown = number(row[measure]) if measure == "rmse" else f"{row[measure]:.3f}"
        axes.annotate(
            shown, (row[measure], y), (5, 0), textcoords="offset points", va="center_baseline"
        )
    axes.axhline(2 * _ROW, color=QUIET, lw=0.4)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#dddddd", lw=0.4)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    parts.thousands(axes.xaxis)


def _names(axes: Axes, table: pd.DataFrame, wide: float) -> None:
    """Constraint, cost and constants of each row, left of the panel."""
    drawn = {"transform": axes.get_yaxis_transform(), "va": "center_baseline"}
    at = [-(_LEFT + _CONSTANTS - mm) / wide for mm in (1.0, 36.0, 57.0, 70.0)]
    for place, head in zip(at[1:], ("decay", "$a$", "$b$ (km$^{-a}$)"), strict=True):
        axes.text(place, -2.0, head, color=QUIET, **drawn)
    for number_, row in enumerate(_ordered(table)):
        y = (number_ + 0.5) * _ROW
        constraint = list(CONSTRAINTS)[number_ // 2]
        form = list(FORMS)[number_ % 2]
        if number_ % 2 == 0:
            axes.text(at[0], y, CONSTRAINTS[constraint], color=INK, **drawn)
            if constraint == "doubly":
                worst = table.loc[table["constraint"] == "doubly", "max_marginal_error"].max()
                if np.isfinite(worst) and worst > 0:
                    words = f"sums met to {panels.power_of_ten(float(f'{worst:.0e}'))}"
                    axes.text(at[0], y + _ROW, words, color=QUIET, **drawn)
        axes.text(at[1], y, FORMS[form][1], **drawn)
        if row is None:
            axes.text(at[2], y, "not fitted", color=QUIET, **drawn)
            continue
        axes.text(at[2], y, f"{row['a']:.3g}", **drawn)
        axes.text(at[3], y, f"{row['b']:.3g}", **drawn)
