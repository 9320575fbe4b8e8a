"""Hold claims S1-S4, S7 and S8 against the tables of the run."""

import json
from pathlib import Path

import pandas as pd

from movelaws.claims import write_findings
from movelaws.log import logged
from movelaws.symbolic.claims import findings

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        found = findings(
            pd.read_csv(snakemake.input.datasets),
            pd.read_csv(snakemake.input.baselines, dtype={"parameter": str}),
            pd.read_csv(snakemake.input.differences),
            pd.read_csv(snakemake.input.published),
            {
                Path(path).parent.name: json.loads(Path(path).read_text(encoding="utf-8"))
                for path in snakemake.input.truths
            },
            snakemake.params.absent,
        )
        write_findings(found, snakemake.output.claims)
        print(*(f"{f.id} {f.dataset}: {f.verdict}" for f in found), sep="\n")
