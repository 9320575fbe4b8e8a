"""Draw the population of nine cells over time: reference, fits and no movement (Fig. 2)."""

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.diverged import diverged
from movelaws.plotting.lagrangian.fits import PER_PAGE, Fitted, fits
from movelaws.plotting.lagrangian.saved import attribute, by_case, dataset, lattices, listed, pages

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        labels = dict(params.labels)
        printed, exact = by_case(given.fits, labels), by_case(given.exact, labels)
        options = {
            "window": params.window,
            "diverged": diverged(given.fits, labels),
            "synthetic": params.synthetic,
        }
        minutes = attribute(lattices(given.populations, labels), "slot_minutes")
        paths = zip(listed(made.svg), listed(made.png), strict=True)
        for shown, page in zip(pages(labels, PER_PAGE), paths, strict=True):
            cases = {
                case: Fitted(
                    {"printed": dataset(printed[case]), "exact": dataset(exact[case])},
                    minutes[case],
                )
                for case in shown
            }
            save(fits(cases, labels, **options), page)
            print(f"drawn: {', '.join(page)}")
