"""Penalties chosen on one period, held against the flows of another."""

from pathlib import Path

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.case import Case, build
from movelaws.inequality.heldout import out_of_sample
from movelaws.inequality.likelihood import penalty_grid
from movelaws.log import logged
from movelaws.seeds import stream
from movelaws.tables import write_table


def period(folder: str | Path, settings: dict) -> Case:
    """The case of one period."""
    data = read(folder)
    return build(data.zones, data.flows, data.places, **settings)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, asked = snakemake.input, snakemake.params, snakemake.params.evaluation
        threads.use(snakemake.threads)
        fitted, tested = (
            period(Path(path).parent, params.settings)
            for path in (given.fitted_zones, given.tested_zones)
        )
        wanted = asked["likelihood"]
        table = out_of_sample(
            fitted,
            tested,
            penalty_grid(
                wanted["lowest"],
                wanted["highest"],
                wanted["per_decade"],
                wanted.get("advantage", False),
            ),
            asked["exponents"],
            draws=asked["draws"],
            seed=params.seed,
            job=("inequality", "heldout", snakemake.wildcards.name),
            drop_exact=asked["drop_exact"],
            rng=stream(params.seed, "inequality", "heldout", snakemake.wildcards.name),
        )
        print(table.to_string())
        write_table(table, snakemake.output.csv, snakemake.output.md)
