"""Hold towns found by density against the official ones."""

import pandas as pd

from movelaws.log import logged
from movelaws.pairdist.definition import compare
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        found = compare(
            pd.read_parquet(given.points),
            params.dataset,
            params.settings,
            # What was printed of a real country is no yardstick for a made-up one.
            published=None if params.synthetic else pd.read_csv(given.published),
            planted=params.synthetic,
            seed=params.seed,
        )
        print(found.table.to_string())
        units = {"heldout_low": "5 %", "heldout_high": "95 %"}
        write_table(found.table, made.table, made.table_md, units=units)
        found.scan.to_csv(made.scan, index=False)
        found.clusters.to_parquet(made.clusters, index=False)
