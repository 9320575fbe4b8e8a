"""Draw the published accuracy of the models beside ours, for all datasets."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.agreement import agreement

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        drawn = agreement(
            pd.read_csv(snakemake.input.baselines),
            snakemake.params.labels,
            tolerance_percent=snakemake.params.tolerance_percent,
            planted=snakemake.params.planted,
            unit=snakemake.params.unit,
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
