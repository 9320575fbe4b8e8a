"""Population of nine cells over time: reference, fits, and what nothing moving gives (Fig. 2)."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator
from scipy.special import softmax

from movelaws.plotting import QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.lagrangian.diverged import METHOD, entry, left_out
from movelaws.plotting.lagrangian.layout import (
    KEY_MM,
    few_decades,
    hours,
    key,
    line,
    number,
    point,
    time_name,
    words_above,
)
from movelaws.plotting.lagrangian.looks import METHODS, for_words

PER_PAGE = 4
_LEFT, _RIGHT, _GAP = 13.0, 1.5, 15.0  # mm
_TOP, _BETWEEN, _BOTTOM, _CELL, _SPACE = 10.5, 20.0, 9.5, 16.0, 1.3
_POINTS = 26  # dots of the reference: more run into a line


class Fitted(NamedTuple):
    """Fits of one case, as saved in fit.nc: q and q_reference (n, y, x)."""

    fits: Mapping[str, xr.Dataset]  # by method
    slot_minutes: float = 0.0  # 0 where a step is no time of day


@style()
def fits(
    cases: Mapping[str, Fitted],
    labels: Mapping[str, str],
    *,
    window: str = "centre",
    diverged: Collection[str] = (),
    synthetic: bool = False,
) -> Figure:
    """Percent of the population in nine neighbouring cells over time, placed as on the map.

    Parameters
    ----------
    cases : at most PER_PAGE, in the order of the blocks.
    labels : name to show by case.
    window : "centre", the cells around the centre of the lattice, the destination of the paper's
        dynamics, or "fullest", the 3 x 3 cells with most people over the day.
    diverged : cases whose printed schedule ran away: its curves are left out.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there are no cases or too many, a case has no fit, or the window has another name.
    """
    if not 1 <= len(cases) <= PER_PAGE:
        raise ValueError(f"fits: {len(cases)} cases, 1 to {PER_PAGE} fit on a page")
    if window not in ("centre", "fullest"):
        raise ValueError(f"fits: window {window!r}: use 'centre' or 'fullest'")
    rows = -(-len(cases) // 2)
    block = 3 * _CELL + 2 * _SPACE
    tall = _TOP + rows * block + (rows - 1) * _BETWEEN + _BOTTOM + KEY_MM
    made = figure(WIDTH_DOUBLE, tall)
    width = (WIDTH_DOUBLE - 2 * _LEFT - _RIGHT - (_GAP - _LEFT)) / 2
    drawn: list[str] = []
    gone = left_out(diverged, cases, METHOD)
    for place, (case, given) in enumerate(cases.items()):
        if not given.fits:
            raise ValueError(f"fits: case {case!r} has no fit")
        row, column = divmod(place, 2)
        corner = (_LEFT + column * (width + _GAP), _TOP + row * (block + _BETWEEN))
        first = _block(made, given, corner, width, window, gone=case in gone)
        panels.letter(first, place, labels.get(case, case), above_mm=5.0)
        drawn += [name for name in METHODS if name in given.fits and name not in drawn]
    _key(made, drawn, bool(gone))
    panels.tag_synthetic(made, synthetic)
    return made


def shares(q: np.ndarray) -> np.ndarray:
    """m_a = exp(q_a) / sum_b exp(q_b) at each time point; q is (T + 1, y, x)."""
    return softmax(q, axis=(1, 2))


def corner_of(q: np.ndarray, window: str, size: tuple[int, int]) -> tuple[int, int]:
    """First row and column of the window in a lattice of (T + 1, y, x)."""
    high, wide = size
    if window == "centre":
        ny, nx = q.shape[1:]
        return ny // 2 - high // 2, nx // 2 - wide // 2
    mean = shares(q).mean(axis=0)
    sums = np.lib.stride_tricks.sliding_window_view(mean, size).sum(axis=(2, 3))
    y, x = np.unravel_index(int(np.argmax(sums)), sums.shape)
    return int(y), int(x)


def rms(q: np.ndarray, reference: np.ndarray) -> float:
    """Root mean square over sites and n >= 1."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(np.mean((q[1:] - reference[1:]) ** 2)))


