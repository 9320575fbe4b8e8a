"""Draw how far people commute within and between regions (Fig. 4a)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.region_distances import region_distances

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        table = pd.read_csv(given.distances)
        ends = set(table["origin_region"]) | set(table["destination_region"])
        drawn = region_distances(
            table,
            order=[r for r in params.regions if r in ends],
            unit=params.unit,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
