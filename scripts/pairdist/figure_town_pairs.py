"""Draw the pair distributions within towns, 25 to a page (Figs 19 and 20)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.towns import town_pairs
from movelaws.tables import read_texts

TEXTS = ["definition", "counted", "town"]

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made, params = snakemake.input, snakemake.output, snakemake.params
        fits, curves = read_texts(given.towns, TEXTS), pd.read_parquet(given.curves)
        for page, paths in enumerate(zip(made.svg, made.png, strict=True), start=1):
            save(town_pairs(fits, curves, page=page, synthetic=params.synthetic), paths)
            print(f"drawn: {', '.join(paths)}")
