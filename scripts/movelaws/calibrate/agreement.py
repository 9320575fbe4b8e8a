"""How well a calibrated model agrees with the flows, from sums over origins."""

import numpy as np
from scipy.special import gammaln, xlogy

from movelaws.allocation import Prepared, predict_prepared

_LEAST_MEAN = 1e-200  # of a flow that occurred; smaller ones would overflow when squared


def agreement(prepared: Prepared, theta: np.ndarray, sums: np.ndarray) -> dict[str, float]:
    """RMSE, CPC, Poisson log likelihood, deviance and dispersion at the parameters.

    ``sums`` (n_origins, 4) are those of ``Prepared.sums``. RMSE and CPC are those of
    ``movelaws.metrics``, from these sums: predicted and observed flows of an origin have the same
    sum, which saves passes over the pairs.
    """
    totals, outflow = sums.sum(axis=0), prepared.outflow
    seen = np.flatnonzero(prepared.flow > 0)
    flow = prepared.flow[seen]
    sent = float(xlogy(outflow, outflow).sum() + totals[2])
    return {
        "rmse": float(np.sqrt(totals[0] / prepared.flow.size)),
        "cpc": float(totals[1] / outflow.sum()),
        "log_likelihood": float(sent - outflow.sum() - gammaln(flow + 1).sum()),
        "deviance": float(2 * (xlogy(flow, flow).sum() - sent)),
        "dispersion": _dispersion(prepared, theta, seen, flow, int(totals[3])),
    }


def _dispersion(
    prepared: Prepared, theta: np.ndarray, seen: np.ndarray, flow: np.ndarray, n: int
) -> float:
    """Fletcher's estimate: Pearson's statistic per degree of freedom over 1 + mean (F - F^) / F^.

    The degrees of freedom are the ``n`` pairs with a positive weight, less one for the outflow of
    each origin that sends somebody out, less the parameters; nan if none are left. As F^ and F
    have the same sum, Pearson's statistic is sum F^2 / F^ - sum F: only the pairs ``seen`` with a
    ``flow`` count.

    References
    ----------
    Fletcher (2012), Biometrika 99, 230.
    """
    freedom = n - prepared.origins.size - theta.size
    if freedom <= 0:
        return float("nan")
    mean = np.maximum(predict_prepared(prepared, theta)[seen], _LEAST_MEAN)
    ratio = flow / mean
    pearson = (flow * ratio).sum() - flow.sum()
    return float(pearson / freedom / (ratio.sum() / n))
