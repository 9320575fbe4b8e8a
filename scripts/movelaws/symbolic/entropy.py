"""Gravity of maximum entropy, constrained at both ends, beside its allocation form (Appendix A).

F_ij = A_i B_j O_i D_j exp(-b d^a) has the most entropy among all flows with these outflows O_i,
arrivals D_j and mean cost d^a. The law of the symbolic search keeps the outflows only and lets
the mass of a destination stand for its arrivals.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize, minimize_scalar

from movelaws.metrics import cpc, rmse
from movelaws.symbolic.balance import balance
from movelaws.symbolic.observations import Observations

FORMS = ("exponential", "exponential_power")
CONSTRAINTS = ("production", "doubly")
TYPICAL_KM = 50.0  # b is searched as the exponent at this distance, on which a hardly acts

_STEEPNESS = np.geomspace(0.05, 20.0, 9)  # b 50^a of the coarse scan
_POWERS = (0.25, 0.5, 1.0)
_WIDEST = np.log(1e4)


class Decay(NamedTuple):
    """A fitted decay exp(-b d^a).

    a : power of the distance (no unit); b : steepness (km^-a).
    rmse, cpc : over the rows given.
    iterations : sweeps and Newton steps of the last balancing; 0 if only outflows are kept.
    max_marginal_error : largest relative error of an outflow or of arrivals that are kept.
    """

    form: str
    constraint: str
    a: float
    b: float
    rmse: float
    cpc: float
    iterations: int
    max_marginal_error: float


def constrained_flows(
    observations: Observations, a: float, b: float, constraint: str, mass: str = "w_j"
) -> tuple[np.ndarray, int, float]:
    """Flows by a decay exp(-b d^a) that keep the outflows, and the arrivals if ``doubly``.

    Parameters
    ----------
    observations : with the variable ``d`` (km) and, for ``production``, ``mass``. The sums run
        over its rows; arrivals are the sums of its flows into each destination.
    a, b : power (no unit) and steepness (km^-a).
    constraint : ``production`` (O_i m_j exp(-b d^a) / sum) or ``doubly`` (Eq. A.5).
    mass : variable m_j that attracts in the production constrained form.

    Returns
    -------
    (n_rows,) flows, iterations of the balancing, largest relative error of what is kept.

    Raises
    ------
    ValueError
        If an argument is unknown or not finite.
    RuntimeError
        If no balance is found: the arrivals cannot be met on these rows, or hardly.

    References
    ----------
    Wilson (1970), Entropy in urban and regional modelling; paper 2, Eq. A.5.
    """
    _check(constraint, CONSTRAINTS, "constraint")
    if not (np.isfinite(a) and np.isfinite(b)):
        raise ValueError(f"a = {a}, b = {b}: both must be finite")
    o = observations
    decay = -b * _variable(o, "d") ** a
    if constraint == "production":
        flow = _allocated(o, decay + _log(_variable(o, mass)))
        return flow, 0, _relative(np.add.reduceat(flow, o.start[:-1]), o.outflow)
    found = balance(decay, o.start, o.destination, o.outflow, arrivals(o))
    if not found.converged:
        raise RuntimeError(
            f"no balance after {found.iterations} iterations at a = {a:g}, b = {b:g}: a marginal "
            f"is still off by {found.error:.1e}"
        )
    return found.flow, found.iterations, found.error


def fit_decay(observations: Observations, form: str, constraint: str, mass: str = "w_j") -> Decay:
    """b, and a if the form has it, of the least RMSE over the rows given.

    A coarse scan comes first, since the RMSE need not have one valley. ``exponential`` has a = 1.

    Raises
    ------
    ValueError
        If an argument is unknown.
    RuntimeError
        If no decay of the scan, or one met on the way to the least error, has no balance.
    """
    _check(form, FORMS, "form")
    _check(constraint, CONSTRAINTS, "constraint")

    def error(point: tuple[float, float]) -> float:
        steepness, a = point
        if abs(steepness) > _WIDEST or not 0.02 <= a <= 5:
            return np.inf
        b = np.exp(steepness) / TYPICAL_KM**a
        flow = constrained_flows(observations, a, b, constraint, mass)[0]
        return rmse(observations.flow, flow)

    powers = (1.0,) if form == "exponential" else _POWERS
    start = _best_of_scan(error, [(np.log(s), a) for a in powers for s in _STEEPNESS])
    if form == "exponential":
        around = np.log(_STEEPNESS[1] / _STEEPNESS[0])
        bounds = (start[0] - around, start[0] + around)
        best = minimize_scalar(
            lambda s: error((s, 1.0)), bounds=bounds, method="bounded", options={"xatol": 1e-7}
        )
        steepness, a = float(best.x), 1.0
    else:
        simplex = np.add(start, [[0, 0], [0.3, 0], [0, 0.1]])
        tight = {"initial_simplex": simplex, "xatol": 1e-6, "fatol": 1e-7, "maxiter": 400}
        best = minimize(error, start, method="Nelder-Mead", options=tight)
        steepness, a = (float(x) for x in best.x)
    b = float(np.exp(steepness) / TYPICAL_KM**a)
    flow, iterations, off = constrained_flows(observations, a, b, constraint, mass)
    common = cpc(observations.flow, flow)
    return Decay(form, constraint, a, b, rmse(observations.flow, flow), common, iterations, off)


def _best_of_scan(
    error: Callable[[tuple[float, float]], float], points: list[tuple[float, float]]
) -> tuple[float, float]:
    """Where the error is least; the steepest decays need not have a balance, so they may fail."""
    values = []
    for point in points:
        try:
            values.append(error(point))
        except RuntimeError:
            values.append(np.inf)
    if not np.isfinite(values).any():
        raise RuntimeError("observations: no decay of the scan could be balanced on these rows")
    return points[int(np.argmin(values))]


def likeliest_b(observations: Observations, a: float, constraint: str, mass: str = "w_j") -> float:
    """b of the greatest Poisson likelihood: where the mean cost d^a is the observed one.

    The likelihood equation of b in a Poisson model with free A_i (and B_j) is the constraint on
    the total cost (Eq. A.4): maximum entropy and maximum likelihood agree.

    Raises
    ------
    ValueError
        If no b in the range has the observed mean cost.
    """
    cost = _variable(observations, "d") ** a
    observed = observations.flow @ cost

    def excess(b: float) -> float:
        return constrained_flows(observations, a, b, constraint, mass)[0] @ cost / observed - 1

    steep = float(_STEEPNESS[-1] / TYPICAL_KM**a)
    low, high = 0.0, steep / 64
    while excess(high) > 0:
        low, high = high, 2 * high
        if high > 64 * steep:
            raise ValueError(f"observations: no b up to {high:.3g} has the observed mean cost")
    if low == 0.0 and excess(0.0) < 0:
        low = -high
        while excess(low) < 0:
            low *= 2
            if low < -64 * steep:
                raise ValueError(f"observations: no b above {low:.3g} has the observed mean cost")
    return float(brentq(excess, low, high, xtol=1e-14, rtol=1e-12))


def entropy(flow: np.ndarray) -> float:
    """-sum p ln p of the shares p = F / sum F (Eq. A.1); pairs without a flow add 0.

    Raises
    ------
    ValueError
        If a flow is negative or not finite, or all are 0.
    """
    flow = np.asarray(flow, dtype=float)
    if not np.isfinite(flow).all() or (flow < 0).any() or not flow.any():
        raise ValueError("flow must be finite and >= 0 and not all 0")
    share = flow[flow > 0] / flow.sum()
    return float(-(share @ np.log(share)))


def entropy_table(observations: Observations, mass: str = "w_j") -> pd.DataFrame:
    """Both forms under both constraints: form, constraint, a, b, rmse, cpc, iterations, error."""
    return pd.DataFrame(
        [fit_decay(observations, form, kept, mass) for form in FORMS for kept in CONSTRAINTS],
        columns=Decay._fields,
    )


def arrivals(observations: Observations) -> np.ndarray:
    """(n_zones,) sum of the flows into each zone."""
    return np.bincount(
        observations.destination, observations.flow, minlength=len(observations.zone_ids)
    )


def _allocated(o: Observations, log_weight: np.ndarray) -> np.ndarray:
    sizes, first = np.diff(o.start), o.start[:-1]
    top = np.maximum.reduceat(log_weight, first)
    if not np.isfinite(top).all():
        zone = o.zone_ids[o.zone[int(np.argmin(np.isfinite(top)))]]
        raise ValueError(f"origin {str(zone)!r} has no destination with a positive mass")
    weight = np.exp(log_weight - np.repeat(top, sizes))
    return weight * np.repeat(o.outflow / np.add.reduceat(weight, first), sizes)


def _variable(o: Observations, name: str) -> np.ndarray:
    if name not in o.names:
        raise ValueError(f"observations lack the variable {name!r}; they have {list(o.names)}")
    return o.columns[o.names.index(name)]


def _log(values: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(values)


def _relative(kept: np.ndarray, wanted: np.ndarray) -> float:
    some = wanted > 0
    return float(np.abs(kept[some] / wanted[some] - 1).max())


def _check(value: str, allowed: tuple[str, ...], name: str) -> None:
    if value not in allowed:
        raise ValueError(f"{name} = {value!r}: choose one of {', '.join(allowed)}")
