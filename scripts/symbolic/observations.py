"""Lay out the variables and flows of one dataset for the search."""

from collections.abc import Sequence

from movelaws.frames import read
from movelaws.log import logged
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.variables import observe


def lay_out(folder: str, support: str, named: Sequence[str] = ()) -> Observations:
    """Variables and flows of the dataset whose canonical tables are in ``folder``.

    ``named`` are the variables that its searches ask for by name.
    """
    found = observe(read(folder), support, named)
    print(f"{found.n_rows:,} pairs of {found.n_origins:,} origins: {', '.join(found.names)}")
    return found


if __name__ == "__main__":
    from pathlib import Path

    with logged(snakemake.log[0]):
        p = snakemake.params
        found = lay_out(str(Path(snakemake.input.zones).parent), p.support, p.named)
        found.save(snakemake.output.observations)
