"""Draw the circles of Fig. 1a-d and the toy geographies of Figs 8 and 9."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.circles import circles
from movelaws.plotting.pairdist.shapes import shapes

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made = snakemake.input, snakemake.output
        synthetic = snakemake.params.synthetic
        tables = [pd.read_csv(given[f"circles_{name}"]) for name in ("places", "seen", "moves")]
        save(circles(*tables, synthetic=synthetic), [made.circles, made.circles_png])
        tables = [pd.read_csv(given[name]) for name in ("places", "pairs", "ring")]
        save(shapes(*tables, synthetic=synthetic), [made.shapes, made.shapes_png])
        print(f"drawn: {', '.join(map(str, made))}")
