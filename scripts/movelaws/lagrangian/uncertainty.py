"""Standard errors of the homogeneous variants, from the Gauss-Newton Hessian of the trajectory.

With S = dq/dtheta along the trajectory and r = q - q~, the Hessian of sum r^2 / 2 is about S^T S.
If all r were independent with equal variance, cov(theta) = var(r) (S^T S)^-1. They are not: a site
that the model misses stays missed for hours. So the intervals are those of the sandwich estimator
that lets the r of a site correlate in time, and over days, as they will (K.-Y. Liang and
S. L. Zeger, Biometrika 73, 13 (1986)); sites are taken as independent of each other.

The state at n = 0 and the target are taken from the data as they are (Eqs 9 and 10). Their own
errors, foremost of v(0), a difference of two noisy counts over dt, and a target that is not reached
by the end of the day, shift the estimates by more than these intervals where cells are small.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.onestep import neighbour_values
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.variants import Variant, variant_of

COLUMNS = ("parameter", "value", "sd", "low", "high", "sd_independent")


def homogeneous_errors(
    fit: Fit, references: Sequence[Reference] | None = None, *, level: float = 0.95
) -> pd.DataFrame:
    """Parameters of a homogeneous fit with intervals.

    Parameters
    ----------
    fit : of a homogeneous variant, by ``fit_exact``.
    references : the days it was fitted to (default: the one that the fit keeps).
    level : of the intervals.

    Returns
    -------
    DataFrame of ``COLUMNS``, a row for each of ``Variant.names``: ``sd``, ``low`` and ``high`` from
    the sandwich by site, ``sd_independent`` as if all residuals were independent. A value at the
    bound, or pulled in by a ridge, has no honest interval here.

    Raises
    ------
    ValueError
        If the fit is not homogeneous, the days are not those it was fitted to, or the data do not
        tell the parameters apart.
    """
    kind = variant_of(str(fit.settings.get("variant")))
    if kind.form != "homogeneous":
        raise ValueError(f"fit is of variant {kind.name!r}: a homogeneous one is needed")
    if not 0 < level < 1:
        raise ValueError(f"level = {level}: 0 < level < 1 is needed")
    days = (fit.reference,) if references is None else tuple(references)
    if len(days) != fit.settings["days"]:
        raise ValueError(f"references has {len(days)} days, the fit {fit.settings['days']}")
    window, size = int(fit.settings["window"]), len(kind.names)
    hessian, scores, squares, count = np.zeros((size, size)), 0.0, 0.0, 0
    for day in days:
        slopes, r = _sensitivity(fit, day, kind, window)
        hessian += np.einsum("npa,nra->pr", slopes, slopes)
        scores = scores + np.einsum("npa,na->ap", slopes, r)
        squares, count = squares + np.sum(r**2), count + r.size
    if np.linalg.matrix_rank(hessian, tol=1e-12 * np.trace(hessian), hermitian=True) < size:
        raise ValueError("the data do not tell the parameters apart: S^T S is singular")
    inverse = np.linalg.inv(hessian)
    sites = fit.reference.sites
    meat = scores.T @ scores * sites / (sites - 1)
    sd = np.sqrt(np.diag(inverse @ meat @ inverse))
    free = kind.pack(fit.gamma[:1], fit.lam[:1], fit.reference.shape, fit.reference.dt).ravel()
    reach = stats.norm.ppf((1 + level) / 2) * sd
    return pd.DataFrame(
        {
            "parameter": kind.names,
            "value": free,
            "sd": sd,
            "low": free - reach,
            "high": free + reach,
            "sd_independent": np.sqrt(squares / (count - size) * np.diag(inverse)),
        }
    )[list(COLUMNS)]


def _sensitivity(
    fit: Fit, day: Reference, kind: Variant, window: int
) -> tuple[np.ndarray, np.ndarray]:
    """dq/dtheta, (window, parameters, N), by the linearised steps, and r, (window, N)."""
    gamma, lam, dt, shape = fit.gamma[0], fit.lam[0], day.dt, day.shape
    q, v = simulate(
        day.q[0], day.v0, fit.gamma[:1], fit.lam[:1], day.mu, shape, dt, window
    )  # fmt: skip
    size = len(kind.names)
    dq, dv = np.zeros((size, day.sites)), np.zeros((size, day.sites))
    slopes = np.empty((window, size, day.sites))
    for n in range(window):
        force = _sources(kind, v[n], q[n] - day.mu, shape) / (1.0 if kind.inertia else dt)
        force = force + np.sum(gamma * neighbour_values(dv, shape), axis=1)
        force = force + np.sum(lam * neighbour_values(dq, shape), axis=1)
        dv = dv - dt * force
        dq = dq + dt * dv
        slopes[n] = dq
    return slopes, q[1:] - day.q[1 : window + 1]


def _sources(kind: Variant, v: np.ndarray, x: np.ndarray, shape) -> np.ndarray:
    """(parameters, N) what each homogeneous parameter multiplies."""
    parts = []
    for values in (v, x) if kind.groups == 2 else (x,):
        around = neighbour_values(values, shape)
        parts += [around[0], around[1:].sum(axis=0)]
    return np.stack(parts)
