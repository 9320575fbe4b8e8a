"""Draw whether the reference dynamics keeps its population."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.drift import drift
from movelaws.plotting.lagrangian.saved import by_case

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        labels = dict(params.labels)
        paths = by_case(snakemake.input.drift, labels)
        table = pd.concat([pd.read_csv(path).assign(case=case) for case, path in paths.items()])
        save(drift(table, labels), [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
