"""Draw houses as particles: order, doors, energies, configurations, nucleus (Figs 2d, 12 to 15)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.configurations import configurations
from movelaws.plotting.pairdist.doors import doors
from movelaws.plotting.pairdist.energy import energies
from movelaws.plotting.pairdist.matter import correlation
from movelaws.plotting.pairdist.matter_nucleus import nucleus

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        curves = pd.read_csv(given.curves)
        drawn = {
            "correlation": correlation(curves, labels=params.labels, synthetic=params.synthetic),
            "doors": doors(curves),
            "energies": energies(pd.read_csv(given.energies)),
            "configurations": configurations(pd.read_parquet(given.configurations)),
            "nucleus": nucleus(pd.read_csv(given.profiles), pd.read_csv(given.nucleus)),
        }
        for name, figure in drawn.items():
            paths = [getattr(made, name), getattr(made, f"{name}_png")]
            save(figure, paths)
            print(f"drawn: {', '.join(map(str, paths))}")
