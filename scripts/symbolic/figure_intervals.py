"""Draw the intervals of the constants of the laws of the front."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.intervals import intervals

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = intervals(
            dict(zip(params.datasets, map(pd.read_csv, given.constants), strict=True)),
            labels=params.labels,
            confidence=params.confidence,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
