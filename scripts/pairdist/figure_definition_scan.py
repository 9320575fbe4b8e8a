"""Draw how well towns found by density match the official ones, by parameter (Fig. 37)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.definition_scan import definition_scan

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        scan, table = (pd.read_csv(snakemake.input[name]) for name in ("scan", "table"))
        drawn = definition_scan(scan, table, synthetic=snakemake.params.synthetic)
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
