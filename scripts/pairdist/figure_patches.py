"""Draw cities of nested patches and patches far apart (Figs 2f, 23 to 25)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.patches import nested
from movelaws.plotting.pairdist.patches_independent import independent

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made = snakemake.input, snakemake.output
        growth, curves = pd.read_csv(given.growth), pd.read_csv(given.curves)
        city = pd.read_parquet(given.city)
        drawn = {
            "nested": nested(growth, curves, pd.read_csv(given.layers), city),
            "independent": independent(growth, curves, pd.read_csv(given.areas)),
        }
        for name, figure in drawn.items():
            paths = [getattr(made, name), getattr(made, f"{name}_png")]
            save(figure, paths)
            print(f"drawn: {', '.join(map(str, paths))}")
