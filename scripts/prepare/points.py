"""Raw files of one point set to canonical points, moves and land."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from movelaws.log import logged
from movelaws.pointsets import adapters, frames


def prepare(
    adapter: str, files: Mapping[str, str | Path], options: Mapping[str, Any], folder: str | Path
) -> frames.PointSet:
    """Read ``files`` (by role) with ``adapter``, write the checked tables into ``folder``."""
    pointset = adapters.read(adapter, files, options)
    if not isinstance(pointset, frames.PointSet):
        raise ValueError(f"adapter {adapter!r} reads bins, no places: put the dataset under bins")
    frames.write(pointset, folder)
    towns = pointset.points["town"]
    print(
        f"{len(pointset.points):,} places ({pointset.crs}), {towns[towns.ne('')].nunique():,} "
        f"towns, {len(pointset.moves):,} pairs with {pointset.moves['moves'].sum():,.0f} moves, "
        f"{len(pointset.land):,} polygons of land"
    )
    for note, value in pointset.notes.items():
        print(f"  {note}: {value}")
    return pointset


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        prepare(
            snakemake.params.adapter,
            dict(snakemake.input.items()),
            snakemake.params.options,
            Path(snakemake.output.points).parent,
        )
