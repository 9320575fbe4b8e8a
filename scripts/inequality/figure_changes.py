"""Map the flows that change most between the models (Fig. 3b and c)."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.change_arrows import change_arrows

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, output = snakemake.input, snakemake.params, snakemake.output
        drawn = change_arrows(
            gpd.read_parquet(given.zones),
            pd.read_csv(given.changes, dtype={"origin": str, "destination": str}),
            pd.read_csv(given.classes, dtype={"zone_id": str}),
            variable=params.shown["variable"],
            unit=params.unit,
            synthetic=params.source == "synthetic",
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
