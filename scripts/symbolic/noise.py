"""Join what the searches under noise found."""

import pandas as pd

from movelaws.log import logged
from movelaws.symbolic.noise_levels import cpc_table
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        found = pd.concat([pd.read_csv(f) for f in snakemake.input.noise], ignore_index=True)
        samples = pd.concat([pd.read_csv(f) for f in snakemake.input.cpc], ignore_index=True)
        printed = pd.read_csv(snakemake.input.published) if snakemake.params.published else None
        common = cpc_table(samples, printed)
        print(common.to_string())
        write_table(found, snakemake.output.noise, snakemake.output.noise_md)
        write_table(common, snakemake.output.cpc, snakemake.output.cpc_md)
