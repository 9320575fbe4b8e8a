"""Draw the fronts of accuracy and complexity with their laws (Figs 3 and S1), page by page."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.fronts import fronts


def normalised(path: str) -> pd.DataFrame:
    """A table with normalised_rmse everywhere.

    Where the simplest gravity law does not err no RMSE can be set against its own: if each origin
    has one destination every law is exact, so all of them are drawn level with it.
    """
    table = pd.read_csv(path)
    return table.assign(normalised_rmse=table["normalised_rmse"].fillna(1.0))


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        pages = fronts(
            dict(zip(params.datasets, map(normalised, given.fronts), strict=True)),
            dict(zip(params.datasets, map(normalised, given.models), strict=True)),
            labels=params.labels,
            unit=params.unit,
            synthetic=params.synthetic,
        )
        vector, raster = ([p] if isinstance(p, str) else list(p) for p in (made.svg, made.png))
        for drawn, *paths in zip(pages, vector, raster, strict=True):
            save(drawn, paths)
            print(f"drawn: {', '.join(paths)}")
