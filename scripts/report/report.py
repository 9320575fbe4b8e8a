"""Write the self-contained HTML report of a run."""

from pathlib import Path

import pandas as pd

import movelaws
from movelaws.files import replacing
from movelaws.log import logged
from movelaws.report import build, read_sections
from movelaws.report.items import items_from, left_out_from
from movelaws.report.made import commit, versions
from movelaws.report.repairs import read_notes


def report(
    folder: Path,
    ledger: Path,
    sections: Path,
    items: list[dict],
    left_out: list[dict],
    made: dict[str, str],
    notes: list[str] | None = None,
    labels: dict[str, str] | None = None,
    threads: int = 1,
) -> str:
    """The report of the results below ``folder``; captions lie beside the sections file.

    ``notes`` are the files ``<dataset>/notes.json`` of the datasets, ``labels`` their names.
    """
    source = commit(Path(movelaws.__file__).parents[2])
    return build(
        folder=folder,
        ledger=pd.read_csv(ledger, dtype=str, keep_default_na=False),
        items=items_from(items, folder),
        left_out=left_out_from(left_out),
        papers=read_sections(sections),
        captions=sections.parent,
        made={**made, **({"Commit": source} if source else {})},
        versions=versions(),
        notes=read_notes(notes or []),
        labels=labels,
        threads=threads,
    )


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        html = report(
            Path(snakemake.output.html).parent,
            Path(snakemake.input.ledger),
            Path(snakemake.input.sections),
            snakemake.params.exhibits,
            snakemake.params.left_out,
            snakemake.params.made,
            list(snakemake.input.notes),
            dict(snakemake.params.labels),
            snakemake.threads,
        )
        with replacing(snakemake.output.html) as part:
            part.write_text(html, encoding="utf-8")
        shown, left_out = len(snakemake.params.exhibits), len(snakemake.params.left_out)
        print(f"{shown} figures and tables, {left_out} cases left out")
        print(f"{snakemake.output.html}: {len(html) / 1e6:.1f} MB")
