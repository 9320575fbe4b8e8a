"""The population of a city at four times of the day, and how much of it moves (Sec. III)."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.lagrangian.layout import KEY_MM, hours, key, time_name
from movelaws.plotting.lagrangian.looks import METHODS, Look, case
from movelaws.plotting.lagrangian.susceptibility import scale_bar

TIMES = (1 / 8, 3 / 8, 5 / 8, 7 / 8)
"""Shares of the day whose maps are drawn."""
_LEFT, _MAP, _GAP, _BAR, _TOP, _CURVES, _DOWN = 2.0, 39.0, 3.0, 2.0, 6.0, 36.0, 9.0
_EMPTY, _SCALE, _OTHER_DAYS = "#D9D9D9", "YlGnBu", "#A6A6A6"
_LEAST = 1e-5  # of the population: cells with fewer share a colour


@style()
def populations(
    population: np.ndarray,
    days: list[str],
    *,
    name: str,
    label: str,
    cell_m: float = 0.0,
    slot_minutes: float = 0.0,
    synthetic: bool = False,
) -> Figure:
    """Maps of the first day, north up, and total variation between time points on all days.

    The total variation of two distributions is the share of people who have to move to turn one
    into the other: from each time point to the next, and from the first one on the first day,
    which is the error of saying that nothing moves.

    Parameters
    ----------
    population : (days, T + 1, y, x) agents, T >= 1.
    days : names, of the same length.
    name : of the case, for its colour. label : to show.
    cell_m : side of a cell, metres; 0 for no scale bar.
    slot_minutes : length of a slot; 0 to count steps instead of hours.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If the shapes do not fit or nobody is there at some time.
    """
    population = np.asarray(population, dtype=float)
    if population.ndim != 4 or len(population) != len(days) or population.shape[1] < 2:
        raise ValueError(
            f"population has shape {population.shape}: ({len(days)} days, at least 2 times, y, x)"
        )
    totals = population.sum(axis=(2, 3), keepdims=True)
    if not (totals > 0).all():
        day, n = np.argwhere(totals[..., 0, 0] <= 0)[0]
        raise ValueError(f"population of {name!r}: nobody on day {days[day]!r} at time {n}")
    share = population / totals
    made = figure(WIDTH_DOUBLE, _TOP + _MAP + _DOWN + _CURVES + 9.5 + KEY_MM)
    shown = np.round(np.array(TIMES) * share.shape[1]).astype(int)
    shown = np.unique(np.clip(shown, 0, share.shape[1] - 1))
    norm = _norm(share[0][shown])
    for place, n in enumerate(shown):
        axes = _map(made, 100 * share[0, n], place, norm)
        panels.letter(axes, place, f"{label}, {_clock(n, slot_minutes)}" if place == 0
                      else _clock(n, slot_minutes))  # fmt: skip
        if place == 0:
            scale_bar(axes, share.shape[2:], cell_m)
    _bar(made, norm, len(shown))
    curves = panels.axes_mm(made, 14, _TOP + _MAP + _DOWN, WIDTH_DOUBLE - 16, _CURVES)
    _curves(curves, share, days, case(name, {name: label}), slot_minutes, shown)
    panels.letter(curves, len(shown), "Smallest share that has to change cells", above_mm=4.5)
    panels.tag_synthetic(made, synthetic)
    return made


def _norm(share: np.ndarray) -> LogNorm:
    """Percent, from the smaller of the cells with people to the fullest."""
    positive = 100 * share[share > 0]
    low = max(float(np.quantile(positive, 0.02)), 100 * _LEAST)
    high = float(positive.max())
    return LogNorm(min(low, high / 10), high)


def _map(made: Figure, percent: np.ndarray, place: int, norm: LogNorm) -> Axes:
    ny, nx = percent.shape
    scale = _MAP / max(ny, nx)
    left = _LEFT + place * (_MAP + _GAP) + (_MAP - nx * scale) / 2
    axes = panels.axes_mm(made, left, _TOP + (_MAP - ny * scale) / 2, nx * scale, ny * scale)
    axes.set_facecolor(_EMPTY)
    seen = np.where(percent > 0, np.maximum(percent, norm.vmin), np.nan)
    axes.imshow(seen, origin="lower", cmap=_SCALE, norm=norm, interpolation="nearest",
                aspect="auto")  # fmt: skip
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(QUIET)
    return axes


def _bar(made: Figure, norm: LogNorm, maps: int) -> None:
    left = _LEFT + maps * (_MAP + _GAP) - _GAP + 1.5
    at = panels.axes_mm(made, left, _TOP + 2, _BAR, _MAP - 4)
    bar = Colorbar(at, ScalarMappable(norm, _SCALE))
    bar.outline.set_linewidth(0.4)
    panels.decades(bar.ax.yaxis)
    bar.set_label("Population (%)", labelpad=1.5)
    bar.ax.tick_params(labelsize=6, length=1.5, pad=1)


def _curves(
    axes: Axes,
    share: np.ndarray,
    days: list[str],
    look: Look,
    slot_minutes: float,
    shown: np.ndarray,
) -> None:
    n = np.arange(share.shape[1])
    moved = 0.5 * np.abs(np.diff(share, axis=1)).sum(axis=(2, 3))
    for day in range(len(days) - 1, -1, -1):
        first = day == 0
        colour, width = (look.colour, 1.3) if first else (_OTHER_DAYS, 0.7)
        axes.plot(hours(n[1:], slot_minutes), 100 * moved[day], color=colour, lw=width,
                  zorder=3 if first else 1, gid=f"moved {day}")  # fmt: skip
    still = METHODS["persistence"]
    away = 0.5 * np.abs(share[0] - share[0, :1]).sum(axis=(1, 2))
    axes.plot(hours(n, slot_minutes), 100 * away, color=still.colour, ls=still.dash, lw=1.3,
              zorder=2, gid="away")  # fmt: skip
    for place, at in enumerate(shown):
        axes.axvline(hours(at, slot_minutes), color="#DDDDDD", lw=0.5, zorder=0)
        axes.annotate(chr(ord("a") + place), (hours(at, slot_minutes), 1), (0, 1.5),
                      xycoords=axes.get_xaxis_transform(), textcoords="offset points",
                      ha="center", color=QUIET)  # fmt: skip
    axes.set_xlim(0, hours(n[-1], slot_minutes))
    axes.set_ylim(0, axes.get_ylim()[1] * 1.02)
    if slot_minutes:
        axes.set_xticks(np.arange(0, hours(n[-1], slot_minutes) + 1e-9, 3))
    axes.set_xlabel(time_name(slot_minutes))
    axes.set_ylabel("Total variation (%)")
    entries = [
        Line2D([], [], color=look.colour, lw=1.3),
        Line2D([], [], color=_OTHER_DAYS, lw=0.7),
        Line2D([], [], color=still.colour, ls=still.dash, lw=1.3),
    ]
    names = [
        f"from each time to the next, {_day(days[0])}",
        _others(days),
        "from the first time: the error of “nothing moves”",
    ]
    kept = [k for k in range(3) if k != 1 or len(days) > 1]
    key(axes.figure, {names[k]: entries[k] for k in kept})


def _others(days: list[str]) -> str:
    if len(days) == 2:
        return _day(days[1])
    return f"{len(days) - 1} other days"


def _day(name: str) -> str:
    return f"day {name}" if name.isdigit() else name


def _clock(n: int, slot_minutes: float) -> str:
    if not slot_minutes:
        return f"n = {n}"
    minutes = round(float(n * slot_minutes))
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
