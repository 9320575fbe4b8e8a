"""Benefit distributions of the modified radiation model, and the same ones scaled by a class.

A benefit of class c has the cumulative F_c(z) = F(delta_c z) (paper 4, below Eq. 2), with
delta_c = 1 + excess_c. The threshold of a city of n people is the largest of n draws: all that
happens lies where 1 - F is of order 1/n, down to 1e-8 and below, where z itself would carry no
digits of 1 - F. So :meth:`scaled_log_cdf` goes from ln F(z) to ln F((1 + excess) z) without z.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

_LN_HALF = -np.log(2.0)


class Benefit(Protocol):
    """A continuous distribution of benefits >= 0 with cumulative F."""

    def sf(self, z: ArrayLike) -> np.ndarray:
        """1 - F(z), the chance of a benefit above z."""

    def log_cdf(self, z: ArrayLike) -> np.ndarray:
        """Logarithm of F(z)."""

    def isf(self, survival: ArrayLike) -> np.ndarray:
        """The benefit z with 1 - F(z) = ``survival``, accurate for the smallest of them."""

    def scaled_log_cdf(self, log_cdf: ArrayLike, excess: ArrayLike) -> np.ndarray:
        """Logarithm of F((1 + excess) z) at the z where ln F(z) is ``log_cdf``; they broadcast."""

    def kinks(self, excess: float) -> np.ndarray:
        """The ln F(z), finite and < 0, at which :meth:`scaled_log_cdf` is not smooth."""


@dataclass(frozen=True)
class Uniform:
    """Uniform on [0, 1], the choice of the paper; scaled: on [0, 1/delta_c]."""

    def sf(self, z: ArrayLike) -> np.ndarray:
        """1 - F(z) = 1 - z."""
        return np.clip(1.0 - np.asarray(z, dtype=float), 0.0, 1.0)

    def log_cdf(self, z: ArrayLike) -> np.ndarray:
        """Logarithm of F(z) = min(z, 1)."""
        return _log1p_minus(self.sf(z))

    def isf(self, survival: ArrayLike) -> np.ndarray:
        """The benefit z with 1 - F(z) = ``survival``."""
        return 1.0 - _shares(survival)

    def scaled_log_cdf(self, log_cdf: ArrayLike, excess: ArrayLike) -> np.ndarray:
        """Logarithm of min((1 + excess) F(z), 1)."""
        return np.minimum(np.asarray(log_cdf) + np.log1p(excess), 0.0)

    def kinks(self, excess: float) -> np.ndarray:
        """Where the benefits of the worse class end."""
        return np.array([-np.log1p(excess)] if excess > 0 else [])


@dataclass(frozen=True)
class Exponential:
    """Exponential with mean 1, F(z) = 1 - exp(-z); scaled: mean 1/delta_c."""

    def sf(self, z: ArrayLike) -> np.ndarray:
        """1 - F(z) = exp(-z)."""
        return np.exp(-np.maximum(np.asarray(z, dtype=float), 0.0))

    def log_cdf(self, z: ArrayLike) -> np.ndarray:
        """Logarithm of F(z)."""
        return _log_one_minus_exp(-np.maximum(np.asarray(z, dtype=float), 0.0))

    def isf(self, survival: ArrayLike) -> np.ndarray:
        """The benefit z with 1 - F(z) = ``survival``."""
        with np.errstate(divide="ignore"):
            return -np.log(_shares(survival))

    def scaled_log_cdf(self, log_cdf: ArrayLike, excess: ArrayLike) -> np.ndarray:
        """Logarithm of 1 - (1 - F(z))^(1 + excess)."""
        return _log_one_minus_exp((1.0 + np.asarray(excess)) * _log_one_minus_exp(log_cdf))

    def kinks(self, excess: float) -> np.ndarray:
        """None."""
        return np.array([])


@dataclass(frozen=True)
class Pareto:
    """Pareto, F(z) = 1 - z^-shape for z >= 1; scaled: from 1/delta_c upwards.

    Scaling moves the lower end too: a threshold between the ends of two classes is exceeded by
    every person of the better one.

    Attributes
    ----------
    shape : a > 0, the exponent of the tail; that of incomes lies between about 1.5 and 3.

    Raises
    ------
    ValueError
        If the shape is not finite and positive.
    """

    shape: float = 1.5

    def __post_init__(self) -> None:
        if not (np.isfinite(self.shape) and self.shape > 0):
            raise ValueError(f"shape = {self.shape}: the exponent of a tail is finite and > 0")

    def sf(self, z: ArrayLike) -> np.ndarray:
        """1 - F(z) = z^-shape, 1 below z = 1."""
        return np.maximum(np.asarray(z, dtype=float), 1.0) ** -self.shape

    def log_cdf(self, z: ArrayLike) -> np.ndarray:
        """Logarithm of F(z); -inf below z = 1."""
        return _log_one_minus_exp(-self.shape * np.log(np.maximum(z, 1.0)))

    def isf(self, survival: ArrayLike) -> np.ndarray:
        """The benefit z with 1 - F(z) = ``survival``."""
        with np.errstate(divide="ignore"):
            return _shares(survival) ** (-1.0 / self.shape)

    def scaled_log_cdf(self, log_cdf: ArrayLike, excess: ArrayLike) -> np.ndarray:
        """Logarithm of 1 - (1 - F(z)) (1 + excess)^-shape, -inf below the scaled lower end."""
        log_sf = _log_one_minus_exp(log_cdf) - self.shape * np.log1p(excess)
        return _log_one_minus_exp(np.minimum(log_sf, 0.0))

    def kinks(self, excess: float) -> np.ndarray:
        """Where the benefits of the better class begin."""
        if excess >= 0:
            return np.array([])
        return _log_one_minus_exp(np.array([self.shape * np.log1p(excess)]))


@dataclass(frozen=True, eq=False)
class Empirical:
    """Piecewise linear cumulative through a sample; scaled: between its ends over delta_c.

    F is 0 at the smallest value and 1 at the largest. Between, a value that is there c times
    among m adds c / (m - number of smallest), spread evenly over the gap below it, so that F is
    continuous for any ties; without ties it is the inverse of :func:`numpy.quantile`.

    Attributes
    ----------
    sample : (m,) benefits >= 0, two or more different ones, in any order and unit.

    Raises
    ------
    ValueError
        If a value is negative or not finite, or all are equal.
    """

    sample: np.ndarray
    _top: float = field(init=False, repr=False)
    _short: np.ndarray = field(init=False, repr=False)  # of the top, rising from 0
    _survival: np.ndarray = field(init=False, repr=False)  # there, rising from 0 to 1

    def __post_init__(self) -> None:
        sample = np.asarray(self.sample, dtype=float).ravel()
        bad = ~(np.isfinite(sample) & (sample >= 0))
        if bad.any():
            raise ValueError(f"sample holds {sample[bad][0]}: benefits are finite and >= 0")
        values, counts = np.unique(sample, return_counts=True)
        if values.size < 2:
            raise ValueError(f"sample has {values.size} different values: at least 2 are needed")
        above = np.concatenate([[0], np.cumsum(counts[:0:-1])])
        object.__setattr__(self, "_top", float(values[-1]))
        object.__setattr__(self, "_short", (values[-1] - values)[::-1])
        object.__setattr__(self, "_survival", above / above[-1])

    def sf(self, z: ArrayLike) -> np.ndarray:
        """1 - F(z)."""
        return np.interp(self._top - np.asarray(z, dtype=float), self._short, self._survival)

    def log_cdf(self, z: ArrayLike) -> np.ndarray:
        """Logarithm of F(z); -inf up to the smallest value."""
        return _log1p_minus(self.sf(z))

    def isf(self, survival: ArrayLike) -> np.ndarray:
        """The benefit z with 1 - F(z) = ``survival``."""
        return self._top - np.interp(_shares(survival), self._survival, self._short)

    def scaled_log_cdf(self, log_cdf: ArrayLike, excess: ArrayLike) -> np.ndarray:
        """Logarithm of F((1 + excess) z) at the z where ln F(z) is ``log_cdf``."""
        # As distances from the top: near it z has lost what 1 - F has left.
        short = np.interp(-np.expm1(log_cdf), self._survival, self._short)
        scaled = short - np.asarray(excess) * (self._top - short)
        return _log1p_minus(np.interp(scaled, self._short, self._survival))

    def kinks(self, excess: float) -> np.ndarray:
        """The values of the sample, and where the scaled ones lie among them."""
        if excess == 0:
            return np.array([])
        scaled = (self._short + excess * self._top) / (1.0 + excess)
        at = np.concatenate([self._short, scaled[(scaled > 0) & (scaled < self._short[-1])]])
        found = _log1p_minus(np.interp(at, self._short, self._survival))
        return np.unique(found[np.isfinite(found) & (found < 0)])


def _shares(survival: ArrayLike) -> np.ndarray:
    survival = np.asarray(survival, dtype=float)
    outside = ~((survival >= 0) & (survival <= 1))
    if outside.any():
        raise ValueError(f"survival = {survival[outside].flat[0]} is not between 0 and 1")
    return survival


def _log1p_minus(survival: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log1p(-survival)


def _log_one_minus_exp(x: ArrayLike) -> np.ndarray:
    """ln(1 - exp(x)) for x <= 0, to full precision at both ends; its own inverse."""
    x = np.asarray(x, dtype=float)
    with np.errstate(divide="ignore"):
        near_zero = np.log(-np.expm1(np.maximum(x, _LN_HALF)))
        far = np.log1p(-np.exp(np.minimum(x, _LN_HALF)))
    return np.where(x > _LN_HALF, near_zero, far)
