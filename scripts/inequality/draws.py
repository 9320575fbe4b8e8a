"""Random classes in one case: one batch of draws for all its variables."""

from pathlib import Path

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.case import build
from movelaws.inequality.random_classes import drawn
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, asked = snakemake.params, snakemake.params.evaluation
        threads.use(snakemake.threads)
        data = read(Path(snakemake.input.zones).parent)
        case = build(data.zones, data.flows, data.places, **params.settings)
        first, count = params.span
        table = drawn(
            case,
            asked["exponents"],
            first=first,
            count=count,
            seed=params.seed,
            job=("inequality", snakemake.wildcards.case),
            drop_exact=asked["drop_exact"],
        )
        table.to_parquet(snakemake.output.draws, index=False)
        print(f"draws {first} to {first + count - 1} of {len(case.shapes)} variables")
