"""Similarity over a grid of alpha and gamma."""

from pathlib import Path

import numpy as np

from movelaws.choice.masses import choice_pairs
from movelaws.choice.profiles import surface
from movelaws.frames import read
from movelaws.log import logged

BOX = (0.0, 10.0)  # of the paper's search

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        data = read(Path(snakemake.input.zones).parent)
        pairs = choice_pairs(
            data.zones, data.flows, data.places, snakemake.params.attraction, circle=False
        )
        grid = np.linspace(*BOX, int(snakemake.params.size))
        found = surface(pairs, grid, grid)
        print(found.sort_values("value").tail(5).to_string())
        found.to_csv(snakemake.output.surface, index=False)
