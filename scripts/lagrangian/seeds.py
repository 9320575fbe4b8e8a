"""The printed fit in other grown cities, with other agents, on other days and on shuffled ones."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from movelaws.lagrangian.resampling import (
    SHUFFLED,
    city_seeds,
    grown,
    redrawn,
    seed_rows,
    shuffles,
)
from movelaws.lagrangian.tuning import schedule_of
from movelaws.lattices import populations
from movelaws.lattices.populations import Populations
from movelaws.log import logged
from movelaws.seeds import stream


def of_reference(
    case: str, dynamics: Mapping[str, Any], count: int, seed: int, **options: Any
) -> pd.DataFrame:
    """``count`` further cities, and the city of this run with its time points shuffled.

    ``dynamics`` are the arguments of ``grown`` but for its seed; that of the run grows its city.
    """
    cities = ((k, grown(s, **dynamics)) for k, s in enumerate(city_seeds(seed, count)))
    own = shuffles(case, grown(seed, **dynamics), count, seed)
    parts = [
        seed_rows(case, "growth", cities, seed=seed, **options),
        seed_rows(case, SHUFFLED, own, seed=seed, **options),
    ]
    return pd.concat(parts, ignore_index=True)


def of_city(
    case: str, given: Populations, day: str, couplings: list[str], count: int, seed: int,
    **options: Any,
) -> pd.DataFrame:  # fmt: skip
    """The day with its agents drawn ``count`` times in each way, each other day, and shuffles."""
    parts = []
    for coupling in couplings:
        agents = _draws(case, given.day(day), coupling, count, seed)
        parts.append(seed_rows(case, coupling, agents, seed=seed, **options))
    if len(given.days) > 1:
        days = ((name, given.day(name)) for name in given.days)
        parts.append(seed_rows(case, "days", days, seed=seed, **options))
    own = shuffles(case, given.day(day), count, seed)
    parts.append(seed_rows(case, SHUFFLED, own, seed=seed, **options))
    return pd.concat(parts, ignore_index=True)


def _draws(
    case: str, population: np.ndarray, coupling: str, count: int, seed: int
) -> Iterator[tuple[int, np.ndarray]]:
    for k in range(count):
        rng = stream(seed, "lagrangian", "agents", case, coupling, str(k))
        yield k, redrawn(population, rng, coupling)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        base = {case: schedule_of(schedule) for case, schedule in params.base.items()}
        options = {
            "floor": params.floor,
            "permutations": params.permutations,
            "count": params.repeats,
            "seed": params.seed,
        }
        parts = []
        for case, dynamics in params.reference.items():
            parts.append(of_reference(case, dynamics, base=base[case], **options))
            print(f"{case}: {params.repeats} cities")
        files = given.get("populations", [])
        files = [files] if isinstance(files, str) else files
        for (case, day), path in zip(params.days.items(), files, strict=True):
            found = populations.read(path)
            chosen = options | {"base": base[case]}
            parts.append(of_city(case, found, str(day), params.couplings, **chosen))
            print(f"{case}: {params.repeats} draws of agents, {len(found.days)} days")
        pd.concat(parts, ignore_index=True).to_csv(snakemake.output.seeds, index=False)
