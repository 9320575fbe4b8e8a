"""Draw the positions of towns beside random ones and hard disks (Figs 2e and 22)."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.positions import positions, weighted

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        curves, summary = pd.read_csv(given.curves), pd.read_csv(given.summary)
        towns, land = pd.read_csv(given.towns), gpd.read_parquet(given.land)
        drawn = {
            "positions": positions(curves, summary, towns, land, synthetic=params.synthetic),
            "weighted": weighted(curves, summary, synthetic=params.synthetic),
        }
        for name, figure in drawn.items():
            paths = [getattr(made, name), getattr(made, f"{name}_png")]
            save(figure, paths)
            print(f"drawn: {', '.join(map(str, paths))}")
