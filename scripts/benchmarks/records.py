"""Write a file of records in the format of YJMob100K, for the timing of its raster."""

from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from movelaws.benchmark_lattices import DAYS, RECORDS, ROWS_PER_USER
from movelaws.log import logged
from movelaws.synthetic import yjmob100k


def records(rows: int, seed: int, path: str | Path) -> None:
    """The first ``rows`` records of a synthetic city with as many users as it takes."""
    with TemporaryDirectory(dir=Path(path).parent) as folder:
        yjmob100k.write(Path(folder), seed, users=rows // ROWS_PER_USER, days=DAYS, records=RECORDS)
        source = Path(folder) / yjmob100k.FILES["records"]
        with source.open("rb") as given, Path(path).open("wb") as kept:
            kept.writelines(islice(given, rows + 1))


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        records(int(snakemake.wildcards.n), snakemake.params.seed, snakemake.output.records)
        np.savez(snakemake.output.world, records=np.array(snakemake.output.records))
