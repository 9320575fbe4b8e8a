"""Draw how many arrive, by every model (Fig. S6)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.attraction import attraction

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = attraction(
            dict(zip(params.datasets, map(pd.read_csv, given.arrivals), strict=True)),
            pd.read_csv(given.statistics),
            labels=params.labels,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
