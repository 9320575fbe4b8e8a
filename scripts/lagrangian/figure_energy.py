"""Draw energies, powers and entropy production along the fitted paths."""

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.diverged import diverged
from movelaws.plotting.lagrangian.energy import PER_PAGE, energy
from movelaws.plotting.lagrangian.saved import listed, pages, tables

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        table = tables(snakemake.input.energy)
        labels = dict(params.labels)
        options = {
            "method": params.method,
            "diverged": diverged(snakemake.input.fits, labels),
        }
        paths = zip(listed(made.svg), listed(made.png), strict=True)
        for shown, page in zip(pages(labels, PER_PAGE), paths, strict=True):
            # Pages of reference dynamics show no synthetic day.
            made_up = any(case in params.made_up for case in shown)
            save(energy(table, shown, synthetic=made_up, **options), page)
            print(f"drawn: {', '.join(page)}")
