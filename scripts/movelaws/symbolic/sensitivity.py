"""How far the published tables move under other readings of the same data."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from movelaws.allocation import predict
from movelaws.calibrate import calibrate
from movelaws.frames import Canonical
from movelaws.metrics import cpc, rmse
from movelaws.readings import pairs_under


def under_reading(
    data: Canonical,
    models: Iterable[str],
    base: Mapping[str, str],
    reading: Mapping[str, float | str | int],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """RMSE and CPC of every model, calibrated by RMSE, under one reading of the data.

    Parameters
    ----------
    data : canonical tables.
    models : names of movelaws.allocation.MODELS.
    base : population and support of the run.
    reading : what is read differently: arguments of :func:`movelaws.readings.pairs_under`
        (``places`` stands for ``intervening``) and ``repeats``, the number of random draws.
    rng : generator of the random moves.

    Returns
    -------
    DataFrame with one row per model and repeat: model, repeat, parameter, rmse, cpc. RMSE and CPC
    are taken over the pairs with an observed flow, whatever the support, so that they compare.
    Empty where the dataset lacks the population that the reading asks for.
    """
    choices = dict(base) | {k: v for k, v in reading.items() if k not in ("repeats", "places")}
    if "places" in reading:
        choices["intervening"] = reading["places"]
    masses = f"{choices['population']}_population"
    if data.zones[masses].isna().any():
        print(f"{masses} is unknown for some zones: this reading is left out")
        return pd.DataFrame(columns=["model", "repeat", "parameter", "rmse", "cpc"])
    rows = []
    for repeat in range(int(reading.get("repeats", 1))):
        pairs = pairs_under(data.zones, data.flows, data.places, rng=rng, **choices)
        observed = pairs.flow > 0
        for model in models:
            found = calibrate(model, pairs, "rmse", interval=None)
            flows = predict(model, pairs, found.parameters)
            rows.append(
                {
                    "model": model,
                    "repeat": repeat,
                    "parameter": next(iter(found.parameters.values()), np.nan),
                    "rmse": rmse(pairs.flow[observed], flows[observed]),
                    "cpc": cpc(pairs.flow[observed], flows[observed]),
                }
            )
    return pd.DataFrame(rows)


def summary(readings: Mapping[str, pd.DataFrame], reference: pd.DataFrame) -> pd.DataFrame:
    """One row per model and reading: range of the RMSE and its shift from the reference (%).

    Parameters
    ----------
    readings : tables of :func:`under_reading` by name of the reading.
    reference : the table of baselines (model, rmse, cpc, published_rmse) of the same dataset.
    """
    rows = []
    known = reference.set_index("model")
    for name, table in readings.items():
        for model, part in table.groupby("model", sort=False):
            own = known.loc[model]
            rows.append(
                {
                    "model": model,
                    "reading": name,
                    "rmse": part["rmse"].mean(),
                    "rmse_lowest": part["rmse"].min(),
                    "rmse_highest": part["rmse"].max(),
                    "cpc": part["cpc"].mean(),
                    "shift_percent": 100 * (part["rmse"].mean() / own["rmse"] - 1),
                    "rmse_here": own["rmse"],
                    "published_rmse": own["published_rmse"],
                }
            )
    return pd.DataFrame(rows)
