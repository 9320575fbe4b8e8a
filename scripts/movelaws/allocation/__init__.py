"""Production-constrained flow models: O_i trips shared out in proportion to weights.

>>> from movelaws.allocation import MODELS, predict
>>> flows = predict("GMExp", pairs, {"b": 0.04})  # doctest: +SKIP
"""

from collections.abc import Mapping

import numpy as np

from movelaws.allocation import sums
from movelaws.allocation.deterrence import written
from movelaws.allocation.law import FlowModel, Parameter
from movelaws.allocation.models import MODELS, find_model, parameter_vector
from movelaws.allocation.prepared import Prepared, prepare, raise_for_status, threads_for
from movelaws.od import Pairs
from movelaws.threads import share_out

__all__ = [
    "MODELS",
    "FlowModel",
    "Parameter",
    "Prepared",
    "find_model",
    "log_weights",
    "parameter_vector",
    "predict",
    "predict_prepared",
    "prepare",
    "written",
]


def log_weights(
    model: str | FlowModel,
    pairs: Pairs,
    parameters: Mapping[str, float] | np.ndarray | None = None,
) -> np.ndarray:
    """Natural logarithm of the allocation weight f_ij of every pair, up to a term of the origin.

    Parameters
    ----------
    model : name in ``MODELS``, or a FlowModel.
    pairs : origins, destinations, masses (people), distances (km), intervening opportunities.
    parameters : value by name, or in the order of ``model.parameters``; None if it has none.

    Returns
    -------
    (n_pairs,) float64 in the order of ``pairs``; -inf where the weight is 0.

    Raises
    ------
    ValueError
        If the model, a parameter or a column of the pairs cannot be used.
    """
    prepared, theta = _arguments(model, pairs, parameters)
    out = np.empty(pairs.n_pairs)
    with threads_for(pairs.n_pairs):
        n_origins = prepared.columns.start.size - 1
        share_out(sums.all_log_weights, n_origins, *prepared.arguments(theta), out)
    return out


def predict(
    model: str | FlowModel,
    pairs: Pairs,
    parameters: Mapping[str, float] | np.ndarray | None = None,
) -> np.ndarray:
    """Predicted flows F^_ij = O_i f_ij / sum_k f_ik, the sum over the pairs present.

    The trips of each origin are shared out by a softmax of its log weights, which neither
    overflows nor vanishes however small the weights are. An origin with a single pair sends
    everybody there whatever the model, even if its weight is 0.

    Parameters
    ----------
    model, pairs, parameters : as for ``log_weights``.

    Returns
    -------
    (n_pairs,) float64 flows >= 0 in the order of ``pairs``; each origin's sum is its outflow.

    Raises
    ------
    ValueError
        As ``log_weights``, and if the weights of an origin with outflow are all 0, or one of
        them is infinite or not a number; the message names the origin.

    References
    ----------
    Lenormand et al. (2016), Journal of Transport Geography 51, 158, Sec. 2.2 (production
    constrained model, in expectation).
    """
    prepared, theta = _arguments(model, pairs, parameters)
    return predict_prepared(prepared, theta)


def predict_prepared(prepared: Prepared, theta: np.ndarray) -> np.ndarray:
    """``predict`` for pairs prepared once and evaluated often."""
    n_origins = prepared.columns.start.size - 1
    out, status = np.empty(prepared.pairs.n_pairs), np.empty(n_origins, dtype=np.int64)
    with threads_for(prepared.pairs.n_pairs):
        share_out(
            sums.allocate, n_origins, *prepared.arguments(theta), prepared.outflow, out, status
        )
    raise_for_status(prepared, np.arange(n_origins), status)
    return out


def _arguments(
    model: str | FlowModel,
    pairs: Pairs,
    parameters: Mapping[str, float] | np.ndarray | None,
) -> tuple[Prepared, np.ndarray]:
    prepared = prepare(model, pairs)
    return prepared, parameter_vector(prepared.model, parameters)
