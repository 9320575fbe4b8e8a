"""Evolve laws of one set of variables from those of the exhaustive search."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.files import clear_leftovers
from movelaws.log import logged
from movelaws.symbolic.hall_of_fame import HallOfFame
from movelaws.symbolic.observations import load
from movelaws.symbolic.searches import chosen, evolved


def evolve(
    observations: str,
    variables: str | list[str],
    hall: pd.DataFrame,
    complexity: int,
    keep: int,
    sizes: Mapping[str, int],
    seed: int,
    run: str,
    checkpoint: str,
) -> pd.DataFrame:
    """Hall of fame of one run, as a table."""
    data = chosen(load(observations), variables)
    start = HallOfFame.from_table(hall, data.names)
    found = evolved(data, start, complexity, keep, sizes, seed, run, checkpoint)
    table = found.to_table(data.names)
    table.insert(0, "variables", " ".join(data.names))
    print(table.to_string())
    return table


if __name__ == "__main__":
    threads.use(snakemake.threads)
    p = snakemake.params
    with logged(snakemake.log[0]):
        evolve(
            snakemake.input.observations,
            p.variables,
            pd.read_csv(snakemake.input.hall, keep_default_na=False),
            p.complexity,
            p.keep,
            p.sizes,
            p.seed,
            snakemake.wildcards.repeat,
            # what other code has begun is not gone on with
            f"{p.checkpoint}-{p.code}.npz",
        ).to_csv(snakemake.output.hall, index=False)
        for begun in Path(p.checkpoint).parent.glob(f"{Path(p.checkpoint).name}-*.npz"):
            clear_leftovers(begun)
            begun.unlink()
