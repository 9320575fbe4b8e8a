"""Draw who predicts origins that were not seen."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.heldout import heldout

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = heldout(
            pd.read_csv(given.heldout), labels=params.labels, synthetic=params.synthetic
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
