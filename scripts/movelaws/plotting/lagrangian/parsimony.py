"""Fit and held-out error of the variants against their number of parameters."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from movelaws.plotting import QUIET, panels, style
from movelaws.plotting.lagrangian.layout import grid, key_in_columns, line, number
from movelaws.plotting.lagrangian.looks import (
    FORMS,
    FREEDOM,
    FREEDOM_WORDS,
    PERSISTENCE,
    RULES,
    VARIANTS,
    variant,
)
from movelaws.plotting.lagrangian.scores import scores

_PER_ROW = 4
_DODGE = {"": 1.0, "no_inertia": 1.14, "no_dissipation": 0.86}
_HIGHEST = 30.0  # times persistence: worse errors are arrows at the top
_TINY = 1e-3  # of persistence: smaller errors are drawn here


@style()
def parsimony(table: pd.DataFrame, labels: Mapping[str, str], *, synthetic: bool = False) -> Figure:
    """RMS of q where fitted (hollow) and on another day (filled), joined, a panel per case.

    The longer the line between, the more of a fit does not carry over; a filled point above the
    grey line predicts worse than a population that stays.

    Parameters
    ----------
    table : as for :func:`scores.scores`; the task "day" is shown, any other where that is missing.
    labels : of the cases, in order.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or no case has a row.
    """
    table = scores(table, labels)
    task = next(one for one in ("day", "hours", "ahead") if (table["task"] == one).any())
    table = table[table["task"] == task]
    table = table[table["lead"] == table["lead"].max()]
    cases = [case for case in labels if (table["case"] == case).any()]
    made, axes = grid(len(cases), _PER_ROW, 38, left=14, across=10, down=17, below=20.5)
    for place, case in enumerate(cases):
        _panel(axes[place], table[table["case"] == case].set_index("variant"))
        panels.letter(axes[place], place, labels[case])
        axes[place].set_xlabel("Number of parameters")
        if place % _PER_ROW == 0:
            axes[place].set_ylabel("RMS of $q$ (no unit)")
    _key(made, [name for name in RULES if (table["variant"] == name).any()])
    panels.tag_synthetic(made, synthetic)
    return made


def _panel(axes: Axes, part: pd.DataFrame) -> None:
    still = float(part["rms"].get("persistence", np.nan))
    models = part.loc[[name for name in VARIANTS if name in part.index]]
    scale = still if np.isfinite(still) and still > 0 else float(models["rms"].min())
    errors = models[["fit_rms", "rms"]].to_numpy(dtype=float)
    shown = np.clip(np.where(np.isnan(errors), np.inf, errors), scale * _TINY, scale * _HIGHEST)
    axes.set_xscale("log")
    axes.set_yscale("log")
    ends = np.append(shown, scale)
    axes.set_ylim(ends.min() / 1.6, ends.max() * 1.6)
    count = np.maximum(models["parameters"].to_numpy(dtype=float), 1)
    axes.set_xlim(count.min() / 2.2, count.max() * 2.2)
    for name, at, (fitted, held), raw in zip(models.index, count, shown, errors, strict=True):
        look, form = variant(name), _form(name)
        x = at * _DODGE[form]
        axes.plot([x, x], [fitted, held], color=look.colour, lw=0.8, zorder=2)
        if np.isfinite(raw[0]):
            axes.plot(x, fitted, look.marker, mfc="white", mec=look.colour, ms=3.4, mew=0.8,
                      zorder=3, gid="fitted")  # fmt: skip
        beyond = not raw[1] <= scale * _HIGHEST
        axes.plot(x, held, "^" if beyond else look.marker, color=look.colour, ms=3.4, mew=0,
                  zorder=4, gid="held out")  # fmt: skip
    for name, level in {"persistence": PERSISTENCE, **RULES}.items():
        if name in part.index:
            axes.axhline(part.loc[name, "rms"], color=level.colour, ls=level.dash, lw=1.1,
                         zorder=1, gid=name)  # fmt: skip
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)
    _counts(axes, models)


def _counts(axes: Axes, models: pd.DataFrame) -> None:
    """Ticks at the numbers of parameters of the variants with both forces, which are exact."""
    whole = [name for name in FREEDOM if name in models.index]
    at = models.loc[whole, "parameters"].to_numpy(dtype=float)
    axes.set_xticks(at, [number(value, 2) if value >= 1e5 else f"{value:,.0f}" for value in at])
    axes.xaxis.set_minor_locator(NullLocator())


def _form(name: str) -> str:
    return next((form for form in FORMS if form and name.endswith(form)), "")


def _key(made: Figure, rules: list[str]) -> None:
    grey = {"color": QUIET, "ls": "", "ms": 3.6}
    rivals = {PERSISTENCE.name: line(PERSISTENCE)}
    rivals |= {RULES[name].name: line(RULES[name]) for name in rules}
    half = -(-len(rivals) // 2)
    key_in_columns(
        made,
        [
            {w: Line2D([], [], color=FREEDOM[f][0], lw=3) for f, w in FREEDOM_WORDS.items()},
            {name: Line2D([], [], marker=mark, mew=0, **grey) for mark, name in FORMS.values()}
            | {
                "where fitted": Line2D([], [], marker="o", mfc="white", mew=0.8, **grey),
                "on another day": Line2D([], [], marker="o", mew=0, **grey),
            },
            dict([*rivals.items()][:half]),
            dict([*rivals.items()][half:]),
        ],
    )
