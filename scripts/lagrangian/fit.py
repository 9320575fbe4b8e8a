"""Fit the Lagrangian dynamics to one day: the printed schedule, and the exact gradient."""

from collections.abc import Mapping
from typing import Any

from movelaws import threads
from movelaws.lagrangian.fit import write_fit
from movelaws.lagrangian.methods import EXACT, PRINTED, Fits, fit_all
from movelaws.lagrangian.state import reference
from movelaws.lattices import populations
from movelaws.log import logged


def fit(
    path: str,
    case: str,
    made: Mapping[str, Any],
    *,
    day: str,
    floor: float,
    printed: Mapping[str, Any],
    exact: Mapping[str, Any],
) -> Fits:
    """Write both fits and the tables of all methods.

    Parameters
    ----------
    path : populations.nc.
    case : name in the tables.
    made : files fit, exact, methods, convergence.
    day : name of the day that is fitted.
    floor : agents of an empty cell.
    printed, exact : options of ``methods.fit_all``.
    """
    data = reference(populations.read(path).day(str(day)), floor)
    cells = data.q.size
    print(f"{data.touched} of {cells} cell-times hold less than the floor of {floor:g} agents")
    fits = fit_all(data, printed, exact)
    write_fit(fits.by_method[PRINTED], made["fit"])
    write_fit(fits.by_method[EXACT], made["exact"])
    table = fits.table(case)
    table.to_csv(made["methods"], index=False)
    fits.histories(case).to_csv(made["convergence"], index=False)
    print(table.to_string(index=False))
    return fits


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        threads.use(snakemake.threads)
        params = snakemake.params
        fit(
            snakemake.input.populations,
            params.case,
            snakemake.output,
            day=params.day,
            floor=params.floor,
            printed=params.printed,
            exact=params.exact,
        )
