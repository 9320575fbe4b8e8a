"""How much more likely a model makes the observed flows than the standard model does."""

import numpy as np

from movelaws.inequality.likelihood import origin_log_likelihood


def gain_per_person(flow: np.ndarray, p: np.ndarray, standard: np.ndarray) -> float:
    """Log-likelihood beyond the standard model, per person who moves.

    Flows that the standard model calls impossible (from or to zones without people) are impossible
    under any penalty: they say nothing about it and are left out.

    Parameters
    ----------
    flow : (n, m) observed people.
    p, standard : (n, m) >= 0, weights of the destinations in both models, not normalised.

    Returns
    -------
    float; -inf if ``p`` calls a flow impossible that the standard model does not, NaN if nobody
    moves.
    """
    possible = np.where(standard > 0, flow, 0.0)
    people = possible.sum()
    if not people > 0:
        return np.nan
    beyond = origin_log_likelihood(possible, p) - origin_log_likelihood(possible, standard)
    return float(beyond.sum() / people)
