"""Compare the flows of both models with the observed ones in one case (Fig. S2)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.inequality.rank_comparison import rank_comparison

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, output = snakemake.params, snakemake.output
        shown = params.shown
        drawn = rank_comparison(
            pd.read_parquet(snakemake.input.flows),
            unit=params.unit,
            synthetic=params.source == "synthetic",
            label=f"modified ({params.labels[shown['variable']]}, $10^{{{shown['exponent']}}}$)",
        )
        save(drawn, [output.svg, output.png])
        print(f"drawn: {output.svg}, {output.png}")
