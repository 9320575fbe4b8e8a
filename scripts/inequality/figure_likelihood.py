"""Draw the likelihood of the penalties of one case."""

import pandas as pd

from movelaws.inequality.classes import TWO_CLASSES
from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.likelihood import likelihood

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, output = snakemake.input, snakemake.params, snakemake.output
        drawn = likelihood(
            pd.read_csv(given.likelihood),
            pd.read_csv(given.profiles),
            planted=params.planted,
            scale_name="δ − 1" if params.model == TWO_CLASSES else "Δ",
            synthetic=params.source == "synthetic",
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
