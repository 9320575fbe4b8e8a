"""Draw the parameters of the game beside the printed or planted ones."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.parameters import parameters

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = parameters(
            pd.read_csv(given.parameters), labels=params.labels, synthetic=params.synthetic
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
