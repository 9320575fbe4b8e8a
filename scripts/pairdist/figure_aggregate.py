"""Draw the cost of a country put together from that of its towns (Fig. 27)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.aggregate import aggregate

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made = snakemake.input, snakemake.output
        drawn = aggregate(
            pd.read_csv(given.curves),
            pd.read_csv(given.table),
            pd.read_csv(given.cities)["radius_m"].dropna().to_numpy(),
            pd.read_csv(given.published) if given.get("published") else None,
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
