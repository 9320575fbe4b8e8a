"""Fit radius and form of every town of one point set."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from movelaws.files import replacing
from movelaws.log import logged
from movelaws.pairdist.towns import Towns, radii, towns
from movelaws.pairdist.towns_published import published_fits, with_published_radii
from movelaws.tables import read_texts, write_table


def fit(
    points: pd.DataFrame,
    land: gpd.GeoSeries,
    dataset: str,
    settings: Mapping,
    settlement: Mapping,
    place: str,
    published: pd.DataFrame | None,
) -> Towns:
    """Fits of the towns with the published radii beside them, curves, rings."""
    found = towns(
        points,
        land,
        definitions=settlement["definitions"],
        density=settlement["density"],
        fewest=settings["fewest"],
        largest=settings["largest"],
        rings=settings["rings"],
        bins=settings["bins"],
        place=place,
        confidence=settings["confidence"],
    )
    fits = with_published_radii(found.fits, published)
    fits.insert(0, "dataset", dataset)
    return found._replace(fits=fits)


def tails(
    fits: pd.DataFrame,
    growth: pd.DataFrame,
    replicates: int,
    seed: int,
    published: pd.DataFrame | None,
) -> pd.DataFrame:
    """Tail of the radii of these towns, and of the published ones."""
    tables = [fits.assign(source="data")]
    tables += [] if published is None else [published_fits(published)]
    table = radii(pd.concat(tables, ignore_index=True), growth, replicates=replicates, seed=seed)
    table.insert(0, "dataset", growth["dataset"].iloc[0])
    return table


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made, params = snakemake.input, snakemake.output, snakemake.params
        published = pd.read_csv(given.published) if params.compared else None
        found = fit(
            pd.read_parquet(given.points),
            gpd.read_parquet(given.land).geometry,
            params.dataset,
            params.settings,
            params.settlement,
            params.place,
            published,
        )
        growth = read_texts(given.growth, ["dataset", "definition", "counted", "scope", "town"])
        table = tails(found.fits, growth, params.settings["replicates"], params.seed, published)
        print(table.T.to_string())
        write_table(found.fits, made.towns, made.towns_md)
        write_table(table, made.radii, made.radii_md)
        found.rings.to_csv(made.rings, index=False)
        with replacing(made.curves) as temporary:
            found.curves.to_parquet(temporary, index=False)
