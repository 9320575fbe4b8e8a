"""The canonical lattice: the population of square cells at the times of one or several days.

Every adapter of ``movelaws.lattices.adapters`` ends in a :class:`Lattice`, every analysis of paper
1 starts from one. On disk it is a NetCDF file, so that one day of seventy-five can be read alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import netCDF4
import numpy as np

from movelaws import files

FILES = ("lattice.nc", "notes.json")
_UNEVEN = 1e-6
"""Of a cell: how far centres may be from even spacing, for coordinates are stored in binary."""
MOST_VALUES = 200_000_000
"""In memory at once, 1.6 GB: 75 days of YJMob100K are 144 million."""
_TEXTS = ("crs", "source", "unit")
_NUMBERS = ("cell_m", "slot_minutes", "slots", "extensive")

Note = int | float | str


@dataclass(frozen=True, eq=False)
class Lattice:
    """Populations of ny x nx cells at n_times moments; row 0 is the southernmost.

    Attributes
    ----------
    population : (n_times, ny, nx) float32 or float64, finite and >= 0, 0 outside the mask.
    mask : (ny, nx) bool, cells of the study area.
    day : (n_times,) str, name of the day of each moment; the moments of a day lie together.
    slot : (n_times,) int64, number of the moment in its day, increasing, from 0 to slots - 1.
    x, y : (nx,), (ny,) float64, centres of the cells in metres, ascending.
    cell_m : edge of a cell in metres.
    crs : of x and y, such as "EPSG:3067"; "" where only cell numbers are known, which then count
        from the corner of the raw file.
    source : what the data are, for captions.
    unit : of the population, such as "users" or "percent of the population".
    slots : moments of a whole day.
    slot_minutes : between two moments; 0 where unknown.
    extensive : whether populations count something (True) or are shares of a whole (False).
    notes : documented repairs and readings, each with its count or value.
    """

    population: np.ndarray
    mask: np.ndarray
    day: np.ndarray
    slot: np.ndarray
    x: np.ndarray
    y: np.ndarray
    cell_m: float
    crs: str
    source: str
    unit: str
    slots: int
    slot_minutes: float
    extensive: bool
    notes: Mapping[str, Note] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the lattice, (ny, nx)."""
        return self.population.shape[1:]

    @property
    def days(self) -> list[str]:
        """Names of the days, in the order of the moments."""
        return [*dict.fromkeys(self.day.tolist())]


def check(lattice: Lattice) -> Lattice:
    """Return ``lattice`` unchanged if it keeps the contract.

    Raises
    ------
    ValueError
        Naming the field, the moment or cell, the value and the remedy of the first breach.
    """
    _check_shapes(lattice)
    _check_axes(lattice)
    _check_moments(lattice)
    _check_populations(lattice)
    return lattice


def write(lattice: Lattice, folder: str | Path) -> None:
    """Write ``lattice.nc`` and ``notes.json`` into ``folder``, made if absent.

    Equal lattices become equal bytes. One moment is compressed at a time.
    """
    folder = Path(folder)
    with (
        files.replacing(folder / FILES[0]) as path,
        netCDF4.Dataset(path, "w", format="NETCDF4") as file,
    ):
        _define(file, lattice)
        for n, plane in enumerate(lattice.population):
            file["population"][n] = plane
    text = json.dumps({**lattice.notes}, indent=2, ensure_ascii=False, default=_plain)
    with files.replacing(folder / FILES[1]) as path:
        path.write_text(text + "\n", encoding="utf-8")


def read(path: str | Path, days: Sequence[str] | None = None, also: Sequence[str] = ()) -> Lattice:
    """Read what ``write`` wrote.

    Parameters
    ----------
    path : of ``lattice.nc``; ``notes.json`` is read from beside it.
    days : names of the days wanted, in any order; None for all.
    also : days that come with them if there are such.

    Raises
    ------
    FileNotFoundError
        Naming the file that is missing.
    ValueError
        For a file that is no canonical lattice, or a day that it does not hold.
    """
    path = Path(path)
    notes = path.with_name(FILES[1])
    for one in (path, notes):
        if not one.is_file():
            raise FileNotFoundError(f"{one} is missing: run the prepare step of this dataset")
    said = json.loads(notes.read_text(encoding="utf-8"))
    return replace(read_netcdf(path, days, also), notes=said)


