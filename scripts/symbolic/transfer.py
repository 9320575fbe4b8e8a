"""Try the laws of each dataset on all others."""

import pandas as pd

from movelaws import threads
from movelaws.log import logged
from movelaws.symbolic.observations import load
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.transfer import transfer_table
from movelaws.tables import write_table


def transfer(
    observations: dict[str, str], fronts: dict[str, pd.DataFrame], seed: int
) -> pd.DataFrame:
    """transfer.csv of the Pareto fronts."""
    laws = {
        name: [parse(law) for law in front.loc[front["pareto"], "full_expression"]]
        for name, front in fronts.items()
    }
    return transfer_table({name: load(path) for name, path in observations.items()}, laws, seed)


if __name__ == "__main__":
    threads.use(snakemake.threads)
    names = snakemake.params.datasets
    with logged(snakemake.log[0]):
        table = transfer(
            dict(zip(names, snakemake.input.observations, strict=True)),
            {n: pd.read_csv(f) for n, f in zip(names, snakemake.input.fronts, strict=True)},
            snakemake.params.seed,
        )
        print(table.to_string())
        write_table(table, snakemake.output.csv, snakemake.output.md)
