"""How the results move with the settings that the paper leaves open."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.lagrangian.layout import key, require_cases
from movelaws.plotting.lagrangian.looks import PERSISTENCE, Look, case

COLUMNS = ["case", "what", "value", "rms", "persistence_rms"]
PER_PAGE = 4
BASE = "base"
WHAT = {
    "floor": "Floor (agents)",
    "rate": "Rate (×)",
    "rate_index": "Rate grows by",
    "iterations": "Iterations (×)",
    "bound": "Bound",
    "smoothing": "Smoothing",
    "last_step": "Last step",
    "side": "Side $L$ (cells)",
    "bookkeeping": "Book-keeping",
}
SETTLED = {"floor": "1", "rate": "1", "rate_index": "iteration", "iterations": "1", "bound": "N",
           "smoothing": "true", "last_step": "printed", "side": "10",
           "bookkeeping": "printed"}  # fmt: skip
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
_BAND = "#ECEFF3"
_SHORT = {"iteration": "iter.", "conserving": "cons.", "printed": "print.", "true": "yes",
          "false": "no", "smoothed": "smooth"}  # fmt: skip
_LEFT, _RIGHT, _ACROSS, _TOP, _PANEL, _DOWN, _BOTTOM, _KEY = (
    14.5,
    1.5,
    2.6,
    5.0,
    20.0,
    3.0,
    9.5,
    6.5,
)
_WORST = 30.0  # times the largest RMS of persistence


@style()
def sensitivity(
    table: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    base: Mapping[str, str] | None = None,
    synthetic: bool = False,
) -> Figure:
    """A row of panels per outcome, a column per setting; shaded is that of all other results.

    RMS is that of q; grey dotted lines are its value for a population that stays (with the same
    floor). Triangles at the upper edge are runs whose error left the panel or the range of numbers.

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
    made = figure(WIDTH_DOUBLE, _TOP + len(outcomes) * (_PANEL + _DOWN) - _DOWN + _BOTTOM + _KEY)
    room = WIDTH_DOUBLE - _LEFT - _RIGHT - _ACROSS * (len(whats) - 1)
    weights = np.array([len(values[what]) + 0.6 for what in whats])
    widths = room * weights / weights.sum()
    looks = {name: case(name, labels) for name in labels if (table["case"] == name).any()}
    for row, outcome in enumerate(outcomes):
        left = _LEFT
        limits = _limits(table, outcome)
        for column, (what, width) in enumerate(zip(whats, widths, strict=True)):
            axes = panels.axes_mm(made, left, _TOP + row * (_PANEL + _DOWN), width, _PANEL)
            left += width + _ACROSS
            _panel(axes, table, what, outcome, values[what], looks, limits)
            axes.tick_params(labelleft=column == 0, labelbottom=row == len(outcomes) - 1)
            if column == 0:
                axes.set_ylabel(OUTCOMES[outcome][0])
            if row == len(outcomes) - 1:
                axes.set_xlabel(WHAT[what])
            if row == 0:
                panels.letter(axes, column)
    handles = {look.name: _handle(look) for look in looks.values()}
    handles[f"{PERSISTENCE.name} (RMS)"] = Line2D([], [], color=PERSISTENCE.colour,
                                                  ls=PERSISTENCE.dash, lw=1.1)  # fmt: skip
    key(made, handles, min(5, len(handles)))
    panels.tag_synthetic(made, synthetic)
    return made


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
    number = _number(str(value))
    return str(value) if number is None else f"{number:g}"


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


def _limits(table: pd.DataFrame, outcome: str) -> tuple[float, float]:
    value = table[outcome].to_numpy(dtype=float)
    if outcome == "rms":
        top = _WORST * table["persistence_rms"].max()
        value = np.concatenate([value[value <= top], table["persistence_rms"]])
    value = value[np.isfinite(value)]
    if OUTCOMES[outcome][1] == "log":
        value = value[value > 0]
        return (float(value.min()) / 1.4, float(value.max()) * 1.4) if value.size else (0.1, 10.0)
    low, high = float(value.min()), float(value.max())
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
) -> None:
    axes.set_yscale(OUTCOMES[outcome][1])
    axes.set_ylim(*limits)
    axes.set_xlim(-0.5, len(values) - 0.5)
    axes.set_xticks(range(len(values)), [_SHORT.get(value, value) for value in values], fontsize=6)
    axes.tick_params(axis="x", length=1.5)
    if OUTCOMES[outcome][1] == "log":
        panels.decades(axes.yaxis)
    if outcome in THRESHOLDS:
        axes.axhline(THRESHOLDS[outcome], color=QUIET, lw=0.5, zorder=0.5, gid="threshold")
    _settled(axes, table, what, values)
    part = table[table["what"] == what]
    for number, (name, look) in enumerate(looks.items()):
        own = part[part["case"] == name].drop_duplicates("value").set_index("value")
        own = own.reindex(values)
        x = np.arange(len(values)) + 0.05 * (number - (len(looks) - 1) / 2)
        y = own[outcome].to_numpy(dtype=float)
        if outcome == "rms":
            axes.plot(x, own["persistence_rms"], color=look.colour, ls=PERSISTENCE.dash, lw=0.7,
                      alpha=0.6, zorder=1, gid="persistence")  # fmt: skip
            gone = y > limits[1]
            axes.plot(x[gone], np.full(gone.sum(), limits[1]), "^", color=look.colour, ms=3,
                      mew=0, clip_on=False, zorder=5, gid="gone")  # fmt: skip
            y = np.where(gone, np.nan, y)
        axes.plot(x, y, color=look.colour, ls=look.dash, lw=0.8, marker=look.marker, ms=2.3, mew=0,
                  zorder=3, gid=name)  # fmt: skip
    axes.spines["left"].set_color(QUIET)


def _settled(axes: Axes, table: pd.DataFrame, what: str, values: list[str]) -> None:
    """Shade the value with which a run gives what the base gives."""
    base = table[table["what"] == BASE].set_index("case")["rms"]
    part = table[table["what"] == what]
    same = part[np.isclose(part["rms"], part["case"].map(base), rtol=1e-12, atol=0)]
    if len(same):
        at = values.index(same["value"].mode().iloc[0])
        axes.axvspan(at - 0.42, at + 0.42, color=_BAND, lw=0, zorder=0, gid="settled")
