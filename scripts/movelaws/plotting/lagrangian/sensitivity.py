"""How the results move with the settings that the paper leaves open."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from movelaws.lagrangian.tuning import DIVERGED
from movelaws.plotting import POINTS_PER_MM, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.lagrangian.diverged import WORDS
from movelaws.plotting.lagrangian.layout import (
    few_decades,
    few_steps,
    key_in_columns,
    line,
    require_cases,
)
from movelaws.plotting.lagrangian.looks import PERSISTENCE, Look, case

COLUMNS = ["case", "what", "value", "rms", "persistence_rms"]
PER_PAGE = 4
BASE = "base"
WHAT = {
    "floor": "Agents that an empty\ncell counts as (floor)",
    "rate": "Learning rate\n(× that of the run)",
    "rate_index": "Learning rate\ngrows with each",
    "iterations": "Sweeps\n(× those of the run)",
    "bound": r"Bound of $|\Gamma|$" "\n" r"and $|\Lambda|$",
    "smoothing": "Smoothing\nin time",
    "last_step": "Smoothing at\nthe last step",
    "side": "Cells along\na side, $L$",
    "bookkeeping": "Book-keeping of\nthe flux",
    "closed_with": "Day ends with",
}
SETTLED = {"floor": "1", "rate": "1", "rate_index": "iteration", "iterations": "1", "bound": "N",
           "smoothing": "true", "last_step": "mean", "side": "10",
           "bookkeeping": "printed", "closed_with": "open"}  # fmt: skip
"""The paper's settings; rates and iterations are factors, N is the number of cells."""
OUTCOMES = {
    "rms": ("RMS of $q$", "log"),
    "median_abs_lambda": (r"Median $|\Lambda|$", "log"),
    "median_inertia_ratio": ("Median $I_a$", "log"),
    "share_negative_dissipation": (r"Share $\gamma_a<0$", "linear"),
    "median_time": (r"Median $\tau_a$", "linear"),
    "pearson_psi": (r"$r$ of the $\psi$ maps", "linear"),
    "moran_p": (r"$p$ of Moran's $I$", "linear"),
}
"""Columns drawn, where the table has them, with names and axes."""
THRESHOLDS = {"pearson_psi": 0.7, "moran_p": 0.05}
"""Of claims L11 and L12: drawn as thin lines."""
DIVERGED_AT = 0.97
"""Where the mark of a run that diverged stands, in shares of the panel for the RMS."""
_BAND = "#E3E8EE"
_WORDS = {
    "iteration": "sweep",
    "step": "time step",
    "true": "at once",
    "simultaneous": "at once",
    "false": "none",
    "in_place": "in place",
    "printed": "as printed",
    "mean": "mean of two",
    "keep": "left as it is",
    "zero": "0 beyond it",
    "N": "$N$, all cells",
    "open": "its last slot",
    "next_day": "the next day",
    "same_day": "its own start",
}
_LEFT, _RIGHT, _ACROSS, _TOP, _DOWN, _BOTTOM = 45.0, 3.0, 4.4, 6.0, 2.4, 12.5
_ROW, _PAD, _NAME = 3.25, 0.55, 43.5  # mm a value, rows around a setting, mm of its name
_LABEL = 6.8  # mm below a panel, the foot of the name of its axis
_WORST = 30.0  # times the largest RMS of persistence


