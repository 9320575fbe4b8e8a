"""Look for the planted parameters of a synthetic city."""

import json
from pathlib import Path

from movelaws.lagrangian.planted import planted
from movelaws.lattices import populations
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        data = populations.read(given.populations)
        table = planted(
            params.case,
            {name: data.day(name) for name in data.days},
            json.loads(Path(given.truth).read_text(encoding="utf-8")),
            floor=params.floor,
            level=params.level,
        )
        print(table.to_string(index=False))
        table.to_csv(snakemake.output.planted, index=False)