def _block(
    made: Figure,
    given: Fitted,
    corner: tuple[float, float],
    width: float,
    window: str,
    *,
    gone: bool,
) -> Axes:
    """Nine panels of one case; returns the one in the upper left corner."""
    reference = next(iter(given.fits.values()))["q_reference"].to_numpy()
    size = tuple(min(3, side) for side in reference.shape[1:])
    y0, x0 = corner_of(reference, window, size)
    curves = {"persistence": np.broadcast_to(reference[:1], reference.shape)}
    shown = [name for name in METHODS if name in given.fits and not (gone and name == METHOD)]
    curves |= {name: given.fits[name]["q"].to_numpy() for name in shown}
    cut = (slice(None), slice(y0, y0 + size[0]), slice(x0, x0 + size[1]))
    seen = 100 * shares(reference)[cut]
    lines = {name: 100 * shares(q)[cut] for name, q in curves.items()}
    time = hours(np.arange(len(reference)), given.slot_minutes)
    limits = seen.min() / 2.2, min(seen.max() * 2.2, 150)
    each = (width - (size[1] - 1) * _SPACE) / size[1]
    grid = {}
    for down in range(size[0]):
        for right in range(size[1]):
            axes = panels.axes_mm(
                made,
                corner[0] + right * (each + _SPACE),
                corner[1] + down * (_CELL + _SPACE),
                each,
                _CELL,
            )
            y = size[0] - 1 - down  # north is up
            _cell(axes, time, seen[:, y, right], {k: m[:, y, right] for k, m in lines.items()})
            _ticks(axes, limits, time, outer=(right == 0, down == size[0] - 1))
            inside = [seen, *lines.values()]
            _name(axes, f"({x0 + right}, {y0 + y})", [m[:, y, right] for m in inside])
            grid[down, right] = axes
    grid[size[0] // 2, 0].set_ylabel("Share of the population (%)")
    grid[size[0] - 1, size[1] // 2].set_xlabel(time_name(given.slot_minutes))
    errors = {name: rms(q, reference) for name, q in reversed(list(curves.items()))}
    _told(grid[0, 0], errors, gone=gone)
    return grid[0, 0]


def _cell(axes: Axes, time: np.ndarray, seen: np.ndarray, curves: Mapping[str, np.ndarray]) -> None:
    for name, curve in curves.items():
        look = METHODS[name]
        axes.plot(time, curve, color=look.colour, ls=look.dash, lw=1.0, gid=name)
    every = slice(None, None, max(1, -(-len(time) // _POINTS)))
    axes.plot(time[every], seen[every], "o", color=METHODS["reference"].colour, ms=1.5, mew=0,
              zorder=5, gid="reference")  # fmt: skip


def _ticks(
    axes: Axes, limits: tuple[float, float], time: np.ndarray, outer: tuple[bool, bool]
) -> None:
    axes.set_yscale("log")
    axes.set_ylim(*limits)
    axes.set_xlim(time[0], time[-1])
    ticks = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 6, 10]).tick_values(time[0], time[-1])
    inside = (ticks > 0.08 * time[-1]) & (ticks < 0.92 * time[-1])  # ends would meet neighbours
    axes.set_xticks(ticks[inside])
    if np.log10(limits[1] / limits[0]) > 2:
        few_decades(axes.yaxis)
    else:
        panels.decades(axes.yaxis, least=3)
    ticks = np.asarray(axes.get_yticks())
    share = np.log(ticks / limits[0]) / np.log(limits[1] / limits[0])
    # ticks at the edges would meet those of the neighbours
    axes.yaxis.set_major_locator(FixedLocator(ticks[(share > 0.07) & (share < 0.93)]))
    left, low = outer
    axes.tick_params(labelleft=left, labelbottom=low)
    axes.tick_params(axis="y", labelsize=6)
    axes.grid(axis="y", color="#ececec", lw=0.4)
    axes.set_axisbelow(True)


def _name(axes: Axes, text: str, curves: list[np.ndarray]) -> None:
    """Column and row of the cell, in the corner that the curves leave most room in."""
    low, high = np.log(axes.get_ylim())
    heights = (np.log(np.array(curves)) - low) / (high - low)
    third = -(-heights.shape[1] // 3)
    room = {
        (x, y): np.abs(np.clip(part, 0, 1) - y).min()
        for x, part in ((0.96, heights[:, -third:]), (0.05, heights[:, :third]))
        for y in (0.94, 0.08)
    }
    x, y = max(room, key=room.__getitem__)
    axes.text(x, y, text, ha="right" if x > 0.5 else "left", va="top" if y > 0.5 else "bottom",
              transform=axes.transAxes, color=QUIET, fontsize=5.5, zorder=6)  # fmt: skip


def _told(axes: Axes, errors: Mapping[str, float], *, gone: bool) -> None:
    """Errors of a case in the colours of their methods, above its panels."""
    words = [("RMS of $q$:", QUIET)]
    for name, value in errors.items():
        look = METHODS[name]
        short = look.name if name == "persistence" else look.name.split()[0]
        words.append((f"{short} {number(value)}", for_words(look.colour)))
    if gone:
        words.append(("× printed diverged", QUIET))
    words_above(axes, words)


def _key(made: Figure, methods: list[str], gone: bool) -> None:
    entries = {METHODS["reference"].name: point(METHODS["reference"], ms=2.4)}
    entries |= {METHODS[name].name: line(METHODS[name]) for name in (*methods, "persistence")}
    entries |= entry() if gone else {}
    key(made, entries)