def read_netcdf(
    path: str | Path, days: Sequence[str] | None = None, also: Sequence[str] = ()
) -> Lattice:
    """Read the NetCDF file alone: no notes.

    Raises
    ------
    ValueError
        For a file that is no canonical lattice, or a day that it does not hold.
    """
    try:
        with netCDF4.Dataset(path) as file:
            return Lattice(**_loaded(file, days, also))
    except (OSError, IndexError, AttributeError, TypeError) as error:
        raise ValueError(
            f"{path}: no canonical lattice ({error}): it has population (time, y, x), mask (y, x), "
            f"day and slot (time), y, x, and the attributes {', '.join((*_TEXTS, *_NUMBERS))}"
        ) from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _define(file: netCDF4.Dataset, lattice: Lattice) -> None:
    """Dimensions, coordinates and attributes of an open file."""
    sizes = dict(zip(("time", "y", "x"), lattice.population.shape, strict=True))
    for name, size in sizes.items():
        file.createDimension(name, size)
    file.createVariable("day", str, ("time",))[:] = np.asarray(lattice.day, dtype=object)
    file.createVariable("slot", "i8", ("time",))[:] = lattice.slot
    for axis in ("x", "y"):
        variable = file.createVariable(axis, "f8", (axis,))
        variable[:] = getattr(lattice, axis)
        variable.units = "m"
    mask = file.createVariable("mask", "i1", ("y", "x"), zlib=True, complevel=4)
    mask[:] = lattice.mask.astype(np.int8)
    mask.setncattr("dtype", "bool")  # as xarray marks it
    population = file.createVariable(
        "population",
        lattice.population.dtype.str[1:],
        ("time", "y", "x"),
        zlib=True,
        complevel=2,
        shuffle=True,
        chunksizes=(1, sizes["y"], sizes["x"]),
        fill_value=False,
    )
    population.units = lattice.unit
    population.coordinates = "day slot"
    for name in (*_TEXTS, *_NUMBERS):
        value = getattr(lattice, name)
        setattr(file, name, int(value) if isinstance(value, bool) else value)


def _loaded(file: netCDF4.Dataset, days: Sequence[str] | None, also: Sequence[str]) -> dict:
    """Fields of a Lattice from an open file."""
    file.set_auto_mask(False)
    stored = file["population"]
    if stored.dimensions != ("time", "y", "x"):
        raise ValueError(f"population: dimensions {stored.dimensions} instead of (time, y, x)")
    day = np.asarray(file["day"][:], dtype=str)
    wanted = np.ones(day.size, dtype=bool)
    if days is not None:
        known = [*dict.fromkeys(day.tolist())]
        for name in days:
            if name not in known:
                raise ValueError(f"there is no day {name!r}; there are {', '.join(known)}")
        wanted = np.isin(day, [*days, *also])
    if np.count_nonzero(wanted) * np.prod(stored.shape[1:], dtype=float) > MOST_VALUES:
        raise ValueError(
            f"population: shape {stored.shape} is over {MOST_VALUES:,} values: keep fewer days, or "
            "larger cells"
        )
    population = stored[np.flatnonzero(wanted)]
    if population.dtype not in (np.float32, np.float64):
        population = population.astype(np.float64)
    fields = {name: str(file.getncattr(name)) for name in _TEXTS}
    return fields | {
        "population": population,
        "mask": file["mask"][:].astype(bool),
        "day": day[wanted],
        "slot": file["slot"][:][wanted].astype(np.int64),
        "x": file["x"][:].astype(np.float64),
        "y": file["y"][:].astype(np.float64),
        "cell_m": float(file.cell_m),
        "slots": int(file.slots),
        "slot_minutes": float(file.slot_minutes),
        "extensive": bool(file.extensive),
    }


