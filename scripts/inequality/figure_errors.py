"""Map which flows either model over- and underestimates in one case (Fig. 2a-c)."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.error_maps import error_maps
from movelaws.readers import read_table
from movelaws.tables import read_texts

TEXTS = ("zone_id", "name")


def settlements(path: str) -> pd.DataFrame:
    """Points of the settlements, lon and lat in degrees, as the adapter finds them."""
    table = read_table(path, {"lon": ["LONGITUDE"], "lat": ["LATITUDE"]})
    return pd.DataFrame(
        {
            "lon": table.number("lon", low=-180, high=180),
            "lat": table.number("lat", low=-90, high=90),
        }
    )


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, output = snakemake.input, snakemake.params, snakemake.output
        drawn = error_maps(
            gpd.read_parquet(given.zones),
            pd.read_parquet(given.flows),
            pd.read_csv(given.tests),
            read_texts(given.classes, TEXTS),
            variable=params.shown["variable"],
            exponent=params.shown["exponent"],
            settlements=settlements(given.settlements) if given.settlements else None,
            unit=params.unit,
            synthetic=params.source == "synthetic",
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
