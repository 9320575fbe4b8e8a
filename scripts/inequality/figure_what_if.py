"""Map where people go if some places are struck."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.what_if_map import what_if_map
from movelaws.tables import read_texts

TEXTS = ("origin", "destination", "origin_name", "destination_name", "zone_id", "name")

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, output = snakemake.input, snakemake.params, snakemake.output
        drawn = what_if_map(
            gpd.read_parquet(given.zones),
            read_texts(given.destinations, TEXTS),
            read_texts(given.changes, TEXTS),
            pd.read_csv(given.summary),
            title=params.title,
            unit=params.unit,
            synthetic=params.source == "synthetic",
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
