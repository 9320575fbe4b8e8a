"""Words above and below the columns of the figure of predictions."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from movelaws.plotting import MM_PER_INCH, QUIET
from movelaws.plotting.lagrangian.layout import number
from movelaws.plotting.lagrangian.looks import FREEDOM, RULES, for_words, variant
from movelaws.plotting.lagrangian.scores import PERSISTENCE, best, chosen

HEADERS = {
    "ahead": "another day, some hours ahead",
    "day": "in one go",
    "hours": "from its first part",
    "hours_earlier": "from an earlier day",
}
NAMES = {"day": "whole day", "hours": "rest of a day", "hours_earlier": "rest of a day"}
_SHORT = {
    "full": "time, cell",
    "time_independent": "by cell",
    "previous_day": "other day",
    "previous_change": "its changes",
    "damped": "to other day",
    "historical_average": "mean day",
    "damped_average": "to mean",
    PERSISTENCE: "nothing moves",
}
SMALL = 5.6
TITLE = 10.9
"""Above a panel, mm."""
_TASK, _MODEL, _RULE, _UNDER = 7.4, 4.2, 1.5, -6.2  # mm above a panel, or below
_LEAST = 0.005  # less is written as 0.00


def answer(part: pd.DataFrame) -> str:
    """In how many columns the variant chosen beforehand wins, in words."""
    columns = better = best_of_all = 0
    for _, one in part.groupby(["task", "lead"]):
        model, ruler = chosen(one), best(one, [*RULES, PERSISTENCE])
        if model is None or ruler is None:
            continue
        columns += 1
        better += _proven(model)
        best_of_all += _proven(model) and model["skill"] > ruler["skill"]
    if not columns:
        return "no variant was chosen beforehand"
    if not better:
        return f"the model chosen beforehand beats “nothing moves” in none of {columns} columns"
    both = best_of_all or "none"
    return (
        f"the model chosen beforehand beats “nothing moves” in {better} of {columns} columns, the "
        f"best rule too in {both}"
    )


def _proven(one: pd.Series) -> bool:
    """Whether a skill is above zero by its interval, and by more than is written."""
    return bool(one["low"] > 0 and one["skill"] >= _LEAST)


def headers(axes: Axes, places: Mapping[tuple[str, float], float]) -> None:
    """What is asked, above the columns of each task."""
    ahead = [x for (task, _), x in places.items() if task == "ahead"]
    if ahead:
        axes.annotate(HEADERS["ahead"], (max(ahead) + 0.47, 1), (0, _TASK * 72 / MM_PER_INCH),
                      xycoords=axes.get_xaxis_transform(), textcoords="offset points", ha="right",
                      color=QUIET, fontsize=6, annotation_clip=False)  # fmt: skip
    for task in NAMES:
        if (task, 0.0) in places:
            axes.annotate(HEADERS[task], (places[task, 0.0], 1), (0, _TASK * 72 / MM_PER_INCH),
                          xycoords=axes.get_xaxis_transform(), textcoords="offset points",
                          ha="center", color=QUIET, fontsize=6, annotation_clip=False)  # fmt: skip


def verdicts(axes: Axes, model: pd.Series | None, ruler: pd.Series | None, x: float) -> None:
    """The variant chosen beforehand and the best rule above a column, with their skills."""
    wins = model is not None and ruler is not None and model["skill"] > ruler["skill"]
    _verdict(axes, model, x, _MODEL, "model chosen", wins=wins)
    _verdict(axes, ruler, x, _RULE, "best rule")


def _verdict(
    axes: Axes, one: pd.Series | None, x: float, above_mm: float, what: str, *, wins: bool = False
) -> None:
    """A skill above a column; grey where its interval does not exclude zero, bold where it wins."""
    if x == 0:
        _beside(axes, what, above_mm)
    if one is None:
        return
    name = one["variant"]
    words = _short(name) if name == PERSISTENCE else f"{_short(name)} {signed(one['skill'])}"
    proven = _proven(one)
    axes.annotate(words, (x, 1), (0, above_mm * 72 / MM_PER_INCH), ha="center",
                  xycoords=axes.get_xaxis_transform(), textcoords="offset points",
                  color=for_words(variant(name).colour) if proven else QUIET, fontsize=SMALL,
                  fontweight="bold" if proven and wins else "normal",
                  annotation_clip=False)  # fmt: skip


def _beside(axes: Axes, what: str, above_mm: float, *, edge: int = 1) -> None:
    """What a row of words above (edge 1) or below (0) the columns says, left of them."""
    axes.annotate(what, (0, edge), (-2, above_mm * 72 / MM_PER_INCH), xycoords="axes fraction",
                  textcoords="offset points", ha="right", color=QUIET, fontsize=SMALL,
                  annotation_clip=False)  # fmt: skip


def _short(name: str) -> str:
    """A variant or rule in two words, with the true number of parameters where they are few."""
    if name.startswith("homogeneous"):
        return "4 numbers" if name == "homogeneous" else "2 numbers"
    return _SHORT.get(name) or next(_SHORT[free] for free in FREEDOM if name.startswith(free))


def counting(axes: Axes, part: pd.DataFrame, places: Mapping[tuple[str, float], float]) -> None:
    """Below each column the share of the squared error of persistence that is counting."""
    if "counting" not in part or part["counting"].isna().all():
        return
    _beside(axes, "counting noise", _UNDER, edge=0)
    for (task, lead), x in places.items():
        share = part[(part["task"] == task) & (part["lead"] == lead)]["counting"].mean()
        if np.isfinite(share):
            words = f"{share:.0%}".replace("%", " %") if share <= 1 else "over 100 %"
            axes.annotate(words, (x, 0), (0, _UNDER * 72 / MM_PER_INCH), ha="center", color=QUIET,
                          xycoords=axes.get_xaxis_transform(), textcoords="offset points",
                          fontsize=SMALL, annotation_clip=False)  # fmt: skip


def signed(value: float) -> str:
    """A skill with its sign, to two digits or decimals."""
    if not np.isfinite(value):
        return "−∞"
    if abs(value) >= 1:
        return ("+" if value > 0 else "") + number(value)
    return f"{value:+.2f}".replace("-0.00", "0.00").replace("+0.00", "0.00").replace("-", "−")
