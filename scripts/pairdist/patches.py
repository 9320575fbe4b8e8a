"""Grow cities of patches and measure how fast their pair distributions grow."""

from movelaws.log import logged
from movelaws.pairdist.patches import Independent, patches
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        found = patches(
            params.patches["nested"],
            Independent(**params.patches["independent"]),
            repeats=params.patches["repeats"],
            shape=params.patches["shape"],
            seed=params.seed,
        )
        print(found.growth.to_string(), found.areas.to_string(), sep="\n")
        write_table(found.growth, made.growth, made.growth_md)
        found.areas.to_csv(made.areas, index=False)
        found.curves.to_csv(made.curves, index=False)
        found.layers.to_csv(made.layers, index=False)
        found.city.to_parquet(made.city, index=False)
