"""Map which flows either model over- and underestimates in one case (Fig. 2a-c)."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.error_maps import error_maps


def settlements(path: str) -> pd.DataFrame:
    """Points of the settlements, lon and lat in degrees."""
    table = pd.read_csv(path, usecols=["LONGITUDE", "LATITUDE"])
    return table.rename(columns={"LONGITUDE": "lon", "LATITUDE": "lat"})


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, output = snakemake.input, snakemake.params, snakemake.output
        drawn = error_maps(
            gpd.read_parquet(given.zones),
            pd.read_parquet(given.flows),
            pd.read_csv(given.tests),
            pd.read_csv(given.classes, dtype={"zone_id": str}),
            variable=params.shown["variable"],
            exponent=params.shown["exponent"],
            settlements=settlements(given.settlements) if given.settlements else None,
            unit=params.unit,
            synthetic=params.source == "synthetic",
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
