"""Hold claims C1-C8 against the tables of the run."""

import json
from pathlib import Path

import pandas as pd

from movelaws.choice.claims import Tables, findings
from movelaws.choice.flux import share_on_diagonal
from movelaws.claims import write_findings
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        flux = {
            name: share_on_diagonal(pd.read_parquet(path, columns=["flow", "DCG"]))
            for name, path in zip(params.datasets, given.predictions, strict=True)
        }
        tables = Tables(
            *(
                pd.read_csv(given[name])
                for name in ("datasets", "parameters", "statistics", "solver", "toy")
            ),
            flux=flux,
            planted=params.planted,
            truths={
                Path(path).parent.name: json.loads(Path(path).read_text(encoding="utf-8"))
                for path in given.truths
            },
        )
        found = findings(tables, params.absent)
        write_findings(found, snakemake.output.claims)
        print(*(f"{f.id} {f.dataset}: {f.verdict}" for f in found), sep="\n")
