"""Published bins of moves and pairs to canonical tables."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from movelaws.log import logged
from movelaws.pointsets import adapters, bins


def prepare(
    adapter: str, files: Mapping[str, str | Path], options: Mapping[str, Any], folder: str | Path
) -> bins.Bins:
    """Read ``files`` (by role) with ``adapter``, write the checked tables into ``folder``."""
    tables = adapters.read(adapter, files, options)
    if not isinstance(tables, bins.Bins):
        raise ValueError(f"adapter {adapter!r} reads places: put the dataset under points")
    bins.write(tables, folder)
    print(
        f"{len(tables.bins):,} bins of {tables.bins['case'].nunique()} cases, "
        f"{len(tables.cities):,} cities, {tables.towns['town'].nunique()} towns in full"
    )
    for note, value in tables.notes.items():
        print(f"  {note}: {value}")
    return tables


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        prepare(
            snakemake.params.adapter,
            dict(snakemake.input.items()),
            snakemake.params.options,
            Path(snakemake.output.bins).parent,
        )
