"""Draw the chains and the laws of the Bayesian machine scientist (Table S9)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.scientist import scientist

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = scientist(
            pd.read_csv(given.scientist),
            pd.read_csv(given.traces),
            pd.read_csv(given.front),
            label=params.label,
            dataset=params.dataset,
            unit=params.unit,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
