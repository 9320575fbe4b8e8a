"""One search of a dataset: its set of variables, what it starts from, and what it hands on."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.seeds import number
from movelaws.symbolic.certificate import CertifiedFront
from movelaws.symbolic.evolution import EvolutionSettings, evolve
from movelaws.symbolic.exhaustive import certified_search
from movelaws.symbolic.hall_of_fame import HallOfFame
from movelaws.symbolic.known_laws import known_laws
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.printing import text
from movelaws.symbolic.programs import from_program


def chosen(
    observations: Observations, variables: str | Sequence[str], dataset: str = ""
) -> Observations:
    """Observations of a set of variables; ``all`` keeps them all.

    Raises
    ------
    ValueError
        Naming the dataset, the key of the config and what there is, if it lacks a variable.
    """
    if variables == "all":
        return observations
    lacking = [name for name in variables if name not in observations.names]
    if lacking:
        raise ValueError(
            f"config: symbolic.search.variables.{dataset or '<dataset>'} = {list(variables)}: "
            f"this dataset has no {', '.join(lacking)}; choose from "
            f"{', '.join(observations.names)} (w needs a workplace, r a residential population of "
            "every zone; one that is a copy of the other counts once)"
        )
    return observations.of_variables(variables)


def starts_by_number(starts: Sequence[int]) -> dict[int, int]:
    """Starting points by number of constants from those for one, two, three and more."""
    return dict(enumerate(starts, 1))


SPARE = 2  # laws beyond those shown: special cases of others are told apart only afterwards


def exhaust(
    observations: Observations,
    complexity: int,
    keep: int,
    starts: Sequence[int],
    seed: int,
    checkpoint: str | Path | None = None,
) -> CertifiedFront:
    """Every expression of these variables up to a complexity."""
    return certified_search(
        observations,
        complexity,
        keep=keep + SPARE,
        references=tuple(known_laws(observations.names).values()),
        n_starts=starts_by_number(starts),
        seed=number(seed, "exhaust", *observations.names),
        checkpoint=checkpoint,
    )


def hall_of(front: CertifiedFront, keep: int) -> HallOfFame:
    """The laws of an exhaustive search as a hall of fame."""
    hall = HallOfFame(keep + SPARE)
    for law in front.laws:
        hall.add(law.program, law.rmse**2 * front.n_rows)
    return hall


def equal_laws(front: CertifiedFront) -> pd.DataFrame:
    """All laws of the front with those that share out flows like them: rank and expression."""
    rows = [
        (law.complexity, law.rank, text(from_program(member, front.names)))
        for law in front.laws
        for member in law.members
    ]
    return pd.DataFrame(rows, columns=["complexity", "rank", "expression"])


def landscape(front: CertifiedFront, most: int | None = None, seed: int = 0) -> pd.DataFrame:
    """Every distinct expression as a point: complexity, n_constants, rmse, state, expression.

    By ``state``, ``rmse`` is the least that the expression can have ("exact"), its value on all
    rows with constants fitted on some origins ("upper": the least is not above it), or that on
    some origins only ("lower": the least is not below it). Expressions without a finite value are
    left out. Of more than ``most`` points of a complexity a random choice is kept, the best
    thousand always (of fewer than that, only the best).
    """
    table = front.landscape
    bounded = (table["status"] == "upper") & ~np.isfinite(table["rmse"])
    table["state"] = table["status"].mask(bounded, "lower")
    table["rmse"] = table["rmse"].where(table["state"] != "lower", table["lower"])
    table = table[np.isfinite(table["rmse"])]
    if most is not None:
        random = np.random.default_rng(seed)
        sure = min(1000, most)
        parts = []
        for _, level in table.groupby("complexity", sort=True):
            ordered = level.sort_values("rmse", kind="stable")
            if len(ordered) > most:
                rest = random.choice(np.arange(sure, len(ordered)), most - sure, replace=False)
                ordered = ordered.iloc[np.concatenate([np.arange(sure), np.sort(rest)])]
            parts.append(ordered)
        table = pd.concat(parts)
    programs = [
        front.levels[complexity].program(row)
        for complexity, row in zip(table["complexity"], table["row"], strict=True)
    ]
    expressions = [text(from_program(program, front.names), 3) for program in programs]
    columns = ["complexity", "n_constants", "rmse", "state"]
    return table[columns].assign(expression=expressions).reset_index(drop=True)


def evolved(
    observations: Observations,
    hall: HallOfFame,
    complexity: int,
    keep: int,
    sizes: Mapping[str, int],
    seed: int,
    run: str,
    checkpoint: str | Path | None = None,
) -> HallOfFame:
    """An evolution from the laws of an exhaustive search.

    It is given no existing model, so that one which it finds is found.

    Parameters
    ----------
    observations : of the set of variables.
    hall : laws of the exhaustive search of the same variables.
    complexity, keep : of the laws in the hall of fame.
    sizes : populations, size, iterations, cycles and batch_origins.
    seed, run : of the config, and the name of this run among its repeats.
    """
    settings = EvolutionSettings(
        complexity_max=complexity,
        keep=keep + SPARE,
        populations=sizes["populations"],
        population_size=sizes["size"],
        iterations=sizes["iterations"],
        cycles_per_iteration=sizes["cycles"],
        batch_origins=sizes["batch_origins"],
    )
    return evolve(
        observations,
        settings,
        [law.program for law in hall.laws],
        number(seed, "evolve", run, *observations.names),
        checkpoint,
    )
