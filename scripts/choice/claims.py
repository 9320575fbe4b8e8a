"""Hold claims C1-C8 against the tables of the run."""

import json
from pathlib import Path

import pandas as pd

from movelaws.choice.claims import Tables, findings
from movelaws.claims import write_findings
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        tables = Tables(
            *(
                pd.read_csv(given[name])
                for name in ("datasets", "parameters", "statistics", "solver", "toy")
            ),
            laws=params.laws,
            truths={
                Path(path).parent.name: json.loads(Path(path).read_text(encoding="utf-8"))
                for path in given.truths
            },
            confidence=params.confidence,
        )
        found = findings(tables, params.absent)
        write_findings(found, snakemake.output.claims)
        print(*(f"{f.id} {f.dataset}: {f.verdict}" for f in found), sep="\n")
