"""Hold towns found by density against the official ones."""

from pathlib import Path

import pandas as pd

from movelaws.log import logged
from movelaws.pairdist.definition import compare
from movelaws.tables import write_table


def printed(source: str, path: str | Path) -> pd.DataFrame | None:
    """The numbers of the paper: no yardstick for a made-up country or a town of one's own."""
    return pd.read_csv(path) if source == "published" else None


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        found = compare(
            pd.read_parquet(given.points),
            params.dataset,
            params.settings,
            published=printed(params.source, given.published),
            planted=params.synthetic,
            seed=params.seed,
        )
        print(found.table.to_string())
        units = {"heldout_low": "5 %", "heldout_high": "95 %"}
        write_table(found.table, made.table, made.table_md, units=units)
        found.scan.to_csv(made.scan, index=False)
        found.clusters.to_parquet(made.clusters, index=False)
