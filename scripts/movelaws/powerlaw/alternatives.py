"""Log-normal, exponential and Weibull laws on the same bounded range, and likelihood ratios.

Each is the usual law conditioned on [low, high], like the power law it competes with. In logs of r
the log-normal depends on two sums, the exponential on one, and the Weibull with a given shape is an
exponential in r^shape: the data are gone through once, or once per shape.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_ndtr, ndtr

from movelaws.powerlaw import _bounded
from movelaws.powerlaw._checks import checked_amounts, checked_range, checked_sample

ALTERNATIVES = ("lognormal", "exponential", "weibull")

# Shapes of the Weibull law; towards 0 it turns into a power law, far above 1 into a wall.
_SHAPES = 1e-3, 50.0

# Chi-squared quantile (95 %, one degree of freedom) of the variance of log-likelihood differences.
_INDISTINCT = 3.841

# Widest log-normal, in ln(high / low): wider ones are the same power law to 9 digits.
_WIDEST = 30.0

_LOG_ROOT_2PI = math.log(math.sqrt(2 * math.pi))


@dataclasses.dataclass(frozen=True)
class Alternative:
    """A law on [low, high].

    Attributes
    ----------
    name : one of ALTERNATIVES.
    parameters : lognormal mu, sigma (of ln r); exponential scale; weibull shape, scale (unit of r).
        A scale of inf means that the exponential part is flat over the range.
    low, high : ends of the range.
        A Weibull of small shape is almost a power law and its scale may round to 0 or inf.
    loglik : log-likelihood of the fitted distances; n : their number.
    fall : growth of (r / scale)^shape from low to high, kept because the scale may round; from the
        parameters if None.
    """

    name: str
    parameters: dict[str, float]
    low: float
    high: float
    loglik: float = math.nan
    n: float = 0.0
    fall: float | None = None

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * len(self.parameters) - 2 * self.loglik

    def logpdf(self, r: np.ndarray) -> np.ndarray:
        """ln of the density at r, per unit of distance; -inf outside the range."""
        r = np.asarray(r, dtype=float)
        inside = (r >= self.low) & (r <= self.high)
        safe = np.where(inside, r, self.low)
        return np.where(inside, self._logpdf(safe), -np.inf)

    def cdf(self, r: np.ndarray) -> np.ndarray:
        """Share of distances not above r."""
        r = np.clip(np.asarray(r, dtype=float), self.low, self.high)
        if self.name == "lognormal":
            low, high, at = (self._z(v) for v in (self.low, self.high, r))
            if low > 0:  # the same area, seen from the tail that keeps its digits
                return (ndtr(-low) - ndtr(-at)) / (ndtr(-low) - ndtr(-high))
            return (ndtr(at) - ndtr(low)) / (ndtr(high) - ndtr(low))
        shape = self.parameters.get("shape", 1.0)
        y, width = _stretched(r, shape, self.low, self.high)
        return _bounded.share_below(y, self._rate(width))

    def log_masses(self, edges: np.ndarray) -> np.ndarray:
        """ln of the share of each bin of the range, (n_bins,), exact far into the tails too."""
        edges = np.asarray(edges, dtype=float)
        if self.name == "lognormal":
            z = self._z(edges)
            return _log_normal_area(z[:-1], z[1:]) - _log_normal_area(
                self._z(self.low), self._z(self.high)
            )
        y, width = _stretched(edges, self.parameters.get("shape", 1.0), self.low, self.high)
        rate, step = self._rate(width), np.diff(y)
        mass = rate * y[:-1] + np.log(step) + _bounded.log_mean_exp(rate * step)
        return mass - _bounded.log_mean_exp(rate)

    def _z(self, r):
        return (np.log(r) - self.parameters["mu"]) / self.parameters["sigma"]

    def _rate(self, width: float) -> float:
        if self.fall is not None:
            return -self.fall
        shape, scale = self.parameters.get("shape", 1.0), self.parameters["scale"]
        return -width * (self.low / scale) ** shape

    def _logpdf(self, r):
        if self.name == "lognormal":
            sigma = self.parameters["sigma"]
            area = _log_normal_area(self._z(self.low), self._z(self.high))
            return -(self._z(r) ** 2) / 2 - _LOG_ROOT_2PI - math.log(sigma) - np.log(r) - area
        shape = self.parameters.get("shape", 1.0)
        y, width = _stretched(r, shape, self.low, self.high)
        rate = self._rate(width)
        jacobian = math.log(shape / width / self.low) + (shape - 1) * np.log(r / self.low)
        return rate * y - _bounded.log_mean_exp(rate) + jacobian


def fit_alternative(
    name: str, r: np.ndarray, low: float, high: float, weights: np.ndarray | None = None
) -> Alternative:
    """Maximum likelihood of another law on [low, high].

    Parameters
    ----------
    name : one of ALTERNATIVES.
    r : (n,) distances, finite and > 0; those outside [low, high] are left out.
    low, high : the range of the power law it is compared with.
    weights : (n,) number of times that each distance was seen; once if None.

    Returns
    -------
    Alternative. Where the likelihood rises towards the law's own limit (a flat exponential, a
    log-normal as wide as a power law), that limit or a law next to it is returned.

    Raises
    ------
    ValueError
        If the name is unknown, a distance or weight is not allowed, or fewer than two different
        distances lie in the range.

    References
    ----------
    Clauset, Shalizi, Newman (2009), SIAM Review 51, 661, Table 2.1.
    """
    fits = {"lognormal": _fit_lognormal, "exponential": _fit_exponential, "weibull": _fit_weibull}
    if name not in fits:
        raise ValueError(f"name = {name!r}: the alternatives are {', '.join(ALTERNATIVES)}")
    r, (low, high) = checked_sample(r), checked_range(low, high)
    weights = np.ones(r.size) if weights is None else checked_amounts(weights, r.shape, "weights")
    used = (r >= low) & (r <= high) & (weights > 0)
    r, weights = r[used], weights[used]
    if r.size == 0 or r.min() == r.max():
        raise ValueError(f"fewer than two different distances lie in [{low}, {high}]")
    n = float(weights.sum())
    parameters, mean_loglik, fall = fits[name](np.log(r / low), weights / n, low, high)
    return Alternative(name, parameters, low, high, n * mean_loglik, n, fall)


def likelihood_ratio(
    first: np.ndarray, second: np.ndarray, weights: np.ndarray | None = None
) -> tuple[float, float, float]:
    """Vuong's test of two laws that do not contain each other.

    Parameters
    ----------
    first, second : (n,) ln of the density (or of the bin's probability) of each distance under the
        two laws.
    weights : (n,) number of times that each was seen (counts of the bins); once if None.

    Returns
    -------
    (ratio, normalised, p): sum of the differences, positive in favour of the first law; the ratio
    over its standard deviation; two-sided p of that under the hypothesis that both are equally far
    from the truth. Normalised is 0 and p is 1 if these data cannot tell the laws apart at all, as
    where one of them has gone to its limit and become the other.

    Raises
    ------
    ValueError
        If shapes differ or a value that counts is not finite.

    References
    ----------
    Vuong (1989), Econometrica 57, 307, sections 4 and 5; Clauset et al. (2009), SIAM Review 51,
    661, appendix C.
    """
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if first.shape != second.shape:
        raise ValueError(f"first has shape {first.shape}, second {second.shape}")
    weights = np.ones(first.size) if weights is None else weights
    weights = checked_amounts(weights, first.shape, "weights")
    seen = weights > 0
    difference, weights = first[seen] - second[seen], weights[seen]
    if not np.isfinite(difference).all():
        at = int(np.argmax(~np.isfinite(difference)))
        raise ValueError(f"difference {at} of the logarithms is {difference[at]}, not finite")
    n = weights.sum()
    ratio = float(weights @ difference)
    deviation = math.sqrt(float(weights @ (difference - ratio / n) ** 2))
    # Vuong's first step: the variance of the differences must itself be more than chance.
    if deviation**2 < _INDISTINCT:
        return ratio, 0.0, 1.0
    return ratio, ratio / deviation, math.erfc(abs(ratio) / deviation / math.sqrt(2))


def _stretched(r, shape, low, high):
    """((r / low)^shape - 1) / width and width = (high / low)^shape - 1."""
    width = math.expm1(shape * math.log(high / low))
    return np.expm1(shape * np.log(r / low)) / width, width


def _fit_exponential(t, weights, low, high):
    fall, mean_loglik = _given_shape(1.0, t, weights, low, high)
    return {"scale": scale_of(1.0, fall, low, high)}, mean_loglik, fall


def _fit_weibull(t, weights, low, high):
    def loss(log_shape):
        return -_given_shape(math.exp(log_shape), t, weights, low, high)[1]

    # An overflow of (high / low)^shape is out of the question below this shape.
    steepest = min(_SHAPES[1], 600 / math.log(high / low))
    shape = math.exp(_best_of_grid(loss, math.log(_SHAPES[0]), math.log(steepest)))
    fall, mean_loglik = _given_shape(shape, t, weights, low, high)
    return {"shape": shape, "scale": scale_of(shape, fall, low, high)}, mean_loglik, fall


def _given_shape(shape, t, weights, low, high):
    """Fall over the range and mean log-likelihood of the Weibull law with this shape."""
    width = math.expm1(shape * math.log(high / low))
    mean = float(weights @ np.expm1(shape * t)) / width
    rate = _bounded.slope_of_mean(mean) if mean < 0.5 else 0.0
    jacobian = math.log(shape / width / low) + (shape - 1) * float(weights @ t)
    return -rate, rate * mean - float(_bounded.log_mean_exp(rate)) + jacobian


def scale_of(shape: float, fall: float, low: float, high: float) -> float:
    """Scale with which (r / scale)^shape grows by ``fall`` from low to high; inf if that is 0."""
    if fall == 0:
        return math.inf
    width = math.expm1(shape * math.log(high / low))
    log_scale = math.log(low) + (math.log(width) - math.log(fall)) / shape
    return math.exp(log_scale) if log_scale < 700 else math.inf


def _fit_lognormal(t, weights, low, high):
    log_range = math.log(high / low)
    middle = log_range / 2
    mean, square = float(weights @ t), float(weights @ t**2)

    def law(theta):
        sigma = min(math.exp(theta[1]), _WIDEST * log_range)
        return middle + theta[0] * sigma**2, sigma

    def loss(theta):
        mu, sigma = law(theta)
        area = float(_log_normal_area(-mu / sigma, (log_range - mu) / sigma))
        spread = square - 2 * mu * mean + mu**2
        return spread / (2 * sigma**2) + 0.5 * math.log(2 * math.pi) + math.log(sigma) + area

    # The slope of the density in the middle, and its width: a valley that stays straight
    # where the log-normal widens into a power law.
    deviation = math.sqrt(max(square - mean**2, 1e-12))
    starts = [((mean - middle) / deviation**2, math.log(deviation))]
    slope = _bounded.slope_of_mean(mean / log_range) / log_range
    starts += [(slope, math.log(width * log_range)) for width in (0.5, 2.0, _WIDEST / 2)]
    options = {"xatol": 1e-10, "fatol": 1e-13, "maxiter": 20_000, "maxfev": 20_000}
    fits = [minimize(loss, s, method="Nelder-Mead", options=options) for s in starts]
    best = min(fits, key=lambda fit: fit.fun)
    mu, sigma = law(best.x)
    parameters = {"mu": float(mu + math.log(low)), "sigma": float(sigma)}
    return parameters, -float(best.fun) - mean - math.log(low), None


def _log_normal_area(low, high):
    """ln(Phi(high) - Phi(low)), from whichever tail keeps its digits."""
    low, high = np.where(low > 0, -high, low), np.where(low > 0, -low, high)
    top, bottom = log_ndtr(high), log_ndtr(low)
    with np.errstate(divide="ignore"):
        return top + np.log(-np.expm1(np.minimum(bottom - top, -1e-300)))


def _best_of_grid(loss: Callable[[float], float], low: float, high: float) -> float:
    grid = np.linspace(low, high, 25)
    values = [loss(v) for v in grid]
    at = int(np.argmin(values))
    around = grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)]
    return float(minimize_scalar(loss, bounds=around, method="bounded", options={"xatol": 1e-9}).x)
