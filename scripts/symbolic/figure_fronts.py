"""Draw the fronts of accuracy and complexity with their laws (Figs 3 and S1), page by page."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.fronts import fronts

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        pages = fronts(
            dict(zip(params.datasets, map(pd.read_csv, given.fronts), strict=True)),
            dict(zip(params.datasets, map(pd.read_csv, given.models), strict=True)),
            labels=params.labels,
            unit=params.unit,
            synthetic=params.synthetic,
        )
        vector, raster = ([p] if isinstance(p, str) else list(p) for p in (made.svg, made.png))
        for drawn, *paths in zip(pages, vector, raster, strict=True):
            save(drawn, paths)
            print(f"drawn: {', '.join(paths)}")
