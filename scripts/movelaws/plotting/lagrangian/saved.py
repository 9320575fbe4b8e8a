"""Saved results read for figures."""

from collections.abc import Iterable, Mapping

import pandas as pd
import xarray as xr

from movelaws.lattices import populations
from movelaws.lattices.populations import Populations


def listed(given: str | Iterable[str]) -> list[str]:
    """Paths of an input that may be a single one."""
    return [given] if isinstance(given, str) else [str(path) for path in given]


def tables(given: str | Iterable[str]) -> pd.DataFrame:
    """Tables of several cases, each with a column ``case``, as one."""
    return pd.concat([pd.read_csv(path) for path in listed(given)], ignore_index=True)


def by_case(given: str | Iterable[str], labels: Mapping[str, str]) -> dict[str, str]:
    """Path of each case; the paths have the order of the labels.

    Raises
    ------
    ValueError
        If there is not one path for each case.
    """
    paths = listed(given)
    if len(paths) != len(labels):
        raise ValueError(f"{len(paths)} files for {len(labels)} cases: {', '.join(labels)}")
    return dict(zip(labels, paths, strict=True))


def dataset(path: str) -> xr.Dataset:
    """NetCDF file, read and closed."""
    with xr.open_dataset(path, engine="netcdf4") as opened:
        return opened.load()


def lattices(given: str | Iterable[str], labels: Mapping[str, str]) -> dict[str, Populations]:
    """Populations of each case."""
    return {case: populations.read(path) for case, path in by_case(given, labels).items()}


def attribute(found: Mapping[str, Populations], name: str) -> dict[str, float]:
    """A number such as cell_m or slot_minutes by case, 0 where it is not known."""
    return {case: float(one.attrs.get(name) or 0) for case, one in found.items()}


def cell_sizes(found: Mapping[str, Populations]) -> dict[str, float]:
    """Side of a cell by case, metres; 0 where cells have no size: such lattices count in cells."""
    sizes = attribute(found, "cell_m")
    return {case: size if size > 1 else 0.0 for case, size in sizes.items()}


def pages(labels: Mapping[str, str], per_page: int) -> list[dict[str, str]]:
    """Labels in groups of at most ``per_page``, in order."""
    names = list(labels.items())
    return [dict(names[at : at + per_page]) for at in range(0, len(names), per_page)]
