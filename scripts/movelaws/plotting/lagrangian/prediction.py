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
from movelaws.plotting.lagrangian.layout import line
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
from movelaws.plotting.lagrangian.prediction_words import (
    NAMES,
    SMALL,
    TITLE,
    answer,
    counting,
    headers,
    signed,
    verdicts,
)
from movelaws.plotting.lagrangian.scores import PERSISTENCE, TASKS, best, chosen, scores

PER_PAGE = 4
WORST = -0.5
"""Skills below, of one and a half times the error of no movement, are arrows with their number."""
_BETTER, _LINE = "#EEF5EE", "#333333"
_LEFT, _RIGHT, _ABOVE, _HEAD, _PANEL, _DOWN, _KEY = 19.0, 10.0, 1.5, 14.0, 30.0, 8.5, 18.0  # mm
_APART, _FILLED = 0.22, 0.88  # of a column: between two tasks, and what its points take
_RULES_PER_ROW = 4  # of the key, which is as wide as the page
_TOPS = (0.25, 0.5, 0.75, 1.0)


@style()
def prediction(
    table: pd.DataFrame, labels: Mapping[str, str], *, synthetic: bool = False
) -> Figure:
    """Skill 1 - RMS / RMS of persistence on what was not fitted: a panel per case.

    Columns are leads of the task "ahead", then the whole day, then the rest of a day. Above zero a
    variant beats the statement that nothing moves. A short line across a column is the best of the
    simple rules that know no more than the model. Bars are intervals. The variant that was chosen
    without what is predicted has a ring and stands above the columns; the title of a panel counts
    how often it wins. Below stands what share of the squared error of persistence counting alone
    would give, where the table has it.

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
        panels.letter(axes, row, f"{labels[case]}: {answer(part)}", above_mm=TITLE)
        headers(axes, places)
        counting(axes, part, places)
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
    axes.axhline(0, color=_LINE, lw=1.6, zorder=2, gid=PERSISTENCE)
    words = (("better", QUIET, 4.3), ("nothing\nmoves", _LINE, 0.0), ("worse", QUIET, -4.3))
    for text, colour, up in words:
        axes.annotate(text, (1, 0), (2, up * 72 / MM_PER_INCH), color=colour, va="center",
                      xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                      fontsize=SMALL, annotation_clip=False)  # fmt: skip
    names = [f"{lead:g} h" if task == "ahead" else NAMES[task] for task, lead in places]
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
    model, ruler = chosen(part), best(part, [*RULES, PERSISTENCE])
    for name in shown:
        if name in indexed.index:
            ringed = model is not None and name == model["variant"]
            _point(axes, indexed.loc[name], name, x + _offset(shown, name), ringed=ringed)
    across = [x - 0.47, x + 0.47]
    if ruler is not None and ruler["variant"] != PERSISTENCE:
        colour = RULES[ruler["variant"]].colour
        axes.fill_between(across, [ruler["low"]] * 2, [ruler["high"]] * 2, color=colour, alpha=0.16,
                          lw=0, zorder=0.8)  # fmt: skip
        axes.plot(across, [ruler["skill"]] * 2, color=colour, lw=1.3, zorder=1.8,
                  gid=f"rule {ruler['variant']}")  # fmt: skip
    for name in indexed.index[indexed["oracle"].to_numpy(dtype=bool)]:
        axes.plot(across, [indexed.loc[name, "skill"]] * 2, color=RULES[name].colour,
                  ls=RULES[name].dash, lw=1.0, zorder=1.7, gid=f"rule {name}")  # fmt: skip
    verdicts(axes, model, ruler, x)


def _point(axes: Axes, one: pd.Series, name: str, x: float, *, ringed: bool) -> None:
    look = variant(name)
    if not one["skill"] >= WORST:
        axes.plot(x, 0.02, "v", color=look.colour, ms=3.0, mew=0, zorder=4, gid="beyond",
                  transform=axes.get_xaxis_transform())  # fmt: skip
        axes.text(x, 0.05, signed(one["skill"]), rotation=90, ha="center", va="bottom", zorder=5,
                  fontsize=4.6, color=for_words(look.colour),
                  transform=axes.get_xaxis_transform())  # fmt: skip
        return
    if ringed:
        axes.plot(x, one["skill"], "o", color=_LINE, mfc="none", ms=6.4, mew=0.8, zorder=5,
                  gid="chosen")  # fmt: skip
    ends = one[["low", "high"]].to_numpy(dtype=float)
    if np.isfinite(ends).all():
        axes.plot([x, x], ends, color=look.colour, lw=1.2, zorder=3, alpha=0.6,
                  solid_capstyle="butt")  # fmt: skip
    axes.plot(x, one["skill"], look.marker, color=look.colour, ms=3.4, mec="white", mew=0.3,
              zorder=4, gid="skill")  # fmt: skip


def _key(made: Figure, shown: Sequence[str], rules: Sequence[str]) -> None:
    """Colours for what may vary, markers for what is in the model, lines for the rules."""
    grey = {"color": QUIET, "ls": "", "ms": 3.6, "mew": 0}
    forms = [form for form in FORMS if any(one in shown for one in (f"{f}_{form}".rstrip("_")
             for f in FREEDOM))]  # fmt: skip
    rows = [
        {words: Line2D([], [], color=FREEDOM[free][0], lw=3)
         for free, words in FREEDOM_WORDS.items() if any(one.startswith(free) for one in shown)},
        {FORMS[form][1]: Line2D([], [], marker=FORMS[form][0], **grey) for form in forms}
        | {"chosen beforehand": Line2D([], [], marker="o", color=_LINE, mfc="none", ls="",
                                       ms=6.4, mew=0.8)},
    ]  # fmt: skip
    for some in np.array_split(rules, -(-len(rules) // _RULES_PER_ROW) or 1):
        looks = {name: {} if name in ORACLES else {"ls": "-"} for name in some}
        rows.append({RULES[name].name: line(RULES[name], lw=1.3, **looks[name]) for name in looks})
    height = made.get_figheight() * MM_PER_INCH
    for at, entries in enumerate(row for row in reversed(rows) if row):
        made.add_artist(
            Legend(made, [*entries.values()], [*entries], loc="lower center",
                   bbox_to_anchor=(0.5, at * 3.9 / height), ncols=len(entries),
                   borderaxespad=0.2, handletextpad=0.5)
        )  # fmt: skip
