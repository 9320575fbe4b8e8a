"""What all families of adapters share: one package, one module per raw format.

``movelaws.adapters`` (zones and flows) and ``movelaws.pointsets.adapters`` (places and moves) are
such families; the docstring of the first says what an adapter module has to have.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from movelaws import options as rules

NAME = re.compile(r"[a-z0-9_]+")
_SHOWN = 3


@dataclass(frozen=True)
class Family:
    """The adapters of a package.

    Attributes
    ----------
    package : full name of the package.
    folders : its ``__path__``.
    check : what holds the tables of an adapter against their contract, and returns them.
    """

    package: str
    folders: Sequence[str]
    check: Callable[[Any], Any]

    def available(self) -> list[str]:
        """Names of all adapters, sorted."""
        found = pkgutil.iter_modules(self.folders)
        return sorted(m.name for m in found if not m.name.startswith("_"))

    def load(self, name: str) -> ModuleType:
        """Adapter module by name; a ValueError that says which there are if it is none."""
        if not NAME.fullmatch(name) or name not in self.available():
            known = self.available()
            raise ValueError(f"adapter {name!r} is unknown; {rules.nearest(name, known)}")
        return importlib.import_module(f"{self.package}.{name}")

    def check_request(
        self,
        name: str,
        roles: Collection[str] | Mapping[str, str | Path],
        options: Mapping[str, Any],
    ) -> None:
        """Whether ``read`` can be called so; looks at no file, so a run can stop before any job.

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
        adapter = self.load(name)
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
                some = ", ".join(map(repr, group[:_SHOWN])) + (
                    ", ..." if len(group) > _SHOWN else ""
                )
                raise ValueError(
                    f"{where}: give one at least of the file roles {some} "
                    f"(there are {len(group)}); given {[*roles]}"
                )

    def read(self, name: str, files: Mapping[str, str | Path], options: Mapping[str, Any]) -> Any:
        """Read the raw ``files`` (by role) with the adapter ``name`` into checked tables.

        Raises
        ------
        ValueError
            See ``check_request``; or naming the file at fault, or all of them where it is
            the tables together that break the contract of the family.
        FileNotFoundError
            For a file that does not exist.
        IsADirectoryError
            For a folder in the place of a file.
        """
        self.check_request(name, files, options)
        paths = {role: Path(path) for role, path in files.items()}
        for role, path in paths.items():
            if path.is_dir():
                raise IsADirectoryError(
                    f"adapter {name!r}, {role}: {path} is a folder: give a file in it"
                )
            if not path.is_file():
                raise FileNotFoundError(f"adapter {name!r}, {role}: there is no file {path}")
        try:
            return self.check(self.load(name).read(paths, **options))
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
