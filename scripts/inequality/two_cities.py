"""Two cities of which one is worse off (Fig. 1d), and a small network (Fig. S1)."""

from movelaws.inequality.limits import fluxes, network
from movelaws.inequality.two_cities import crossings, curves
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        output = snakemake.output
        curves().to_csv(output.curves, index=False)
        where = crossings()
        where.to_csv(output.crossings, index=False)
        print(where.to_string())
        network().to_csv(output.network, index=False)
        fluxes().to_csv(output.limits, index=False)
