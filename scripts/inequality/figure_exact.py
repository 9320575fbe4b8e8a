"""Draw what linearising changes in one case, beside the exact model."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.linearisation import linearisation

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, output = snakemake.params, snakemake.output
        drawn = linearisation(
            pd.read_csv(snakemake.input.exact), synthetic=params.source == "synthetic"
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
