"""The model dynamics: Euler-Cromer steps of the damped, driven lattice (paper Eqs 12 and 13)."""

import numpy as np
from numba import njit

from movelaws.copying import copy_into
from movelaws.lagrangian.stencil import LINKS, checked_shape, neighbours


def simulate(
    q0: np.ndarray,
    v0: np.ndarray,
    gamma: np.ndarray,
    lam: np.ndarray,
    mu: np.ndarray,
    shape: tuple[int, int],
    dt: float,
    steps: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Trajectory of q = ln M and its velocity v.

    v_a(n+1) = v_a(n) - dt sum_b [Gamma_ab(n) v_b(n) + Lambda_ab(n) (q_b(n) - mu_b)]   (Eq. 12)
    q_a(n+1) = q_a(n) + dt v_a(n+1)                                                    (Eq. 13)

    Parameters
    ----------
    q0, v0 : (N,) log populations at n = 0 and velocities per unit of time.
    gamma, lam : (steps, 5, N) or (1, 5, N) for constant ones; axis 1 as ``LINKS``, 0 where a link
        leaves the lattice.
    mu : (N,) minimum of the potential.
    shape : (ny, nx) with N = ny nx.
    dt : length of a step (1 / T in the paper).
    steps : number of steps.

    Returns
    -------
    q, v : (steps + 1, N); not finite from where the dynamics has left the range of numbers.

    Raises
    ------
    ValueError
        If a shape does not fit, or a parameter of a link that leaves the lattice is not 0.

    References
    ----------
    Benam and Ramezanpour (2025), Optimal transport by a Lagrangian dynamics of population
    distribution, Eqs 12 and 13.
    """
    table = neighbours(shape)
    q0, v0, mu = (
        _checked(values, name, (table.shape[1],))
        for values, name in ((q0, "q0"), (v0, "v0"), (mu, "mu"))
    )
    gamma = checked_parameters(gamma, "gamma", shape, steps)
    lam = checked_parameters(lam, "lam", shape, steps)
    return _simulate(q0, v0, gamma, lam, mu, table, float(dt), int(steps))


def checked_parameters(
    values: np.ndarray, name: str, shape: tuple[int, int], steps: int
) -> np.ndarray:
    """Parameters as a C array of floats, (steps or 1, 5, N), 0 where a link leaves the lattice.

    Raises
    ------
    ValueError
        If they are not.
    """
    ny, nx = checked_shape(shape)
    values = np.ascontiguousarray(values, dtype=float)
    if values.shape[1:] != (len(LINKS), ny * nx) or values.shape[0] not in (1, steps):
        raise ValueError(
            f"{name} has shape {values.shape}: ({steps} or 1, {len(LINKS)}, {ny * nx}) is needed"
        )
    for link, sites in enumerate(neighbours(shape) < 0):
        if np.any(values[:, link, sites]):
            raise ValueError(
                f"{name} is not 0 on a link to the {LINKS[link]} that leaves the lattice: "
                "set it to 0"
            )
    return values


@njit(cache=True, error_model="numpy")
def _simulate(q0, v0, gamma, lam, mu, table, dt, steps):
    sites = q0.size
    q, v = np.empty((steps + 1, sites)), np.empty((steps + 1, sites))
    copy_into(q0, q[0])
    copy_into(v0, v[0])
    for n in range(steps):
        g = gamma[n if gamma.shape[0] > 1 else 0]
        h = lam[n if lam.shape[0] > 1 else 0]
        for a in range(sites):
            damping, force = 0.0, 0.0
            for link in range(table.shape[0]):
                b = table[link, a]
                if b >= 0:
                    damping += g[link, a] * v[n, b]
                    force += h[link, a] * (q[n, b] - mu[b])
            v[n + 1, a] = v[n, a] - damping * dt - force * dt
            q[n + 1, a] = q[n, a] + v[n + 1, a] * dt
    return q, v


def _checked(values: np.ndarray, name: str, shape: tuple[int, ...]) -> np.ndarray:
    values = np.ascontiguousarray(values, dtype=float)
    if values.shape != shape:
        raise ValueError(f"{name} has shape {values.shape}: {shape} is needed")
    return values
