"""Six existing models on one dataset: parameters, accuracy, predictions (Tables 2 and S7)."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from movelaws.allocation import MODELS, Parameter, predict
from movelaws.calibrate import calibrate
from movelaws.metrics import cpc, ks_distance, nrmse, rmse, ssi, ssi_nonzero
from movelaws.od import Pairs
from movelaws.seeds import number

# Flows of one origin err together, so intervals cluster by origin; CPC has no derivatives.
INTERVALS = {"rmse": "sandwich", "poisson": "sandwich", "cpc": "bootstrap"}
JOINED = ";"  # between the values of a model with several parameters


def fits(
    pairs: Pairs,
    models: Iterable[str],
    objectives: Iterable[str],
    confidence: float,
    bootstraps: int,
    seed: int,
) -> pd.DataFrame:
    """Calibrate every model under every objective; one without parameters stands once, by RMSE.

    A fit that the data do not allow, such as that of radiation from a zone without people, is left
    out with a printed reason that names the zone.

    Returns
    -------
    DataFrame with one row per model and objective: parameter, low, high (values joined by ";"
    where a model has several), rmse and nrmse (flow units and none), cpc, ssi, ssi_nonzero,
    ks_distance, effective_origins, log_likelihood, converged, at_bound, evaluations.

    Raises
    ------
    ValueError
        If that leaves no fit by RMSE.
    """
    models, objectives = list(models), list(objectives)
    asked = [(m, o) for m in models for o in (objectives if MODELS[m].parameters else ["rmse"])]
    rows, errors = [], []
    for model, objective in asked:
        try:
            rows.append(_fit(pairs, model, objective, confidence, bootstraps, seed))
        except ValueError as error:
            if not cannot_fit(error, model):
                raise
            errors.append(f"{model} by {objective} left out: {error}")
            print(errors[-1])
    if not any(row["objective"] == "rmse" for row in rows):
        raise ValueError(
            f"none of symbolic.models = {models} can be fitted by rmse: {errors[0]} (the log has "
            f"all {len(errors)} reasons)"
        )
    return pd.DataFrame(rows)


def _fit(
    pairs: Pairs, model: str, objective: str, confidence: float, bootstraps: int, seed: int
) -> dict[str, object]:
    found = calibrate(
        model,
        pairs,
        objective,
        interval=INTERVALS[objective],
        confidence=confidence,
        replicates=bootstraps,
        seed=number(seed, "calibrate", model, objective),
    )
    flows = predict(model, pairs, found.parameters)
    return {
        "model": model,
        "objective": objective,
        "parameter_name": JOINED.join(found.parameters),
        "parameter": joined(found.parameters),
        "low": joined(found.low),
        "high": joined(found.high),
        **agreement(pairs, flows),
        "effective_origins": found.effective_origins,
        "log_likelihood": found.log_likelihood,
        "converged": found.converged,
        "at_bound": found.at_bound,
        "evaluations": found.evaluations,
    }


def cannot_fit(error: ValueError, model: str) -> bool:
    """Whether an error says that the data, not the call, keep a model from being fitted.

    One zone without people is enough: radiation divides by the people at an origin and around it,
    and no likelihood stands trips to where a model sends nobody. The other fits stand without it.
    """
    name = MODELS[model].name
    return str(error).startswith((f"{name}: origin ", f"{name} gives weight 0 to pairs"))


def agreement(pairs: Pairs, predicted: np.ndarray) -> dict[str, float]:
    """Every measure of agreement between the observed flows and ``predicted``, (n_pairs,)."""
    return {
        "rmse": rmse(pairs.flow, predicted),
        "nrmse": nrmse(pairs.flow, predicted),
        "cpc": cpc(pairs.flow, predicted),
        "ssi": ssi(pairs.flow, predicted, pairs.n_zones),
        "ssi_nonzero": ssi_nonzero(pairs.flow, predicted),
        "ks_distance": ks_distance(pairs.flow, predicted, pairs.distance_km),
    }


def predictions(pairs: Pairs, fitted: pd.DataFrame) -> pd.DataFrame:
    """Observed and predicted flows of every pair, one column per model calibrated by RMSE."""
    table = pd.DataFrame(
        {
            "origin": pd.Categorical.from_codes(pairs.origin, pairs.zone_ids),
            "destination": pd.Categorical.from_codes(pairs.destination, pairs.zone_ids),
            "flow": pairs.flow,
            "distance_km": pairs.distance_km,
        }
    )
    for row in fitted[fitted["objective"] == "rmse"].itertuples():
        table[row.model] = predict(row.model, pairs, parameters(row.model, row.parameter))
    return table


def curves(pairs: Pairs, fitted: pd.DataFrame, points: int = 41) -> pd.DataFrame:
    """RMSE and CPC of each one-parameter model from a third to thrice its optimum."""
    rows = []
    for row in fitted[fitted["objective"] == "rmse"].itertuples():
        if len(MODELS[row.model].parameters) != 1:
            continue
        (parameter,) = MODELS[row.model].parameters
        best = float(row.parameter)
        grid = _around(best, parameter, points)
        for value in np.union1d(grid, best):
            flows = predict(row.model, pairs, {parameter.name: value})
            rows.append((row.model, value, rmse(pairs.flow, flows), cpc(pairs.flow, flows)))
    return pd.DataFrame(rows, columns=["model", "parameter", "rmse", "cpc"])


def _around(best: float, parameter: Parameter, points: int) -> np.ndarray:
    """From a third to thrice ``best``, or, if that is (nearly) 0, the lowest tenth of the range."""
    if best <= 1e-3 * parameter.high and parameter.low == 0:
        return np.linspace(0.0, parameter.high / 10, points)
    return np.geomspace(max(best / 3, parameter.low), min(best * 3, parameter.high), points)


def parameters(model: str, text: str | float) -> dict[str, float]:
    """Parameters of ``model`` by name from the joined values of a table."""
    values = [float(v) for v in str(text).split(JOINED)] if MODELS[model].parameters else []
    return {p.name: v for p, v in zip(MODELS[model].parameters, values, strict=True)}


def joined(values: Mapping[str, float]) -> str:
    """Values in the order of their names, at full precision, joined by ";"."""
    return JOINED.join(repr(float(value)) for value in values.values())
