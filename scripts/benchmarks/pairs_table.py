"""One table of all timings of pair counts, their errors by bin, and how they grow."""

from pathlib import Path

import numpy as np
import pandas as pd
from counting import EDGES
from table import gather, machine

from movelaws.benchmark_places import (
    EXACT,
    bin_errors,
    miscounting,
    pairs_growth,
    pairs_table,
)
from movelaws.benchmarks import OURS
from movelaws.log import logged
from movelaws.tables import to_markdown, write_table

ORDER = ["tool", "version", "threads", "n_places", "n_pairs", "seconds", "seconds_median"]
ORDER += ["repeats", "peak_memory_mb", "pairs_per_core", "largest_error", "times_ours", "note"]


def read_all(runs: list[str], values: list[str]) -> tuple[pd.DataFrame, dict]:
    """All runs in one table, and their counts by tool, threads and number of places."""
    table, found = gather(runs, values)
    return table, {key[1:]: np.asarray(value) for key, value in found.items()}


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        runs, counts = read_all(snakemake.input.runs, snakemake.input.values)
        table = pairs_table(runs, counts)[ORDER].assign(machine=machine())
        print(table.to_string())
        ours = table["tool"].isin([OURS, EXACT])
        failed = table[ours & table["note"].str.startswith("failed")]
        if len(failed):
            raise RuntimeError(f"movelaws itself could not be timed:\n{failed.to_string()}")
        wrong = miscounting(table)
        if len(wrong):
            raise RuntimeError(f"exact tools count otherwise than movelaws:\n{wrong.to_string()}")
        made = snakemake.output
        table.to_csv(made.csv, index=False, lineterminator="\n")
        units = {"seconds": "s", "seconds_median": "s", "pairs_per_core": "1/s"}
        shown = to_markdown(table.drop(columns="machine"), units=units)
        Path(made.md).write_text(
            f"Measured on {table['machine'].iloc[0]}.\n\n{shown}", encoding="utf-8"
        )
        bin_errors(counts, EDGES).to_csv(made.errors, index=False, lineterminator="\n")
        write_table(pairs_growth(table), made.growth, made.growth_md)
