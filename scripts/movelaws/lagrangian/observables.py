"""What an inferred model says of each site: inertia, dissipation, flow and time (Eqs 25 to 28).

The integrals are sums over the steps of the fitted path, each step of length dt:

- acceleration q'' = (v(n+1) - v(n)) / dt, by which the step from n to n + 1 changes the velocity;
- dissipation sum_b Gamma_ab(n) v_b(n), the force of the same step (Eq. 12), so that without any
  potential the two are equal and I_a = 1;
- dm/dt = (m(n+1) - m(n)) / dt of the densities m = softmax(q), which adds up to 0 over the sites
  whatever the step; the derivative m_a (v_a - sum_b m_b v_b) agrees with it as dt -> 0;
- time t = (n + 1/2) dt, the middle of the step in which the flow runs.

A ratio whose denominator is 0 (no dissipation, no flow) is nan: the site has no such number. A
site that never holds more people than the floor has none of the four: its q stands still, so that
no gradient ever reaches its parameters, and its density changes by the normalisation alone.
"""

import numpy as np
import pandas as pd

from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.stencil import neighbours

QUANTITIES = ("inertia_ratio", "dissipation", "flow", "time")
REFERENCE = "reference"
"""Name of the rows of flow and time in the data themselves, without any model."""
COLUMNS = ("case", "method", "y", "x", "population_start", "population_end", *QUANTITIES)
RATES = ("difference", "derivative")
_ROUNDING = 16 * np.finfo(float).eps


def densities(q: np.ndarray) -> np.ndarray:
    """m = softmax(q) over the sites, (..., N) of positive numbers that add up to 1."""
    weight = np.exp(q - q.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


def density_rate(q: np.ndarray, v: np.ndarray, dt: float, rate: str = "difference") -> np.ndarray:
    """dm/dt in each step.

    Parameters
    ----------
    q, v : (T + 1, N) path.
    rate : "difference" (m(n+1) - m(n)) / dt, or "derivative" m_a (v_a - sum_b m_b v_b) at n.

    Returns
    -------
    (T, N), adding up to 0 over the sites.

    Raises
    ------
    ValueError
        If there is no such rate.
    """
    if rate not in RATES:
        raise ValueError(f"rate = {rate!r}: one of {', '.join(RATES)} is needed")
    m = densities(q)
    if rate == "difference":
        change = np.diff(m, axis=0)
        # A population that stays differs by the rounding of the sum over the sites.
        change[np.abs(change) <= _ROUNDING * m[:-1]] = 0
        return change / dt
    m, v = m[:-1], v[:-1]
    return m * (v - (m * v).sum(axis=1, keepdims=True))


def inhabited(reference: Reference) -> np.ndarray:
    """Sites that hold more people than the floor at some time, (N,) bool."""
    return (reference.population > reference.floor).any(axis=0)


def drag(fit: Fit) -> np.ndarray:
    """Dissipative force sum_b Gamma_ab(n) v_b(n) of each step, (T, N) in q per time^2."""
    to = neighbours(fit.reference.shape)
    v = fit.v[:-1]
    gamma = np.broadcast_to(fit.gamma, (v.shape[0], *fit.gamma.shape[1:]))
    force = np.zeros(v.shape)
    for k, other in enumerate(to):
        here = other >= 0
        force[:, here] += gamma[:, k, here] * v[:, other[here]]
    return force


def flow_and_time(
    q: np.ndarray, v: np.ndarray, dt: float, rate: str = "difference"
) -> tuple[np.ndarray, np.ndarray]:
    """Phi_a and tau_a of a path (Eqs 27, 28).

    Parameters
    ----------
    q, v, dt, rate : as in :func:`density_rate`.

    Returns
    -------
    (N,) flow, and (N,) time within (0, 1), nan where the flow is 0.
    """
    squared = density_rate(q, v, dt, rate) ** 2
    t = (np.arange(squared.shape[0]) + 0.5) * dt
    flow = squared.sum(axis=0) * dt
    return flow, _ratio(t @ squared * dt, flow)


def observables(fit: Fit, rate: str = "difference") -> dict[str, np.ndarray]:
    """I_a, gamma_a, Phi_a, tau_a of each site: QUANTITIES, each (N,).

    Parameters
    ----------
    fit : inferred model with its path.
    rate : of the density, see :func:`density_rate`.

    Returns
    -------
    inertia_ratio (Eq. 25, no unit, nan without dissipation), dissipation (Eq. 26, per time^2, may
    be negative), flow (Eq. 27, per time^2), time (Eq. 28, the whole period being 1, nan without
    flow). All are nan where nobody lives, see :func:`inhabited`.
    """
    dt = fit.reference.dt
    force = drag(fit)
    flow, time = flow_and_time(fit.q, fit.v, dt, rate)
    found = {
        "inertia_ratio": _ratio(
            np.abs(np.diff(fit.v, axis=0)).sum(axis=0), np.abs(force).sum(axis=0) * dt
        ),
        "dissipation": (fit.v[:-1] * force).sum(axis=0) * dt,
        "flow": flow,
        "time": time,
    }
    return _where_people_are(found, fit.reference)


def undefined(found: dict[str, np.ndarray]) -> dict[str, int]:
    """Number of sites that have no value, of each quantity that lacks some."""
    counts = {name: int(np.isnan(values).sum()) for name, values in found.items()}
    return {name: count for name, count in counts.items() if count}


def reference_observables(reference: Reference) -> dict[str, np.ndarray]:
    """Flow and time of the data themselves; the other two need a model and are nan."""
    flow, time = flow_and_time(reference.q, np.zeros_like(reference.q), reference.dt)
    none = np.full(flow.size, np.nan)
    found = {"inertia_ratio": none, "dissipation": none, "flow": flow, "time": time}
    return _where_people_are(found, reference)


def observable_table(fits: list[Fit], case: str) -> pd.DataFrame:
    """A row per method and site, and those of the data under the method REFERENCE.

    Parameters
    ----------
    fits : of one and the same reference, at least one.

    Returns
    -------
    DataFrame with COLUMNS; populations in agents, y and x are cell numbers.
    """
    reference = fits[0].reference
    y, x = np.indices(reference.shape)
    site = {
        "y": y.ravel(),
        "x": x.ravel(),
        "population_start": reference.population[0].ravel(),
        "population_end": reference.population[-1].ravel(),
    }
    found = {REFERENCE: reference_observables(reference)}
    found |= {fit.method: observables(fit) for fit in fits}
    parts = []
    for method, values in found.items():
        for name, count in undefined(values).items():
            print(f"{case}, {method}: {name} has no value at {count} of {y.size} sites")
        parts.append(pd.DataFrame({"case": case, "method": method} | site | values))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _ratio(above, below):
    ratio = np.full(above.shape, np.nan)
    return np.divide(above, below, out=ratio, where=below > 0)


def _where_people_are(found, reference):
    here = inhabited(reference)
    return {name: np.where(here, values, np.nan) for name, values in found.items()}
