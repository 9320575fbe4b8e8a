"""Random classes in one case: one batch of draws for all its variables.

The first batch holds the contiguous classes too.
"""

from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.case import build
from movelaws.inequality.comparison import CONTIGUOUS, SCATTERED
from movelaws.inequality.random_classes import contiguous, drawn
from movelaws.log import logged

CENTRES = 200

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, asked = snakemake.params, snakemake.params.evaluation
        threads.use(snakemake.threads)
        data = read(Path(snakemake.input.zones).parent)
        case = build(data.zones, data.flows, data.places, **params.settings)
        first, count = params.span
        common = {
            "seed": params.seed,
            "job": ("inequality", snakemake.wildcards.case),
            "drop_exact": asked["drop_exact"],
        }
        tables = [
            drawn(case, asked["exponents"], first=first, count=count, **common).assign(
                null=SCATTERED
            )
        ]
        print(f"draws {first} to {first + count - 1} of {len(case.shapes)} variables")
        if first == 0:
            near = contiguous(case, asked["exponents"], count=CENTRES, **common)
            tables.append(near.assign(null=CONTIGUOUS))
            print(f"{near['draw'].nunique()} contiguous classes")
        table = pd.concat(tables, ignore_index=True)
        table.to_parquet(snakemake.output.draws, index=False)
