"""Draw the two towns in full and the exponents and radii of all cities (Figs 3f-3i)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.published_cities import published_cities

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made = snakemake.input, snakemake.output
        drawn = published_cities(
            pd.read_csv(given.cities),
            pd.read_csv(given.statistics),
            pd.read_csv(given.radii),
            pd.read_csv(given.repeats),
            pd.read_csv(given.towns, dtype={"town": str}),
            pd.read_csv(given.curves, dtype={"town": str}),
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
