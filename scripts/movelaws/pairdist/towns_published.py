"""What the paper found, or a synthetic world holds, beside what is found here.

Its radii and growth exponents stand in its vector figures (config/published); towns are matched by
name, so only a few can be: the borders of a town are those of the statistical office there and of
density clustering here.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

RADIUS = {"addresses": "radius_addresses_m", "buildings": "radius_buildings_m"}


def with_published_radii(fits: pd.DataFrame, published: pd.DataFrame | None) -> pd.DataFrame:
    """The fits with a column published: R (m) of the town of that name, nan where unknown.

    Parameters
    ----------
    fits : of :func:`movelaws.pairdist.towns.towns`. Towns found by density get a value, those whose
        borders the data state do not: a postal town is another thing.
    published : town, radius_addresses_m, radius_buildings_m; None for no comparison.
    """
    value = np.full(len(fits), math.nan)
    if published is not None:
        for at, row in enumerate(fits.to_dict("records")):
            if row["definition"] == "density" and row["counted"] in RADIUS:
                value[at] = _radius(row["town"], published, RADIUS[row["counted"]])
    return fits.assign(published=value)


def published_fits(published: pd.DataFrame) -> pd.DataFrame:
    """All radii of the paper in the columns of the fits, for the table of tails."""
    tables = [
        pd.DataFrame({"town": published["town"], "radius": published[column].astype(float)}).assign(
            counted=counted
        )
        for counted, column in RADIUS.items()
    ]
    blank = {key: math.nan for key in ("shape", "correlation", "correlation_inverse")}
    return pd.concat(tables, ignore_index=True).assign(
        source="published", definition="statistical office", **blank
    )


def with_published_growth(exponents: pd.DataFrame, published: pd.DataFrame | None) -> pd.DataFrame:
    """The exponents with columns published and published_sd (of the towns), nan where unknown.

    Parameters
    ----------
    exponents : of :func:`movelaws.pairdist.growth.growth`.
    published : counted, scope ("all", "outside", "town"), town, exponent; None for no comparison.
    """
    table = exponents.assign(published=math.nan, published_sd=math.nan)
    if published is None:
        return table
    for at, row in table.iterrows():
        same = published[published["counted"] == row["counted"]]
        scope = "town" if row["scope"] == "towns" else row["scope"]
        same = same[same["scope"] == scope]
        if row["scope"] == "town":
            same = same[same["town"] == row["town"]]
        if len(same):
            table.loc[at, "published"] = same["exponent"].mean()
        if row["scope"] == "towns" and len(same) > 1:
            table.loc[at, "published_sd"] = same["exponent"].std(ddof=1)
    return table


def with_planted_growth(exponents: pd.DataFrame, truth: Mapping | None) -> pd.DataFrame:
    """The exponents with a column planted: that of the patches that the towns are made of.

    Parameters
    ----------
    exponents : of :func:`movelaws.pairdist.growth.growth`.
    truth : of a synthetic world, with growth_exponent if its towns have one; None for real data.
        It does not hold outside towns, where nothing is planted at this scale.
    """
    planted = float((truth or {}).get("growth_exponent", math.nan))
    return exponents.assign(planted=np.where(exponents["scope"] == "outside", math.nan, planted))


def _radius(town: str, published: pd.DataFrame, column: str) -> float:
    """Of the one town of this name; of a double name such as Allinge-Sandvig the first counts."""
    names = published["town"].astype(str)
    for same in (names == town, names.str.split("-").str[0] == town):
        if same.sum() == 1:
            return float(published.loc[same, column].iloc[0])
    return math.nan
