"""Draw the error of each method against wall time."""

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.convergence import convergence
from movelaws.plotting.lagrangian.saved import tables

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        drawn = convergence(
            tables(given.convergence),
            tables(given.methods),
            dict(params.labels),
            synthetic=params.synthetic,
        )
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
