"""Draw the growth exponents of towns and the curves they come from (Figs 16, 17 and 18)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.growth import growth_towns
from movelaws.tables import read_texts

TEXTS = ["definition", "counted", "scope", "town"]

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        exponents = read_texts(given.growth, TEXTS)
        towns = exponents[exponents["scope"] == "towns"].dropna(subset="published")
        drawn = growth_towns(
            exponents,
            pd.read_parquet(given.curves),
            published={
                row["counted"]: (row["published"], row["published_sd"])
                for row in towns.to_dict("records")
            },
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