@style()
def sensitivity(
    table: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    base: Mapping[str, str] | None = None,
    synthetic: bool = False,
) -> Figure:
    """A column of panels per outcome, a row per setting; shaded is that of all other results.

    RMS is that of q; dotted lines are its value for a population that stays (with the same floor).
    Runs whose error left the panel or the range of numbers have a cross at its right edge and
    no other outcome.

    Parameters
    ----------
    table : COLUMNS and those of OUTCOMES that there are, a row per run of the printed schedule;
        ``what`` names the setting that was changed, or "base".
    labels : of the cases, in order, at most PER_PAGE.
    base : value of each setting in all other results, as a text; SETTLED where it is not given.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there are too many cases, a column is missing or nothing but the base was run.
    """
    require_cases(labels, PER_PAGE, "sensitivity")
    panels.require_columns(table, COLUMNS, "sensitivity")
    settled = SETTLED | {what: _text(value) for what, value in (base or {}).items()}
    table = with_base(table[table["case"].isin(list(labels))], settled)
    whats = [what for what in WHAT if (table["what"] == what).any()]
    if not whats:
        raise ValueError(f"sensitivity: no run with one of {', '.join(WHAT)} changed")
    outcomes = [name for name in OUTCOMES if name in table and table[name].notna().any()]
    values = {what: _values(table[table["what"] == what]["value"], settled) for what in whats}
    rows = {what: len(values[what]) + 2 * _PAD - 1 for what in whats}
    looks = {name: case(name, labels) for name in labels if (table["case"] == name).any()}
    entries = _entries(looks, table)
    below = 1 + 3.2 * max(map(len, entries))
    tall = _TOP + _ROW * sum(rows.values()) + _DOWN * (len(whats) - 1) + _BOTTOM + below
    made = figure(WIDTH_DOUBLE, tall)
    width = (WIDTH_DOUBLE - _LEFT - _RIGHT - _ACROSS * (len(outcomes) - 1)) / len(outcomes)
    limits = {outcome: _limits(table, outcome) for outcome in outcomes}
    top = _TOP
    for what, count in rows.items():
        for column, outcome in enumerate(outcomes):
            left = _LEFT + column * (width + _ACROSS)
            axes = panels.axes_mm(made, left, top, width, _ROW * count)
            _panel(axes, table, what, outcome, values[what], looks, limits[outcome], settled)
            last = what == whats[-1]
            axes.tick_params(labelleft=column == 0, labelbottom=last)
            if column == 0:
                axes.annotate(WHAT[what], (0, 1), (-_NAME * POINTS_PER_MM, -1), va="top",
                              xycoords="axes fraction", textcoords="offset points",
                              annotation_clip=False, gid="setting")  # fmt: skip
            if last:
                axes.set_xlabel(OUTCOMES[outcome][0], va="baseline")
                axes.xaxis.set_label_coords(0.5, -_LABEL / (_ROW * count))
            if what == whats[0]:
                panels.letter(axes, column)
        top += _ROW * count + _DOWN
    key_in_columns(made, entries)
    panels.tag_synthetic(made, synthetic)
    return made


def _entries(looks: Mapping[str, Look], table: pd.DataFrame) -> list[dict[str, object]]:
    """Columns of the key: two cases in each, then what the marks mean."""
    cases = [(look.name, _handle(look)) for look in looks.values()]
    marks = {
        "setting of all other results": Patch(fc=_BAND, lw=0),
        f"{PERSISTENCE.name} (a)": line(PERSISTENCE),
    }
    lost = Line2D([], [], color=QUIET, ls="", marker="x", ms=3, mew=0.8)
    others = {f"{WORDS} (a)": lost} if _lost(table).any() else {}
    if any(name in table for name in THRESHOLDS):
        others["threshold (claims L11, L12)"] = Line2D([], [], color=QUIET, lw=0.7)
    return [dict(cases[at : at + 2]) for at in range(0, len(cases), 2)] + [marks, others]


def _handle(look: Look) -> Line2D:
    return Line2D([], [], color=look.colour, ls=look.dash, lw=0.9, marker=look.marker, ms=2.6,
                  mew=0)  # fmt: skip


def with_base(table: pd.DataFrame, settled: Mapping[str, str]) -> pd.DataFrame:
    """The table with the row of the base as a run of each setting that was changed.

    Values that a run has already are kept as they are.
    """
    table = table.assign(value=table["value"].map(_text))
    rows = [table]
    for (name, what), part in table[table["what"] != BASE].groupby(["case", "what"], sort=False):
        own = table[(table["case"] == name) & (table["what"] == BASE)]
        if what in settled and settled[what] not in set(part["value"]):
            rows.append(own.assign(what=what, value=settled[what]))
    return pd.concat(rows, ignore_index=True)


def _text(value: object) -> str:
    """Values as they are compared: numbers without decimals that say nothing."""
    text = str(value)
    number = _number(text)
    if number is None:
        return text.lower() if text in ("True", "False") else text
    return f"{number:g}"


