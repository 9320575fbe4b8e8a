"""Tables 1 and S1-S3 of the paper, published numbers beside ours; each part in one file."""

from pathlib import Path

import pandas as pd

from movelaws.choice.flux import shares_on_diagonal
from movelaws.choice.tables import describe, parameters, statistics, table_s1
from movelaws.frames import read
from movelaws.log import logged
from movelaws.tables import write_table

EMPTY = pd.DataFrame({"dataset": []})


def joined(paths: list[str]) -> pd.DataFrame:
    """Tables with a column ``dataset``, one below the other; empty without any."""
    return pd.concat([pd.read_csv(path) for path in paths], ignore_index=True) if paths else EMPTY


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, output = snakemake.input, snakemake.params, snakemake.output
        table_1, parameters_printed, ks_printed = (pd.read_csv(path) for path in given.published)
        folders = {n: Path(z).parent for n, z in zip(params.datasets, given.zones, strict=True)}
        described = describe(
            {name: read(folder) for name, folder in folders.items()},
            params.attraction,
            table_1,
            params.sources,
        )
        fits = joined(given.fits)
        fitted = parameters(
            joined(given.parameters), parameters_printed, params.planted, params.sources
        )
        on_diagonal = {
            name: shares_on_diagonal(pd.read_parquet(path))
            for name, path in zip(params.datasets, given.predictions, strict=True)
        }
        compared = statistics(fits, ks_printed, params.sources, on_diagonal)
        print(compared.to_string())
        fits.to_csv(output.fits, index=False)
        write_table(described, output.datasets, output.datasets_md)
        write_table(fitted, output.parameters, output.parameters_md)
        write_table(table_s1(fitted), output.table_s1, output.table_s1_md)
        write_table(compared, output.statistics, output.statistics_md)
        for part in ("heldout", "readings", "solver"):
            write_table(joined(given[part]), output[part], output[f"{part}_md"])
