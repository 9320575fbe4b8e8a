"""Draw how the results move with the settings that the paper leaves open."""

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.saved import listed, pages, tables
from movelaws.plotting.lagrangian.sensitivity import PER_PAGE, sensitivity

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        base = dict(params.base)
        table = tables(snakemake.input.sensitivity)
        paths = zip(listed(made.svg), listed(made.png), strict=True)
        for shown, page in zip(pages(dict(params.labels), PER_PAGE), paths, strict=True):
            save(sensitivity(table, shown, base=base, synthetic=params.synthetic), page)
            print(f"drawn: {', '.join(page)}")
