"""Draw time and memory against the number of zones."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.scaling import scaling

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        table = pd.read_csv(snakemake.input.table)
        growth = pd.read_csv(snakemake.input.growth)
        save(scaling(table, growth, snakemake.params.memory_gb), snakemake.output)
