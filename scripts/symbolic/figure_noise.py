"""Draw how often the law behind noisy flows is found again (Fig. 5)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.noise import noise

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = noise(
            pd.read_csv(given.noise),
            pd.read_csv(given.cpc),
            comparable=params.comparable,
            real_cpc=params.real_cpc,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
