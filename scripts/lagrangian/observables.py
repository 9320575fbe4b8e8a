"""Observables, parameters, susceptibilities, energies and the summary of the fits of one case."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from movelaws import files
from movelaws.lagrangian.energy import energy
from movelaws.lagrangian.fit import Fit, read_fit
from movelaws.lagrangian.integrators import compare_integrators
from movelaws.lagrangian.observables import observable_table
from movelaws.lagrangian.parameters import parameter_histogram, parameter_table
from movelaws.lagrangian.summary import summary
from movelaws.lagrangian.susceptibility import susceptibility_dataset
from movelaws.log import logged


def write_dataset(dataset: xr.Dataset, path: str | Path) -> None:
    """Write as compressed NetCDF; equal values become equal bytes."""
    encoding = {name: {"zlib": True, "complevel": 2} for name in dataset.data_vars}
    with files.replacing(path) as temporary:
        dataset.to_netcdf(temporary, engine="netcdf4", encoding=encoding)


def observe(fits: list[Fit], case: str, made: Mapping[str, Any], settings: Mapping[str, Any]):
    """Write all tables of fits of one reference; ``settings`` are those of ``summary.summary``."""
    observable_table(fits, case).to_csv(made["observables"], index=False)
    for name, table_of in (("parameters", parameter_table), ("histogram", parameter_histogram)):
        pd.concat([table_of(fit, case) for fit in fits]).to_csv(made[name], index=False)
    for name, table_of in (("energy", energy), ("integrators", compare_integrators)):
        tables = [table_of(fit).assign(case=case, method=fit.method) for fit in fits]
        pd.concat(tables).to_csv(made[name], index=False)
    write_dataset(susceptibility_dataset(fits), made["susceptibility"])
    table = summary(fits, case, **settings)
    table.to_csv(made["summary"], index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params = snakemake.params
        observe(
            [read_fit(path) for path in (snakemake.input.fit, snakemake.input.exact)],
            params.case,
            snakemake.output,
            {
                "block": params.block,
                "replicates": params.replicates,
                "level": params.level,
                "permutations": params.permutations,
                "seed": params.seed,
            },
        )
