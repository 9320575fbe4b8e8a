"""The populations of one lattice case of paper 1: a canonical lattice, its blocks, days, agents."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from movelaws import options
from movelaws.lattices import coarsen, frames, populations, whole_days
from movelaws.log import logged


def prepare(
    lattice: str | Path, settings: Mapping[str, Any], path: str | Path
) -> populations.Populations:
    """Write the populations that ``settings``, those of ``coarsen.case``, ask for."""
    options.check(coarsen.case, settings, f"populations of {lattice}")
    days = settings.get("days")
    wanted = None if days is None else [str(day) for day in days]
    also = whole_days.closing(wanted or (), settings.get("closed_with"))
    native = frames.read(lattice, wanted, also)
    try:
        made = coarsen.case(frames.check(native), **settings)
    except ValueError as error:
        raise ValueError(f"{lattice}: {error}") from error
    populations.write(made, path)
    print(coarsen.summary(made))
    return made


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        prepare(
            snakemake.input.lattice,
            dict(snakemake.params.settings),
            snakemake.output.populations,
        )
