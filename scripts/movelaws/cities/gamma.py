"""Radius R and tail m of a city from its pair distribution, by maximum likelihood.

The generalised gamma p(r; R, m) of :class:`movelaws.cities.forms.GeneralisedGamma`, fitted to
distances or to counts per bin.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Chebyshev
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaincinv, logsumexp

from movelaws.cities._arguments import positive, positives, rising, vector
from movelaws.cities.forms import GeneralisedGamma

# Shapes m between a tail that spans hundreds of radii and a wall at R.
_SHAPES = (0.1, 60.0)


@dataclass(frozen=True)
class GammaFit:
    """Fitted p(r; R, m).

    radius, shape : R in the unit of r, and m.
    radius_interval, shape_interval : profile likelihood intervals (low, high).
    mean : mean distance R Gamma(3/m) / Gamma(2/m), unit of r.
    loglik : log-likelihood of all the pairs (of the bins, if fitted to counts).
    n : number (or weight) of pairs.
    independent : number of independent distances that the intervals assume.
    ks : largest difference between the observed and the fitted cumulative share.
    """

    radius: float
    shape: float
    radius_interval: tuple[float, float]
    shape_interval: tuple[float, float]
    mean: float
    loglik: float
    n: float
    independent: float
    ks: float

    @property
    def form(self) -> GeneralisedGamma:
        """The fitted distribution."""
        return GeneralisedGamma(self.radius, self.shape)


def fit_gamma(
    r: np.ndarray | None = None,
    *,
    weights: np.ndarray | None = None,
    edges: np.ndarray | None = None,
    counts: np.ndarray | None = None,
    independent: float | None = None,
    confidence: float = 0.95,
) -> GammaFit:
    """Fit p(r; R, m) to distances, or to counts of pairs per bin.

    Distances: R^m = (m / 2) mean(r^m) at given m, then the maximum of the one-dimensional profile
    likelihood of m (SI Eqs 55 to 57). Counts: multinomial likelihood of the bins, given that the
    distance lies between the first and the last edge.

    Parameters
    ----------
    r : (n,) distances > 0; or leave it out and give ``edges`` and ``counts``.
    weights : (n,) weights > 0 of the distances, 1 by default.
    edges, counts : (n_bins + 1,) rising, the last may be infinite; (n_bins,) >= 0.
    independent : number of independent distances among them, by default all. All pairs of N
        places share places: of independent places at least N / 2 of them are, and intervals that
        take every pair for independent are far too narrow, those that take N / 2 too wide.
    confidence : of the intervals, between 0 and 1.

    Returns
    -------
    GammaFit

    Raises
    ------
    ValueError
        If both or neither kind of data is given, values are out of range, fewer than two different
        distances (or bins with counts) remain, or no m in [0.1, 60] maximises the likelihood.

    References
    ----------
    Paper 3, Eq. 20 and SI 7.1.1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence}: a number between 0 and 1 is needed")
    if (r is None) == (edges is None and counts is None) or (edges is None) != (counts is None):
        raise ValueError("give either r, or edges together with counts")
    if r is not None:
        data = _Distances(r, weights)
    elif weights is None:
        data = _Bins(edges, counts)
    else:
        raise ValueError("weights go with r: counts per bin are weighted already")
    return _fitted(data, data.n if independent is None else independent, confidence)


class _Distances:
    def __init__(self, r, weights):
        r = positives(r, "r")
        w = np.ones(r.size) if weights is None else positives(weights, "weights", r.size)
        if r.size < 2 or r.min() == r.max():
            raise ValueError(f"r holds {r.size} distances: at least two different ones are needed")
        order = np.argsort(r, kind="stable")
        self.r, self.w = r[order], w[order]
        self.n = float(self.w.sum())
        # Powers of r / max(r) cannot overflow.
        self.unit = float(self.r[-1])
        self.u = self.r / self.unit
        self.mean_log = float(self.w @ np.log(self.r)) / self.n
        self.near, self.log_moment = (math.inf, -math.inf), None

    def moment(self, m):
        if self.near[0] <= math.log(m) <= self.near[1]:
            return math.exp(self.log_moment(math.log(m)))
        return float(self.w @ self.u**m) / self.n

    def narrowed(self, log_shape):
        """The same data with the moments near a shape interpolated, for the many evaluations."""
        near = log_shape - 0.5, log_shape + 0.5
        values = Chebyshev.interpolate(
            np.vectorize(lambda s: math.log(self.moment(math.exp(s)))), 20, domain=near
        )
        self.near, self.log_moment = near, values
        return self

    def best_radius(self, m):
        return self.unit * (m / 2 * self.moment(m)) ** (1 / m)

    def loglik(self, radius, m):
        """Per unit of weight."""
        constant = math.log(m) - 2 * math.log(radius) - math.lgamma(2 / m)
        return constant + self.mean_log - (self.unit / radius) ** m * self.moment(m)

    def ks(self, form):
        share = np.cumsum(self.w) / self.n
        fitted = form.cumulative(self.r)
        return float(max(np.max(share - fitted), np.max(fitted - share + self.w / self.n)))


