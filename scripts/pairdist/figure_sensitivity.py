"""Draw every reading of the exponents of the authors' bins."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.sensitivity import sensitivity

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made = snakemake.input, snakemake.output
        drawn = sensitivity(
            pd.read_csv(given.sensitivity),
            pd.read_csv(given.readings),
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
