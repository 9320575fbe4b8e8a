"""Draw moves, pairs and the intrinsic cost of distance (Figs 3a, 3b, 4)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.cost import PER_PAGE, cost

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        table = pd.concat([pd.read_csv(path) for path in given.cost])
        fits = pd.concat([pd.read_csv(path) for path in given.fits])
        labels = list(params.labels.items())
        for page, paths in enumerate(zip(made.svg, made.png, strict=True)):
            shown = dict(labels[page * PER_PAGE : (page + 1) * PER_PAGE])
            drawn = cost(table, fits, shown, units=params.units, synthetic=params.synthetic)
            save(drawn, paths)
            print(f"drawn: {', '.join(paths)}")
