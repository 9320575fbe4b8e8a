"""Map the variables of one case and the zones that they penalise (Fig. S3)."""

import geopandas as gpd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.class_maps import class_maps
from movelaws.tables import read_texts

TEXTS = ("zone_id", "name")

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, output = snakemake.input, snakemake.params, snakemake.output
        drawn = class_maps(
            gpd.read_parquet(given.zones),
            read_texts(given.classes, TEXTS),
            params.labels,
            synthetic=params.source == "synthetic",
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
