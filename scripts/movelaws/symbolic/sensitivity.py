"""How far the published tables move under other readings of the same data."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from movelaws.allocation import predict
from movelaws.calibrate import calibrate
from movelaws.frames import Canonical
from movelaws.metrics import cpc, rmse
from movelaws.readings import pairs_under

AGREES = "equal to the last printed digit"
UNEXPLAINED = "no other reading of the data tried here explains it"
CLOSER = 0.8  # a reading explains part of a difference if it takes off a fifth of it at least


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


def differences(readings: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """What explains the distance between each published RMSE and ours, of one dataset.

    Parameters
    ----------
    readings : the table of :func:`summary`.
    reference : model, rmse, published_rmse, rmse_difference_percent.

    Returns
    -------
    DataFrame with one row per model that has a published RMSE: model, published_rmse, rmse,
    rmse_difference_percent, reason. The reason names the random moves of the points whose range
    takes in the published number and the other readings that come clearly closer to it.
    """
    printed = reference[reference["published_rmse"].notna()]
    rows = []
    for row in printed.itertuples():
        half_digit = _last_digit(row.published_rmse) / 2
        gap = abs(row.rmse - row.published_rmse)
        if gap <= half_digit * (1 + 1e-9):
            reason = AGREES
        else:
            own = readings[readings["model"] == row.model]
            causes = [_cause(reading, row.published_rmse, gap) for reading in own.itertuples()]
            reason = "; ".join(filter(None, causes)) or UNEXPLAINED
        rows.append((row.model, row.published_rmse, row.rmse, row.rmse_difference_percent, reason))
    names = ["model", "published_rmse", "rmse", "rmse_difference_percent", "reason"]
    return pd.DataFrame(rows, columns=names)


def _cause(reading, published: float, gap: float) -> str:
    name = reading.reading.replace("_", " ")
    if reading.rmse_lowest < reading.rmse_highest:
        if reading.rmse_lowest <= published <= reading.rmse_highest:
            spread = f"{reading.rmse_lowest:.2f} to {reading.rmse_highest:.2f}"
            return f"reading {name!r} gives {spread}, which takes in the published value"
    elif abs(reading.rmse_lowest - published) < CLOSER * gap:
        return f"reading {name!r} gives {reading.rmse_lowest:.2f}, which is closer"
    return ""


def _last_digit(printed: float) -> float:
    """Unit of the last of the five significant digits that Table 2 prints."""
    return 10.0 ** (np.floor(np.log10(printed)) - 4)
