"""The printed schedule under other settings, for one case."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from movelaws.lagrangian.reference_dynamics import move
from movelaws.lagrangian.resampling import grown
from movelaws.lagrangian.sensitivity import rows
from movelaws.lagrangian.tuning import schedule_of
from movelaws.lattices import coarsen, frames, populations
from movelaws.log import logged

OTHERS = ("side", "bookkeeping")
"""Settings that change the populations, not the schedule."""


def of_reference(
    day: np.ndarray, dynamics: Mapping[str, Any], settings: Mapping[str, list[Any]], seed: int
) -> dict[tuple[str, Any], np.ndarray | str]:
    """Reference dynamics of other sides (another city) or book-keepings (the same city).

    Parameters
    ----------
    day : populations of the base.
    dynamics : arguments of ``grown``, without its seed.
    settings : the values of each of OTHERS.
    """
    moving = {name: dynamics[name] for name in ("alpha", "h", "steps")}
    return {
        ("side", side): grown(seed, **(dict(dynamics) | {"side": side}))
        for side in settings.get("side", ())
    } | {
        ("bookkeeping", kind): move(day[0], bookkeeping=kind, **moving).population
        for kind in settings.get("bookkeeping", ())
    }


def of_city(
    lattice: str | Path, case: Mapping[str, Any], day: str, sides: list[int]
) -> dict[tuple[str, Any], np.ndarray | str]:
    """The day of a city on other sides, or why there is none; ``case`` as ``coarsen.case``."""
    if not sides:
        return {}
    native = frames.check(frames.read(lattice, [day]))
    made: dict[tuple[str, Any], np.ndarray | str] = {}
    for side in sides:
        asked = dict(case) | {"days": [day], "side": side}
        try:
            made["side", side] = coarsen.case(native, **asked).population[0]
        except ValueError as error:
            made["side", side] = str(error)
    return made


def sensitivity(
    case: str,
    day: np.ndarray,
    settings: Mapping[str, list[Any]],
    others: Mapping[tuple[str, Any], np.ndarray | str],
    **options: Any,
) -> pd.DataFrame:
    """Rows of all settings; ``options`` are base, floor, permutations and seed of ``rows``."""
    schedule = {what: values for what, values in settings.items() if what not in OTHERS}
    return rows(case, day, settings=schedule, others=others, **options)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        settings = {what: list(values) for what, values in params.settings.items()}
        day = populations.read(given.populations).day(str(params.day))
        lattice = given.get("lattice")
        if lattice:
            others = of_city(lattice, params.city, str(params.day), settings.get("side", []))
        else:
            others = of_reference(day, params.dynamics, settings, params.seed)
        table = sensitivity(
            params.case,
            day,
            settings,
            others,
            base=schedule_of(params.base),
            floor=params.floor,
            permutations=params.permutations,
            seed=params.seed,
        )
        table.to_csv(snakemake.output.sensitivity, index=False)
