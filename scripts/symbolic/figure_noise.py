"""Draw how often the law behind noisy flows is found again (Fig. 5)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.noise import noise
from movelaws.symbolic.noise_levels import comparable_alpha

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        common, models = pd.read_csv(given.cpc), pd.read_csv(given.models)
        agreed = float(models.loc[models["rmse"].idxmin(), "cpc"])
        drawn = noise(
            pd.read_csv(given.noise),
            common,
            comparable=comparable_alpha(common, agreed),
            real_cpc=agreed,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
