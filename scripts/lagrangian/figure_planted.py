"""Draw planted parameters of synthetic cities and what is found of them."""

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.planted import planted
from movelaws.plotting.lagrangian.saved import tables

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        made = snakemake.output
        drawn = planted(tables(snakemake.input.planted), dict(snakemake.params.labels))
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
