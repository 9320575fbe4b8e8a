"""Draw how far the results depend on the realisation of the populations."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.diverged import diverged
from movelaws.plotting.lagrangian.saved import tables
from movelaws.plotting.lagrangian.seeds import seeds

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        labels = dict(params.labels)
        drawn = seeds(
            pd.read_csv(given.seeds),
            tables(given.summary),
            labels,
            diverged=diverged(given.fits, labels),
            synthetic=params.synthetic,
        )
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
