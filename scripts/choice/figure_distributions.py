"""Draw distances, arrivals and fluxes of up to three datasets (Figs 2, S1-S3)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.distributions import distributions

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        names = params.datasets
        drawn = distributions(
            dict(zip(names, map(pd.read_parquet, given.predictions), strict=True)),
            dict(zip(names, map(pd.read_csv, given.distances), strict=True)),
            dict(zip(names, map(pd.read_csv, given.arrivals), strict=True)),
            labels=params.labels,
            units=params.units,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
