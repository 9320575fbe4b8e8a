"""How the numbers of one paper move with the reading of the data: one table for all datasets."""

import pandas as pd

from movelaws.log import logged
from movelaws.symbolic.sensitivity import differences, summary
from movelaws.tables import write_table


def sensitivity(
    readings: dict[str, dict[str, str]], moves: dict[str, str], baselines: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ranges of the RMSE by dataset, reading and model, and what explains each difference.

    ``readings`` maps dataset and reading to files, ``moves`` published datasets to theirs.
    """
    tables, reasons = [], []
    for dataset, files in readings.items():
        own = baselines[baselines["dataset"] == dataset]
        read = {name: pd.read_csv(path) for name, path in files.items()}
        # a model may be left out here that another reading of the populations allows
        shared = {name: table[table["model"].isin(own["model"])] for name, table in read.items()}
        table = summary(shared, own)
        tables.append(table.assign(dataset=dataset))
        shifts = pd.read_csv(moves[dataset]) if dataset in moves else None
        reasons.append(differences(table, own, shifts).assign(dataset=dataset))
    return _joined(tables, "reading"), _joined(reasons, "reason")


def _joined(tables: list[pd.DataFrame], told: str) -> pd.DataFrame:
    """All tables in one; with no dataset in detail (symbolic.brief names all) there are none."""
    if not tables:
        return pd.DataFrame(columns=["dataset", "model", told])
    table = pd.concat(tables, ignore_index=True)
    return table[["dataset", *table.columns.drop("dataset")]]


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        files: dict[str, dict[str, str]] = {}
        for (dataset, name), path in zip(
            snakemake.params.cases, snakemake.input.readings, strict=True
        ):
            files.setdefault(dataset, {})[name] = path
        moves = dict(zip(snakemake.params.published, snakemake.input.moves, strict=True))
        ranges, reasons = sensitivity(files, moves, pd.read_csv(snakemake.input.baselines))
        print(reasons.to_string())
        write_table(ranges, snakemake.output.csv, snakemake.output.md)
        write_table(reasons, snakemake.output.differences, snakemake.output.differences_md)
