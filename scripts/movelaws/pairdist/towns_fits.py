"""One town: pair distribution and generalised gamma, density by the distance to the centre.

How well the form fits is told in two ways: by the correlation of the densities, and by that of the
paper's Eq. 21, in which the density is turned back into a distance. The formula of Eq. 21 is lost
in the text at hand; solving Eq. 20 for r / R gives [-ln(p R^2 Gamma(2/m) / (m r))]^(1/m), which is
r / R itself for every town if the form holds, so that all towns fall on one line (Fig. 21).
"""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import pdist

from movelaws.cities.gamma import GammaFit, fit_gamma
from movelaws.pairdist.pairs import weighted_points
from movelaws.pairs import pair_counts

_FINE = 500
# Up to so many places their distances are held at once (64 MB).
_AT_ONCE = 4000
# Pairs nearer than this share of R are "near": where the form overshoots or falls short.
NEAR = 0.2


class TownPairs(NamedTuple):
    """Pairs within one town."""

    fit: GammaFit
    curve: pd.DataFrame
    agreement: dict[str, float]


def town_pairs(places: pd.DataFrame, *, bins: int = 40, confidence: float = 0.95) -> TownPairs:
    """Fit the generalised gamma to the distances between all places of a town.

    Parameters
    ----------
    places : x, y (m), weight; at different positions.
    bins : of equal width, of the curve and of the correlations; they end where 99 % of the pairs
        are nearer.
    confidence : of the intervals. They take half as many independent distances as there are
        places, the least for places that are independent of one another.

    Returns
    -------
    fit : radius R (m), shape m, intervals, mean distance.
    curve : r_low, r_high (m), count, density and law (per metre), scaled (r / R) and inverse (what
        Eq. 21 makes of the density; nan where the density exceeds m r / (R^2 Gamma(2/m)), which
        no distance gives).
    agreement : correlation (of density and law), correlation_inverse (of scaled and inverse),
        inverse_share (share of the pairs in bins where that is defined), near (pairs nearer than
        R / 5 over those of the law), ks (largest gap between the shares of pairs nearer than r).

    Raises
    ------
    ValueError
        If there are fewer than three places, or their distances are not like the form.

    References
    ----------
    Paper 3, Methods 4.5, Eqs 20 and 21.
    """
    if len(places) < 3:
        raise ValueError(f"{len(places)} places: a town needs at least 3")
    edges, counts = _distances(places, _FINE)
    there = counts > 0
    # The middles of fine bins stand for the distances, so that the likelihood is that of the paper,
    # of every distance; one of the bins would be that of distances below the last edge only.
    fit = fit_gamma(
        ((edges[1:] + edges[:-1]) / 2)[there],
        weights=counts[there],
        independent=len(places) / 2,
        confidence=confidence,
    )
    upto = np.concatenate([[0.0], np.cumsum(counts)])
    gap = float(np.abs(upto / upto[-1] - fit.form.cumulative(edges)).max())
    end = float(np.interp(0.99 * upto[-1], upto, edges))
    coarse = np.linspace(0, end, bins + 1)
    count = np.diff(np.interp(coarse, edges, upto))
    width = end / bins
    curve = pd.DataFrame({"r_low": coarse[:-1], "r_high": coarse[1:], "count": count})
    curve["density"] = count / upto[-1] / width
    curve["law"] = fit.form.mass(coarse) / width
    middle = (coarse[:-1] + coarse[1:]) / 2
    curve["scaled"] = middle / fit.radius
    curve["inverse"] = inverse(curve["density"].to_numpy(), middle, fit.radius, fit.shape)
    defined = curve["inverse"].notna()
    agreement = {
        "correlation": _correlation(curve["density"], curve["law"]),
        "correlation_inverse": _correlation(curve["scaled"][defined], curve["inverse"][defined]),
        "inverse_share": float(count[defined].sum() / count.sum()),
        "ks": gap,
        "near": float(
            np.interp(NEAR * fit.radius, edges, upto)
            / upto[-1]
            / fit.form.cumulative(NEAR * fit.radius)
        ),
    }
    return TownPairs(fit, curve, agreement)


def inverse(density: np.ndarray, r: np.ndarray, radius: float, shape: float) -> np.ndarray:
    """r / R that a density belongs to, by Eq. 20 solved for it; nan where there is none.

    Parameters
    ----------
    density : per metre; r, radius : m; shape : m of the form.
    """
    onset = shape * np.asarray(r) / (radius**2 * math.gamma(2 / shape))
    with np.errstate(divide="ignore", invalid="ignore"):
        fall = -np.log(np.asarray(density) / onset)
        return np.where((fall >= 0) & np.isfinite(fall), np.abs(fall) ** (1 / shape), np.nan)


def town_centre(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Centre about which the density falls exponentially: the geometric median.

    It maximises the likelihood of a density ~ exp(-distance / l), whatever l is (Weiszfeld's
    iteration).
    """
    at = np.array([np.average(x, weights=weight), np.average(y, weights=weight)])
    for _ in range(200):
        distance = np.maximum(np.hypot(x - at[0], y - at[1]), 1e-3)
        pull = weight / distance
        new = np.array([pull @ x, pull @ y]) / pull.sum()
        moved = float(np.hypot(*(new - at)))
        at = new
        if moved < 1e-3:
            break
    return float(at[0]), float(at[1])


def exponential_scale(edges: np.ndarray, counts: np.ndarray, area: np.ndarray) -> float:
    """Scale l of a density ~ exp(-x / l) from counts in rings about the centre.

    Multinomial likelihood, P(ring) ~ area exp(-x / l) at the middle of the ring, so that water in a
    ring is no lack of houses.

    Parameters
    ----------
    edges : (n + 1,) m; counts, area : (n,) of the rings; rings without area are left out.
    """
    x = ((edges[1:] + edges[:-1]) / 2)[area > 0]
    n, log_area = np.asarray(counts)[area > 0], np.log(area[area > 0])

    def loss(log_scale):
        log_p = log_area - x / math.exp(log_scale)
        return -float(n @ log_p) + float(n.sum()) * float(np.logaddexp.reduce(log_p))

    middle = math.log(float(np.average(x, weights=n)))
    found = minimize_scalar(loss, bounds=(middle - 5, middle + 5), method="bounded")
    return float(math.exp(found.x))


def _distances(places: pd.DataFrame, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Weighted pairs of the town in fine bins that end at the largest distance that may occur."""
    xy = places[["x", "y"]].to_numpy(float)
    edges = np.linspace(0, float(np.hypot(*np.ptp(xy, axis=0))) * (1 + 1e-9), bins + 1)
    if len(xy) > _AT_ONCE:
        return edges, pair_counts(weighted_points(places), edges)["count"].to_numpy(float)
    weight = places["weight"].to_numpy(float)
    first, second = np.triu_indices(len(xy), 1)
    return edges, np.histogram(pdist(xy), edges, weights=weight[first] * weight[second])[0]


def _correlation(a, b) -> float:
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.size < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])
