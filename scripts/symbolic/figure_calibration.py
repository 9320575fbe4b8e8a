"""Draw the accuracy of each one-parameter model along its parameter, for one dataset."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.calibration import calibration

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        table = pd.read_csv(snakemake.input.baselines).rename(
            columns={"printed_from": "published_low", "printed_to": "published_high"}
        )
        drawn = calibration(
            pd.read_csv(snakemake.input.curves),
            table[table["dataset"] == snakemake.params.dataset],
            parameters=snakemake.params.parameters,
            label=snakemake.params.label,
            unit=snakemake.params.unit,
            confidence=snakemake.params.confidence,
            synthetic=snakemake.params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
