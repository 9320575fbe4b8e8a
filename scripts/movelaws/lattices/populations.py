"""The populations that one case of paper 1 is fitted to: agents on a lattice, day by day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from movelaws import files

_DIMENSIONS = ("day", "n", "y", "x")


@dataclass(frozen=True, eq=False)
class Populations:
    """Agents of ny x nx cells at the same T + 1 moments of each day.

    Attributes
    ----------
    population : (n_days, T + 1, ny, nx) float64, finite and >= 0.
    days : names of the days.
    attrs : slot_minutes (0 where there are no clocks), cell_m, crs, unit, source (text), total (M,
        of the first moment), side (of the lattice, in cells) and repairs (a mapping of what was
        repaired to how often).
    """

    population: np.ndarray
    days: Sequence[str]
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def day(self, name: str) -> np.ndarray:
        """(T + 1, ny, nx) populations of one day, by its name.

        Raises
        ------
        ValueError
            For a day that there is not, with those that there are.
        """
        if name not in self.days:
            raise ValueError(f"there is no day {name!r}; there are {', '.join(self.days)}")
        return self.population[[*self.days].index(name)]


def write(populations: Populations, path: str | Path) -> None:
    """Write a NetCDF file; equal populations become equal bytes."""
    values = np.asarray(populations.population, dtype=np.float64)
    if values.ndim != 4 or len(populations.days) != len(values):
        raise ValueError(
            f"population: shape {values.shape} for {len(populations.days)} days: it must be "
            f"({', '.join(_DIMENSIONS)})"
        )
    with files.replacing(path) as temporary, netCDF4.Dataset(temporary, "w") as file:
        for name, size in zip(_DIMENSIONS, values.shape, strict=True):
            file.createDimension(name, size)
        file.createVariable("day", str, ("day",))[:] = np.asarray([*populations.days], object)
        file.createVariable("n", "i8", ("n",))[:] = np.arange(values.shape[1])
        variable = file.createVariable(
            "population", "f8", _DIMENSIONS, zlib=True, complevel=4, fill_value=False
        )
        variable[:] = values
        variable.units = "agents"
        for name, value in populations.attrs.items():
            said = json.dumps(value, ensure_ascii=False) if name == "repairs" else value
            file.setncattr(name, said)


def read(path: str | Path) -> Populations:
    """Read what ``write`` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds no populations.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: run the step that writes the populations")
    try:
        with netCDF4.Dataset(path) as file:
            file.set_auto_mask(False)
            attrs = {name: file.getncattr(name) for name in file.ncattrs()}
            days = [str(day) for day in file["day"][:]]
            population = np.ascontiguousarray(file["population"][:], dtype=np.float64)
    except (OSError, IndexError) as error:
        raise ValueError(f"{path}: no file of populations: {error}") from None
    attrs["repairs"] = json.loads(attrs.get("repairs", "{}"))
    plain = {k: v.item() if isinstance(v, np.generic) else v for k, v in attrs.items()}
    return Populations(population, days, plain)
