"""Fourth-order Runge-Kutta beside the Euler-Cromer steps of the paper (its conclusion asks for it).

Both solve dq/dt = v, dv/dt = -Gamma(t) v - Lambda(t) (q - mu) with the parameters of a fit, which
are constant within each of its steps; a step may be cut into ``factor`` equal ones. Within a piece
the solution is smooth, so refinement shows the order of each method, 1 and 4.

Parameters fitted with one step length belong to it. Where |Gamma| dt or |Lambda| dt^2 is not small,
the equation in continuous time has another trajectory than the steps, and may explode.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.model import checked_parameters, simulate
from movelaws.lagrangian.stencil import neighbours

INTEGRATORS = ("euler_cromer", "rk4")
COLUMNS = ("integrator", "steps_factor", "max_difference_q")


def integrate(
    q0: np.ndarray,
    v0: np.ndarray,
    gamma: np.ndarray,
    lam: np.ndarray,
    mu: np.ndarray,
    shape: tuple[int, int],
    dt: float,
    steps: int,
    *,
    integrator: str = "rk4",
    factor: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Trajectory at the time points of the fit, of steps ``factor`` times as short.

    Parameters
    ----------
    q0, v0, gamma, lam, mu, shape, dt, steps : as in ``simulate``.
    integrator : one of ``INTEGRATORS``.
    factor : steps within each.

    Returns
    -------
    q, v : (steps + 1, N); not finite from where the solution has left the range of numbers.

    Raises
    ------
    ValueError
        If the integrator is unknown, the factor < 1 or a shape does not fit.
    """
    if integrator not in INTEGRATORS:
        raise ValueError(f"integrator = {integrator!r}: one of {', '.join(INTEGRATORS)}")
    if factor < 1 or int(factor) != factor:
        raise ValueError(f"factor = {factor}: a whole number >= 1 is needed")
    gamma = checked_parameters(gamma, "gamma", shape, steps)
    lam = checked_parameters(lam, "lam", shape, steps)
    q = np.empty((steps + 1, np.size(q0)))
    v = np.empty_like(q)
    q[0], v[0] = q0, v0
    # A link out of the lattice has parameter 0, whichever site stands at its end.
    table = np.maximum(neighbours(shape), 0)
    fine = dt / factor
    with np.errstate(over="ignore", invalid="ignore"):
        for n in range(steps):
            g, h = gamma[n if len(gamma) > 1 else 0], lam[n if len(lam) > 1 else 0]
            if integrator == "rk4":
                q[n + 1], v[n + 1] = _runge_kutta(q[n], v[n], g, h, mu, table, fine, factor)
            else:
                path = simulate(q[n], v[n], g[np.newaxis], h[np.newaxis], mu, shape, fine, factor)
                q[n + 1], v[n + 1] = path[0][-1], path[1][-1]
    return q, v


def compare_integrators(fit: Fit, factors: Sequence[int] = (1, 2, 4, 8, 16)) -> pd.DataFrame:
    """How far each integrator is from the solution in continuous time of a fit's parameters.

    Parameters
    ----------
    fit : its parameters and initial state are used.
    factors : refinements of the fit's steps.

    Returns
    -------
    DataFrame of ``COLUMNS``, a row for each integrator and factor: the largest difference of q,
    over sites and time points, from RK4 with twice the largest factor; infinite where either has
    left the range of numbers.

    Raises
    ------
    ValueError
        If there are no factors.
    """
    if not len(factors):
        raise ValueError("factors is empty: at least one is needed")

    def path(integrator: str, factor: int) -> np.ndarray:
        day = fit.reference
        return integrate(
            day.q[0], day.v0, fit.gamma, fit.lam, day.mu, day.shape, day.dt, day.steps,
            integrator=integrator, factor=factor,
        )[0]  # fmt: skip

    truth = path("rk4", 2 * max(factors))
    rows = []
    for integrator in INTEGRATORS:
        for factor in factors:
            with np.errstate(over="ignore", invalid="ignore"):
                difference = float(np.max(np.abs(path(integrator, factor) - truth)))
            rows.append((integrator, factor, difference if np.isfinite(difference) else np.inf))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _runge_kutta(q, v, g, h, mu, table, dt, factor) -> tuple[np.ndarray, np.ndarray]:
    def acceleration(q: np.ndarray, v: np.ndarray) -> np.ndarray:
        return -np.sum(g * v[table] + h * (q - mu)[table], axis=0)

    for _ in range(factor):
        a1 = acceleration(q, v)
        v2 = v + dt / 2 * a1
        a2 = acceleration(q + dt / 2 * v, v2)
        v3 = v + dt / 2 * a2
        a3 = acceleration(q + dt / 2 * v2, v3)
        v4 = v + dt * a3
        a4 = acceleration(q + dt * v3, v4)
        q = q + dt / 6 * (v + 2 * v2 + 2 * v3 + v4)
        v = v + dt / 6 * (a1 + 2 * a2 + 2 * a3 + a4)
    return q, v
