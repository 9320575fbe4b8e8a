"""Calibrate the game and its rivals on one dataset."""

from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.choice.fits import fit_models, fits_table, parameters_table
from movelaws.choice.masses import attraction_notes, choice_pairs
from movelaws.choice.saved import SavedTables, saved_tables
from movelaws.frames import read
from movelaws.log import logged


def fit(
    folder: str,
    dataset: str,
    attraction: str,
    models: list[str],
    objectives: list[str],
    confidence: float,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, SavedTables]:
    """Fits, parameters, and what the figures show of the fits by SSI."""
    data = read(folder)
    pairs = choice_pairs(data.zones, data.flows, data.places, attraction)
    for note, count in attraction_notes(pairs).items():
        print(f"{note}: {count}")
    fits = fit_models(pairs, models, objectives, seed, confidence=confidence)
    shown = [found for found in fits if found.objective == "ssi"]
    saved = saved_tables(pairs, shown, data.zones["name"])
    return fits_table(dataset, fits), parameters_table(dataset, fits), saved


if __name__ == "__main__":
    threads.use(snakemake.threads)
    with logged(snakemake.log[0]):
        params, output = snakemake.params, snakemake.output
        fits, parameters, saved = fit(
            str(Path(snakemake.input.zones).parent),
            snakemake.wildcards.dataset,
            params.attraction,
            params.models,
            params.objectives,
            params.confidence,
            params.seed,
        )
        print(fits.drop(columns="dataset").to_string())
        fits.to_csv(output.fits, index=False)
        parameters.to_csv(output.parameters, index=False)
        saved.predictions.to_parquet(output.predictions, index=False)
        saved.distances.to_csv(output.distances, index=False)
        saved.arrivals.to_csv(output.arrivals, index=False)
