"""Energy and entropy production along both fitted paths, and finer integrators."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from movelaws.lagrangian.energy import energy
from movelaws.lagrangian.fit import Fit, read_fit
from movelaws.lagrangian.integrators import compare_integrators
from movelaws.log import logged


def energies(fits: list[Fit], case: str, made: Mapping[str, Any]) -> None:
    """Write the tables of the fits of one case."""
    for name, table_of in (("energy", energy), ("integrators", compare_integrators)):
        tables = []
        for fit in fits:
            table = table_of(fit)
            table.insert(0, "method", fit.method)
            table.insert(0, "case", case)
            tables.append(table)
        found = pd.concat(tables, ignore_index=True)
        found.to_csv(made[name], index=False)
        print(found.describe().to_string())


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given = snakemake.input
        fits = [read_fit(path) for path in (given.fit, given.exact)]
        energies(fits, snakemake.params.case, snakemake.output)
