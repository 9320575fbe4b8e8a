"""Draw the pair distributions, their regimes and their growth (Figs 2a and 11)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.regimes import regimes

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        tables = {
            name: pd.read_csv(path)
            for name, path in zip(params.datasets, given.regimes, strict=True)
        }
        published = {}
        if params.compared:
            known = pd.read_csv(given.published)
            known = known[known["scope"] == "all"]
            published = dict(zip(known["counted"], known["exponent"], strict=True))
        drawn = regimes(
            tables,
            pd.concat([pd.read_csv(path) for path in given.growth], ignore_index=True),
            labels=params.labels,
            published=published,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