class _Bins:
    def __init__(self, edges, counts):
        self.edges = rising(edges)
        self.counts = vector(counts, "counts", self.edges.size - 1)
        if (self.counts < 0).any():
            at = int(np.argmax(self.counts < 0))
            raise ValueError(f"counts[{at}] = {self.counts[at]}: counts are >= 0")
        if np.count_nonzero(self.counts) < 2:
            raise ValueError("counts: at least two bins must hold pairs")
        self.n = float(self.counts.sum())
        self.share = self.counts / self.n
        # Bins that end at infinity have no middle; a point beyond their edge stands for them.
        ends = np.where(np.isfinite(self.edges), self.edges, 2 * self.edges[-2])
        self.middle, self.width = (ends[1:] + ends[:-1]) / 2, np.diff(ends)
        self.unit = float(np.sqrt(self.share @ self.middle**2))

    def best_radius(self, m):
        at = math.log(self.unit)
        return math.exp(_peak(lambda s: self.loglik(math.exp(s), m), at, (at - 12, at + 4)))

    def loglik(self, radius, m):
        """Per unit of weight."""
        log = self._log_masses(GeneralisedGamma(radius, m))
        return float(self.share @ log) - float(logsumexp(log))

    def _log_masses(self, form):
        mass = form.mass(self.edges)
        lost = mass < 1e-280
        log = np.log(np.where(lost, 1.0, mass))
        log[lost] = form.log_density(self.middle[lost]) + np.log(self.width[lost])
        return log

    def narrowed(self, log_shape):
        return self

    def ks(self, form):
        log = self._log_masses(form)
        fitted = np.cumsum(np.exp(log - logsumexp(log)))
        return float(np.max(np.abs(np.cumsum(self.share) - fitted)))


def _fitted(data, independent, confidence):
    independent = positive(independent, "independent")
    low, high = np.log(_SHAPES)

    def profile(log_shape):
        m = math.exp(log_shape)
        return data.loglik(data.best_radius(m), m)

    found = minimize_scalar(
        lambda s: -profile(s), bounds=(low, high), method="bounded", options={"xatol": 1e-9}
    )
    m = math.exp(found.x)
    if min(found.x - low, high - found.x) < 1e-3:
        raise ValueError(
            f"no shape m between {_SHAPES[0]} and {_SHAPES[1]} maximises the likelihood: these "
            "distances are not like a generalised gamma distribution"
        )
    radius = data.best_radius(m)
    best = data.loglik(radius, m)
    data = data.narrowed(found.x)
    # half the chi-squared quantile of one degree of freedom
    drop = gammaincinv(0.5, confidence) / independent
    shapes = _interval(profile, found.x, best - drop, (low, high))
    by_radius = _profile_of_radius(data, found.x, (low, high))
    at = math.log(radius)
    radii = _interval(by_radius, at, best - drop, (at - 12, at + 4))
    form = GeneralisedGamma(radius, m)
    return GammaFit(
        radius, m, radii, shapes, form.mean, best * data.n, data.n, independent, data.ks(form)
    )


def _profile_of_radius(data, start, bounds) -> Callable[[float], float]:
    def profile(log_radius):
        radius = math.exp(log_radius)

        def by_shape(log_shape):
            return data.loglik(radius, math.exp(log_shape))

        return by_shape(_peak(by_shape, start, bounds))

    return profile


def _peak(function, at, bounds):
    """Where a smooth function of one peak is largest: Newton's steps, or a bounded search."""
    h, start = 1e-3, at
    for _ in range(12):
        left, middle, right = function(at - h), function(at), function(at + h)
        curvature = (left - 2 * middle + right) / h**2
        if not curvature < 0:
            break
        move = (left - right) / (2 * h * curvature)
        if abs(move) > 0.7 or not bounds[0] < at + move < bounds[1]:
            break
        at += move
        if abs(move) < 1e-7:
            return at
    # Far from the peak, where the function is no parabola.
    found = minimize_scalar(
        lambda s: -_finite(function(s)), bounds=bounds, method="bounded", options={"xatol": 1e-9}
    )
    return float(found.x) if -found.fun >= _finite(function(start)) else start


def _interval(profile, at, level, bounds):
    """Where the profile crosses ``level`` on both sides, in the unit before the logarithm."""
    h, ends = 1e-3, []
    curvature = (profile(at - h) - 2 * profile(at) + profile(at + h)) / h**2
    guess = math.sqrt(2 * (profile(at) - level) / -curvature) if curvature < 0 else 0.1
    for side, bound in zip((-1, 1), bounds, strict=True):
        inner, outer = at, at + side * 1.2 * guess
        while profile(outer) > level and side * outer < side * bound:
            inner, outer = outer, at + 2 * (outer - at)
        if side * outer >= side * bound:
            outer = bound
        crossed = profile(outer) <= level
        if crossed:
            ends.append(
                math.exp(brentq(lambda s: profile(s) - level, *sorted((inner, outer)), xtol=1e-9))
            )
        else:
            ends.append(math.exp(bound))
    return ends[0], ends[1]


def _finite(value):
    return value if math.isfinite(value) else -1e300
