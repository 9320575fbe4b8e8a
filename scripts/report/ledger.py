"""Join the findings of all papers with the published claims."""

from pathlib import Path

import pandas as pd

from movelaws import claims
from movelaws.log import logged


def collect(published: Path, findings: list[Path], left_out: dict[str, str]) -> pd.DataFrame:
    """The claims ledger from the published claims and one file of findings per paper."""
    found = [finding for path in findings for finding in claims.read_findings(path)]
    table = claims.ledger(claims.read_claims(published), found, left_out)
    print(f"{len(table)} rows on {table['id'].nunique()} claims")
    print(table["verdict"].value_counts().to_string())
    return table


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        table = collect(
            Path(snakemake.input.published),
            [Path(path) for path in snakemake.input.findings],
            dict(snakemake.params.left_out),
        )
        table.to_csv(snakemake.output.csv, index=False)
        Path(snakemake.output.markdown).write_text(claims.to_markdown(table), encoding="utf-8")
