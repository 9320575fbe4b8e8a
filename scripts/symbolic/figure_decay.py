"""Draw how far people travel in one dataset, observed and as the models predict it."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.decay import decay

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        predictions = pd.read_parquet(snakemake.input.predictions)
        shown = [model for model in snakemake.params.models if model in predictions]
        for model in sorted(set(snakemake.params.models) - set(shown)):
            print(f"{model} is not drawn: the log of symbolic_fit says why it was left out")
        drawn = decay(
            predictions,
            shown,
            label=snakemake.params.label,
            unit=snakemake.params.unit,
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
