"""Pair distributions p(r) of simple cities: how far apart two random places are.

All are densities over r >= 0 that integrate to 1; r and the lengths are in one unit, metres in
this project.

>>> disk = Disk(1000.0)
>>> round(float(disk.cumulative(2000.0)), 12)
1.0
"""

import abc
import math
from dataclasses import dataclass, fields

import numpy as np
from scipy import special

from movelaws.cities._arguments import positive, rising


class Form(abc.ABC):
    """Distribution of a distance r.

    ``reach`` is the largest distance that occurs, in the unit of r.
    """

    def __post_init__(self):
        for field in fields(self):
            name = f"{field.name} of {type(self).__name__}"
            object.__setattr__(self, field.name, positive(getattr(self, field.name), name))

    @property
    def reach(self) -> float:
        """Largest distance that occurs, possibly infinite."""
        return math.inf

    @property
    @abc.abstractmethod
    def mean(self) -> float:
        """Mean distance."""

    def density(self, r: np.ndarray) -> np.ndarray:
        """Density p(r) per unit of length; 0 outside [0, reach]. Any shape."""
        return self._within(r, self._density, 0.0)

    def cumulative(self, r: np.ndarray) -> np.ndarray:
        """Share of the pairs nearer than r, in [0, 1]. Any shape."""
        return self._within(r, self._cumulative, 1.0)

    def mass(self, edges: np.ndarray) -> np.ndarray:
        """(n_bins,) share of the pairs in each bin of (n_bins + 1,) rising ``edges``.

        Bins below the mean are differences of the share below, the others of the share above, so
        that no bin of a thin tail is lost to rounding.
        """
        edges = rising(edges)
        below, above = np.diff(self.cumulative(edges)), -np.diff(self._survival(edges))
        return np.maximum(np.where(edges[1:] <= self.mean, below, above), 0.0)

    @abc.abstractmethod
    def _density(self, r: np.ndarray) -> np.ndarray: ...

    @abc.abstractmethod
    def _cumulative(self, r: np.ndarray) -> np.ndarray: ...

    def _survival(self, r: np.ndarray) -> np.ndarray:
        return 1.0 - self.cumulative(r)

    def _within(self, r, function, beyond):
        r = np.asarray(r, dtype=float)
        inside = (r >= 0) & (r <= self.reach) & (r < np.inf)
        # Outside the support the formulas may leave the domain of arccos and the like.
        values = function(np.where(inside, r, 0.0))
        return np.where(inside, values, np.where(r > 0, beyond, np.where(r < 0, 0.0, np.nan)))


@dataclass(frozen=True)
class Disk(Form):
    """Two uniform points in a disk of ``radius`` (SI Eq. 58).

    p(r) = (4 r / (pi R^2)) arccos(r / 2R) - (2 r^2 / (pi R^3)) sqrt(1 - r^2 / (4 R^2)), r <= 2R.
    """

    radius: float

    @property
    def reach(self) -> float:
        """Diameter 2 R."""
        return 2 * self.radius

    @property
    def mean(self) -> float:
        """128 R / (45 pi)."""
        return 128 * self.radius / (45 * math.pi)

    def _density(self, r):
        s = r / self.radius
        slant = np.sqrt(1 - s**2 / 4)
        return (4 * s * np.arccos(s / 2) - 2 * s**2 * slant) / (math.pi * self.radius)

    def _cumulative(self, r):
        s = r / self.radius
        slant = np.sqrt(1 - s**2 / 4)
        lens = 2 * (s**2 - 1) * np.arccos(s / 2) - s * (1 + s**2 / 2) * slant
        return 1 + lens / math.pi


@dataclass(frozen=True)
class Parabola(Form):
    """Beta(2, 2) in r / 2R, close to the disk of the same ``radius`` (SI Eq. 59)."""

    radius: float

    @property
    def reach(self) -> float:
        """Diameter 2 R."""
        return 2 * self.radius

    @property
    def mean(self) -> float:
        """The radius."""
        return self.radius

    def _density(self, r):
        u = r / self.reach
        return 6 * u * (1 - u) / self.reach

    def _cumulative(self, r):
        u = r / self.reach
        return u**2 * (3 - 2 * u)


