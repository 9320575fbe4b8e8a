"""Draw the distributions of parameters, inertia, flows, dissipation and times (Figs 3 to 5)."""

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.diverged import diverged
from movelaws.plotting.lagrangian.flows import flows
from movelaws.plotting.lagrangian.inertia import inertia
from movelaws.plotting.lagrangian.parameters import parameters
from movelaws.plotting.lagrangian.saved import tables

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        cases = (dict(params.labels), dict(params.kinds))
        options = {
            "method": params.method,
            "diverged": diverged(given.fits, cases[0]),
            "synthetic": params.synthetic,
        }
        cells = tables(given.observables)
        found = getattr(given, "seeds", None)  # without it there are no marks of shuffled days
        seeds = tables(found) if found else None
        drawn = {
            "parameters": parameters(
                tables(given.histogram), tables(given.parameters), *cases, **options
            ),
            "inertia": inertia(cells, tables(given.summary), *cases, seeds=seeds, **options),
            "flows": flows(cells, *cases, **options),
        }
        for name, figure in drawn.items():
            paths = [getattr(made, name), getattr(made, f"{name}_png")]
            save(figure, paths)
            print(f"drawn: {', '.join(map(str, paths))}")
