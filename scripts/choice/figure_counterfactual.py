"""Draw what a counterfactual changes: maps, gains and sums."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.counterfactual import counterfactual_page

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        ids = {"zone_id": str, "origin": str, "destination": str}
        tables = (
            pd.read_csv(given[name], dtype=ids)
            for name in ("destinations", "origins", "flows", "summary")
        )
        drawn = counterfactual_page(
            gpd.read_parquet(given.zones),
            *tables,
            sensitivity=pd.read_csv(given.sensitivity),
            title=params.case["title"],
            unit=params.unit,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
