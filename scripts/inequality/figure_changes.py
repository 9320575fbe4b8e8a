"""Map the flows that change most between the models (Fig. 3b and c)."""

import geopandas as gpd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.change_arrows import change_arrows
from movelaws.tables import read_texts

TEXTS = ("origin", "destination", "origin_name", "destination_name", "zone_id", "name")

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, output = snakemake.input, snakemake.params, snakemake.output
        drawn = change_arrows(
            gpd.read_parquet(given.zones),
            read_texts(given.changes, TEXTS),
            read_texts(given.classes, TEXTS),
            variable=params.shown["variable"],
            unit=params.unit,
            synthetic=params.source == "synthetic",
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
