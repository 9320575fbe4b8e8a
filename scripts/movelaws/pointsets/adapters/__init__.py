"""Raw files of one publisher to canonical point sets: one module per format.

The conventions are those of ``movelaws.adapters``: ``REQUIRED`` and ``OPTIONAL`` roles of raw
files, ``read(files, *, **options) -> PointSet`` whose annotations are the rules of its options,
and where a request needs more, ``REQUIRED_BY``, ``REQUIRED_WITH`` and ``ONE_OF``.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from movelaws.adapters._family import Family
from movelaws.pointsets import bins, frames

Tables = frames.PointSet | bins.Bins


def _check(tables: Tables) -> Tables:
    return bins.check(tables) if isinstance(tables, bins.Bins) else frames.check(tables)


_FAMILY = Family(__name__, __path__, _check)


def available() -> list[str]:
    """Names of all adapters, sorted."""
    return _FAMILY.available()


def load(name: str) -> ModuleType:
    """Adapter module by name; a ValueError that says which there are if it is none."""
    return _FAMILY.load(name)


def check_request(
    name: str, roles: Collection[str] | Mapping[str, str | Path], options: Mapping[str, Any]
) -> None:
    """Whether ``read`` can be called so; see ``movelaws.adapters.check_request``."""
    _FAMILY.check_request(name, roles, options)


def read(name: str, files: Mapping[str, str | Path], options: Mapping[str, Any]) -> Tables:
    """Read the raw ``files`` (by role) with the adapter ``name`` into checked tables.

    Returns
    -------
    PointSet; Bins of the adapter ``authors_bins``, for distances that are published only in bins.

    Raises
    ------
    ValueError
        For a request that cannot be met, or naming the file, the field and the remedy.
    FileNotFoundError, IsADirectoryError
        For a file that is none.
    """
    return _FAMILY.read(name, files, options)
