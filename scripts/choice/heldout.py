"""Predict origins that the calibration did not see."""

from pathlib import Path

from movelaws.choice.heldout import held_out_origins
from movelaws.frames import read
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params = snakemake.params
        data = read(Path(snakemake.input.zones).parent)
        scores = held_out_origins(
            data.zones,
            data.flows,
            params.models,
            folds=params.folds,
            attractions=params.knowledge,
            seed=params.seed,
        )
        columns = ["ssi", "ssi_nonzero", "cpc"]
        print(scores.groupby(["attraction", "model"], sort=False)[columns].mean().to_string())
        scores.insert(0, "dataset", snakemake.wildcards.dataset)
        scores.to_csv(snakemake.output.scores, index=False)
