"""Set the positions of a country's towns beside random ones and beside hard disks."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from movelaws.log import logged
from movelaws.pairdist.matter_places import numbered_towns
from movelaws.pairdist.positions import (
    Positions,
    Settings,
    Towns,
    land_of,
    places_curve,
    positions,
    towns_as_disks,
)
from movelaws.pairs import checked_points
from movelaws.pointsets import frames
from movelaws.seeds import stream
from movelaws.tables import write_table


def positions_of(
    pointset: frames.PointSet, name: str, options: Mapping, density: Mapping, seed: int
) -> tuple[Towns, Positions]:
    """Towns of a point set and how they lie."""
    table = pointset.points
    points = checked_points(table["x"].to_numpy(), table["y"].to_numpy())
    number, names = numbered_towns(table, options["definition"], density)
    settings = Settings(**{k: v for k, v in options.items() if k not in ("definition", "datasets")})
    towns = towns_as_disks(points, number, names, settings.least)
    land, source = land_of(pointset.land, points)
    found = positions(towns, land, settings, stream(seed, "pairdist", "positions", name))
    summary = found.summary.assign(definition=options["definition"], land=source)
    curves = pd.concat([found.curves, places_curve(points, found.curves)], ignore_index=True)
    return towns, Positions(curves, summary)


def planted_positions(truths: Sequence[str]) -> str:
    """How a synthetic world laid its towns, where it says that; nothing otherwise."""
    worlds = [json.loads(Path(path).read_text("utf-8")).get("world") for path in truths]
    return "hard disks" if "denmark_addresses" in worlds else ""


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        towns, found = positions_of(
            frames.read(Path(snakemake.input.points).parent),
            params.dataset,
            params.positions,
            params.density,
            params.seed,
        )
        planted = planted_positions(snakemake.input.truths)
        summary = found.summary.assign(dataset=params.dataset, planted=planted)
        print(summary.T.to_string())
        write_table(summary, made.summary, made.summary_md)
        found.curves.to_csv(made.curves, index=False)
        towns.table().to_csv(made.towns, index=False)
