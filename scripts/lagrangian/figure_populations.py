"""Draw the population of a city at four times of the day, and how much of it moves."""

from movelaws.lattices import populations as saved
from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.populations import populations
from movelaws.plotting.lagrangian.saved import cell_sizes

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        found = saved.read(snakemake.input.populations)
        # the fitted day comes first
        days = sorted(found.days, key=lambda day: day != str(params.day))
        drawn = populations(
            found.population[[[*found.days].index(day) for day in days]],
            days,
            name=params.case,
            label=params.label,
            cell_m=cell_sizes({params.case: found})[params.case],
            slot_minutes=float(found.attrs.get("slot_minutes") or 0),
            synthetic=params.synthetic,
        )
        save(drawn, [made.svg, made.png])
        print(f"drawn: {made.svg}, {made.png}")
