"""Hold the modified model of one case against the standard one and against random classes."""

import pandas as pd

from movelaws.inequality.grid import judge
from movelaws.inequality.tables import further_table, test_table
from movelaws.log import logged
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, output = snakemake.input, snakemake.output
        draws = pd.concat([pd.read_parquet(path) for path in given.draws], ignore_index=True)
        tests = judge(pd.read_parquet(given.grid), draws, snakemake.params.level)
        print(tests.to_string())
        write_table(tests, output.tests, output.tests_md)
        write_table(test_table(tests), output.main, output.main_md)
        write_table(further_table(tests), output.further, output.further_md)
