"""Draw a small network and the limit of a large penalty (Fig. S1)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.small_network import small_network

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, output = snakemake.input, snakemake.output
        drawn = small_network(pd.read_csv(given.network), pd.read_csv(given.limits))
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
