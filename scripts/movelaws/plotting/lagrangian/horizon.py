"""How the error of a prediction grows with the time from where it starts."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from movelaws.plotting import QUIET, panels, style
from movelaws.plotting.lagrangian.layout import grid, hours, key, line, words_above
from movelaws.plotting.lagrangian.looks import RULES, variant
from movelaws.plotting.lagrangian.scores import PAIR, PERSISTENCE, scores, shared

COLUMNS = ["case", "task", *PAIR, "variant", "n", "rms"]
MODELS = (
    "full",
    "time_independent",
    "time_independent_no_inertia",
    "homogeneous",
    "homogeneous_no_inertia",
)
"""Variants drawn: few numbers for all cells, and numbers of its own for each cell."""
BEST = 2
"""Rules drawn in each panel beside persistence and those that know the end."""
NAMES = {
    "ahead": "hours ahead, another day",
    "day": "another day in one go",
    "hours": "the rest of the day",
}
BAND = {"ls": "-", "lw": 4.0, "alpha": 0.45, "zorder": 2}
"""A population that stays is a broad pale line: curves that are equal to it lie upon it."""
_PER_ROW = 4
_HIGHEST = 2.2  # times the largest error of persistence: what is worse leaves the panel


@style()
def horizon(
    table: pd.DataFrame,
    summary: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    slot_minutes: Mapping[str, float] | None = None,
    synthetic: bool = False,
) -> Figure:
    """RMS of q against the time ahead, a panel per case and task.

    Drawn are MODELS, a population that stays (the broad pale line), the two best simple rules of
    each panel, and rules that know the end. Means over the pairs of days that have them all.

    Parameters
    ----------
    table : COLUMNS.
    summary : as for :func:`scores.scores`, to choose the rules and to leave out what is
        persistence by construction; its column ``first`` is where a forecast starts.
    labels : of the cases, in order.
    slot_minutes : by case, to count hours instead of steps.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or no case has a row.
    """
    panels.require_columns(table, COLUMNS, "prediction")
    found = scores(summary, labels)
    keys = [
        (case, task)
        for task in NAMES
        for case in labels
        if ((table["case"] == case) & (table["task"] == task)).any()
    ]
    if not keys:
        raise ValueError(f"prediction: no row for {', '.join(labels)}")
    columns = min(_PER_ROW, max(sum(task == one for _, task in keys) for one in NAMES))
    rules = sum((table["variant"] == name).any() for name in (*RULES, *MODELS)) + 1
    below = 5 + 3.6 * -(-rules // 3)
    made, axes = grid(
        len(keys), columns, 32, left=14, right=3, across=13, down=19, top=9, below=below
    )
    drawn: set[str] = set()
    for place, (case, task) in enumerate(keys):
        part = table[(table["case"] == case) & (table["task"] == task)]
        chosen = found[(found["case"] == case) & (found["task"] == task)]
        minutes = (slot_minutes or {}).get(case, 0)
        start = 0 if task == "ahead" else _first(summary, part, case, task)
        drawn |= _panel(axes[place], part, chosen, minutes, start)
        panels.letter(axes[place], place, labels[case], above_mm=4.6)
        words_above(axes[place], [(NAMES[task], QUIET)])
        axes[place].set_xlabel("Time ahead (h)" if minutes else "Steps ahead")
        if place % columns == 0:
            axes[place].set_ylabel("RMS of $q$ (no unit)")
    order = [name for name in (*MODELS, PERSISTENCE, *RULES) if name in drawn]
    entries = {
        variant(name).name: line(variant(name), **(BAND if name == PERSISTENCE else {}))
        for name in order
    }
    key(made, entries, min(3, len(order)))
    panels.tag_synthetic(made, synthetic)
    return made


def _first(summary: pd.DataFrame, part: pd.DataFrame, case: str, task: str) -> int:
    """Last time point that a forecast knows."""
    own = summary[(summary["case"] == case) & (summary["task"] == task)]
    if "first" in own and own["first"].notna().any():
        return int(own["first"].min())
    return int(part["n"].min()) - 1


def _panel(
    axes: Axes, part: pd.DataFrame, chosen: pd.DataFrame, minutes: float, start: int
) -> set[str]:
    part = shared(part)
    part = part[part["variant"].isin([*chosen["variant"]])]
    curves = part.groupby(["variant", "n"])["rms"].mean()
    there = curves.index.get_level_values(0)
    names = [name for name in (*MODELS, PERSISTENCE, *_rules(chosen)) if name in there]
    longest = 0.0
    for name in names:
        look, curve = variant(name), curves[name].sort_index()
        ahead = hours(curve.index.to_numpy() - start, minutes)
        longest = max(longest, float(ahead.max()))
        lw, zorder = (1.1, 3) if name in MODELS else (1.4, 4)
        drawn = BAND if name == PERSISTENCE else {"ls": look.dash, "lw": lw, "zorder": zorder}
        axes.plot(ahead, curve.to_numpy(), color=look.colour, gid=name, **drawn)
    axes.set_xlim(0, longest or 1)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 3, 4, 6, 8, 10]))
    seen = curves[np.isfinite(curves) & there.isin(names)]
    top = 1.05 * float(seen.max()) if len(seen) else 1.0
    if PERSISTENCE in there:
        top = min(top, _HIGHEST * float(curves[PERSISTENCE].max()) or top)
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=3))
    return set(names)


def _rules(chosen: pd.DataFrame) -> list[str]:
    """The best rules by mean skill over the leads, and those that know the end, in their order."""
    rules = chosen[chosen["variant"].isin(list(RULES))]
    skill = rules[~rules["oracle"].astype(bool)].groupby("variant")["skill"].mean()
    kept = {*skill.nlargest(BEST).index, *rules.loc[rules["oracle"].astype(bool), "variant"]}
    return [name for name in RULES if name in kept]
