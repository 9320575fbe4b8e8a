"""Calibrate the models of one dataset under one other reading of its data."""

from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.frames import read
from movelaws.log import logged
from movelaws.seeds import stream
from movelaws.symbolic.baselines import cannot_fit
from movelaws.symbolic.sensitivity import under_reading


def reading(
    folder: str, models: list[str], base: dict[str, str], choices: dict, seed: int, name: str
) -> pd.DataFrame:
    """One row per model and repeat: RMSE and CPC under this reading.

    A model that the data do not allow under it is left out with a printed reason.
    """
    data, kept = read(folder), list(models)
    while True:
        try:
            return under_reading(data, kept, base, choices, stream(seed, "reading", name))
        except ValueError as error:
            refused = [model for model in kept if cannot_fit(error, model)]
            if not refused:
                raise
            print(f"{refused[0]} left out: {error}")
            kept.remove(refused[0])


if __name__ == "__main__":
    threads.use(snakemake.threads)
    with logged(snakemake.log[0]):
        table = reading(
            str(Path(snakemake.input.zones).parent),
            snakemake.params.models,
            snakemake.params.base,
            snakemake.params.choices,
            snakemake.params.seed,
            f"{snakemake.wildcards.dataset}/{snakemake.wildcards.reading}",
        )
        print(table.to_string())
        table.to_csv(snakemake.output.reading, index=False)
