"""One table of all timings, and how they grow with the number of zones."""

import os
import platform
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.benchmarks import OURS, assemble, disagreeing, growth
from movelaws.log import logged
from movelaws.tables import to_markdown, write_table

ORDER = ["task", "tool", "version", "threads", "n_zones", "n_pairs", "seconds", "seconds_median"]
ORDER += ["repeats", "peak_memory_mb", "max_relative_difference", "times_ours", "note"]

# The comparison with random classes in the United States; the paper makes 200 draws.
PAPER_ZONES, PAPER_VARIABLES, DRAWS = 3108, 4, 1000


def gather(
    runs: list[str], values: list[str]
) -> tuple[pd.DataFrame, dict[tuple[str, str, int, int], np.ndarray]]:
    """All runs in one table, and their results by task, tool, threads and number of zones."""
    tables, results = [], {}
    for path, file in zip(runs, values, strict=True):
        table = pd.read_json(path, orient="records", lines=True, dtype={"version": str})
        tables.append(table)
        key = tuple(table[["task", "tool", "threads"]].iloc[0])
        with np.load(file) as arrays:
            results |= {(*key, int(n)): arrays[n] for n in arrays.files}
    table = pd.concat(tables, ignore_index=True)
    return table.astype({"repeats": "Int64"}), results


def with_whole_comparison(table: pd.DataFrame) -> pd.DataFrame:
    """Say beside the seconds of a draw how long all draws take, where the zones are the paper's."""
    whole = (table["task"] == "randomclasses") & (table["n_zones"] == PAPER_ZONES)
    notes = table["note"].copy()
    for at, row in table[whole & table["seconds"].notna()].iterrows():
        minutes = row["seconds"] * PAPER_VARIABLES * DRAWS / 60
        time = f"{minutes:.1f} min" if minutes < 100 else f"{minutes / 60:.1f} h"
        added = f"{DRAWS:,} draws of {PAPER_VARIABLES} variables at this rate: {time}"
        notes[at] = f"{row['note']}; {added}" if row["note"] else added
    return table.assign(note=notes)


def machine() -> str:
    """Processor, number of cores and system."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}"


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        table = assemble(*gather(snakemake.input.runs, snakemake.input.values))
        table = with_whole_comparison(table)[ORDER].assign(machine=machine())
        print(table.to_string())
        failed = table[(table["tool"] == OURS) & table["note"].str.startswith("failed")]
        if len(failed):
            raise RuntimeError(f"movelaws itself could not be timed:\n{failed.to_string()}")
        wrong = disagreeing(table)
        if len(wrong):
            raise RuntimeError(f"tools disagree on the loss of a law:\n{wrong.to_string()}")
        table.to_csv(snakemake.output.csv, index=False, lineterminator="\n")
        Path(snakemake.output.md).write_text(
            f"Measured on {table['machine'].iloc[0]}.\n\n"
            + to_markdown(
                table.drop(columns="machine"), units={"seconds": "s", "seconds_median": "s"}
            ),
            encoding="utf-8",
        )
        write_table(growth(table), snakemake.output.growth, snakemake.output.growth_md)
