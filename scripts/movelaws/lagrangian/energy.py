"""Energy and entropy production along a path of the model (open questions of the conclusion).

Per unit of inertia (the fits know Gamma / I and Lambda / I only) and with x = q - mu,

    H = 1/2 v.v + 1/2 x.Lambda x        (a quadratic form sees the symmetric part of Lambda only)
    dH/dt = - v.Gamma v - v.A x + 1/2 x.(dLambda/dt) x,     A the antisymmetric part of Lambda

that is: power dissipated (negative where the fit drives the motion), power of the part of the force
that has no potential, and power injected by the change of Lambda with time. Parameters jump from
step to step; at a jump the energy changes by 1/2 x.(Lambda(n) - Lambda(n-1)) x at rest.

Entropy production, of two kinds:

- ``dissipated``, v.Gamma v: Onsager's dissipation function (L. Onsager, Phys. Rev. 37, 405 (1931)),
  the rate of entropy production times the temperature of a bath that the friction would heat.
- ``entropy_production``, of the densities m_a = e^q_a / sum_b e^q_b relative to the target m_mu:
  - d/dt sum_a m_a ln(m_a / m_mu,a). For a Markov process that relaxes to m_mu with detailed balance
    it is the whole entropy production, >= 0 (J. Schnakenberg, Rev. Mod. Phys. 48, 571 (1976);
    M. Esposito and C. Van den Broeck, EPL 95, 40004 (2011)). Where it is negative, the city moves
    away from where it will end, which needs a drive. Fluxes between sites that leave the densities
    alone are not in the data, so what they produce is not in here.

``information_rate``, sum_a (dm_a/dt)^2 / m_a >= 0, is the square of the speed of the path in
Fisher's metric; the length of the path in it bounds the dissipation of a slow process from below
(G. E. Crooks, Phys. Rev. Lett. 99, 100602 (2007)). It needs no target.
"""

import numpy as np
import pandas as pd

from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.onestep import neighbour_values
from movelaws.lagrangian.variants import held

COLUMNS = (
    "n",
    "t",
    "kinetic",
    "potential",
    "hamiltonian",
    "dissipated",
    "nonpotential",
    "injected",
    "entropy_production",
    "information_rate",
    "imbalance",
)


def energy(fit: Fit) -> pd.DataFrame:
    """Energies and powers at each time point of a fit's own trajectory.

    Returns
    -------
    DataFrame of ``COLUMNS``, T + 1 rows. Energies per unit of inertia, powers per unit of time (a
    day has length 1): ``nonpotential`` is - v.A x, ``injected`` at n the jump of the energy from
    Lambda(n-1) to Lambda(n) over dt. ``imbalance`` is H(n) - H(0) less the work done until then
    (trapezoids within a step, jumps between steps): what the steps of finite length do to the
    energy; it vanishes with dt.
    """
    data = fit.reference
    steps, dt, shape = data.steps, data.dt, data.shape
    gamma, lam = (_by_step(part, steps) for part in (fit.gamma, fit.lam))
    x, v = fit.q - data.mu, fit.v
    now, end = slice(0, steps), slice(1, steps + 1)
    with np.errstate(over="ignore", invalid="ignore"):
        kinetic = 0.5 * np.sum(v**2, axis=1)
        begun = 0.5 * _form(x[now], lam, x[now], shape)
        ended = 0.5 * _form(x[end], lam, x[end], shape)
        # At the last point there is no further step: the potential is that of the last one.
        potential = np.append(begun, ended[-1])
        jump = np.zeros(steps + 1)
        jump[1:-1] = begun[1:] - ended[:-1]
        friction = [_form(v[at], gamma, v[at], shape) for at in (now, end)]
        other = [_nonpotential(x[at], v[at], lam, shape) for at in (now, end)]
        work = dt / 2 * (other[0] + other[1] - friction[0] - friction[1])
        hamiltonian = kinetic + potential
        done = np.append(0.0, np.cumsum(work + jump[1:]))
        relative, speed = _densities(fit)
    columns = {
        "n": np.arange(steps + 1),
        "t": np.arange(steps + 1) * dt,
        "kinetic": kinetic,
        "potential": potential,
        "hamiltonian": hamiltonian,
        "dissipated": np.append(friction[0], friction[1][-1]),
        "nonpotential": np.append(other[0], other[1][-1]),
        "injected": jump / dt,
        "entropy_production": relative,
        "information_rate": speed,
        "imbalance": hamiltonian - hamiltonian[0] - done,
    }
    return pd.DataFrame(columns)[list(COLUMNS)]


def _by_step(parameters: np.ndarray, steps: int) -> np.ndarray:
    return np.broadcast_to(held(parameters, steps), (steps, *parameters.shape[1:]))


def _form(left: np.ndarray, parameters: np.ndarray, right: np.ndarray, shape) -> np.ndarray:
    """(T,) sum_ab left_a theta_ab right_b of each step."""
    return np.einsum("na,nla,nla->n", left, parameters, neighbour_values(right, shape))


def _nonpotential(x: np.ndarray, v: np.ndarray, lam: np.ndarray, shape) -> np.ndarray:
    """(T,) - v.A x with A = (Lambda - Lambda^T) / 2."""
    return -0.5 * (_form(v, lam, x, shape) - _form(x, lam, v, shape))


def _densities(fit: Fit) -> tuple[np.ndarray, np.ndarray]:
    """(T + 1,) entropy production relative to the target, and Fisher information of time."""
    m, log_m = _softmax(fit.q)
    _, log_target = _softmax(fit.reference.mu[np.newaxis])
    change = m * (fit.v - np.sum(m * fit.v, axis=1, keepdims=True))
    relative = -np.sum(change * (log_m - log_target), axis=1)
    spread = fit.v - np.sum(m * fit.v, axis=1, keepdims=True)
    return relative, np.sum(m * spread**2, axis=1)


def _softmax(q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shifted = q - q.max(axis=1, keepdims=True)
    log_m = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return np.exp(log_m), log_m
