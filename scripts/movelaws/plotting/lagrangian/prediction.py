"""Does it predict? Skill against a population that stays, by how far ahead and by variant."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from movelaws.plotting import MM_PER_INCH, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.lagrangian.layout import line, number
from movelaws.plotting.lagrangian.looks import (
    FORMS,
    FREEDOM,
    FREEDOM_WORDS,
    ORACLES,
    RULES,
    VARIANTS,
    for_words,
    variant,
)
from movelaws.plotting.lagrangian.scores import TASKS, best, scores

PER_PAGE = 4
WORST = -0.5
"""Skills below, of one and a half times the error of no movement, are arrows with their number."""
HEADERS = {
    "ahead": "another day, some hours ahead",
    "day": "in one go",
    "hours": "from its first part",
    "hours_earlier": "from an earlier day",
}
_NAMES = {"day": "whole day", "hours": "rest of a day", "hours_earlier": "rest of a day"}
_SHORT = {
    "full": "time, cell",
    "time_independent": "by cell",
    "homogeneous": "4 numbers",
    "previous_day": "other day",
    "previous_change": "its changes",
    "damped": "to other day",
    "persistence": "nothing moves",
}
_BETTER, _WORDS = "#EEF5EE", 5.6
_LEFT, _RIGHT, _ABOVE, _HEAD, _PANEL, _DOWN, _KEY = 19.0, 2.0, 1.5, 11.0, 34.0, 6.0, 14.0  # mm
_APART, _FILLED = 0.22, 0.88  # of a column: between two tasks, and what its points take
_LEAST = 0.005  # less is written as 0.00
_TOPS = (0.25, 0.5, 0.75, 1.0)


@style()
def prediction(
    table: pd.DataFrame, labels: Mapping[str, str], *, synthetic: bool = False
) -> Figure:
    """Skill 1 - RMS / RMS of persistence on what was not fitted: a panel per case.

    Columns are leads of the task "ahead", then the whole day, then the rest of a day. Above zero a
    variant beats the statement that nothing moves. A short line across a column is the best of the
    simple rules that know no more than the model. Bars are intervals.

    Parameters
    ----------
    table : as for :func:`scores.scores`.
    labels : of the cases, in order; PER_PAGE fit on a page.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or no case has a row.
    """
    table = scores(table, labels)
    cases = [case for case in labels if (table["case"] == case).any()]
    shown = [name for name in VARIANTS if (table["variant"] == name).any()]
    places = _places(table)
    made = figure(WIDTH_DOUBLE, _ABOVE + len(cases) * (_HEAD + _PANEL + _DOWN) + _KEY)
    for row, case in enumerate(cases):
        above = _ABOVE + row * (_HEAD + _PANEL + _DOWN) + _HEAD
        axes = panels.axes_mm(made, _LEFT, above, WIDTH_DOUBLE - _LEFT - _RIGHT, _PANEL)
        part = table[table["case"] == case]
        _frame(axes, places, _top(part))
        _joined(axes, part, shown, places)
        for (task, lead), x in places.items():
            one = part[(part["task"] == task) & (part["lead"] == lead)]
            if len(one):
                _column(axes, one, shown, x)
        panels.letter(axes, row, labels[case], above_mm=7.4)
        if row == 0:
            _headers(axes, places)
    lines = {gid for axes in made.axes for gid in (one.get_gid() for one in axes.get_lines())}
    _key(made, shown, [name for name in RULES if f"rule {name}" in lines])
    panels.tag_synthetic(made, synthetic)
    return made


def _places(table: pd.DataFrame) -> dict[tuple[str, float], float]:
    """Middle of the column of each task and lead."""
    there = table[["task", "lead"]].drop_duplicates()
    order = sorted(there.itertuples(index=False), key=lambda one: (TASKS.index(one[0]), one[1]))
    places, at, before = {}, 0.0, None
    for task, lead in order:
        at += 0.0 if before is None else 1.0 + _APART * (task != before)
        places[task, float(lead)], before = at, task
    return places


def _top(table: pd.DataFrame) -> float:
    """Upper end of an axis: above all points; intervals may leave the panel."""
    values = table["skill"].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    highest = float(values.max()) if values.size else 0.0
    return next((top for top in _TOPS if top >= highest + 0.06), 1.05)


def _offset(shown: Sequence[str], name: str) -> float:
    """Where a variant stands in a column; what may vary alike stands together."""
    at = np.arange(len(shown)) + 0.6 * np.array([_freedom(shown, one) for one in shown])
    at = (at - at.mean()) * _FILLED / (np.ptp(at) + 1)
    return float(at[list(shown).index(name)])


def _freedom(shown: Sequence[str], name: str) -> int:
    there = [free for free in FREEDOM if any(one.startswith(free) for one in shown)]
    return next(number for number, free in enumerate(there) if name.startswith(free))


def _frame(axes: Axes, places: Mapping[tuple[str, float], float], top: float) -> None:
    axes.set_xlim(-0.5, max(places.values()) + 0.5)
    axes.set_ylim(WORST, top)
    axes.set_yticks(np.arange(WORST, top + 0.01, 0.25 if top < 0.9 else 0.5))
    axes.axhspan(0, top, color=_BETTER, lw=0, zorder=0.2)
    axes.grid(axis="y", color="#E2E2E2", lw=0.4)
    axes.set_axisbelow(True)
    for x in places.values():
        axes.axvline(x + 0.5, color="#C8C8C8", lw=0.4, zorder=0.5)
    for ((before, _), _), ((task, _), x) in pairwise(places.items()):
        if task != before:  # a gap between what is asked
            axes.axvspan(x - 0.5 - _APART, x - 0.5, color="white", lw=0, zorder=0.6)
    axes.axhline(0, color="#333333", lw=1.6, zorder=2, gid="persistence")
    names = [f"{lead:g} h" if task == "ahead" else _NAMES[task] for task, lead in places]
    axes.set_xticks(list(places.values()), names)
    axes.tick_params(axis="x", length=0, pad=1.5)
    axes.spines["bottom"].set_visible(False)
    axes.set_ylabel("Skill (no unit)")


def _joined(
    axes: Axes, part: pd.DataFrame, shown: Sequence[str], places: Mapping[tuple[str, float], float]
) -> None:
    """Thin lines from lead to lead of each variant."""
    ahead = part[part["task"] == "ahead"]
    for name in shown:
        own = ahead[ahead["variant"] == name].sort_values("lead")
        x = [places["ahead", lead] + _offset(shown, name) for lead in own["lead"]]
        axes.plot(x, own["skill"].where(own["skill"] >= WORST), color=variant(name).colour, lw=0.5,
                  alpha=0.5, zorder=1.5, gid="joined")  # fmt: skip


def _column(axes: Axes, part: pd.DataFrame, shown: Sequence[str], x: float) -> None:
    indexed = part.set_index("variant")
    for name in shown:
        if name in indexed.index:
            _point(axes, indexed.loc[name], name, x + _offset(shown, name))
    winner, ruler = best(part), best(part, [*RULES, "persistence"])
    across = [x - 0.47, x + 0.47]
    if ruler is not None and ruler["variant"] != "persistence":
        colour = RULES[ruler["variant"]].colour
        axes.fill_between(across, [ruler["low"]] * 2, [ruler["high"]] * 2, color=colour, alpha=0.16,
                          lw=0, zorder=0.8)  # fmt: skip
        axes.plot(across, [ruler["skill"]] * 2, color=colour, lw=1.3, zorder=1.8,
                  gid=f"rule {ruler['variant']}")  # fmt: skip
    for name in indexed.index[indexed["oracle"].to_numpy(dtype=bool)]:
        axes.plot(across, [indexed.loc[name, "skill"]] * 2, color=RULES[name].colour,
                  ls=RULES[name].dash, lw=1.0, zorder=1.7, gid=f"rule {name}")  # fmt: skip
    _verdict(axes, winner, x, 4.2, "best variant")
    _verdict(axes, ruler, x, 1.5, "best rule")


def _verdict(axes: Axes, one: pd.Series | None, x: float, above_mm: float, what: str) -> None:
    """The number of the best above a column; grey where its interval does not exclude zero."""
    options = {"textcoords": "offset points", "annotation_clip": False, "fontsize": _WORDS}
    height = (0, above_mm * 72 / MM_PER_INCH)
    if x == 0:
        axes.annotate(what, (0, 1), (-2, height[1]), xycoords="axes fraction", ha="right",
                      color=QUIET, **options)  # fmt: skip
    if one is None:
        return
    name = one["variant"]
    short = next(words for stem, words in _SHORT.items() if name.startswith(stem))
    words = short if name == "persistence" else f"{short} {_signed(one['skill'])}"
    proven = one["low"] > 0 and one["skill"] >= _LEAST
    weight = "bold" if proven and name in VARIANTS else "normal"
    axes.annotate(words, (x, 1), height, xycoords=axes.get_xaxis_transform(), ha="center",
                  color=for_words(variant(name).colour) if proven else QUIET, fontweight=weight,
                  **options)  # fmt: skip


def _point(axes: Axes, one: pd.Series, name: str, x: float) -> None:
    look = variant(name)
    if not one["skill"] >= WORST:
        axes.plot(x, 0.02, "v", color=look.colour, ms=3.0, mew=0, zorder=4, gid="beyond",
                  transform=axes.get_xaxis_transform())  # fmt: skip
        axes.text(x, 0.05, _signed(one["skill"]), rotation=90, ha="center", va="bottom", zorder=5,
                  fontsize=4.6, color=for_words(look.colour),
                  transform=axes.get_xaxis_transform())  # fmt: skip
        return
    ends = one[["low", "high"]].to_numpy(dtype=float)
    if np.isfinite(ends).all():
        axes.plot([x, x], ends, color=look.colour, lw=1.2, zorder=3, alpha=0.6,
                  solid_capstyle="butt")  # fmt: skip
    axes.plot(x, one["skill"], look.marker, color=look.colour, ms=3.4, mec="white", mew=0.3,
              zorder=4, gid="skill")  # fmt: skip


def _headers(axes: Axes, places: Mapping[tuple[str, float], float]) -> None:
    """What is asked, above the columns of each task."""
    ahead = [x for (task, _), x in places.items() if task == "ahead"]
    if ahead:
        axes.annotate(HEADERS["ahead"], (max(ahead) + 0.47, 1), (0, 7.4 * 72 / MM_PER_INCH),
                      xycoords=axes.get_xaxis_transform(), textcoords="offset points", ha="right",
                      color=QUIET, fontsize=6, annotation_clip=False)  # fmt: skip
    for task in _NAMES:
        if (task, 0.0) in places:
            axes.annotate(HEADERS[task], (places[task, 0.0], 1), (0, 7.4 * 72 / MM_PER_INCH),
                          xycoords=axes.get_xaxis_transform(), textcoords="offset points",
                          ha="center", color=QUIET, fontsize=6, annotation_clip=False)  # fmt: skip


def _signed(value: float) -> str:
    if not np.isfinite(value):
        return "−∞"
    if abs(value) >= 1:
        return ("+" if value > 0 else "") + number(value)
    return f"{value:+.2f}".replace("-0.00", "0.00").replace("+0.00", "0.00").replace("-", "−")


def _key(made: Figure, shown: Sequence[str], rules: Sequence[str]) -> None:
    """Colours for what may vary, markers for what is in the model, lines for the rules."""
    grey = {"color": QUIET, "ls": "", "ms": 3.6, "mew": 0}
    forms = [form for form in FORMS if any(one in shown for one in (f"{f}_{form}".rstrip("_")
             for f in FREEDOM))]  # fmt: skip
    rows = [
        {words: Line2D([], [], color=FREEDOM[free][0], lw=3)
         for free, words in FREEDOM_WORDS.items() if any(one.startswith(free) for one in shown)},
        {FORMS[form][1]: Line2D([], [], marker=FORMS[form][0], **grey) for form in forms}
        | {"nothing moves": Line2D([], [], color="#333333", lw=1.6)},
        {RULES[name].name: line(RULES[name], lw=1.3, **({} if name in ORACLES else {"ls": "-"}))
         for name in rules},
    ]  # fmt: skip
    height = made.get_figheight() * MM_PER_INCH
    for at, entries in enumerate(row for row in reversed(rows) if row):
        made.add_artist(
            Legend(made, [*entries.values()], [*entries], loc="lower center",
                   bbox_to_anchor=(0.5, at * 3.9 / height), ncols=len(entries),
                   borderaxespad=0.2, handletextpad=0.5)
        )  # fmt: skip
