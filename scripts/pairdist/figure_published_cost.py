"""Draw the cost of distance in the authors' bins (Figs 3a, 3b, 4)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.published_cost import published_cost

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made = snakemake.input, snakemake.output
        drawn = published_cost(
            pd.read_csv(given.curves),
            pd.read_csv(given.table),
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
