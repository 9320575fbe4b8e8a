"""The linearised beside the exact model of many classes in one case."""

from pathlib import Path

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.case import build
from movelaws.inequality.linearisation import against_exact
from movelaws.log import logged
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        asked = snakemake.params.evaluation
        threads.use(snakemake.threads)
        data = read(Path(snakemake.input.zones).parent)
        case = build(data.zones, data.flows, data.places, **snakemake.params.settings)
        table = against_exact(case, asked["exact"], drop_exact=asked["drop_exact"])
        print(table.to_string())
        write_table(table, snakemake.output.csv, snakemake.output.md)
