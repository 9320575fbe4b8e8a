"""Draw two towns at a distance (Figs 3c-3e)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.two_cities import two_cities

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        pair = params.two_cities
        drawn = two_cities(
            pd.read_csv(given.system),
            pd.read_csv(given.shapes),
            pd.read_csv(given.errors),
            radii=pair["radii_km"],
            distance=pair["distance_km"],
            addresses=pair["addresses"],
            seed=params.seed,
        )
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
