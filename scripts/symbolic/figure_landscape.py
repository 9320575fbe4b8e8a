"""Draw every law that was looked at: error by complexity, the front on top."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.landscape import landscape

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = landscape(
            pd.read_parquet(given.landscape),
            pd.read_csv(given.front),
            pd.read_csv(given.models),
            label=params.label,
            dataset=params.dataset,
            unit=params.unit,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
