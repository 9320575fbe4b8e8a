"""Draw the example of Fig. 1."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.toy import toy

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given = snakemake.input
        drawn = toy(pd.read_csv(given.toy, dtype={"origin": str, "destination": str}))
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
