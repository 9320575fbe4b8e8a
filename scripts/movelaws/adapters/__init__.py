"""Raw files of one publisher to canonical tables: one module per format.

An adapter module has ``REQUIRED`` and ``OPTIONAL`` (the roles of its raw files), a function
``read(files, *, **options) -> Canonical`` whose annotations say what each option may be (see
``movelaws.options``), and a docstring that describes the raw format. Where a request needs more,
the module says so in

- ``REQUIRED_BY``, ``{option: {value: (role, ...)}}``: roles that a value of an option makes
  necessary,
- ``REQUIRED_WITH``, ``{role: {".shp": (role, ...)}}``: roles that a file with this ending makes
  necessary, such as the parts of a shapefile,
- ``ONE_OF``, ``((role, ...), ...)``: groups of roles of which one at least must be given.

A new dataset in a format of its own is one more module here; nothing else has to know its name.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from movelaws import frames
from movelaws.adapters._family import Family

_FAMILY = Family(__name__, __path__, frames.check)


def available() -> list[str]:
    """Names of all adapters, sorted."""
    return _FAMILY.available()


def load(name: str) -> ModuleType:
    """Adapter module by name.

    Raises
    ------
    ValueError
        If ``name`` is no adapter, with the ones there are.
    """
    return _FAMILY.load(name)


def check_request(
    name: str, roles: Collection[str] | Mapping[str, str | Path], options: Mapping[str, Any]
) -> None:
    """Whether ``read`` can be called so; looks at no file, so that a run can stop before any job.

    Parameters
    ----------
    name : of the adapter.
    roles : of the files that will be given; where they come with their names, as in ``read``,
        ``REQUIRED_WITH`` counts too.
    options : of the adapter, by name.

    Raises
    ------
    ValueError
        For an unknown adapter, role or option (with the nearest known one), a role that is
        missing, or an option whose value cannot be used.
    """
    _FAMILY.check_request(name, roles, options)


def read(
    name: str, files: Mapping[str, str | Path], options: Mapping[str, Any]
) -> frames.Canonical:
    """Read the raw ``files`` (by role) with the adapter ``name`` into checked tables.

    Raises
    ------
    ValueError
        See ``check_request``; or naming the file at fault, or all of them where it is the tables
        together that break the contract of ``frames.check``.
    FileNotFoundError
        For a file that does not exist.
    IsADirectoryError
        For a folder in the place of a file.
    """
    return _FAMILY.read(name, files, options)