def _values(column: pd.Series, settled: Mapping[str, str]) -> list[str]:
    """Values of a setting: numbers in rising order, N among them, then others as they come."""
    sites = (_number(settled["side"]) or np.inf) ** 2

    def size(value: str) -> float:
        return sites if value == "N" else _number(value)

    seen = list(dict.fromkeys(column))
    numbers = [value for value in seen if value == "N" or _number(value) is not None]
    others = [value for value in seen if value not in numbers]
    first = [value for value in others if value in settled.values()]
    return sorted(numbers, key=size) + first + [value for value in others if value not in first]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _lost(table: pd.DataFrame) -> pd.Series:
    """Whether a run diverged, as its note or its error says; others without RMS were not made."""
    told = table["note"].astype(str).str.contains(DIVERGED) if "note" in table else False
    return told | (table["rms"] > _WORST * table["persistence_rms"].max())


def _limits(table: pd.DataFrame, outcome: str) -> tuple[float, float]:
    value = table.loc[~_lost(table), outcome].to_numpy(dtype=float)
    if outcome == "rms":
        value = np.concatenate([value, table["persistence_rms"]])
    value = value[np.isfinite(value)]
    if OUTCOMES[outcome][1] == "log":
        value = value[value > 0]
        return (float(value.min()) / 1.4, float(value.max()) * 1.4) if value.size else (0.1, 10.0)
    low, high = (float(value.min()), float(value.max())) if value.size else (0.0, 1.0)
    pad = 0.08 * (high - low) or 0.05
    return low - pad, high + pad


def _panel(
    axes: Axes,
    table: pd.DataFrame,
    what: str,
    outcome: str,
    values: list[str],
    looks: Mapping[str, Look],
    limits: tuple[float, float],
    settled: Mapping[str, str],
) -> None:
    axes.set_xscale(OUTCOMES[outcome][1])
    axes.set_xlim(*limits)
    axes.set_ylim(len(values) - 1 + _PAD, -_PAD)
    axes.set_yticks(range(len(values)), [_WORDS.get(value, value) for value in values])
    axes.tick_params(axis="y", length=0, pad=1.5)
    axes.tick_params(axis="x", length=1.5, labelsize=6.5)
    if OUTCOMES[outcome][1] == "log":
        few_decades(axes.xaxis, 2)
    else:
        few_steps(axes.xaxis)
    axes.grid(axis="x", color="#e4e4e4", lw=0.4)
    axes.set_axisbelow(True)
    if outcome in THRESHOLDS:
        axes.axvline(THRESHOLDS[outcome], color=QUIET, lw=0.7, zorder=0.6, gid="threshold")
    _settled(axes, table, what, values, settled.get(what, ""))
    part = table[table["what"] == what].assign(lost=_lost(table))
    for number, (name, look) in enumerate(looks.items()):
        own = part[part["case"] == name].drop_duplicates("value").set_index("value")
        own = own.reindex(values)
        gone = own["lost"].eq(True).to_numpy()
        y = np.arange(len(values)) + 0.09 * (number - (len(looks) - 1) / 2)
        if outcome == "rms":
            axes.plot(own["persistence_rms"], y, color=look.colour, ls=PERSISTENCE.dash, lw=0.8,
                      alpha=0.7, zorder=1, gid="persistence")  # fmt: skip
            edge = axes.get_yaxis_transform()
            axes.plot(np.full(gone.sum(), DIVERGED_AT), y[gone], "x", color=look.colour, ms=3,
                      mew=0.8, zorder=5, gid="gone", transform=edge)  # fmt: skip
        x = np.where(gone, np.nan, own[outcome].to_numpy(dtype=float))
        axes.plot(x, y, color=look.colour, ls=look.dash, lw=0.8, marker=look.marker, ms=2.5, mew=0,
                  zorder=3, gid=name)  # fmt: skip


def _settled(axes: Axes, table: pd.DataFrame, what: str, values: list[str], settled: str) -> None:
    """Shade the value with which a run gives what the base gives, the settled one if several do."""
    base = table[table["what"] == BASE].set_index("case")["rms"]
    part = table[table["what"] == what]
    same = part[np.isclose(part["rms"], part["case"].map(base), rtol=1e-12, atol=0)]
    if len(same):
        equal = same["value"].mode()
        at = values.index(settled if settled in set(same["value"]) else equal.iloc[0])
        axes.axhspan(at - 0.45, at + 0.45, color=_BAND, lw=0, zorder=0, gid="settled")
