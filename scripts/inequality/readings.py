"""The tests of one case under other readings of the text."""

from pathlib import Path

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.readings import readings
from movelaws.log import logged
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, asked = snakemake.params, snakemake.params.evaluation
        threads.use(snakemake.threads)
        data = read(Path(snakemake.input.zones).parent)
        table = readings(
            data.zones,
            data.flows,
            data.places,
            params.settings,
            asked["readings"]["exponents"],
            asked["readings"]["tried"],
            drop_exact=asked["drop_exact"],
            draws=asked["readings"].get("draws", 0),
            seed=params.seed,
            job=("inequality", "readings", snakemake.wildcards.case),
        )
        print(table.to_string())
        write_table(table, snakemake.output.csv, snakemake.output.md)
