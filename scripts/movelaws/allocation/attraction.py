"""Attractions: the part of a log weight that depends on the destination alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Attraction(NamedTuple):
    """Log attraction of every zone with its derivatives by all k parameters of the model.

    value (n_zones,), -inf where nothing attracts; slope (k, n_zones); bend (k, k, n_zones).
    """

    value: np.ndarray
    slope: np.ndarray
    bend: np.ndarray


@dataclass(frozen=True)
class AttractionLaw:
    """A function of masses (n_zones,) and of the model's parameters (k,), and what it takes.

    ``parameters``: how many of the model's first parameters are its own. ``linear``: whether the
    log attraction is linear in the parameters, so that ``bend`` is 0.
    """

    function: Callable[[np.ndarray, np.ndarray], Attraction]
    parameters: int
    linear: bool

    def __call__(self, mass: np.ndarray, theta: np.ndarray) -> Attraction:
        """The log attraction of every zone."""
        return self.function(mass, theta)


def law(
    parameters: int, linear: bool
) -> Callable[[Callable[[np.ndarray, np.ndarray], Attraction]], AttractionLaw]:
    """Decorator that states what an attraction takes."""
    return lambda function: AttractionLaw(function, parameters, linear)


def _flat(value: np.ndarray, theta: np.ndarray) -> Attraction:
    k = theta.size
    return Attraction(value, np.zeros((k, value.size)), np.zeros((k, k, value.size)))


def _log(mass: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(mass)


@law(parameters=0, linear=True)
def none(mass: np.ndarray, theta: np.ndarray) -> Attraction:
    """No attraction of its own: the weight of the pair says everything."""
    return _flat(np.zeros(mass.size), theta)


@law(parameters=0, linear=True)
def mass(mass: np.ndarray, theta: np.ndarray) -> Attraction:
    """ln m_j."""
    return _flat(_log(mass), theta)


@law(parameters=1, linear=True)
def mass_power(mass: np.ndarray, theta: np.ndarray) -> Attraction:
    """a ln m_j, with a the first parameter; a zone without mass attracts nobody, even at a = 0."""
    log_mass = _log(mass)
    found = np.isfinite(log_mass)
    result = _flat(np.full(mass.size, -np.inf), theta)
    result.value[found] = theta[0] * log_mass[found]
    result.slope[0, found] = log_mass[found]
    return result


@law(parameters=0, linear=False)
def absorption(mass: np.ndarray, theta: np.ndarray) -> Attraction:
    """ln(1 - exp(-b m_j)), with b the first parameter, which is the deterrence's."""
    b = theta[0]
    with np.errstate(divide="ignore"):
        result = _flat(np.log(-np.expm1(-b * mass)), theta)
    found = mass > 0
    m = mass[found]
    # exp(b m) above 1e300 is as good as infinite: its reciprocal is 0 in both derivatives
    grown = np.expm1(np.minimum(b * m, 690.0))
    result.slope[0, found] = m / grown
    result.bend[0, 0, found] = -((m / grown) * m * (1 + 1 / grown))
    return result
