"""Raw files of one publisher to canonical tables: one module per format.

An adapter module has ``REQUIRED`` and ``OPTIONAL`` (the roles of its raw files), a function
``read(files, **options) -> Canonical`` and a docstring that describes the raw format. A new
dataset in a format of its own is one more module here; nothing else has to know its name.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from movelaws.frames import Canonical

NAME = re.compile(r"[a-z0-9_]+")


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
        raise ValueError(f"adapter {name!r}: {_instead(name, available())}")
    return importlib.import_module(f"{__name__}.{name}")


def read(name: str, files: Mapping[str, str | Path], options: Mapping[str, Any]) -> Canonical:
    """Read the raw ``files`` (by role) with the adapter ``name``, after checking the call.

    Raises
    ------
    ValueError
        For an unknown adapter, role or option, or a role that is missing.
    FileNotFoundError
        For a file that does not exist.
    """
    adapter = load(name)
    roles = [*adapter.REQUIRED, *adapter.OPTIONAL]
    for role in files:
        if role not in roles:
            raise ValueError(f"adapter {name!r}, file role {role!r}: {_instead(role, roles)}")
    for role in adapter.REQUIRED:
        if role not in files:
            raise ValueError(
                f"adapter {name!r}: the file role {role!r} is missing; given {[*files]}"
            )
    for role, path in files.items():
        if not Path(path).is_file():
            raise FileNotFoundError(f"adapter {name!r}, {role}: there is no file {path}")
    known = [name for name in inspect.signature(adapter.read).parameters if name != "files"]
    for option in options:
        if option not in known:
            raise ValueError(f"adapter {name!r}, option {option!r}: {_instead(option, known)}")
    return adapter.read({role: Path(path) for role, path in files.items()}, **options)


def _instead(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return (f"did you mean {close[0]!r}? " if close else "unknown; ") + f"there are {known}"
