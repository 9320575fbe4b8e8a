"""Raw files of one dataset to canonical zones, flows and places."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from movelaws import adapters, frames
from movelaws.log import logged


def prepare(
    adapter: str, files: Mapping[str, str | Path], options: Mapping[str, Any], folder: str | Path
) -> frames.Canonical:
    """Read ``files`` (by role) with ``adapter``, write the checked tables into ``folder``."""
    canonical = adapters.read(adapter, files, options)
    frames.write(canonical, folder)
    print(
        f"{len(canonical.zones):,} zones, {len(canonical.flows):,} flows that sum to "
        f"{canonical.flows['flow'].sum():,.0f}, {len(canonical.places):,} places"
    )
    for note, value in canonical.notes.items():
        print(f"  {note}: {value}")
    return canonical


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        prepare(
            snakemake.params.adapter,
            dict(snakemake.input.items()),
            snakemake.params.options,
            Path(snakemake.output.zones).parent,
        )
