"""How much crowding helps at each strength of it, and what the other parameters do meanwhile."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import (
    HAIRLINE,
    INK,
    MM_PER_INCH,
    QUIET,
    WIDTH_DOUBLE,
    colours,
    figure,
    panels,
    style,
)

COLUMNS = ["objective", "gamma", "alpha", "ratio", "value"]
EDGE = 10.0
"""Of the paper's search for gamma."""

_NAMES = {"ssi": "SSI", "cpc": "CPC"}
_TICKS = (0, 1, 2, 5, 10, 20, 30, 50, 100)
_LEFT, _GAP, _RIGHT = 13.0, 15.0, 3.0
_TOP, _PANEL, _BOTTOM = 7.0, 50.0, 10.5
_KEY_ROW, _KEY_HANDLE, _LETTER = 3.8, 12.5, 1.42  # mm: of a line, a symbol, a letter
_STYLES = ("-", (0, (4, 1.5)), (0, (1.2, 1.2)))
_MARGIN = 0.45  # of ln(1 + gamma), from the largest gamma to the limit


@style()
def profiles(
    tables: Mapping[str, pd.DataFrame],
    *,
    labels: Mapping[str, str],
    objective: str = "ssi",
    synthetic: bool = False,
) -> Figure:
    """Gain over no crowding (a), alpha - gamma (b) and alpha / (1 + gamma) (c) against gamma.

    The filled symbol is the best gamma of each dataset. The open one is doubly constrained
    gravity, the limit of infinite gamma along alpha = 1 + gamma: no line leads to it, because the
    best alpha at a large gamma need not lie there. The broken line is the edge of the paper's
    search.

    Parameters
    ----------
    tables : objective, gamma, alpha, ratio (alpha / (1 + gamma)) and value by dataset; a last row
        with infinite gamma is the limit.
    labels : name to show by dataset.
    objective : "ssi" or "cpc".
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there is no table, a column is missing, or a dataset has no row of this objective at
        gamma = 0, the reference.
    """
    if objective not in _NAMES:
        raise ValueError(f"objective: {objective!r} is not one of {', '.join(map(repr, _NAMES))}")
    if not tables:
        raise ValueError("tables: none given; there should be one per dataset")
    found = {name: _profile(name, table, objective) for name, table in tables.items()}
    largest = max(part["gamma"].max() for part, _ in found.values())
    beyond = float(np.expm1(np.log1p(largest) + _MARGIN))
    names = {name: str(labels.get(name, name)) for name in found}
    columns = _columns(list(names.values()))
    rows = 1 + -(-len(names) // columns)
    made = figure(WIDTH_DOUBLE, _TOP + _PANEL + _BOTTOM + _KEY_ROW * rows + 2.0)
    wide = (WIDTH_DOUBLE - _LEFT - 2 * _GAP - _RIGHT) / 3
    gain, difference, ratio = (
        panels.axes_mm(made, _LEFT + k * (wide + _GAP), _TOP, wide, _PANEL) for k in range(3)
    )
    looks = _looks(list(found))
    for name, (part, limit) in found.items():
        look, reference = looks[name], part["value"].iloc[0]
        percent = 100 * (part["value"] / reference - 1)
        for axes, values in (
            (gain, percent),
            (difference, part["alpha"] - part["gamma"]),
            (ratio, part["ratio"]),
        ):
            best = [int(part["value"].argmax())]
            axes.plot(part["gamma"], values, markevery=best, gid="profile", **look)
        if limit is not None:
            end = 100 * (limit["value"] / reference - 1)
            hollow = {"mfc": "white", "mec": look["color"], "mew": 0.9, "ms": 4.5}
            gain.plot(beyond, end, gid="limit", zorder=4, **{**look, **hollow})
    limited = any(limit is not None for _, limit in found.values())
    for axes in (gain, difference, ratio):
        _axis_of_gamma(axes, largest, beyond, limited and axes is gain)
    gain.axhline(0, color=QUIET, lw=HAIRLINE, zorder=0)
    for axes in (difference, ratio):
        # What arrives follows the attraction: alpha = 1 + gamma.
        axes.axhline(1, color=QUIET, lw=HAIRLINE, zorder=0)
    gain.set_ylabel(f"{_NAMES[objective]}, gain over $\\gamma=0$ (%)")
    difference.set_ylabel(r"$\alpha-\gamma$ (no unit)")
    ratio.set_ylabel(r"$\alpha\,/\,(1+\gamma)$ (no unit)")
    panels.letter(gain, 0, "What crowding adds")
    panels.letter(difference, 1, "Attraction less crowding")
    panels.letter(ratio, 2, "Attraction over crowding")
    _key(made, {names[name]: look for name, look in looks.items()}, columns, limited)
    panels.tag_synthetic(made, synthetic)
    return made


def _profile(
    name: str, table: pd.DataFrame, objective: str
) -> tuple[pd.DataFrame, pd.Series | None]:
    """Rows of one objective by rising gamma, and the limit if there is one."""
    panels.require_columns(table, COLUMNS, f"tables[{name!r}]")
    part = table[table["objective"] == objective].sort_values("gamma")
    finite = part[np.isfinite(part["gamma"])].reset_index(drop=True)
    if finite.empty or finite["gamma"].iloc[0] != 0:
        raise ValueError(
            f"tables[{name!r}]: no row of objective {objective!r} with gamma = 0, the reference"
        )
    limit = part[np.isinf(part["gamma"])]
    return finite, None if limit.empty else limit.iloc[0]


def _looks(names: Sequence[str]) -> dict[str, dict[str, object]]:
    """Line and symbol by dataset; those of one place, which share both, differ in the line."""
    found: dict[str, dict[str, object]] = {}
    for name in names:
        look = colours.dataset(name)
        same = sum(look == colours.dataset(other) for other in found)
        found[name] = {
            "color": look.colour,
            "marker": look.marker,
            "ls": _STYLES[same % len(_STYLES)],
            "ms": 6.5 if look.marker == "*" else 5.0,
            "mec": INK if same else "white",
            "mew": 0.5,
        }
    return found


def _axis_of_gamma(axes: Axes, largest: float, beyond: float, limited: bool) -> None:
    """From 0 by ln(1 + gamma), as the strength of crowding enters, then the limit."""
    axes.set_xscale("function", functions=(np.log1p, np.expm1))
    ticks = [tick for tick in _TICKS if tick <= largest]
    names = [str(tick) for tick in ticks]
    if limited:
        ticks, names = [*ticks, beyond], [*names, "∞"]
    axes.set_xticks(ticks, names)
    axes.set_xticks([], minor=True)
    room = np.expm1(np.log1p(beyond if limited else largest) + 0.12)
    axes.set_xlim(np.expm1(-0.1), room)
    axes.set_xlabel(r"Strength of crowding, $\gamma$ (no unit)")
    if largest > EDGE:
        axes.axvline(EDGE, color=INK, lw=0.6, ls=(0, (4, 3)), zorder=0, gid="edge")


def _columns(names: Sequence[str]) -> int:
    """Most columns of the key that fit, filled from the top down, column after column."""
    for columns in range(min(4, len(names)), 1, -1):
        filled = np.array_split(np.array(names, dtype=object), columns)
        if sum(_KEY_HANDLE + _LETTER * max(map(len, part)) for part in filled) < WIDTH_DOUBLE:
            return columns
    return 1


def _key(made: Figure, looks: Mapping[str, dict], columns: int, limited: bool) -> None:
    """The datasets, and in a last line what the symbols mean."""
    tall = made.get_figheight() * MM_PER_INCH
    symbols = {
        "best γ": Line2D([], [], ls="", marker="o", color=QUIET, ms=5, mew=0),
        "γ = ∞, α = 1 + γ: doubly constrained": Line2D(
            [], [], ls="", marker="o", mfc="white", color=QUIET, mew=0.9, ms=4.5
        ),
        "α = 1 + γ (b, c)": Line2D([], [], color=QUIET, lw=HAIRLINE),
        "edge of the paper's search": Line2D([], [], ls=(0, (4, 3)), color=INK, lw=0.6),
    }
    if not limited:
        symbols.pop("γ = ∞, α = 1 + γ: doubly constrained")
    datasets = {name: Line2D([], [], **look) for name, look in looks.items()}
    for entries, count, low in (
        (datasets, columns, 1.0 + _KEY_ROW),
        (symbols, len(symbols), 0.6),
    ):
        made.legend(
            list(entries.values()),
            list(entries),
            loc="lower center",
            bbox_to_anchor=(0.5, low / tall),
            ncols=count,
            borderaxespad=0.0,
            borderpad=0.0,
            columnspacing=2.0,
            labelspacing=0.3,
            handlelength=2.6,
        )
