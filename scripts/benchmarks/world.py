"""Write the random zones that all tools are timed on."""

import numpy as np

from movelaws.benchmarks import random_world
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        world = random_world(int(snakemake.wildcards.n), snakemake.params.seed)
        np.savez(snakemake.output.world, **world)
