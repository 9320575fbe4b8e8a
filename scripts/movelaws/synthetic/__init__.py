"""Synthetic worlds: raw files in the published formats, drawn from laws that are known.

Each world is a module with

- ``FILES``: file name of each role, as the adapter of that format names the roles; where the
  option ``form`` chooses among formats ``FILES_BY_FORM``, and where there are more files
  ``EXTRA_FILES``; where other options decide which of them an adapter reads, a function
  ``files_of(options)`` gives them by role,
- ``ADAPTER``: name of the adapter, where it is not that of the world; in another section of the
  config than the first that has the world, the one of ``ADAPTERS_ELSEWHERE``,
- ``DEFAULTS``: its options and their values,
- ``write(folder, seed, **options)``: writes the files and returns the truth behind them.
"""

import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

WORLDS_OF = {
    "od": (
        "abidjan_d4d",
        "china_weibo",
        "denmark_moves",
        "england_commuting",
        "flowsr",
        "gowalla",
        "sf_taxi",
        "south_sudan",
        "us_commuting",
        "us_migration",
    ),
    "points": (
        "checkin_displacements",
        "denmark_addresses",
        "france_insee",
        "paris_ban",
        "samsoe_osm",
    ),
    "bins": ("authors_bins",),
    "lattices": (
        "helsinki_dynpop",
        "madrid_traffic",
        "sf_taxi",
        "yjmob100k",
    ),
}
"""Worlds by the section of the config that has their adapters: zones and flows, places and moves
between them, published bins, populations of lattices. One world may be in several."""

ADAPTERS_ELSEWHERE = {("lattices", "sf_taxi"): "active_cabs"}
"""Adapters by section and world, where raw files are read in a second way."""

WORLDS = tuple(sorted({name for names in WORLDS_OF.values() for name in names}))


def available(section: str | None = None) -> tuple[str, ...]:
    """Names of the worlds, sorted: all, or those of one section of the config.

    Raises
    ------
    ValueError
        If there is no such section.
    """
    if section is None:
        return WORLDS
    if section not in WORLDS_OF:
        raise ValueError(f"section = {section!r}: choose one of {', '.join(WORLDS_OF)}")
    return WORLDS_OF[section]


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


def adapter(name: str, section: str | None = None) -> str:
    """Name of the adapter that reads the raw files of a world, in a section of the config.

    Parameters
    ----------
    section : needed for another than the first section that has the world.

    Raises
    ------
    ValueError
        For an unknown world or section, or a world that the section does not have.
    """
    world = load(name)
    if section is not None and name not in available(section):
        raise ValueError(
            f"world = {name!r} has no adapter in the section {section}; "
            f"choose one of {', '.join(available(section))}"
        )
    return ADAPTERS_ELSEWHERE.get((section, name)) or getattr(world, "ADAPTER", name)


def files_of(name: str, options: Mapping[str, object]) -> dict[str, str]:
    """File name of each role of the adapter, for a world with these options.

    Raises
    ------
    ValueError
        For an unknown world or form.
    """
    world = load(name)
    if hasattr(world, "files_of"):
        return dict(world.files_of(options))
    by_form = getattr(world, "FILES_BY_FORM", None)
    if by_form is None:
        return dict(world.FILES)
    form = options.get("form", world.DEFAULTS["form"])
    if form not in by_form:
        raise ValueError(f"form = {form!r}: choose one of {', '.join(by_form)}")
    return dict(by_form[form])


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
