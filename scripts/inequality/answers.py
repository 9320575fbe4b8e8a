"""What the run answers to the questions of this chapter, in sentences."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from movelaws.inequality.answers import BY_CASE, Tables, answers
from movelaws.inequality.model_answers import Struck
from movelaws.log import logged
from movelaws.tables import read_texts, write_table


def by_part(paths: Iterable[str]) -> dict[str, dict[str, pd.DataFrame]]:
    """Tables by part and case, from ``<case>/<part>.csv``."""
    found: dict[str, dict[str, pd.DataFrame]] = {part: {} for part in BY_CASE}
    for path in map(Path, paths):
        found[path.stem][path.parent.name] = pd.read_csv(path)
    return found


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        names = [Path(path).parent.name for path in given.summaries]
        ranges = {Path(path).parent.name: pd.read_csv(path) for path in given.get("ranges", [])}
        what_ifs = {
            name: Struck(
                params.titles[name],
                pd.read_csv(summary),
                read_texts(destinations, ("zone_id", "name")),
                ranges.get(name),
            )
            for name, summary, destinations in zip(
                names, given.summaries, given.destinations, strict=True
            )
        }
        tables = Tables(
            **by_part([*given.tests, *given.parts]),
            heldout={Path(path).stem: pd.read_csv(path) for path in given.heldout},
            crossings=pd.read_csv(given.crossings),
            what_ifs=what_ifs,
        )
        found = answers(tables, params.labels, params.synthetic, params.level)
        print(*(f"{row.question} {row.answer}" for row in found.itertuples()), sep="\n")
        write_table(found, snakemake.output.csv, snakemake.output.md)
