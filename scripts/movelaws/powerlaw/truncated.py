"""Maximum likelihood of a power law on a bounded range, for any exponent.

With a bound on both sides the density r^-a / Z is a distribution for every a, 1 and below included,
and the sum of the logarithms of the distances is all that the likelihood depends on: it is added up
once, and the one root of the score is the estimate.
"""

import dataclasses
import math

import numpy as np
from numba import njit, prange

from movelaws.powerlaw import _bounded
from movelaws.powerlaw._checks import checked_amounts, checked_range, checked_sample
from movelaws.powerlaw._intervals import likelihood_interval

# Sums are made block by block in this order on any number of threads.
_BLOCK = 1 << 16


@dataclasses.dataclass(frozen=True)
class PowerLaw:
    """Density proportional to r^-exponent on [low, high].

    Attributes
    ----------
    exponent : any finite number; the density falls with r where it is positive.
    low, high : ends of the range, in the unit of the distances (m).
    standard_error : of the exponent, from the Fisher information.
    loglik : log-likelihood of the fitted distances, with r as the variable.
    n : number of distances within the range (their total weight).
    mean_log : mean of ln(r / low), which the likelihood depends on.
    """

    exponent: float
    low: float
    high: float
    standard_error: float = math.nan
    loglik: float = math.nan
    n: float = 0.0
    mean_log: float = math.nan

    @property
    def log_range(self) -> float:
        """ln(high / low)."""
        return math.log(self.high / self.low)

    @property
    def aic(self) -> float:
        """Akaike's criterion; the ends of the range are given, not fitted."""
        return 2 - 2 * self.loglik

    def logpdf(self, r: np.ndarray) -> np.ndarray:
        """ln of the density at r, per unit of distance; -inf outside the range."""
        r = np.asarray(r, dtype=float)
        inside = (r >= self.low) & (r <= self.high)
        t = np.log(np.where(inside, r, self.low) / self.low)
        norm = math.log(self.low * self.log_range) + _bounded.log_mean_exp(self._slope)
        return np.where(inside, -self.exponent * t - norm, -np.inf)

    def cdf(self, r: np.ndarray) -> np.ndarray:
        """Share of distances not above r."""
        r = np.clip(np.asarray(r, dtype=float), self.low, self.high)
        return _bounded.share_below(np.log(r / self.low) / self.log_range, self._slope)

    def sample(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """(n,) distances drawn by inverting the distribution function."""
        x = _bounded.quantile(rng.random(n), self._slope)
        return np.clip(self.low * np.exp(x * self.log_range), self.low, self.high)

    def loglik_at(self, exponent: float) -> float:
        """Log-likelihood of the fitted distances under another exponent."""
        norm = _bounded.log_mean_exp((1 - exponent) * self.log_range)
        per_distance = exponent * self.mean_log + math.log(self.low * self.log_range) + norm
        return float(-self.n * per_distance)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Ends of the likelihood interval of the exponent."""
        return likelihood_interval(self.loglik_at, self.exponent, self.standard_error, level)

    @property
    def _slope(self) -> float:
        return (1 - self.exponent) * self.log_range


def fit_power_law(
    r: np.ndarray, low: float, high: float, weights: np.ndarray | None = None
) -> PowerLaw:
    """Exponent of a power law on [low, high] by maximum likelihood.

    Solves mean(ln(r / low)) = E_a[ln(r / low)], whose right side falls with a without end, so
    that the root exists, is unique and is found for any exponent.

    Parameters
    ----------
    r : (n,) distances, finite and > 0, in any unit. Those outside [low, high] are left out.
    low, high : the range, in the unit of r; 0 < low < high.
    weights : (n,) number of times that each distance was seen, >= 0, whole or not; once if None.

    Returns
    -------
    PowerLaw. A given range makes no bias: the estimate is off by order 1/n only.

    Raises
    ------
    ValueError
        If a distance or a weight is not allowed, the range is empty, or all distances in it lie
        on one of its ends (the exponent would be infinite).

    References
    ----------
    Bauke (2007), Eur. Phys. J. B 58, 167; Hanel et al. (2017), PLoS ONE 12, e0170920. Pair
    distribution paper, Methods 4.7, with Z = (high^(1-a) - low^(1-a)) / (1 - a).
    """
    r = checked_sample(r)
    low, high = checked_range(low, high)
    if weights is not None:
        weights = checked_amounts(weights, r.shape, "weights")
    n, total = _log_sums(r, np.ones(1) if weights is None else weights, low, high)
    if n == 0:
        raise ValueError(f"none of the {r.size} distances lies in [{low}, {high}]")
    return from_mean_log(total / n, n, low, high)


def from_mean_log(mean_log: float, n: float, low: float, high: float) -> PowerLaw:
    """The fit to n distances in [low, high] of which only the mean of ln(r / low) is known."""
    low, high = checked_range(low, high)
    width = math.log(high / low)
    share = mean_log / width
    if not 0 < share < 1:
        end = "low" if share <= 0 else "high"
        raise ValueError(
            f"all distances lie at {end} = {low if end == 'low' else high}: the exponent is "
            "infinite; use a range that the distances fill"
        )
    slope = _bounded.slope_of_mean(share)
    error = 1 / (width * math.sqrt(n * float(_bounded.variance_share(slope))))
    law = PowerLaw(1 - slope / width, low, high, error, math.nan, float(n), float(mean_log))
    return dataclasses.replace(law, loglik=law.loglik_at(law.exponent))


def sample_power_law(exponent: float, low: float, high: float, n: int, seed: int) -> np.ndarray:
    """(n,) distances from r^-exponent on [low, high]; equal seeds give equal distances.

    Raises
    ------
    ValueError
        If the exponent is not finite, the range is empty or n < 1.
    """
    low, high = checked_range(low, high)
    if not math.isfinite(exponent):
        raise ValueError(f"exponent = {exponent}: it must be finite")
    if n < 1:
        raise ValueError(f"n = {n}: at least one distance is needed")
    return PowerLaw(float(exponent), low, high).sample(n, np.random.default_rng(seed))


def _log_sums(r: np.ndarray, weights: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """Total weight in range and total of weight times ln(r / low)."""
    if r.size <= _BLOCK:
        return _sums(r, weights, low, high, 0, r.size)
    parts = _block_sums(r, weights, low, high, _BLOCK)
    return math.fsum(parts[:, 0]), math.fsum(parts[:, 1])


@njit(cache=True, error_model="numpy")
def _sums(r, weights, low, high, start, stop):
    n, total = 0.0, 0.0
    weighted = weights.size == r.size
    for i in range(start, stop):
        if low <= r[i] <= high:
            weight = weights[i] if weighted else 1.0
            n += weight
            total += weight * math.log(r[i] / low)
    return n, total


@njit(cache=True, error_model="numpy", parallel=True)
def _block_sums(r, weights, low, high, block):
    n_blocks = (r.size + block - 1) // block
    parts = np.zeros((n_blocks, 2))
    for b in prange(n_blocks):
        stop = min(r.size, (b + 1) * block)
        parts[b, 0], parts[b, 1] = _sums(r, weights, low, high, b * block, stop)
    return parts
