"""Hold gravity, radiation and the pair distribution of a point set together (claim P13)."""

import json
import math
from pathlib import Path

from movelaws.log import logged
from movelaws.pairdist.cost import planted_exponent
from movelaws.pairdist.models import models
from movelaws.pointsets import frames
from movelaws.seeds import number
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        pointset = frames.read(Path(snakemake.input.points).parent)
        seed = number(params.seed, "pairdist", "models", params.dataset)
        found = models(pointset, **params.settings, seed=seed)
        numbers = found.numbers
        numbers.insert(0, "dataset", params.dataset)
        truth = snakemake.input.get("truth")
        if truth and "fitted_exponent" in numbers:
            law = planted_exponent(json.loads(Path(truth).read_text(encoding="utf-8")))
            numbers["planted"] = math.nan if law is None else law
        print(numbers.T.to_string(header=False))
        write_table(numbers, made.table, made.table_md)
        found.curves.to_csv(made.curves, index=False)
