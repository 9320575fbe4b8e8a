"""Count all pairs of places of one point set by distance."""

import pandas as pd

from movelaws.files import replacing
from movelaws.log import logged
from movelaws.pairdist.pairs import pair_table, regimes
from movelaws.seeds import number

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        places = pd.read_parquet(given.points, columns=["x", "y", "weight"])
        seed = number(params.seed, "pairdist", "pairs", params.dataset)
        pairs = pair_table(places, accuracy=params.accuracy, seed=seed)
        print(f"{len(places):,} places, {pairs['count'].sum():,.0f} pairs (weighted)")
        with replacing(snakemake.output.pairs) as temporary:
            pairs.to_parquet(temporary, index=False)
        regimes(pairs).to_csv(snakemake.output.regimes, index=False)
