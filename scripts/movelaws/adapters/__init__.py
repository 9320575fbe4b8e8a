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

import importlib
import inspect
import pkgutil
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from movelaws import frames
from movelaws import options as rules

NAME = re.compile(r"[a-z0-9_]+")
_SHOWN = 3


def available() -> list[str]:
    """Names of all adapters, sorted."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(name: str) -> ModuleType:
    """Adapter module by name.

    Raises
    ------
    ValueError
        If ``name`` is no adapter, with the ones there are.
    """
    if not NAME.fullmatch(name) or name not in available():
        raise ValueError(f"adapter {name!r} is unknown; {rules.nearest(name, available())}")
    return importlib.import_module(f"{__name__}.{name}")


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
    adapter = load(name)
    where = f"adapter {name!r}"
    known = [*adapter.REQUIRED, *adapter.OPTIONAL]
    for role in roles:
        if role not in known:
            raise ValueError(
                f"{where}, file role {role!r} is unknown; {rules.nearest(role, known)}"
            )
    rules.check(adapter.read, options, where)
    names = roles if isinstance(roles, Mapping) else {}
    for role, reason in _needed(adapter, names, options).items():
        if role not in roles:
            raise ValueError(
                f"{where}{reason}: the file role {role!r} is missing; given {[*roles]}"
            )
    for group in getattr(adapter, "ONE_OF", ()):
        if not set(group) & set(roles):
            some = ", ".join(map(repr, group[:_SHOWN])) + (", ..." if len(group) > _SHOWN else "")
            raise ValueError(
                f"{where}: give one at least of the file roles {some} (there are {len(group)}); "
                f"given {[*roles]}"
            )


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
    check_request(name, files, options)
    paths = {role: Path(path) for role, path in files.items()}
    for role, path in paths.items():
        if path.is_dir():
            raise IsADirectoryError(
                f"adapter {name!r}, {role}: {path} is a folder: give a file in it"
            )
        if not path.is_file():
            raise FileNotFoundError(f"adapter {name!r}, {role}: there is no file {path}")
    try:
        return frames.check(load(name).read(paths, **options))
    except ValueError as error:
        if any(str(path) in str(error) for path in paths.values()):
            raise
        given = ", ".join(f"{role} {path}" for role, path in paths.items())
        raise ValueError(f"adapter {name!r} ({given}): {error}") from error


def _needed(
    adapter: ModuleType, names: Mapping[str, str | Path], options: Mapping[str, Any]
) -> dict[str, str]:
    """Roles that must be given, each with the option or the file that asks for it."""
    needed = dict.fromkeys(adapter.REQUIRED, "")
    for option, by_value in getattr(adapter, "REQUIRED_BY", {}).items():
        default = inspect.signature(adapter.read).parameters[option].default
        value = options.get(option, default)
        needed |= dict.fromkeys(by_value.get(value, ()), f", {option} {value!r}")
    for role, by_ending in getattr(adapter, "REQUIRED_WITH", {}).items():
        ending = Path(names.get(role, "")).suffix.lower()
        needed |= dict.fromkeys(by_ending.get(ending, ()), f", {role} in a {ending} file")
    return needed
