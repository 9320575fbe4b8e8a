"""Raw files of one lattice to the canonical one and its notes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from movelaws.lattices import adapters, frames
from movelaws.log import logged


def prepare(
    adapter: str, files: Mapping[str, str | Path], options: Mapping[str, Any], folder: str | Path
) -> frames.Lattice:
    """Read ``files`` (by role) with ``adapter``, write the checked lattice into ``folder``."""
    lattice = adapters.read(adapter, files, options)
    frames.write(lattice, folder)
    totals = lattice.population.sum(axis=(1, 2), dtype=np.float64)
    ny, nx = lattice.shape
    print(
        f"{len(lattice.days)} days, {len(totals)} moments of {lattice.slots} a day, {ny} x {nx} "
        f"cells of {lattice.cell_m:g} m ({lattice.crs or 'cell numbers'}), "
        f"{np.count_nonzero(lattice.mask):,} in the study area; {totals.min():,.6g} to "
        f"{totals.max():,.6g} {lattice.unit}"
    )
    for note, value in lattice.notes.items():
        print(f"  {note}: {value}")
    return lattice


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        prepare(
            snakemake.params.adapter,
            dict(snakemake.input.items()),
            snakemake.params.options,
            Path(snakemake.output.lattice).parent,
        )
