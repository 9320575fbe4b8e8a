"""Draw the best similarity at each strength of crowding."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.profiles import profiles

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = profiles(
            dict(zip(params.datasets, map(pd.read_csv, given.profiles), strict=True)),
            labels=params.labels,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