def _check_shapes(lattice: Lattice) -> None:
    population = lattice.population
    if population.ndim != 3 or population.dtype not in (np.float32, np.float64):
        raise ValueError(
            f"population: shape {population.shape}, type {population.dtype}: it must be (time, y, "
            "x) of float32 or float64"
        )
    if population.size > MOST_VALUES:
        raise ValueError(
            f"population: shape {population.shape} is over {MOST_VALUES:,} values, which no step "
            "would read again: keep fewer days, or larger cells"
        )
    wanted = {"mask": population.shape[1:], "day": population.shape[:1]}
    wanted |= {"slot": population.shape[:1], "y": population.shape[1:2], "x": population.shape[2:]}
    for name, shape in wanted.items():
        if getattr(lattice, name).shape != shape:
            raise ValueError(
                f"{name}: shape {getattr(lattice, name).shape}, for this population {shape}"
            )
    if not population.size:
        raise ValueError(
            f"population: shape {population.shape}: it holds nothing; look at the rows that the "
            "notes count as left out"
        )
    if lattice.mask.dtype != bool or not lattice.mask.any():
        raise ValueError("mask: at least one cell must be True, and all be of type bool")


def _check_axes(lattice: Lattice) -> None:
    if not 0 < lattice.cell_m < np.inf:
        raise ValueError(f"cell_m={lattice.cell_m}: give the edge of a cell in metres, > 0")
    for axis in ("x", "y"):
        centres = getattr(lattice, axis)
        steps = np.diff(centres)
        if not np.isfinite(centres).all() or np.any(
            np.abs(steps - lattice.cell_m) > _UNEVEN * lattice.cell_m
        ):
            raise ValueError(
                f"{axis}: the centres of the cells must ascend by cell_m={lattice.cell_m:g}; the "
                f"steps run from {steps.min(initial=np.inf):g} to {steps.max(initial=-np.inf):g}"
            )
    if lattice.crs:
        from movelaws.pointsets.frames import (
            metric_crs,
        )  # with geopandas, a second for nothing else

        metric_crs(lattice.crs)


def _check_moments(lattice: Lattice) -> None:
    if lattice.slots < 1 or not lattice.slot_minutes >= 0:
        raise ValueError(
            f"slots={lattice.slots}, slot_minutes={lattice.slot_minutes}: give at least one "
            "moment per day, and minutes >= 0"
        )
    outside = (lattice.slot < 0) | (lattice.slot >= lattice.slots)
    if outside.any():
        n = int(np.argmax(outside))
        raise ValueError(
            f"slot {lattice.slot[n]} of day {str(lattice.day[n])!r}: slots run from 0 to "
            f"{lattice.slots - 1}"
        )
    same = lattice.day[1:] == lattice.day[:-1]
    backward = same & (np.diff(lattice.slot) <= 0)
    if backward.any():
        n = int(np.argmax(backward)) + 1
        raise ValueError(
            f"slot {lattice.slot[n]} of day {str(lattice.day[n])!r} comes behind slot "
            f"{lattice.slot[n - 1]}: the slots of a day must increase"
        )
    if np.count_nonzero(~same) + 1 != len(lattice.days):
        raise ValueError("day: the moments of one day must lie together")


def _check_populations(lattice: Lattice) -> None:
    """One moment at a time: a whole year of them has no room for a second copy."""
    outside = ~lattice.mask
    for n, plane in enumerate(lattice.population):
        for wrong, rule in (
            (~np.isfinite(plane), "populations must be finite"),
            (plane < 0, "populations must be >= 0"),
            (outside & (plane != 0), "cells outside the mask must be empty"),
        ):
            if wrong.any():
                y, x = np.argwhere(wrong)[0]
                raise ValueError(
                    f"population: {plane[y, x]} in row {y}, column {x}, day "
                    f"{str(lattice.day[n])!r}, slot {lattice.slot[n]} "
                    f"({np.count_nonzero(wrong)} such cells): {rule}: correct the raw file"
                )


def _plain(value: object) -> Note:
    return value.item() if isinstance(value, np.generic) else str(value)
