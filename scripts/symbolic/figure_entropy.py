"""Draw entropy-maximising models constrained at one end and at both (Appendix A)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.symbolic.entropy import entropy

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = entropy(
            dict(zip(params.datasets, map(pd.read_csv, given.entropy), strict=True)),
            labels=params.labels,
            unit=params.unit,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
