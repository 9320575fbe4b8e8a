"""Dynamic population of the Helsinki Metropolitan Area by hour (Bergroth et al. 2022).

Raw files, by role:

workdays, saturday, sunday
    CSV of one average day: YKR_ID and H0 to H23, percent of the population in each cell and hour.
cells
    CSV with YKR_ID and the centres of the cells (x_EPSG3067, y_EPSG3067), or the published layer of
    polygons (GeoJSON) with YKR_ID.
archive
    Helsinki_dynpop_matrix.zip as published, with all of them; a file given under its own role goes
    before that of the archive.

The 13,231 cells of 250 m fill 60 % of their bounding box; the rest is outside the mask. The hours
are printed with five decimals and sum to 100 within 0.002 only, so they are brought to 100.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from movelaws import archives, layers, options, readers
from movelaws.lattices import frames
from movelaws.lattices.adapters import _grid
from movelaws.pointsets.adapters import _positions

DAYS = ("workdays", "saturday", "sunday")
REQUIRED = ()
OPTIONAL = (*DAYS, "cells", "archive")
ONE_OF = ((*DAYS, "archive"), ("cells", "archive"))

CRS, CELL_M, HOURS = "EPSG:3067", 250.0, 24
MEMBERS = {
    "workdays": "HMA_Dynamic_population_24H_workdays.csv",
    "saturday": "HMA_Dynamic_population_24H_sat.csv",
    "sunday": "HMA_Dynamic_population_24H_sun.csv",
    "cells": "target_zones_grid250m_EPSG3067.geojson",
}
LIMITS = archives.Limits(members=1_000, unpacked=10**9, ratio=100.0)
_NAMED = 5


def read(files: dict[str, Path], *, tolerance: options.Positive = 0.05) -> frames.Lattice:
    """Percent of the population per cell and hour of one to three average days.

    Parameters
    ----------
    files : paths by role, see the module.
    tolerance : how far the sum of an hour may be from 100 before it is brought there.

    Returns
    -------
    Lattice of shares; the days are called by their roles.

    Raises
    ------
    ValueError
        For a table or a layer that cannot be read, a cell twice or without a place, a value that
        is negative or no number, or an hour that does not sum to 100.
    """
    if "archive" in files:
        with tempfile.TemporaryDirectory(prefix="movelaws-") as folder:
            given = dict(files)
            archive = given.pop("archive")
            found = _unpacked(archive, Path(folder), given) | given
            _check_complete(archive, found)
            return _read(found, tolerance)
    return _read(files, tolerance)


def _read(files: Mapping[str, Path], tolerance: float) -> frames.Lattice:
    days = [role for role in DAYS if role in files]
    notes: dict[str, Any] = {}
    tables = {day: _percent(files[day], day, tolerance, notes) for day in days}
    ids = pd.Index(sorted(set().union(*(table.index for table in tables.values()))))
    x, y = _centres(files["cells"], ids)
    remedy = "give the layer that belongs to the tables"
    try:
        _positions.check_unit(files["cells"], x, y, CRS, "x and y")
        grid = _grid.of_centres(x, y, CELL_M)
        _grid.check_room(grid, len(days) * HOURS, x, y, remedy)
        cell = grid.cells(x, y)
        notes["cells"] = _grid.filled(grid, np.unique(cell).size, x, y, remedy)
        _positions.check_true(x, y, CRS, {}, options="")
    except ValueError as error:
        raise ValueError(f"{files['cells']}: {error}") from None
    if np.unique(cell).size < cell.size:
        twice = ids[pd.Series(cell).duplicated().to_numpy()][0]
        raise ValueError(f"{files['cells']}: cell {twice} has the place of another one")
    population = np.zeros((len(days) * HOURS, grid.shape[0] * grid.shape[1]))
    for n, (day, table) in enumerate(tables.items()):
        absent = ids.difference(table.index)
        if len(absent):
            listed = ", ".join(map(str, absent[:_NAMED])) + (" ..." if len(absent) > _NAMED else "")
            notes[f"{day}: cells missing, taken as empty"] = f"{len(absent)} ({listed})"
        values = table.reindex(ids, fill_value=0.0).to_numpy()
        notes[f"{day}: zeros"] = int(np.count_nonzero(values == 0))
        notes[f"{day}: cells empty all day"] = int(np.count_nonzero(~values.any(axis=1)))
        population[n * HOURS : (n + 1) * HOURS, cell] = values.T
    mask = np.zeros(population.shape[1], dtype=bool)
    mask[cell] = True
    return frames.Lattice(
        population=population.reshape(-1, *grid.shape),
        mask=mask.reshape(grid.shape),
        day=np.repeat(np.array(days), HOURS),
        slot=np.tile(np.arange(HOURS), len(days)),
        x=grid.x,
        y=grid.y,
        cell_m=CELL_M,
        crs=CRS,
        source="Helsinki Metropolitan Area, 24-hour dynamic population from mobile phones",
        unit="percent of the population",
        slots=HOURS,
        slot_minutes=60.0,
        extensive=False,
        notes=notes,
    )


def _unpacked(archive: Path, folder: Path, given: Mapping[str, Path]) -> dict[str, Path]:
    """The members of the published archive that are not given apart, by role."""
    wanted = {name: role for role, name in MEMBERS.items() if role not in given}
    found = archives.extract(archive, folder, lambda name: Path(name).name in wanted, LIMITS)
    files: dict[str, Path] = {}
    for path in found:
        role = wanted[path.name]
        if role in files:
            raise ValueError(f"{archive}: {path.name} is in it twice: give the role {role} as well")
        files[role] = path
    return files


def _check_complete(archive: Path, files: Mapping[str, Path]) -> None:
    """Whether there is a day and the layer, in the archive or beside it."""
    days = ", ".join(MEMBERS[day] for day in DAYS)
    if not {*DAYS} & {*files}:
        raise ValueError(
            f"{archive}: none of {days} is in it: give one of the roles {', '.join(DAYS)} as well"
        )
    if "cells" not in files:
        raise ValueError(f"{archive}: {MEMBERS['cells']} is not in it: give the role cells as well")


def _percent(path: Path, day: str, tolerance: float, notes: dict[str, Any]) -> pd.DataFrame:
    """Percent of the population by cell and hour, every hour brought to 100."""
    hours = [f"H{hour}" for hour in range(HOURS)]
    table = readers.read_table(path, {name: [name] for name in ("YKR_ID", *hours)})
    ids = table.number("YKR_ID", low=0)
    if (ids % 1 != 0).any():
        raise table.error("YKR_ID", ids % 1 != 0, "is no whole number")
    if ids.duplicated().any():
        raise table.error("YKR_ID", ids.duplicated(), "is the cell of an earlier line")
    values = pd.DataFrame({hour: table.number(hour, low=0) for hour in hours})
    totals = values.sum()
    if not totals.all():
        raise ValueError(
            f"{path}: {totals.idxmin()} sums to 0: nobody is anywhere in this hour; fill it in"
        )
    off = (totals - 100).abs()
    if off.max() > tolerance:
        hour = off.idxmax()
        raise ValueError(
            f"{path}: {hour} sums to {totals[hour]:.5f} instead of 100 "
            f"({int((off > tolerance).sum())} such hours; {tolerance:g} is allowed): is the file "
            "complete? Else raise the option tolerance"
        )
    if (off > 0).any():
        notes[f"{day}: hours brought to a sum of 100"] = int((off > 1e-9).sum())
        notes[f"{day}: farthest sum"] = f"{totals[off.idxmax()]:.5f} ({off.idxmax()})"
    return (values * (100 / totals)).set_axis(ids.astype(np.int64), axis=0)


def _centres(path: Path, ids: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    """Centres of the cells in EPSG:3067, in the order of ``ids``."""
    if path.suffix.lower() in layers.LAYERS or path.suffix.lower() == ".zip":
        layer, _ = layers.read_layer(path, user_crs=CRS)
        number = pd.to_numeric(layers.pick(layer, path, ["YKR_ID"], "cells"), errors="coerce")
        bounds = layer.to_crs(CRS).geometry.bounds
        places = pd.DataFrame(
            {
                "x": (bounds["minx"] + bounds["maxx"]).to_numpy() / 2,
                "y": (bounds["miny"] + bounds["maxy"]).to_numpy() / 2,
            },
            index=number.fillna(-1).astype(np.int64),
        )
    else:
        columns = {"YKR_ID": ["YKR_ID"], "x": ["x_EPSG3067", "x"], "y": ["y_EPSG3067", "y"]}
        table = readers.read_table(path, columns)
        number = table.number("YKR_ID").astype(np.int64)
        places = pd.DataFrame({axis: table.number(axis) for axis in ("x", "y")}).set_axis(number)
    if places.index.duplicated().any():
        twice = places.index[places.index.duplicated()][0]
        raise ValueError(f"{path}: YKR_ID {twice} occurs twice: keep one line per cell")
    lost = ids.difference(places.index)
    if len(lost):
        raise ValueError(
            f"{path}: {len(lost)} cells of the tables have no place (such as YKR_ID {lost[0]}): "
            "give the layer that belongs to them"
        )
    places = places.loc[ids]
    return places["x"].to_numpy(), places["y"].to_numpy()
