"""Raw files of one publisher to canonical lattices: one module per format.

The conventions are those of ``movelaws.adapters``: ``REQUIRED`` and ``OPTIONAL`` roles of raw
files, ``read(files, *, **options) -> Lattice`` whose annotations are the rules of its options, and
where a request needs more, ``REQUIRED_BY``, ``REQUIRED_WITH`` and ``ONE_OF``.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from movelaws.adapters._family import Family
from movelaws.lattices import frames

_FAMILY = Family(__name__, __path__, frames.check)


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


def read(name: str, files: Mapping[str, str | Path], options: Mapping[str, Any]) -> frames.Lattice:
    """Read the raw ``files`` (by role) with the adapter ``name`` into a checked lattice.

    Raises
    ------
    ValueError
        For a request that cannot be met, or naming the file, the field and the remedy.
    FileNotFoundError, IsADirectoryError
        For a file that is none.
    """
    return _FAMILY.read(name, files, options)
