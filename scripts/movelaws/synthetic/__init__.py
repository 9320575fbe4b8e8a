"""Synthetic worlds: raw files in the published formats, drawn from laws that are known.

Each world is a module with

- ``FILES``: file name of each role, as the adapter of that format names the roles, and where
  there are more ``EXTRA_FILES``,
- ``DEFAULTS``: its options and their values,
- ``write(folder, seed, **options)``: writes the files and returns the truth behind them.
"""

import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

WORLDS = ("england_commuting", "us_commuting", "us_migration")


def available() -> tuple[str, ...]:
    """Names of the worlds, sorted."""
    return WORLDS


def load(name: str) -> ModuleType:
    """The module of one world.

    Raises
    ------
    ValueError
        If there is no world of that name; the message lists those there are.
    """
    if name not in WORLDS:
        raise ValueError(f"world = {name!r} is unknown; choose one of {', '.join(WORLDS)}")
    return importlib.import_module(f"{__name__}.{name}")


def write(name: str, folder: Path, seed: int, options: Mapping[str, object]) -> dict[str, object]:
    """Write the raw files of the world ``name``, after checking the names of its options.

    Returns
    -------
    The truth: planted law, sizes and sums, as plain numbers, texts and dictionaries.

    Raises
    ------
    ValueError
        For an unknown world or option, or an option that cannot be used.
    """
    world = load(name)
    for option in options:
        if option not in world.DEFAULTS:
            near = get_close_matches(option, world.DEFAULTS, n=1)
            hint = (
                f"did you mean {near[0]!r}?" if near else f"there are {', '.join(world.DEFAULTS)}"
            )
            raise ValueError(f"world {name!r}, option {option!r} is unknown; {hint}")
    return world.write(Path(folder), seed, **options)
