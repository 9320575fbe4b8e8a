"""Write the city that the Lagrangian dynamics is timed on."""

import numpy as np

from movelaws.benchmark_lattices import moving_city
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        world = moving_city(int(snakemake.wildcards.n), snakemake.params.seed)
        np.savez(snakemake.output.world, **world)
