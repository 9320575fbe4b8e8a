"""How large noise is, level by level (Table S8)."""

import numpy as np
import pandas as pd


def cpc_table(samples: pd.DataFrame, published: pd.DataFrame | None) -> pd.DataFrame:
    """noise_cpc.csv: mean, least and largest common part over the samples of each level.

    ``published`` has model, alpha and cpc as Table S8 prints them; None if it does not apply.
    """
    table = (
        samples.groupby(["model", "alpha"], sort=False)["cpc"]
        .agg(cpc="mean", cpc_low="min", cpc_high="max", samples="size")
        .reset_index()
    )
    if published is None:
        return table.assign(published_cpc=np.nan)
    printed = published.rename(columns={"cpc": "published_cpc"})
    return table.merge(printed, on=["model", "alpha"], how="left")


def comparable_alpha(common: pd.DataFrame, agreed: float) -> float | None:
    """The dispersion at which noise is as large as the misfit of a model to the data.

    Parameters
    ----------
    common : noise_cpc.csv.
    agreed : CPC of the best existing model on the data.

    Returns
    -------
    Dispersion at which the mean common part over the models is ``agreed``, between the levels by
    straight lines; None if no level reaches it.
    """
    mean = common.groupby("alpha")["cpc"].mean().sort_index()
    if not mean.min() <= agreed <= mean.max():
        return None
    falling = mean.cummin()[::-1]
    return float(np.interp(agreed, falling.to_numpy(), falling.index.to_numpy()))
