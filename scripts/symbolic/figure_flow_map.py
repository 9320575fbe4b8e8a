"""Draw the flow map of one dataset: observed, and as two models predict it."""

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.flow_map import flow_map

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        predictions = pd.read_parquet(snakemake.input.predictions)
        shown = [panel for panel in snakemake.params.panels if panel in predictions]
        for panel in sorted(set(snakemake.params.panels) - set(shown)):
            print(f"{panel} is not drawn: the log of symbolic_fit says why it was left out")
        drawn = flow_map(
            gpd.read_parquet(snakemake.input.zones),
            predictions,
            shown,
            titles=snakemake.params.titles,
            label=snakemake.params.label,
            unit=snakemake.params.unit,
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
