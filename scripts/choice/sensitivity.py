"""Try readings of the text on US migration, printed numbers beside ours."""

from pathlib import Path

import pandas as pd

from movelaws.choice.sensitivity import printed_numbers, readings, summary
from movelaws.frames import read
from movelaws.log import logged
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        printed = printed_numbers(
            pd.read_csv(snakemake.input.parameters),
            pd.read_csv(snakemake.input.statistics),
            "us_migration",
        )
        table = readings(read(Path(snakemake.input.zones).parent), printed)
        print(table.to_string())
        table.to_csv(snakemake.output.readings, index=False)
        write_table(summary(table), snakemake.output.csv, snakemake.output.md)
