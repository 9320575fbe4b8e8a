"""Fit how fast the pair distribution of one point set grows, in towns and outside."""

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from movelaws.files import replacing
from movelaws.log import logged
from movelaws.pairdist.growth import Growth, growth
from movelaws.pairdist.towns_published import with_planted_growth, with_published_growth
from movelaws.tables import write_table


def fit(
    points: pd.DataFrame,
    dataset: str,
    settings: Mapping,
    settlement: Mapping,
    place: str,
    published: pd.DataFrame | None,
    truth: Mapping | None,
) -> Growth:
    """Exponents with what is published or planted beside them, sensitivity, curves."""
    found = growth(
        points,
        low=settings["from_m"],
        high=settings["to_m"],
        ranges=settings["ranges"],
        definitions=settlement["definitions"],
        density=settlement["density"],
        largest=settings["largest"],
        blocks=settings["blocks"],
        town_blocks=settings["town_blocks"],
        place=place,
        confidence=settings["confidence"],
    )
    exponents = with_planted_growth(with_published_growth(found.exponents, published), truth)
    exponents.insert(0, "dataset", dataset)
    sensitivity = with_planted_growth(found.sensitivity, truth)
    sensitivity.insert(0, "dataset", dataset)
    return found._replace(exponents=exponents, sensitivity=sensitivity)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made, params = snakemake.input, snakemake.output, snakemake.params
        truth = given.get("truth")
        found = fit(
            pd.read_parquet(given.points),
            params.dataset,
            params.settings,
            params.settlement,
            params.place,
            pd.read_csv(given.published, keep_default_na=False) if params.compared else None,
            json.loads(Path(truth).read_text(encoding="utf-8")) if truth else None,
        )
        print(found.exponents.to_string())
        write_table(found.exponents, made.growth, made.growth_md)
        write_table(found.sensitivity, made.sensitivity, made.sensitivity_md)
        with replacing(made.curves) as temporary:
            found.curves.to_parquet(temporary, index=False)
