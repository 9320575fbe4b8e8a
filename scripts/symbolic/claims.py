"""Hold claims S1-S18 against the tables of the run."""

import json
from pathlib import Path

import pandas as pd

from movelaws.claims import write_findings
from movelaws.log import logged
from movelaws.symbolic import claims, search_claims
from movelaws.symbolic.saved import by_dataset

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        truths = {
            Path(path).parent.name: json.loads(Path(path).read_text(encoding="utf-8"))
            for path in snakemake.input.truths
        }
        found = claims.findings(
            pd.read_csv(snakemake.input.datasets),
            pd.read_csv(snakemake.input.baselines, dtype={"parameter": str}),
            pd.read_csv(snakemake.input.differences),
            pd.read_csv(snakemake.input.published),
            truths,
            snakemake.params.absent,
        )
        common = by_dataset(snakemake.input.noise_cpc)
        noise = by_dataset(snakemake.input.noise)
        found += search_claims.findings(
            by_dataset(snakemake.input.fronts),
            by_dataset(snakemake.input.models),
            {name: (table, common[name]) for name, table in noise.items()},
            by_dataset(snakemake.input.regions),
            by_dataset(snakemake.input.scientists),
            truths,
            set(snakemake.params.published_datasets),
            snakemake.params.absent,
        )
        write_findings(found, snakemake.output.claims)
        print(*(f"{f.id} {f.dataset}: {f.verdict}" for f in found), sep="\n")
