"""How far the published tables move under other readings of the same data."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from movelaws import centroids
from movelaws.allocation import MODELS, predict
from movelaws.calibrate import calibrate
from movelaws.frames import Canonical
from movelaws.metrics import cpc, rmse
from movelaws.readings import are_zones, pairs_under

AGREES = "equal to the last printed digit"
UNEXPLAINED = "no other reading of the data tried here explains it"
COLUMNS = ["model", "repeat", "parameter", "rmse", "cpc"]
CLEARLY = 0.8  # a fixed reading has to take off a fifth of the squared differences
LIKELY = 2.0  # a random move of two standard deviations is nothing out of the ordinary


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
    Models whose number the reading cannot tell are left out: those by opportunities under other
    distances (the order of places is not measured anew), all of them where the population that
    the reading asks for is unknown, or places are to be moved that are the zones themselves.
    """
    choices = dict(base) | {k: v for k, v in reading.items() if k not in ("repeats", "places")}
    if "places" in reading:
        choices["intervening"] = reading["places"]
    masses = f"{choices['population']}_population"
    if data.zones[masses].isna().any():
        print(f"{masses} is unknown for some zones: this reading is left out")
        return pd.DataFrame(columns=COLUMNS)
    if "jitter_places_m" in reading and are_zones(data.places, data.zones):
        print("the places are the zones themselves: moving them alone says nothing")
        return pd.DataFrame(columns=COLUMNS)
    if reading.get("distance", "sphere") != "sphere":
        models = [model for model in models if MODELS[model].by_distance]
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
    return pd.DataFrame(rows, columns=COLUMNS)


def moves(
    data: Canonical, predictions: pd.DataFrame, reference: pd.DataFrame, base: Mapping[str, str]
) -> pd.DataFrame:
    """What errors of the zone points do to the RMSE of the models that go by distance.

    Parameters
    ----------
    data : canonical tables.
    predictions : origin, destination, flow and a column per model, the pairs of ``reference``.
    reference : model, published_rmse of one dataset.
    base : population and support of the run.

    Returns
    -------
    DataFrame with a row per model that has a published RMSE: model, rmse_per_metre (of independent
    errors of all points, each axis), largest_move_m and rms_move_m (of the smallest move that
    gives the published RMSE of all of them at once), worst_origin, worst_destination,
    worst_distance_km and worst_share_percent (the pair with the largest squared error).
    """
    printed = reference.set_index("model")["published_rmse"].dropna()
    targets = {m: float(v) for m, v in printed.items() if m in centroids.SLOPES}
    pairs = pairs_under(data.zones, data.flows, data.places, **base)
    move = centroids.smallest_move(data.zones, pairs, targets)
    flows = {model: predictions[model].to_numpy() for model in targets}
    worst = centroids.dominant_pairs(pairs, flows, largest=1).set_index("model")
    names = data.zones.set_index("zone_id")["name"]
    rows = pd.DataFrame({"model": list(targets)})
    per_metre = centroids.sensitivity_per_metre(data.zones, pairs, list(targets))
    rows["rmse_per_metre"] = rows["model"].map(per_metre)
    rows["largest_move_m"] = move.largest_m if move.converged else np.nan
    rows["rms_move_m"] = move.rms_m if move.converged else np.nan
    rows["worst_origin"] = rows["model"].map(worst["origin"]).map(names)
    rows["worst_destination"] = rows["model"].map(worst["destination"]).map(names)
    rows["worst_distance_km"] = rows["model"].map(worst["distance_km"])
    rows["worst_share_percent"] = rows["model"].map(worst["share_percent"])
    return rows


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
                    "rmse_sd": part["rmse"].std(ddof=1) if len(part) > 1 else np.nan,
                    "cpc": part["cpc"].mean(),
                    "shift_percent": 100 * (part["rmse"].mean() / own["rmse"] - 1),
                    "shift_percent_sd": 100 * part["rmse"].std(ddof=1) / own["rmse"],
                    "rmse_here": own["rmse"],
                    "published_rmse": own["published_rmse"],
                }
            )
    return pd.DataFrame(rows)


def differences(
    readings: pd.DataFrame, reference: pd.DataFrame, shifts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What explains the distance between each published RMSE and ours, of one dataset.

    Parameters
    ----------
    readings : the table of :func:`summary`.
    reference : model, rmse, published_rmse, rmse_difference_percent.
    shifts : the table of :func:`moves`, of the models that go by distance.

    Returns
    -------
    DataFrame with one row per model that has a published RMSE: model, published_rmse, rmse,
    rmse_difference_percent, reason and, for models by distance, what :func:`moves` found. The
    reason says how many standard deviations of a random move
    of the points the difference is, and names a fixed reading only if that comes closer to the
    published numbers of all its models together: which suits one model alone proves nothing.
    """
    printed = reference[reference["published_rmse"].notna()].set_index("model")
    half_digit = _last_digit(printed["published_rmse"]) / 2
    gap = (printed["rmse"] - printed["published_rmse"]).abs()
    better = _better_readings(readings, printed["published_rmse"], gap, half_digit)
    rows = []
    for model, row in printed.iterrows():
        if gap[model] <= half_digit[model] * (1 + 1e-9):
            reason = AGREES
        else:
            own = readings[readings["model"] == model]
            causes = [_cause(reading, gap[model], better) for reading in own.itertuples()]
            if shifts is not None:
                causes.append(_enough(shifts[shifts["model"] == model], gap[model]))
            reason = "; ".join(filter(None, causes)) or UNEXPLAINED
        rows.append(
            (model, row["published_rmse"], row["rmse"], row["rmse_difference_percent"], reason)
        )
    names = ["model", "published_rmse", "rmse", "rmse_difference_percent", "reason"]
    table = pd.DataFrame(rows, columns=names)
    return table if shifts is None else table.merge(shifts, on="model", how="left")


def _better_readings(
    readings: pd.DataFrame, published: pd.Series, gap: pd.Series, half_digit: pd.Series
) -> set[str]:
    """Fixed readings that come closer to all published numbers together than ours does."""
    better = set()
    for name, table in readings[readings["rmse_sd"].isna()].groupby("reading"):
        table = table.set_index("model")
        table = table[table.index.isin(published.index)]
        units = half_digit[table.index]
        theirs = (((table["rmse"] - published[table.index]) / units) ** 2).sum()
        if theirs < CLEARLY * ((gap[table.index] / units) ** 2).sum():
            better.add(name)
    return better


def _cause(reading, gap: float, better: set[str]) -> str:
    name = reading.reading.replace("_", " ")
    if np.isnan(reading.rmse_sd):
        if reading.reading not in better:
            return ""
        return f"the reading {name!r} gives {reading.rmse:.2f} and suits all models together better"
    if reading.rmse_sd == 0 or gap > LIKELY * reading.rmse_sd:
        return ""
    return f"{gap / reading.rmse_sd:.2g} standard deviations of {name!r}"


def _enough(shift: pd.DataFrame, gap: float) -> str:
    if shift.empty:
        return ""
    row = shift.iloc[0]
    text = f"an error of {gap / row['rmse_per_metre']:.0f} m in all points is as large"
    if np.isnan(row["largest_move_m"]):
        return text
    return f"{text}; comes out if points move by at most {row['largest_move_m']:.0f} m"


def _last_digit(printed: pd.Series) -> pd.Series:
    """Unit of the last of the five significant digits that Table 2 prints."""
    return 10.0 ** (np.floor(np.log10(printed)) - 4)
