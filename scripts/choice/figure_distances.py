"""Draw how far people travel, by every model (Fig. S5)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.distances import distances

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = distances(
            dict(zip(params.datasets, map(pd.read_csv, given.distances), strict=True)),
            pd.read_csv(given.statistics),
            labels=params.labels,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
