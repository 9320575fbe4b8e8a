"""One table of all timings of the Lagrangian dynamics and of its raster, and how they grow."""

from pathlib import Path

from table import gather, machine

from movelaws.benchmark_lattices import disagreeing, lattices_growth, lattices_table
from movelaws.benchmarks import OURS
from movelaws.log import logged
from movelaws.tables import to_markdown, write_table

ORDER = ["task", "tool", "version", "threads", "size", "seconds", "seconds_median", "repeats"]
ORDER += ["ns_each", "peak_memory_mb", "max_relative_difference", "times_ours", "note"]

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        runs, values = gather(snakemake.input.runs, snakemake.input.values)
        table = lattices_table(runs, values)[ORDER].assign(machine=machine())
        print(table.to_string())
        failed = table[(table["tool"] == OURS) & table["note"].str.startswith("failed")]
        if len(failed):
            raise RuntimeError(f"movelaws itself could not be timed:\n{failed.to_string()}")
        wrong = disagreeing(table)
        if len(wrong):
            raise RuntimeError(f"results differ from those of movelaws:\n{wrong.to_string()}")
        made = snakemake.output
        table.to_csv(made.csv, index=False, lineterminator="\n")
        units = {"seconds": "s", "seconds_median": "s", "ns_each": "ns"}
        shown = to_markdown(table.drop(columns="machine"), units=units)
        Path(made.md).write_text(
            f"Measured on {table['machine'].iloc[0]}.\n\n{shown}", encoding="utf-8"
        )
        write_table(lattices_growth(table), made.growth, made.growth_md)
