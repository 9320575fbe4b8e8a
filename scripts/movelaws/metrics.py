"""Agreement between observed and predicted flows.

Flows are compared pair by pair, over the pairs given; ``ssi`` alone counts all N^2 pairs. All
functions take arrays of flows >= 0 in the same order and raise a ValueError that names the
argument if the shapes differ, a flow is negative or not finite, or the value is undefined.
"""

import numpy as np


def rmse(observed: np.ndarray, predicted: np.ndarray) -> float:
    """Root mean squared error, sqrt(mean (F - F^)^2), in the unit of the flows.

    Parameters
    ----------
    observed, predicted : (n_pairs,) arrays of flows >= 0, same order of pairs.

    Returns
    -------
    float >= 0; 0 if and only if the two are equal.
    """
    observed, predicted = _checked_both(observed, predicted)
    return float(np.sqrt(np.mean((observed - predicted) ** 2)))


def nrmse(observed: np.ndarray, predicted: np.ndarray) -> float:
    """Normalised root mean squared error, sqrt(sum (F - F^)^2 / sum F).

    Not free of units: it grows with the square root of the flows.

    References
    ----------
    Lenormand et al. (2016), Journal of Transport Geography 51, 158.
    """
    observed, predicted = _checked_both(observed, predicted)
    total = _positive_total(observed, "NRMSE")
    return float(np.sqrt(np.sum((observed - predicted) ** 2) / total))


def srmse(observed: np.ndarray, predicted: np.ndarray) -> float:
    """Standardised root mean squared error: RMSE over the mean observed flow, free of units.

    References
    ----------
    Knudsen & Fotheringham (1986), International Regional Science Review 10, 127.
    """
    observed, predicted = _checked_both(observed, predicted)
    mean = _positive_total(observed, "SRMSE") / observed.size
    return float(np.sqrt(np.mean((observed - predicted) ** 2)) / mean)


def cpc(observed: np.ndarray, predicted: np.ndarray) -> float:
    """Common part of commuters, 2 sum min(F, F^) / (sum F + sum F^).

    Returns
    -------
    float in [0, 1]; 1 if and only if the two are equal, 0 if no pair has both.

    References
    ----------
    Lenormand et al. (2012), PLoS ONE 7, e45985, Eq. 9.
    """
    observed, predicted = _checked_both(observed, predicted)
    total = _positive_total(observed + predicted, "CPC")
    return float(2 * np.minimum(observed, predicted).sum() / total)


def ssi(observed: np.ndarray, predicted: np.ndarray, n_zones: int) -> float:
    """Sorensen similarity averaged over all pairs, (1/N^2) sum 2 min(F, F^) / (F + F^).

    Pairs with neither flow, those that are not listed included, contribute 0: sparse flows have
    a low SSI even if the prediction is perfect. See ``ssi_nonzero`` for the other reading.

    Parameters
    ----------
    observed, predicted : (n_pairs,) arrays of flows >= 0, same order of pairs.
    n_zones : N, number of zones; n_pairs <= N^2.

    References
    ----------
    Yan et al. (2017), Nature Communications 8, 1639, Methods.
    """
    observed, predicted = _checked_both(observed, predicted)
    if n_zones < 1 or observed.size > n_zones**2:
        raise ValueError(f"n_zones = {n_zones} is too small for {observed.size} pairs")
    return float(_similarities(observed, predicted).sum() / n_zones**2)


def ssi_nonzero(observed: np.ndarray, predicted: np.ndarray) -> float:
    """Sorensen similarity averaged over the pairs where at least one of the flows is not 0.

    Returns
    -------
    float in [0, 1]; 1 if and only if the two are equal.
    """
    observed, predicted = _checked_both(observed, predicted)
    _positive_total(observed + predicted, "SSI over nonzero pairs")
    return float(_similarities(observed, predicted).mean())


def ks_distance(observed: np.ndarray, predicted: np.ndarray, distance_km: np.ndarray) -> float:
    """Kolmogorov-Smirnov distance between the trip length distributions.

    sup_d |P(d) - P^(d)|, where P(d) is the share of observed trips not longer than d; pairs of
    equal distance enter together, so that the value does not depend on their order.

    Parameters
    ----------
    observed, predicted : (n_pairs,) arrays of flows >= 0, same order of pairs.
    distance_km : (n_pairs,) length of a trip between the pair; any unit.

    Returns
    -------
    float in [0, 1].
    """
    observed, predicted = _checked_both(observed, predicted)
    distance_km = _checked(distance_km, "distance_km")
    if distance_km.shape != observed.shape:
        raise ValueError(f"distance_km has {distance_km.size} pairs, observed {observed.size}")
    _positive_total(observed, "KS of distance")
    _positive_total(predicted, "KS of distance (predicted)")
    order = np.argsort(distance_km)
    lengths = distance_km[order]
    gap = (
        np.cumsum(observed[order]) / observed.sum() - np.cumsum(predicted[order]) / predicted.sum()
    )
    last_of_ties = np.append(lengths[1:] != lengths[:-1], True)
    return float(np.clip(np.abs(gap[last_of_ties]).max(), 0, 1))


def ks_attraction(
    observed: np.ndarray, predicted: np.ndarray, destination: np.ndarray, n_zones: int
) -> float:
    """Two-sample Kolmogorov-Smirnov distance between the arrivals D_j of the N zones.

    Parameters
    ----------
    observed, predicted : (n_pairs,) arrays of flows >= 0, same order of pairs.
    destination : (n_pairs,) index of the destination zone, from 0 to n_zones - 1.
    n_zones : N; zones where nobody arrives count with D_j = 0.

    Returns
    -------
    float in [0, 1].
    """
    observed, predicted = _checked_both(observed, predicted)
    destination = np.asarray(destination)
    if destination.shape != observed.shape:
        raise ValueError(f"destination has {destination.size} pairs, observed {observed.size}")
    if destination.min() < 0 or destination.max() >= n_zones:
        raise ValueError(f"destination must lie in 0 ... {n_zones - 1} (n_zones = {n_zones})")
    arrived = [
        np.sort(np.bincount(destination, weights=flow, minlength=n_zones))
        for flow in (observed, predicted)
    ]
    values = np.concatenate(arrived)
    below = [np.searchsorted(sample, values, side="right") / n_zones for sample in arrived]
    return float(np.abs(below[0] - below[1]).max())


def _similarities(observed: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """2 min(F, F^) / (F + F^) of the pairs where either flow is not 0."""
    total = observed + predicted
    some = total > 0
    # the ratio, not the product, so that flows near the smallest float neither vanish nor exceed 1
    return 2 * (np.minimum(observed, predicted)[some] / total[some])


def _positive_total(flows: np.ndarray, name: str) -> float:
    total = float(flows.sum())
    if total == 0:
        raise ValueError(f"all flows are 0: {name} is undefined")
    return total


def _checked_both(observed: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    observed, predicted = _checked(observed, "observed"), _checked(predicted, "predicted")
    if observed.shape != predicted.shape:
        raise ValueError(f"observed has {observed.size} pairs, predicted {predicted.size}")
    if observed.size == 0:
        raise ValueError("observed holds no pair: agreement is undefined")
    return observed, predicted


def _checked(values: np.ndarray, name: str) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"{name} has shape {values.shape}: it must be one-dimensional")
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"{name}[{at}] = {values[at]:g}: values must be finite and >= 0")
    return values
