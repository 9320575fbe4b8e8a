"""Draw three geographies and one intrinsic cost (Fig. 1e-i)."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.geographies import geographies

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given = snakemake.input
        drawn = geographies(
            pd.read_parquet(given.curves),
            pd.read_csv(given.exponents),
            pd.read_parquet(given.maps),
            gpd.read_parquet(given.land).geometry,
            disk_radius_m=float(pd.read_csv(given.summary)["disk_radius_m"].iloc[0]),
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
