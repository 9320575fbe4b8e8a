"""Draw time, memory, speed and errors of pair counts."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pair_scaling import pair_scaling

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given = snakemake.input
        table, growth, errors = map(pd.read_csv, (given.table, given.growth, given.errors))
        save(pair_scaling(table, growth, errors, snakemake.params.memory_gb), snakemake.output)
