"""Draw density against distance to the centre of towns (Figs 2b and 2c)."""

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.towns import town_density
from movelaws.tables import read_texts

TEXTS = ["definition", "counted", "town"]

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        drawn = town_density(
            read_texts(given.towns, TEXTS),
            read_texts(given.rings, TEXTS),
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
