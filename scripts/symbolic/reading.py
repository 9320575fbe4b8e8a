"""Calibrate the models of one dataset under one other reading of its data."""

from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.frames import read
from movelaws.log import logged
from movelaws.seeds import stream
from movelaws.symbolic.sensitivity import under_reading


def reading(
    folder: str, models: list[str], base: dict[str, str], choices: dict, seed: int, name: str
) -> pd.DataFrame:
    """One row per model and repeat: RMSE and CPC under this reading."""
    return under_reading(read(folder), models, base, choices, stream(seed, "reading", name))


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
