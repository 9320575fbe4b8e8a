"""Join the chains of the Bayesian machine scientist on one dataset (Table S9)."""

import pandas as pd

from movelaws.log import logged
from movelaws.symbolic.scientist.tables import join
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        laws = pd.concat([pd.read_csv(path) for path in snakemake.input.laws])
        table, traces = join(
            laws.to_dict("records"), [pd.read_csv(path) for path in snakemake.input.traces]
        )
        write_table(table, snakemake.output.table, snakemake.output.md)
        traces.to_csv(snakemake.output.traces, index=False)
        print(table.to_string())
