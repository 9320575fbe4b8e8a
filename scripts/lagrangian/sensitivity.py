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
from movelaws.lattices import coarsen, frames, populations, whole_days
from movelaws.log import logged

OTHERS = ("side", "bookkeeping", "closed_with")
"""Settings that change the populations, not the schedule."""
OPEN = "open"
"""Value of closed_with of a day without a moment at its end."""


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
    lattice: str | Path, case: Mapping[str, Any], day: str, settings: Mapping[str, list[Any]]
) -> dict[tuple[str, Any], np.ndarray | str]:
    """The day of a city on other sides or otherwise closed, or why there is none.

    Parameters
    ----------
    lattice : canonical, of the city.
    case : settings of ``coarsen.case`` of the base.
    day : its name.
    settings : the values of each of OTHERS.
    """
    tried = [("side", side, {"side": side}) for side in settings.get("side", ())]
    ends = settings.get("closed_with", ())
    if ends and case.get("closed_with"):
        tried.append(("closed_with", OPEN, {"closed_with": None}))
    tried += [("closed_with", end, {"closed_with": end}) for end in ends]
    if not tried:
        return {}
    asked = {(what, value): dict(case) | {"days": [day]} | new for what, value, new in tried}
    also = [d for new in asked.values() for d in whole_days.closing([day], new.get("closed_with"))]
    native = frames.check(frames.read(lattice, [day], also))
    made: dict[tuple[str, Any], np.ndarray | str] = {}
    for key, new in asked.items():
        try:
            made[key] = coarsen.case(native, **new).population[0]
        except ValueError as error:
            made[key] = str(error)
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
            others = of_city(lattice, params.city, str(params.day), settings)
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
