"""Draw the maps of the average susceptibilities, psi and chi (Figs 6 and 7)."""

import pandas as pd

from movelaws.lagrangian.fit import read_fit
from movelaws.lagrangian.observables import inhabited
from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.diverged import diverged
from movelaws.plotting.lagrangian.saved import by_case, cell_sizes, dataset, lattices
from movelaws.plotting.lagrangian.susceptibility import susceptibility

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        labels = dict(params.labels)
        maps = {c: dataset(path) for c, path in by_case(given.susceptibility, labels).items()}
        numbers = {c: pd.read_csv(path) for c, path in by_case(given.summary, labels).items()}
        cell_m = cell_sizes(lattices(given.populations, labels))
        people = {
            case: inhabited(read_fit(path).reference)
            for case, path in by_case(given.fits, labels).items()
        }
        gone = diverged(given.fits, labels)
        for kind in ("psi", "chi"):
            drawn = susceptibility(
                maps,
                numbers,
                labels,
                kind=kind,
                method=params.method,
                cell_m=cell_m,
                inhabited=people,
                diverged=gone,
                synthetic=params.synthetic,
            )
            paths = [getattr(made, kind), getattr(made, f"{kind}_png")]
            save(drawn, paths)
            print(f"drawn: {', '.join(map(str, paths))}")
