"""The populations of one lattice case of paper 1: a canonical lattice, its blocks, days, agents."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from movelaws import options
from movelaws.lattices import coarsen, frames, populations, whole_days
from movelaws.log import logged


def prepare(
    lattice: str | Path, settings: Mapping[str, Any], path: str | Path, where: str = ""
) -> populations.Populations:
    """Write the populations that ``settings``, those of ``coarsen.case``, ask for.

    ``where`` names the part of the config that they come from, for errors.
    """
    options.check(coarsen.case, settings, f"populations of {lattice}")
    days = settings.get("days")
    wanted = None if days is None else [str(day) for day in days]
    also = whole_days.closing(wanted or (), settings.get("closed_with"))
    try:
        native = frames.read(lattice, wanted, also)
        made = coarsen.case(frames.check(native), **settings)
    except ValueError as error:
        asked = f" (asked for by {where})" if where else ""
        said = str(error).removeprefix(f"{lattice}: ")
        raise ValueError(f"{lattice}{asked}: {said}") from error
    populations.write(made, path)
    print(coarsen.summary(made))
    return made


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        prepare(
            snakemake.input.lattice,
            dict(snakemake.params.settings),
            snakemake.output.populations,
            snakemake.params.where,
        )
