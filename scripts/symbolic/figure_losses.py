"""Draw which laws win under squared error and under two likelihoods."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.losses import losses

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = losses(
            pd.read_csv(given.losses),
            label=params.label,
            unit=params.unit,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
