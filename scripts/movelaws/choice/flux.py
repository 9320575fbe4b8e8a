"""Predicted against observed flows: quantiles of the prediction in classes of observed flow."""

import numpy as np
import pandas as pd

QUANTILES = (0.09, 0.25, 0.5, 0.75, 0.91)
PER_DECADE = 4
LEAST_PAIRS = 5
PAIR_COLUMNS = ("origin", "destination", "distance_km", "flow")


def classes(flow: np.ndarray, per_decade: int = PER_DECADE) -> np.ndarray:
    """Edges of classes of flow > 0, the same number in every factor of ten.

    Returns
    -------
    (n_classes + 1,) increasing, in the unit of the flow, around all of it.
    """
    if flow.size == 0 or flow.min() <= 0:
        raise ValueError("flow: classes are of positive flows, found none or one that is not > 0")
    low = np.floor(per_decade * np.log10(flow.min()) + 1e-9)
    high = np.floor(per_decade * np.log10(flow.max()) + 1e-9) + 1
    return 10.0 ** (np.arange(low, high + 1) / per_decade)


def boxes(flow: np.ndarray, predicted: np.ndarray, per_decade: int = PER_DECADE) -> pd.DataFrame:
    """Quantiles of the predicted flow in each class of observed flow.

    Parameters
    ----------
    flow, predicted : (n_pairs,), observed flow > 0 and prediction >= 0 of the same pairs.
    per_decade : classes to every factor of ten.

    Returns
    -------
    DataFrame, a row per class that is not empty: low, high (edges), mean (of the observed flow in
    it), pairs, q09, q25, q50, q75, q91 (of the prediction).

    References
    ----------
    Simini et al. (2012), Nature 484, 96, Fig. 2, whose boxes paper 5 takes over in its Fig. 2g-i.
    """
    edges = classes(flow, per_decade)
    number = np.searchsorted(edges, flow, side="right") - 1
    rows = []
    for k in np.unique(number):
        inside = number == k
        levels = np.quantile(predicted[inside], QUANTILES)
        rows.append((edges[k], edges[k + 1], flow[inside].mean(), int(inside.sum()), *levels))
    columns = ["low", "high", "mean", "pairs", *(f"q{100 * q:02.0f}" for q in QUANTILES)]
    return pd.DataFrame(rows, columns=columns)


def shares_on_diagonal(predictions: pd.DataFrame) -> dict[str, float]:
    """:func:`share_on_diagonal` of every model in a table of predictions.

    Parameters
    ----------
    predictions : flow (> 0) and a column per model, with or without origin, destination and
        distance_km.
    """
    models = [column for column in predictions.columns if column not in PAIR_COLUMNS]
    return {model: share_on_diagonal(predictions, model) for model in models}


def share_on_diagonal(predictions: pd.DataFrame, model: str = "DCG") -> float:
    """Share of the classes of at least five pairs whose whiskers hold the mean observed flow.

    nan where no class has as many.
    """
    table = boxes(predictions["flow"].to_numpy(), predictions[model].to_numpy())
    table = table[table["pairs"] >= LEAST_PAIRS]
    held = (table["q09"] <= table["mean"]) & (table["mean"] <= table["q91"])
    return float(held.mean())
