"""Solve the example of Fig. 1."""

from movelaws.choice.toy import spread_of_utility, table
from movelaws.log import logged
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        solved = table()
        print(solved.to_string())
        print(f"spread of utilities: {spread_of_utility(solved):.1e}")
        write_table(solved, snakemake.output.csv, snakemake.output.md)
