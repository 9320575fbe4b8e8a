"""Draw how estimators of the distance cost fare on moves whose cost is known."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.estimators import estimators

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        drawn = estimators(
            pd.read_csv(snakemake.input.summary),
            moves=params.moves,
            level=params.level,
            synthetic=params.synthetic,
        )
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
