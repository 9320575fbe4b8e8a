"""Draw towns found by density over the official ones (Fig. 36)."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.definition_map import definition_map

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given = snakemake.input
        drawn = definition_map(
            pd.read_parquet(given.clusters),
            pd.read_csv(given.table),
            gpd.read_parquet(given.land),
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
