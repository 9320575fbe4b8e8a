"""How far points would have to move for the published RMSE to come out."""

from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.frames import read
from movelaws.log import logged
from movelaws.symbolic.sensitivity import moves

if __name__ == "__main__":
    threads.use(snakemake.threads)
    with logged(snakemake.log[0]):
        baselines = pd.read_csv(snakemake.input.baselines)
        table = moves(
            read(Path(snakemake.input.zones).parent),
            pd.read_parquet(snakemake.input.predictions),
            baselines[baselines["dataset"] == snakemake.wildcards.dataset],
            snakemake.params.base,
        )
        print(table.to_string())
        table.to_csv(snakemake.output.moves, index=False)
