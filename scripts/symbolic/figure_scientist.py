"""Draw the chains and the laws of the Bayesian machine scientist (Table S9)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.scientist import scientist

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        laws = pd.read_csv(given.scientist)
        drawn = scientist(
            # beside the front only what shares out the flows of an origin, as its laws do
            laws.assign(rmse=laws["rmse_allocated"]),
            pd.read_csv(given.traces),
            pd.read_csv(given.front),
            label=params.label,
            dataset=params.dataset,
            unit=params.unit,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
