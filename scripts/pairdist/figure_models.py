"""Draw gravity, radiation and the pair distribution (Fig. 7)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.models import models

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given = snakemake.input
        drawn = models(
            pd.read_csv(given.curves),
            pd.read_csv(given.numbers).iloc[0],
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
