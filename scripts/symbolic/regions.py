"""Join the laws and distances of all regions."""

import pandas as pd

from movelaws.log import logged
from movelaws.tables import write_table


def joined(paths: list[str]) -> pd.DataFrame:
    """One table of several CSV files; those without any row are passed over."""
    tables = []
    for path in paths:
        try:
            tables.append(pd.read_csv(path))
        except pd.errors.EmptyDataError:
            print(f"{path}: no flow leaves this region")
    return pd.concat(tables, ignore_index=True)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        laws = joined(snakemake.input.laws)
        print(laws.to_string())
        write_table(laws, snakemake.output.laws, snakemake.output.laws_md)
        joined(snakemake.input.distances).to_csv(snakemake.output.distances, index=False)
