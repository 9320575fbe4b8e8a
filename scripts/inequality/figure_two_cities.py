"""Draw two cities of which one is worse off (Fig. 1d)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.two_cities import two_cities

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, output = snakemake.input, snakemake.output
        drawn = two_cities(pd.read_csv(given.curves), pd.read_csv(given.crossings))
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
