"""How the numbers of one paper move with the reading of the data: one table for all datasets."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting.tables import write_table
from movelaws.symbolic.sensitivity import summary


def sensitivity(readings: dict[str, dict[str, str]], baselines: pd.DataFrame) -> pd.DataFrame:
    """Ranges of the RMSE by dataset, reading and model; ``readings`` maps to files."""
    tables = []
    for dataset, files in readings.items():
        own = baselines[baselines["dataset"] == dataset]
        table = summary({name: pd.read_csv(path) for name, path in files.items()}, own)
        tables.append(table.assign(dataset=dataset))
    table = pd.concat(tables, ignore_index=True)
    return table[["dataset", *table.columns.drop("dataset")]]


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        files: dict[str, dict[str, str]] = {}
        for (dataset, name), path in zip(
            snakemake.params.cases, snakemake.input.readings, strict=True
        ):
            files.setdefault(dataset, {})[name] = path
        table = sensitivity(files, pd.read_csv(snakemake.input.baselines))
        write_table(table, snakemake.output.csv, snakemake.output.md)
