"""How much crowding helps at each strength of it, and what the other parameters do meanwhile."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.choice.profiles import FITTED, GIVEN
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
_SYMBOLS = 3  # a line of the key
_ONWARD = (0, (1.5, 1.5))
_OPEN = {FITTED: 4.5, GIVEN: 2.8}
_HOLLOW = {"mfc": "white", "mew": 0.9}
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

    The filled symbol is the best gamma of each dataset; it is half filled where that is the
    largest one tried, so that the curve may go on rising. The open one, to which the curve is
    continued, is its limit at infinite gamma: doubly constrained gravity with arrivals ~ A^r, r
    fitted. The small open one is the same with r = 1 (alpha = 1 + gamma), which need not lie on the
    way. The broken line is the edge of the paper's search.

    Parameters
    ----------
    tables : of :func:`movelaws.choice.profiles.gamma_profile`, by dataset: objective, gamma, alpha,
        ratio (alpha / (1 + gamma)), value and, for rows of infinite gamma, limit; where there is
        no such column these are "arrivals = A".
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
    limits = {kind for _, limit in found.values() for kind in limit}
    beyond = float(np.expm1(np.log1p(largest) + _MARGIN))
    names = {name: str(labels.get(name, name)) for name in found}
    columns = _columns(list(names.values()))
    ends = any(_at_end(part) for part, _ in found.values())
    symbols = _symbols(limits, ends)
    rows = -(-len(names) // columns) + -(-len(symbols) // _SYMBOLS)
    made = figure(WIDTH_DOUBLE, _TOP + _PANEL + _BOTTOM + _KEY_ROW * rows + 2.0)
    wide = (WIDTH_DOUBLE - _LEFT - 2 * _GAP - _RIGHT) / 3
    gain, difference, ratio = (
        panels.axes_mm(made, _LEFT + k * (wide + _GAP), _TOP, wide, _PANEL) for k in range(3)
    )
    looks = _looks(list(found))
    for name, (part, limit) in found.items():
        look, reference = looks[name], part["value"].iloc[0]
        best = {"markevery": [int(part["value"].argmax())]}
        if _at_end(part):
            best |= {"fillstyle": "left", "markerfacecoloralt": "white", "mec": look["color"]}
        for axes, values in (
            (gain, 100 * (part["value"] / reference - 1)),
            (difference, part["alpha"] - part["gamma"]),
            (ratio, part["ratio"]),
        ):
            axes.plot(part["gamma"], values, gid="profile", **{**look, **best})
            # alpha - gamma has no limit unless r is 1
            for kind, row in limit.items() if axes is not difference else ():
                end = row["ratio"] if axes is ratio else 100 * (row["value"] / reference - 1)
                if kind == FITTED:
                    way = [part["gamma"].iloc[-1], beyond], [values.iloc[-1], end]
                    axes.plot(*way, color=look["color"], lw=0.8, ls=_ONWARD, gid="continuation")
                if kind == FITTED or axes is gain:
                    hollow = {"mec": look["color"], "ms": _OPEN[kind], **_HOLLOW}
                    axes.plot(beyond, end, gid=f"limit {kind}", zorder=4, **{**look, **hollow})
    for axes in (gain, difference, ratio):
        shown = bool(limits) if axes is gain else FITTED in limits and axes is ratio
        _axis_of_gamma(axes, largest, beyond, shown)
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
    _key(made, {names[name]: look for name, look in looks.items()}, columns, symbols)
    panels.tag_synthetic(made, synthetic)
    return made


def _profile(
    name: str, table: pd.DataFrame, objective: str
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Rows of one objective by rising gamma, and the limits there are."""
    panels.require_columns(table, COLUMNS, f"tables[{name!r}]")
    part = table[table["objective"] == objective].sort_values("gamma")
    finite = part[np.isfinite(part["gamma"])].reset_index(drop=True)
    if finite.empty or finite["gamma"].iloc[0] != 0:
        raise ValueError(
            f"tables[{name!r}]: no row of objective {objective!r} with gamma = 0, the reference"
        )
    limits = part[np.isinf(part["gamma"])]
    kinds = limits["limit"] if "limit" in limits else [GIVEN] * len(limits)
    found = dict(zip(kinds, (row for _, row in limits.iterrows()), strict=True))
    return finite, {kind: found[kind] for kind in (FITTED, GIVEN) if kind in found}


def _at_end(part: pd.DataFrame) -> bool:
    """Whether the best gamma is the largest that was tried."""
    return len(part) > 1 and int(part["value"].argmax()) == len(part) - 1


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


def _symbols(limits: set[str], ends: bool) -> dict[str, Line2D]:
    """What the symbols mean, for those that are there."""
    grey = {"ls": "", "marker": "o", "color": QUIET}
    halved = {"fillstyle": "left", "markerfacecoloralt": "white", "mew": 0.5}
    symbols = {
        "best γ": Line2D([], [], ms=5, mew=0, **grey),
        "best γ is the end of the curve": Line2D([], [], ms=5, **halved, **grey),
        "γ = ∞, arrivals ~ $A^r$": Line2D(
            [], [], ms=_OPEN[FITTED], **_HOLLOW, **{**grey, "ls": _ONWARD, "lw": 0.8}
        ),
        "γ = ∞, arrivals = A (a)": Line2D([], [], ms=_OPEN[GIVEN], **_HOLLOW, **grey),
        "α = 1 + γ (b, c)": Line2D([], [], color=QUIET, lw=HAIRLINE),
        "edge of the paper's search": Line2D([], [], ls=(0, (4, 3)), color=INK, lw=0.6),
    }
    shown = (True, ends, FITTED in limits, GIVEN in limits, True, True)
    return {name: symbols[name] for name, there in zip(symbols, shown, strict=True) if there}


def _key(
    made: Figure, looks: Mapping[str, dict], columns: int, symbols: Mapping[str, Line2D]
) -> None:
    """The datasets, and in the last lines what the symbols mean."""
    tall = made.get_figheight() * MM_PER_INCH
    datasets = {name: Line2D([], [], **look) for name, look in looks.items()}
    beneath = -(-len(symbols) // _SYMBOLS)
    for entries, count, low in (
        (datasets, columns, 1.0 + _KEY_ROW * beneath),
        (symbols, min(len(symbols), _SYMBOLS), 0.6),
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