@dataclass(frozen=True)
class GeneralisedGamma(Form):
    """City of ``radius`` R with a tail of ``shape`` m (Eq. 20, SI Eq. 47).

    p(r; R, m) = m / (R^2 Gamma(2 / m)) r exp(-(r / R)^m); mean R Gamma(3 / m) / Gamma(2 / m).
    """

    radius: float
    shape: float

    @property
    def mean(self) -> float:
        """R Gamma(3 / m) / Gamma(2 / m)."""
        m = self.shape
        return self.radius * math.exp(math.lgamma(3 / m) - math.lgamma(2 / m))

    def log_density(self, r: np.ndarray) -> np.ndarray:
        """Logarithm of the density, without underflow far out. Any shape, r > 0."""
        r, m = np.asarray(r, dtype=float), self.shape
        constant = math.log(m) - 2 * math.log(self.radius) - math.lgamma(2 / m)
        return constant + np.log(r) - (r / self.radius) ** m

    def _density(self, r):
        m = self.shape
        constant = math.exp(math.log(m) - 2 * math.log(self.radius) - math.lgamma(2 / m))
        return constant * r * np.exp(-((r / self.radius) ** m))

    def _cumulative(self, r):
        return special.gammainc(2 / self.shape, (r / self.radius) ** self.shape)

    def _survival(self, r):
        return special.gammaincc(2 / self.shape, (r / self.radius) ** self.shape)


@dataclass(frozen=True)
class Erlang(Form):
    """Distance to the centre in the ideal gas in a linear potential (Eq. 17, SI Eq. 66).

    P(x) = (x / l^2) exp(-x / l) with l = kT / g, ``scale``; the mean 2 l is the city's radius.
    """

    scale: float

    @property
    def mean(self) -> float:
        """The city's radius 2 l."""
        return 2 * self.scale

    def _density(self, r):
        return r / self.scale**2 * np.exp(-r / self.scale)

    def _cumulative(self, r):
        return special.gammainc(2.0, r / self.scale)

    def _survival(self, r):
        return special.gammaincc(2.0, r / self.scale)


@dataclass(frozen=True)
class ErlangPairs(Form):
    """Distance between two points of the ideal gas in a linear potential of ``scale`` l = kT / g.

    p(r) = r^3 K_2(r / l) / (8 l^4), K_2 the modified Bessel function: the density exp(-x / l) /
    (2 pi l^2) has the Fourier transform (1 + k^2 l^2)^(-3/2), its autocorrelation the square of
    that, whose inverse is (r / l)^2 K_2(r / l) / (16 pi l^2). The paper samples this p_ideal; the
    closed form is not in it.
    """

    scale: float

    @property
    def mean(self) -> float:
        """15 pi l / 16."""
        return 15 * math.pi * self.scale / 16

    def _density(self, r):
        return _power_bessel(r / self.scale, 3, 2) / (8 * self.scale)

    def _cumulative(self, r):
        return 1 - _power_bessel(r / self.scale, 3, 3) / 8

    def _survival(self, r):
        r = np.asarray(r, dtype=float)
        return _power_bessel(np.minimum(r / self.scale, 1e4), 3, 3) / 8


@dataclass(frozen=True)
class Ring(Form):
    """Arc distance of two uniform points on a ring of ``length`` L: 2 / L up to L / 2 (Eq. 46)."""

    length: float

    @property
    def reach(self) -> float:
        """Half the length."""
        return self.length / 2

    @property
    def mean(self) -> float:
        """A quarter of the length."""
        return self.length / 4

    def _density(self, r):
        return np.full_like(r, 2 / self.length)

    def _cumulative(self, r):
        return 2 * r / self.length


@dataclass(frozen=True)
class Square(Form):
    """Two uniform points in a square of ``side`` L."""

    side: float

    @property
    def reach(self) -> float:
        """The diagonal."""
        return math.sqrt(2) * self.side

    @property
    def mean(self) -> float:
        """(2 + sqrt 2 + 5 arsinh 1) L / 15."""
        return (2 + math.sqrt(2) + 5 * math.asinh(1)) / 15 * self.side

    def _density(self, r):
        s = r / self.side
        beyond = np.sqrt(np.maximum(s**2 - 1, 0.0))
        near = math.pi - 4 * s + s**2
        far = 4 * beyond - 2 - s**2 + math.pi - 4 * np.arctan(beyond)
        return 2 * s * np.maximum(np.where(s <= 1, near, far), 0.0) / self.side

    def _cumulative(self, r):
        s = r / self.side
        beyond = np.sqrt(np.maximum(s**2 - 1, 0.0))
        near = math.pi * s**2 - 8 / 3 * s**3 + s**4 / 2
        far = 1 / 3 + (math.pi - 2) * s**2 - s**4 / 2
        far = far + (8 / 3 * beyond**2 + 4) * beyond - 4 * s**2 * np.arctan(beyond)
        return np.where(s <= 1, near, far)


def _power_bessel(t: np.ndarray, power: int, order: int) -> np.ndarray:
    """t^power K_order(t), with its limit 2^(order - 1) (order - 1)! t^(power - order) at 0."""
    t = np.asarray(t, dtype=float)
    # Below 1e-5 the next term is smaller by t^2 / (4 (order - 1)) and no longer seen.
    small = t < 1e-5
    safe = np.where(small, 1.0, t)
    limit = 2.0 ** (order - 1) * math.factorial(order - 1) * t ** (power - order)
    return np.where(small, limit, safe**power * special.kve(order, safe) * np.exp(-safe))
