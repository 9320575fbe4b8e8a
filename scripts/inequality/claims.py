"""Hold claims I1-I10 against the tables of the run."""

import json
from pathlib import Path

import pandas as pd

from movelaws.claims import write_findings
from movelaws.inequality.claims import Evidence, findings
from movelaws.log import logged
from movelaws.tables import read_texts

NAMES = ("origin", "destination", "origin_name", "destination_name")


def evidence(folder: Path, about: dict) -> Evidence:
    """Tables of one case; those that the config does not ask for are None."""
    parts = {
        part: pd.read_csv(folder / f"{part}.csv") if about[part] else None
        for part in ("sensitivity", "likelihood", "readings", "exact")
    }
    truth = Path(about["truth"]) if about["truth"] else None
    return Evidence(
        source=about["source"],
        tests=pd.read_csv(folder / "tests.csv"),
        outflow=pd.read_csv(folder / "outflow.csv"),
        changes=read_texts(folder / "changes.csv", NAMES),
        flows=pd.read_parquet(folder / "flows.parquet"),
        shown=about["shown"],
        share=about["share"],
        truth=json.loads(truth.read_text(encoding="utf-8")) if truth else None,
        **parts,
    )


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        found = findings(
            {
                Path(path).parent.name: evidence(
                    Path(path).parent, params.cases[Path(path).parent.name]
                )
                for path in given.tests
            },
            pd.read_csv(given.crossings),
            params.absent,
        )
        write_findings(found, snakemake.output.claims)
        print(*(f"{f.id} {f.dataset}: {f.verdict}" for f in found), sep="\n")
