"""Stochastic Berendsen thermostat: velocity rescaling that samples the canonical ensemble.

Berendsen's thermostat pulls the kinetic energy to its mean and kills its fluctuations; the
stochastic one adds the noise that restores them, so that the kinetic energy K of N_f degrees of
freedom follows its Gamma(N_f / 2, kT) distribution.
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from movelaws.cities._arguments import generator, positive, whole


@dataclass(frozen=True)
class StochasticBerendsen:
    """Thermostat at ``temperature`` kT (unit of energy) with ``relaxation`` time tau.

    K -> alpha^2 K after each time step dt, with c = exp(-dt / tau), kT = ``temperature`` and
    R_1 ... R_Nf standard normal,
    alpha^2 = c + kT / (2 K) (1 - c) sum_i R_i^2 + 2 R_1 sqrt(kT / (2 K) c (1 - c)).

    Raises
    ------
    ValueError
        If one of the two is not a finite number > 0.

    References
    ----------
    Bussi, Donadio, Parrinello (2007), J. Chem. Phys. 126, 014101, Eq. A7; Bussi, Parrinello
    (2008), Comput. Phys. Commun. 179, 26-29. Paper 3, SI 7.1.5.
    """

    temperature: float
    relaxation: float

    def __post_init__(self):
        positive(self.temperature, "temperature")
        positive(self.relaxation, "relaxation")

    def decay(self, step: float) -> float:
        """Share c = exp(-dt / tau) of a deviation that a time ``step`` dt leaves."""
        return math.exp(-positive(step, "step") / self.relaxation)

    def noise(self, steps: int, degrees: int, rng: np.random.Generator) -> np.ndarray:
        """(steps, 2) random numbers that :func:`factor` takes: R_1 and sum_{i >= 2} R_i^2."""
        steps, degrees = whole(steps, "steps", 0), whole(degrees, "degrees", 2)
        drawn = np.empty((steps, 2))
        drawn[:, 0] = generator(rng).standard_normal(steps)
        drawn[:, 1] = rng.chisquare(degrees - 1, steps)
        return drawn


@njit(cache=True, error_model="numpy")
def factor(kinetic, temperature, decay, normal, others):
    """Factor alpha on all velocities; with its sign, the rule of Bussi et al. (2007), Eq. A8."""
    ratio = 0.5 * temperature / kinetic * (1.0 - decay)
    root = math.sqrt(decay / ratio)
    # The sum of the three terms is a square plus the other normals: it is never negative.
    square = ratio * ((normal + root) ** 2 + others)
    return math.copysign(math.sqrt(square), normal + root)
