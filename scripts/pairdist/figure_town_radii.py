"""Draw all towns on one curve, the tail of their radii, and their shapes (Fig. 21)."""

import pandas as pd

from movelaws.log import logged
from movelaws.pairdist.towns_published import published_fits
from movelaws.plotting import save
from movelaws.plotting.pairdist.towns_radii import town_radii
from movelaws.tables import read_texts

TEXTS = ["source", "definition", "counted", "town"]

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = town_radii(
            read_texts(given.towns, TEXTS),
            pd.read_parquet(given.curves),
            read_texts(given.radii, TEXTS),
            published=published_fits(pd.read_csv(given.published)) if params.compared else None,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
