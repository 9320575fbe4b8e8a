"""Draw the flows as observed and by the best laws of some complexities (Figs S2 to S6)."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.law_map import law_map

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = law_map(
            gpd.read_parquet(given.zones),
            pd.read_parquet(given.predictions),
            pd.read_csv(given.front),
            label=params.label,
            unit=params.unit,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
