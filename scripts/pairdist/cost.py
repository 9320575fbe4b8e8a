"""Moves, pairs and the intrinsic cost of distance of one point set, with every fit of it."""

import json
import math
from pathlib import Path

import pandas as pd

from movelaws.log import logged
from movelaws.pairdist import cost, cost_fits
from movelaws.pointsets import frames


def published_exponent(table: pd.DataFrame, name: str) -> float | None:
    """Exponent that Table 1 prints for a dataset, None where it has none of this name."""
    rows = table.loc[table["dataset"] == name, "exponent"]
    return None if rows.empty or math.isnan(rows.iloc[0]) else float(rows.iloc[0])


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        data = cost.counted(
            frames.read(Path(given.points).parent),
            low=params.low,
            per_decade=params.per_decade,
            seed=params.seed,
            dataset=params.dataset,
        )
        truth = given.get("truth")
        planted = json.loads(Path(truth).read_text(encoding="utf-8")) if truth else {}
        common = {"replicates": params.replicates, "level": params.level, "seed": params.seed}
        cost.cost_by_distance(data, params.dataset, **common).to_csv(made.cost, index=False)
        fits = cost_fits.fits(
            data,
            params.dataset,
            draws=params.draws,
            joint_pairs=params.joint_pairs,
            published=published_exponent(pd.read_csv(given.published), params.published),
            planted=cost.planted_exponent(planted),
            **common,
        )
        print(fits.T.to_string())
        fits.to_csv(made.fits, index=False)
