"""Does it predict? Skill against a population that stays, for every case, task and variant."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from movelaws.plotting import MM_PER_INCH, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.lagrangian.layout import number
from movelaws.plotting.lagrangian.looks import (
    FORMS,
    FREEDOM,
    FREEDOM_WORDS,
    METHODS,
    PERSISTENCE,
    RULES,
    VARIANTS,
    Look,
    for_words,
    variant,
)

COLUMNS = ["case", "task", "variant", "parameters", "fit_rms", "rms", "skill", "low", "high"]
TASKS = {
    "day": "Another day from the fitted day",
    "hours": "The rest of the day from its first part",
}
WORST = -1.0
"""Skills below, of twice the error of a population that stays, are arrows with their number."""
_ORDER = (*VARIANTS, "printed", "exact", "interpolation", *RULES)
_BETTER = "#EEF5EE"
_ROW, _PAD = 1.85, 1.5  # mm per variant, and around the variants of a case
_LEFT, _GAP, _WORDS, _TOP, _BOTTOM, _KEY = 25.0, 3.0, 21.0, 12.0, 10.0, 13.0
_BESIDE = 48.0  # mm that the key needs under the first panel
_LETTERS = 16


@style()
def prediction(
    table: pd.DataFrame, labels: Mapping[str, str], *, synthetic: bool = False
) -> Figure:
    """Skill 1 - RMS / RMS of persistence on what was not fitted: a panel per task, a row per case.

    Right of zero the model beats the statement that nothing moves. Bars are intervals; where the
    table has several rows of a variant (pairs of days) their means are shown. The words beside
    each row name the best variant.

    Parameters
    ----------
    table : COLUMNS, of variants of the model, "previous_day" and "persistence".
    labels : of the cases, in order.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or no case has a row.
    """
    panels.require_columns(table, COLUMNS, "prediction")
    table = averaged(table[table["case"].isin(list(labels))])
    tasks = [task for task in TASKS if (table["task"] == task).any()]
    cases = [case for case in labels if (table["case"] == case).any()]
    if not tasks or not cases:
        raise ValueError(f"prediction: no row of {', '.join(TASKS)} for {', '.join(labels)}")
    shown = [name for name in _ORDER if (table["variant"] == name).any()]
    there = {task: [c for c in cases if _has(table, c, task)] for task in tasks}
    # cases with every task first, so that each panel is one block of rows
    cases = sorted(cases, key=lambda case: -sum(case in names for names in there.values()))
    height = _ROW * len(shown) + 2 * _PAD
    free = height * (len(cases) - len(there[tasks[0]]))
    beside = free >= _BESIDE
    made = figure(WIDTH_DOUBLE, _TOP + height * len(cases) + _BOTTOM + (0 if beside else _KEY))
    share = (WIDTH_DOUBLE - _LEFT - 2 - (_GAP + _WORDS) * len(tasks) + _GAP) / len(tasks)
    for column, task in enumerate(tasks):
        left = _LEFT + column * (share + _WORDS + _GAP)
        rows = [case for case in cases if case in there[task]]
        axes = panels.axes_mm(made, left, _TOP, share, height * len(rows))
        for row, case in enumerate(rows):
            chosen = (table["task"] == task) & (table["case"] == case)
            _case(axes, table[chosen], shown, row, height)
        _frame(axes, len(rows), height)
        before = there[tasks[column - 1]] if column else []
        names = ["" if case in before else _wrapped(labels[case]) for case in rows]
        axes.set_yticks([(row + 0.5) * height for row in range(len(rows))], names)
        panels.letter(axes, column, TASKS[task], above_mm=6.0)
    key_top = _TOP + height * len(there[tasks[0]]) + _BOTTOM + 4
    _key(made, shown, key_top if beside else None)
    panels.tag_synthetic(made, synthetic)
    return made


def _has(table: pd.DataFrame, case: str, task: str) -> bool:
    return bool(((table["case"] == case) & (table["task"] == task)).any())


def averaged(table: pd.DataFrame) -> pd.DataFrame:
    """One row per case, task and variant: the mean over pairs of days."""
    numbers = [name for name in COLUMNS[3:] if name in table]
    return table.groupby(["case", "task", "variant"], sort=False)[numbers].mean().reset_index()


def best(part: pd.DataFrame) -> pd.Series | None:
    """Row of the variant of the model with the largest finite skill; None if there is none."""
    models = part[part["variant"].isin(VARIANTS) & np.isfinite(part["skill"])]
    return None if models.empty else models.loc[models["skill"].idxmax()]


def _case(axes: Axes, part: pd.DataFrame, shown: Sequence[str], row: int, height: float) -> None:
    top = row * height
    if row % 2 == 0:
        axes.axhspan(top, top + height, color="#F3F3F3", lw=0, zorder=0)
    part = part.set_index("variant")
    for at, name in enumerate(shown):
        if name in part.index:
            _point(axes, part.loc[name], variant(name), top + _PAD + (at + 0.5) * _ROW)
    winner = best(part.reset_index())
    if winner is None:
        return
    words = f"{_signed(winner['skill'])}\n" + _parts(winner["variant"])
    rules = part["skill"].reindex(list(RULES)).dropna()
    if len(rules) and rules.max() > winner["skill"]:
        words += f"\n(a rule: {_signed(rules.max())})"
    # nothing to boast of where the interval of the best reaches zero
    proven = winner["low"] > 0
    colour = for_words(variant(winner["variant"]).colour) if proven else QUIET
    axes.annotate(words, (1, top + height / 2), (4, 0), xycoords=axes.get_yaxis_transform(),
                  textcoords="offset points", va="center", annotation_clip=False, fontsize=5.8,
                  color=colour, linespacing=1.15)  # fmt: skip


def _point(axes: Axes, one: pd.Series, look: Look, y: float) -> None:
    hollow = (
        {"mfc": "white", "mec": look.colour, "mew": 0.9} if look in RULES.values() else {"mew": 0}
    )
    if not one["skill"] >= WORST:
        axes.plot(WORST + 0.02, y, "<", color=look.colour, ms=3.2, mew=0, zorder=4)
        axes.text(WORST + 0.06, y, _signed(one["skill"]), va="center_baseline", fontsize=4.6,
                  color=for_words(look.colour), zorder=5)  # fmt: skip
        return
    ends = np.clip([one["low"], one["high"]], WORST, 1)
    if np.isfinite(ends).all():
        axes.plot(ends, [y, y], color=look.colour, lw=0.9, zorder=3)
    axes.plot(one["skill"], y, look.marker, color=look.colour, ms=3.4, zorder=4, gid="skill",
              **hollow)  # fmt: skip


def _frame(axes: Axes, rows: int, height: float) -> None:
    axes.set_xlim(WORST, 1)
    axes.set_ylim(rows * height, 0)
    axes.axvspan(0, 1, color=_BETTER, lw=0, zorder=0.2, alpha=0.75)
    axes.axvline(0, color=PERSISTENCE.colour, lw=1.3, zorder=2, gid="persistence")
    axes.grid(axis="x", color="#DCDCDC", lw=0.4)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Skill, 1 − RMS / RMS of “nothing moves”")
    for x, side, words in (
        (-0.02, "right", "← worse than “nothing moves”"),
        (0.02, "left", "better →"),
    ):
        axes.annotate(words, (x, 1), (0, 3), xycoords=axes.get_xaxis_transform(), ha=side,
                      textcoords="offset points", color=QUIET, fontsize=6)  # fmt: skip
    axes.annotate("best", (1, 1), (4, 3), xycoords="axes fraction", textcoords="offset points",
                  color=QUIET, fontsize=6, annotation_clip=False)  # fmt: skip


def _signed(value: float) -> str:
    if not np.isfinite(value):
        return "−∞"
    if abs(value) >= 1:
        return ("+" if value > 0 else "") + number(value)
    return f"{value:+.2f}".replace("-0.00", "0.00").replace("+0.00", "0.00").replace("-", "−")


def _parts(name: str) -> str:
    """Freedom and form of a variant on lines of their own."""
    free, form = variant(name).name.split(", ")
    return f"{free},\n{form}"


def _wrapped(label: str) -> str:
    words, lines = label.split(), [""]
    for word in words:
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) > _LETTERS and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = joined
    return "\n".join(lines)


def _key(made: Figure, shown: Sequence[str], top_mm: float | None) -> None:
    """Colours for what may vary, markers for what is in the model, then what it is held against.

    Below all panels, or down the free corner under the first one, ``top_mm`` from the top.
    """
    grey = {"color": QUIET, "ls": "", "ms": 3.6, "mew": 0}
    rows = [
        {words: Line2D([], [], color=FREEDOM[free][0], lw=3)
         for free, words in FREEDOM_WORDS.items() if any(one.startswith(free) for one in shown)},
        {name: Line2D([], [], marker=marker, **grey) for marker, name in FORMS.values()},
        {look.name: Line2D([], [], ls="", marker=look.marker, mfc="white", mec=look.colour, ms=3.6,
                           mew=0.9) for name, look in RULES.items() if name in shown}
        | {METHODS[name].name: Line2D([], [], color=METHODS[name].colour, ls="", mew=0, ms=3.6,
                                      marker=METHODS[name].marker)
           for name in shown if name in METHODS}
        | {"nothing moves": Line2D([], [], color=PERSISTENCE.colour, lw=1.3)},
    ]  # fmt: skip
    height = made.get_figheight() * MM_PER_INCH
    if top_mm is not None:
        entries = {name: handle for row in rows for name, handle in row.items()}
        place = {"loc": "upper left", "bbox_to_anchor": (_LEFT / WIDTH_DOUBLE, 1 - top_mm / height)}
        made.legend([*entries.values()], [*entries], labelspacing=0.45, handletextpad=0.6, **place)
        return
    for at, entries in enumerate(row for row in reversed(rows) if row):
        made.add_artist(
            Legend(made, [*entries.values()], [*entries], loc="lower center",
                   bbox_to_anchor=(0.5, at * 3.9 / height), ncols=len(entries),
                   borderaxespad=0.2, handletextpad=0.5)
        )  # fmt: skip
