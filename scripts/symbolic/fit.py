"""Calibrate the existing flow models on one dataset."""

import pandas as pd

from movelaws import threads
from movelaws.frames import read
from movelaws.log import logged
from movelaws.readings import pairs_under
from movelaws.symbolic.baselines import curves, fits, predictions


def fit(
    folder: str,
    models: list[str],
    objectives: list[str],
    population: str,
    support: str,
    confidence: float,
    bootstraps: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Fits by model and objective, predicted flows, and the objectives along each parameter."""
    data = read(folder)
    pairs = pairs_under(data.zones, data.flows, data.places, population=population, support=support)
    table = fits(pairs, models, objectives, confidence, bootstraps, seed)
    print(table.to_string())
    return table, predictions(pairs, table), curves(pairs, table)


if __name__ == "__main__":
    from pathlib import Path

    threads.use(snakemake.threads)
    with logged(snakemake.log[0]):
        table, flows, lines = fit(
            str(Path(snakemake.input.zones).parent),
            snakemake.params.models,
            snakemake.params.objectives,
            snakemake.params.population,
            snakemake.params.support,
            snakemake.params.confidence,
            snakemake.params.bootstraps,
            snakemake.params.seed,
        )
        table.to_csv(snakemake.output.fits, index=False)
        flows.to_parquet(snakemake.output.predictions, index=False)
        lines.to_csv(snakemake.output.curves, index=False)
