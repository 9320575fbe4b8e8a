"""From single towns to a country (Fig. 27), and from two towns to the gravity law (Figs 3c-3e)."""

import numpy as np
import pandas as pd

from movelaws.log import logged
from movelaws.pairdist import aggregate, aggregate_table, two_cities
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        radius = pd.read_csv(given.cities)["radius_m"].dropna().to_numpy()
        curves = aggregate_table.curves(
            radius,
            aggregate.Towns(**params.towns),
            quantiles=params.quantiles,
            simulation=params.simulation,
            seed=params.seed,
        )
        published = pd.read_csv(given.published) if given.get("published") else None
        table = aggregate_table.table(curves, radius, published)
        print(table.to_string())
        curves.to_csv(made.curves, index=False)
        write_table(table, made.table, made.table_md)
        pair = params.two_cities
        first, second, distance = pair["radii_km"][0], pair["radii_km"][1], pair["distance_km"]
        edges = np.geomspace(min(first, second) / 10, distance + 2 * max(first, second), 401)
        two_cities.system(edges, first, second, distance, tuple(pair["addresses"])).to_csv(
            made.system, index=False
        )
        two_cities.shapes(tuple(pair["shown"])).to_csv(made.shapes, index=False)
        two_cities.errors(np.geomspace(1.25, 100, 25)).to_csv(made.errors, index=False)
