"""Tables 1, 2 and S7 of the paper, published numbers beside ours."""

from pathlib import Path

import pandas as pd

from movelaws.frames import read
from movelaws.log import logged
from movelaws.symbolic.tables import baselines, describe, read_published
from movelaws.tables import write_table


def tables(
    folders: dict[str, str], fits: dict[str, pd.DataFrame], published: str, sources: dict[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table 1, and Tables 2 and S7 in one."""
    described = describe(
        {name: read(folder) for name, folder in folders.items()},
        read_published(published, "symbolic_table1_datasets"),
        sources,
    )
    fitted = baselines(
        fits,
        read_published(published, "symbolic_table2_baseline_rmse"),
        read_published(published, "symbolic_tableS7_baseline_cpc"),
        read_published(published, "symbolic_parameters"),
        sources,
    )
    return described, fitted


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        names = snakemake.params.datasets
        fits = {
            name: pd.read_csv(path, dtype={"parameter": str, "low": str, "high": str})
            for name, path in zip(names, snakemake.input.fits, strict=True)
        }
        described, fitted = tables(
            {n: str(Path(z).parent) for n, z in zip(names, snakemake.input.zones, strict=True)},
            fits,
            str(Path(snakemake.input.published[0]).parent),
            snakemake.params.sources,
        )
        print(fitted.iloc[:, :9].to_string())
        write_table(described, snakemake.output.datasets, snakemake.output.datasets_md)
        write_table(fitted, snakemake.output.baselines, snakemake.output.baselines_md)
        pd.concat(
            [table.assign(dataset=name) for name, table in fits.items()], ignore_index=True
        ).to_csv(snakemake.output.calibrations, index=False)
