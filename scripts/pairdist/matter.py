"""Simulate houses as particles and set the short-range order of places beside them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from movelaws.cities.lennard_jones import LennardJones
from movelaws.log import logged
from movelaws.pairdist import matter_places
from movelaws.pairdist.matter import Settings, matter
from movelaws.pairdist.matter_curves import order_row
from movelaws.seeds import stream
from movelaws.tables import write_table


def settings_of(options: Mapping) -> Settings:
    """Settings of the models from those of the config."""
    names = ("particles", "repeats", "steps", "radius", "radius_exponent", "reach")
    return Settings(
        **{name: options[name] for name in names},
        speeds=tuple(options["speeds"]),
        model=LennardJones(**options["lennard_jones"]),
    )


def order_of_places(
    name: str, points: pd.DataFrame, options: Mapping, density: Mapping, seed: int
) -> tuple[list[dict], pd.DataFrame]:
    """Rows of the table of orders and curves of one dataset."""
    settings = matter_places.Settings(reach=options["reach"], **options["places"])
    places = matter_places.distinct(points, options["definition"], density)
    rng = stream(seed, "pairdist", "places", name)
    curves = matter_places.places_curves(name, places, settings, rng)
    return [order_row(curve) for curve in curves], matter_places.as_table(curves)


def planted_distances(truths: Sequence[str]) -> dict[str, float]:
    """Distance of doors (m) that synthetic worlds planted, by dataset (the folder's name)."""
    found = {Path(path).parent.name: json.loads(Path(path).read_text("utf-8")) for path in truths}
    return {
        name: truth["door_distance_m"]
        for name, truth in found.items()
        if "door_distance_m" in truth
    }


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        found = matter(settings_of(params.matter), params.seed)
        orders, curves = [found.orders], [found.curves]
        for name, path in zip(params.datasets, snakemake.input.points, strict=True):
            rows, table = order_of_places(
                name, pd.read_parquet(path), params.matter, params.density, params.seed
            )
            orders.append(pd.DataFrame(rows))
            curves.append(table)
        orders = pd.concat(orders, ignore_index=True)
        models = orders["diameter_from"].eq("model")
        planted = orders["source"].map(planted_distances(snakemake.input.truths))
        orders["planted"] = planted.where(~models, orders["diameter_m"])
        print(orders.to_string(), found.nucleus.to_string(), sep="\n")
        write_table(orders, made.orders, made.orders_md)
        write_table(found.nucleus, made.nucleus, made.nucleus_md)
        pd.concat(curves, ignore_index=True).to_csv(made.curves, index=False)
        found.energies.to_csv(made.energies, index=False)
        found.profiles.to_csv(made.profiles, index=False)
        Path(made.configurations).parent.mkdir(parents=True, exist_ok=True)
        found.configurations.to_parquet(made.configurations, index=False)
