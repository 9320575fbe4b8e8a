"""Draw the verdicts of one case with other shares of penalised zones."""

import pandas as pd

from movelaws.inequality.classes import TWO_CLASSES
from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.sensitivity import sensitivity

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, output = snakemake.params, snakemake.output
        drawn = sensitivity(
            pd.read_csv(snakemake.input.sensitivity),
            scale_name="δ − 1" if params.model == TWO_CLASSES else "Δ",
            synthetic=params.source == "synthetic",
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
