"""Do the verdicts hold for other shares of penalised places? (Tables S7-S10, claim I6)"""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd

from movelaws.inequality.case import build
from movelaws.inequality.grid import evaluate, judge
from movelaws.inequality.random_classes import drawn


def by_share(
    zones: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    places: pd.DataFrame,
    settings: Mapping,
    exponents: Sequence[float],
    shares: Sequence[float],
    *,
    draws: int,
    level: float,
    seed: int,
    job: tuple[str, ...],
    drop_exact: bool,
) -> pd.DataFrame:
    """The verdict grid for each share of penalised places.

    Parameters
    ----------
    zones, flows, places : canonical tables.
    settings : of :func:`movelaws.inequality.case.build`; its share, or its percentile, is replaced.
    exponents : n of the penalties 10^n.
    shares : of the places.
    draws, level, seed, job, drop_exact : as for the tests of the case.

    Returns
    -------
    DataFrame: share, then the columns of ``tests.csv``. False discovery rates are those of one
    share.

    Raises
    ------
    ValueError
        If there is no share, or a case cannot be built with one; the message names the share.
    """
    if not shares:
        raise ValueError("shares: at least one is needed")
    tables = []
    for share in shares:
        threshold = (
            {"share": share}
            if settings["model"] == "two_class"
            else {"percentile": 100 * (1 - share)}
        )
        try:
            case = build(zones, flows, places, **(dict(settings) | threshold))
        except ValueError as error:
            raise ValueError(f"share {share:g}: {error}") from None
        table = evaluate(case, exponents, drop_exact=drop_exact)
        random = drawn(
            case, exponents, first=0, count=draws, seed=seed, job=(*job, f"{share:g}"),
            drop_exact=drop_exact,
        )  # fmt: skip
        tables.append(judge(table, random, level).assign(share=share))
    joined = pd.concat(tables, ignore_index=True)
    return joined[["share", *(name for name in joined.columns if name != "share")]]
