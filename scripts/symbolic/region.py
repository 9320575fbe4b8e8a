"""Search for the laws of the flows out of one census region."""

from movelaws import threads
from movelaws.log import logged
from movelaws.symbolic.observations import load
from movelaws.symbolic.region_search import search_region

if __name__ == "__main__":
    threads.use(snakemake.threads)
    p = snakemake.params
    with logged(snakemake.log[0]):
        laws, distances = search_region(
            load(snakemake.input.observations),
            snakemake.input.census,
            snakemake.wildcards.region,
            p.complexity,
            p.keep,
            p.starts,
            p.seed,
        )
        print(laws.to_string())
        laws.to_csv(snakemake.output.laws, index=False)
        distances.to_csv(snakemake.output.distances, index=False)
