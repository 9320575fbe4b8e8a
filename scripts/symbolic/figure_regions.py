"""Draw the laws between the regions of a country (Fig. 4b)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.regions import regions

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        table = pd.read_csv(given.regions)
        ends = set(table["origin_region"]) | set(table["destination_region"])
        drawn = regions(
            table[table["shown"]],
            order=[r for r in params.regions if r in ends],
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
