"""The paper's cities: exponents inside and outside, radii, and the two towns given in full."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from movelaws.log import logged
from movelaws.pairdist import published_cities, published_cities_towns
from movelaws.tables import write_table

_TOWN = re.compile(r"town_(\w+)_(inside|outside|radius_m)")


def planted_values(
    truth: Mapping[str, object],
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """What a synthetic world planted: means by quantity, and the law of each town."""
    means = {name: float(truth[name]) for name in ("inside", "outside") if name in truth}
    if "radius_mean_m" in truth:
        means["radius_m"] = float(truth["radius_mean_m"])
    towns: dict[str, dict[str, float]] = {}
    for key, value in truth.items():
        if found := _TOWN.fullmatch(key):
            towns.setdefault(found[1], {})[found[2]] = float(value)
    return means, towns


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        means, laws = {}, {}
        if truth := given.get("truth"):
            means, laws = planted_values(json.loads(Path(truth).read_text("utf-8")))
        told = {}
        for name in ("statistics", "towns", "aic"):
            if path := given.get(f"published_{name}"):
                told[name] = pd.read_csv(path, dtype={"town": str})
        cities = pd.read_csv(given.cities)
        statistics = published_cities.statistics(cities, told.get("statistics"), means)
        write_table(statistics, made.statistics, made.statistics_md)
        published_cities.repeats(cities).to_csv(made.repeats, index=False)
        aic = told["aic"].set_index("law")["aic"].to_dict() if "aic" in told else None
        radii = published_cities.radius_laws(cities, aic)
        write_table(radii, made.radii, made.radii_md)
        start = params.tail_start or None
        tail = published_cities.radius_tail(cities, start, draws=params.draws, seed=params.seed)
        tail.to_csv(made.tail, index=False)
        towns = published_cities_towns.read_towns(pd.read_csv(given.towns, dtype={"town": str}))
        fits = published_cities_towns.town_fits(towns, told.get("towns"), laws)
        write_table(fits, made.towns, made.towns_md)
        published_cities_towns.town_laws(towns).to_csv(made.laws, index=False)
        published_cities_towns.town_curves(towns, fits).to_csv(made.curves, index=False)
        published_cities_towns.town_recovery(
            towns, params.known, draws=params.town_draws, seed=params.seed
        ).to_csv(made.recovery, index=False)
        for table in (statistics, radii, tail, fits):
            print(table.to_string())
