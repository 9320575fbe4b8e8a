"""The intrinsic cost of distance seen from single towns."""

import json
from pathlib import Path

from movelaws.log import logged
from movelaws.pairdist.town_cost import town_costs
from movelaws.pointsets import frames

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        given = snakemake.input
        truth = given.get("truth")
        fits, curves = town_costs(
            frames.read(Path(given.points).parent),
            params.dataset,
            truth=json.loads(Path(truth).read_text(encoding="utf-8")) if truth else None,
            **params.settings,
        )
        print(fits.to_string())
        fits.to_csv(made.fits, index=False)
        curves.to_csv(made.curves, index=False)
