"""Gravity of maximum entropy with one and with both constraints (Appendix A)."""

import pandas as pd

from movelaws import threads
from movelaws.log import logged
from movelaws.symbolic.entropy import entropy_table
from movelaws.symbolic.observations import load
from movelaws.tables import write_table


def entropy(observations: str) -> pd.DataFrame:
    """entropy.csv of one dataset; workplaces attract where they are known, else residents."""
    data = load(observations)
    return entropy_table(data, "w_j" if "w_j" in data.names else "r_j")


if __name__ == "__main__":
    threads.use(snakemake.threads)
    with logged(snakemake.log[0]):
        table = entropy(snakemake.input.observations)
        print(table.to_string())
        write_table(table, snakemake.output.csv, snakemake.output.md)
