"""From a canonical lattice to the populations of one case of paper 1: blocks, days, agents."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from movelaws import options
from movelaws.lattices import whole_days
from movelaws.lattices.frames import Lattice
from movelaws.lattices.populations import Populations

_UNEVEN = 0.05
"""Share by which totals may vary within a day before it is said: M of the paper is constant."""

Side = Annotated[
    int | None, options.Rule(lambda side: side is None or side >= 2, "a whole number >= 2 or null")
]


@dataclass(frozen=True, eq=False)
class Blocks:
    """Sums of a lattice over equal blocks of cells.

    Attributes
    ----------
    population : (n_times, rows, columns) float64.
    cells : (ky, kx) cells of a block along y and x.
    padded : empty rows and columns that were added so that the blocks fit.
    corner : x and y of the south-western corner of the blocks, in metres.
    """

    population: np.ndarray
    cells: tuple[int, int]
    padded: tuple[int, int]
    corner: tuple[float, float]


def case(
    lattice: Lattice,
    *,
    side: Side = 10,
    days: Sequence[str | int] | None = None,
    population: options.Positive | None = None,
    pad: bool = False,
    extent: Literal["box", "all"] = "box",
    blocks: Literal["fitted", "square"] = "fitted",
    fill: Literal["carry", "interpolate"] | None = None,
    closed_with: Literal["next_day", "same_day"] | None = None,
) -> Populations:
    """Populations of the days of a case.

    Parameters
    ----------
    lattice : canonical, with at least these days.
    side : blocks along each edge, L in the paper; null for the cells of the lattice as they are.
    days : names of days, in the order wanted; null for all.
    population : M; every moment is scaled to it, as the populations of the paper are normalised.
        Null keeps the counts as they are.
    pad, extent, blocks : see :func:`coarsened`.
    fill : what to do where a slot of a day is missing or empty, of at most a quarter of its slots:
        "carry" takes the slot before, "interpolate" a straight line between the slots around it;
        at the ends of the day both take the nearest one. Null refuses such days.
    closed_with : a moment that is added to the end of each day, so that it has as many steps as
        slots (T = 48 of the paper for half hours) and not one less: the first slot of the
        "next_day" by the calendar, which the lattice must have, or of the "same_day" again, for
        averages over days, which are a cycle. Null adds none. Users who are counted on the next
        day may be others; their number is scaled where a population is given.

    Returns
    -------
    Populations : of n = 0 .. slots - 1 of each day, and n = slots if it is closed; its attrs count
    the repairs.

    Raises
    ------
    ValueError
        For a lattice, a day or settings that give no such populations, with the remedy.
    """
    names = lattice.days if days is None else [str(day) for day in days]
    _check_days(lattice, names)
    if population is None and not lattice.extensive:
        raise ValueError(
            f"population=None, but the lattice holds shares ({lattice.unit}): give the number of "
            "agents M that they are shares of"
        )
    made = coarsened(lattice, side, pad=pad, extent=extent, blocks=blocks)
    repairs: dict[str, int | str] = {}
    if any(made.padded):
        rows, columns = made.padded
        repairs["empty rows and columns of cells added"] = f"{rows} and {columns}"
    filled = [whole_days.filled(made.population, lattice, name, fill, repairs) for name in names]
    if closed_with is not None:
        filled = [
            whole_days.closed(day, made.population, lattice, name, closed_with)
            for name, day in zip(names, filled, strict=True)
        ]
        whose = closed_with.replace("_", " ")
        repairs[f"days closed with the first slot of the {whose}"] = len(names)
    filled = np.stack(filled)
    if population is not None:
        totals = _totals(filled)
        filled *= population / totals[:, :, None, None]
        repairs["totals of the moments before they were scaled"] = (
            f"{totals.min():.6g} to {totals.max():.6g} {lattice.unit}"
        )
    else:
        totals = _totals(filled)
        uneven = float((totals.max(axis=1) / totals.min(axis=1)).max() - 1)
        if uneven > _UNEVEN:
            # ln M of every cell then carries the rise and fall of the whole city.
            repairs["totals vary within a day, and are kept; give a population to scale them"] = (
                f"by up to {100 * uneven:.3g} %"
            )
    ky, kx = made.cells
    attrs = {
        "slot_minutes": lattice.slot_minutes,
        "cell_m": float(np.sqrt(kx * ky)) * lattice.cell_m,
        "cell_x_m": kx * lattice.cell_m,
        "cell_y_m": ky * lattice.cell_m,
        "x_west": made.corner[0],
        "y_south": made.corner[1],
        "crs": lattice.crs,
        "unit": lattice.unit,
        "source": lattice.source,
        "total": float(filled[0, 0].sum()),
        "side": filled.shape[2],
        "repairs": repairs,
    }
    return Populations(filled, names, attrs)


def coarsened(
    lattice: Lattice,
    side: int | None,
    *,
    pad: bool = False,
    extent: Literal["box", "all"] = "box",
    blocks: Literal["fitted", "square"] = "fitted",
) -> Blocks:
    """Sums over side x side blocks; nothing is lost and nothing counted twice.

    Parameters
    ----------
    lattice : canonical.
    side : blocks along each edge; None for blocks of one cell, the lattice as it is.
    pad : whether empty cells are added where the blocks do not divide the lattice, half of them
        at either end; else that is an error, for unequal blocks are no lattice. So many that whole
        rows or columns of fitted blocks would be empty are refused; along the shorter edge of a
        lattice in square blocks they are what makes it a square.
    extent : what is divided: the bounding box of the mask, or all cells.
    blocks : "fitted" to each edge, so that they are rectangles where the lattice is one, or
        "square", for which a lattice that is no square is padded to one.

    Raises
    ------
    ValueError
        If there are fewer cells than blocks, or the blocks do not fit and ``pad`` is False or
        would add blocks without a cell.
    """
    rows, columns = _window(lattice.mask, extent)
    size = (rows.stop - rows.start, columns.stop - columns.start)
    if side is None:
        whole, cells = size, (1, 1)
    else:
        if side > min(size):
            raise ValueError(
                f"side={side}: the {'box of the mask' if extent == 'box' else 'lattice'} has "
                f"{size[0]} x {size[1]} cells: give at most {min(size)}"
            )
        cells = _block(size, side, blocks)
        whole = tuple(side * k for k in cells)
    added = tuple(w - n for w, n in zip(whole, size, strict=True))
    if any(added) and not pad:
        raise ValueError(
            f"side={side} does not divide the {size[0]} x {size[1]} cells of the lattice into "
            f"equal {'squares' if blocks == 'square' else 'blocks'}: give a divisor of both, or "
            f"pad: true, which adds {added[0]} empty rows and {added[1]} empty columns"
        )
    if side is not None:
        _check_padding(size, side, blocks)
    shape = (whole[0] // cells[0], whole[1] // cells[1])
    before = tuple(n // 2 for n in added)
    sums = np.empty((len(lattice.population), *shape))
    plane = np.zeros(whole)
    for n, native in enumerate(lattice.population):
        inner = plane[before[0] : before[0] + size[0], before[1] : before[1] + size[1]]
        inner[:] = native[rows, columns]
        sums[n] = plane.reshape(shape[0], cells[0], shape[1], cells[1]).sum(axis=(1, 3))
    corner = tuple(
        float(centres[first.start]) - (ahead + 0.5) * lattice.cell_m
        for centres, first, ahead in (
            (lattice.x, columns, before[1]),
            (lattice.y, rows, before[0]),
        )
    )
    return Blocks(sums, cells, added, corner)


def _block(size: tuple[int, int], side: int, blocks: str) -> tuple[int, int]:
    """Cells of a block along y and x."""
    longest = max(size) if blocks == "square" else None
    rows, columns = (-(-(longest or n) // side) for n in size)
    return rows, columns


def _wholly_empty(size: tuple[int, int], side: int, blocks: str) -> tuple[int, int]:
    """Rows and columns of blocks that would hold added cells only."""
    edges = zip(size, _block(size, side, blocks), strict=True)
    return tuple(
        0
        if blocks == "square" and n < max(size)
        else sum(part // k for part in ((side * k - n) // 2, -(-(side * k - n) // 2)))
        for n, k in edges
    )


def _check_padding(size: tuple[int, int], side: int, blocks: str) -> None:
    rows, columns = _wholly_empty(size, side, blocks)
    if rows or columns:
        fits = next(s for s in range(side, 0, -1) if not any(_wholly_empty(size, s, blocks)))
        raise ValueError(
            f"side={side}, pad: true: of the {side} x {side} blocks of {size[0]} x {size[1]} cells "
            f"{rows} whole rows and {columns} whole columns would be empty: the largest side below "
            f"that fits is {fits}{_without_padding(size)}"
        )


def _without_padding(size: tuple[int, int]) -> str:
    """The sides that divide both edges, as the end of a sentence."""
    sides = [str(s) for s in range(2, min(size) + 1) if not any(n % s for n in size)]
    return f"; {', '.join(sides)} need no padding" if sides else ""


def _window(mask: np.ndarray, extent: str) -> tuple[slice, slice]:
    """Rows and columns of the part of the lattice that is divided."""
    if extent == "all":
        return slice(0, mask.shape[0]), slice(0, mask.shape[1])
    spans = []
    for axis in (1, 0):
        found = np.flatnonzero(mask.any(axis=axis))
        spans.append(slice(int(found[0]), int(found[-1]) + 1))
    return spans[0], spans[1]


def _check_days(lattice: Lattice, names: list[str]) -> None:
    if not names:
        raise ValueError("days=[]: give at least one day, or null for all")
    for name in names:
        if name not in lattice.days:
            raise ValueError(
                f"days: there is no day {name!r} in the lattice; there are "
                f"{', '.join(lattice.days[:12])}{' ...' if len(lattice.days) > 12 else ''}"
            )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"days: {twice!r} is named twice: name every day once")
    if lattice.slots < whole_days.LEAST_POINTS:
        raise ValueError(
            f"a day of the lattice has {lattice.slots} points in time: at least "
            f"{whole_days.LEAST_POINTS} (two steps) are needed"
        )


def _totals(filled: np.ndarray) -> np.ndarray:
    """(days, slots) sums over the cells."""
    with np.errstate(over="ignore"):
        totals = filled.sum(axis=(2, 3))
    if not np.isfinite(totals).all():
        raise ValueError(f"a cell holds {filled.max():.3g}, more than can be added up: correct it")
    return totals


def summary(populations: Populations) -> str:
    """What a case is made of, in one line for the log."""
    values, attrs = populations.population, populations.attrs
    days, points, rows, columns = values.shape
    empty = np.count_nonzero(values == 0) / values.size
    totals = values.sum(axis=(2, 3))
    return (
        f"{days} days ({', '.join([*populations.days][:7])}{' ...' if days > 7 else ''}) of "
        f"{points} points on {rows} x {columns} blocks of {attrs['cell_x_m']:g} x "
        f"{attrs['cell_y_m']:g} m; {totals.min():.6g} to {totals.max():.6g} agents; "
        f"{100 * empty:.2f} % of cell-times are empty; repairs: "
        f"{json.dumps(attrs['repairs'], ensure_ascii=False)}"
    )
