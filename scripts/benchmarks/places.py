"""Write the places that the pair counts are timed on."""

import numpy as np

from movelaws.benchmark_places import clustered_places
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        world = clustered_places(int(snakemake.wildcards.n), snakemake.params.seed)
        np.savez(snakemake.output.world, **world)
