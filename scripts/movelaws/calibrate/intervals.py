"""Confidence intervals of calibrated parameters, in unit coordinates."""

import numpy as np
from scipy.special import ndtri, stdtrit  # quantiles of the normal law and of Student's t

from movelaws.calibrate.objective import Objective
from movelaws.calibrate.search import refine_box

INTERVALS = ("information", "quasi", "sandwich", "bootstrap")
DEFAULT_INTERVALS = {"rmse": "sandwich", "cpc": "bootstrap", "poisson": "quasi"}
_GRID = 65
_ZOOMS = 6


def information_interval(
    u: np.ndarray, hessian: np.ndarray, confidence: float, dispersion: float
) -> tuple[np.ndarray, np.ndarray]:
    """Observed information of the multinomial likelihood, times a dispersion (1: none).

    ``hessian`` (n_origins, k, k) is that of ``Objective.scores`` at the optimum ``u``.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., Chap. 9.
    """
    covariance = _inverse(hessian.sum(axis=0)) * dispersion
    return _around(u, covariance, ndtri((1 + confidence) / 2))


def effective_origins(gradient: np.ndarray, hessian: np.ndarray) -> np.ndarray:
    """How many equal origins would carry as much of each parameter's variance (k,).

    (sum_i c_i^2)^2 / sum_i c_i^4 with c_i = (H^-1 g_i)_a the contribution of origin i to the
    estimate of parameter a, proportional to its score where there is one parameter. It is
    G / (1 + CV^2) of the c_i^2, as the effective number of clusters of Carter et al. is of their
    contributions. It is 1 where one origin decides alone and G where all weigh the same; nan
    where the Hessian is singular or no origin pulls.

    Parameters
    ----------
    gradient, hessian : (n_origins, k) and (n_origins, k, k), of ``Objective.scores``.

    References
    ----------
    Carter, Schnepel & Steigerwald (2017), Review of Economics and Statistics 99, 698.
    """
    pull = gradient @ _inverse(hessian.sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        squared = (pull / np.abs(pull).max(axis=0)) ** 2
        return squared.sum(axis=0) ** 2 / (squared**2).sum(axis=0)


def sandwich_interval(
    u: np.ndarray, gradient: np.ndarray, hessian: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """H^-1 (sum_i g_i g_i') H^-1 over origins i: robust to any dependence within an origin.

    With G origins the middle is multiplied by G / (G - 1). The quantile is Student's with
    max(1, ``effective_origins`` - 1) degrees of freedom: few large origins may carry nearly all
    flow, and so many deviations, not G, were averaged. A single origin has no interval (nan).
    Origins count as independent: dependence of flows into a common destination is ignored.

    References
    ----------
    Liang & Zeger (1986), Biometrika 73, 13; White (1981), J. Am. Stat. Assoc. 76, 419; Carter,
    Schnepel & Steigerwald (2017), Review of Economics and Statistics 99, 698.
    """
    n_origins = gradient.shape[0]
    if n_origins < 2:
        return _unknown(u)
    bread = _inverse(hessian.sum(axis=0))
    covariance = bread @ (gradient.T @ gradient) @ bread * n_origins / (n_origins - 1)
    freedom = np.fmax(1.0, effective_origins(gradient, hessian) - 1)
    return _around(u, covariance, stdtrit(freedom, (1 + confidence) / 2))


def bootstrap_interval(
    objective: Objective,
    u: np.ndarray,
    confidence: float,
    replicates: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Percentiles of the optimum over origins drawn with replacement.

    Losses are sums over origins, so a replicate only reweights them. With one parameter all
    replicates share one table of losses (points of the scan x origins), refined around the
    optima it finds, and a parabola; with more, each replicate is refined from the optimum.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, Secs. 6.4 and 13.3.
    """
    n_origins = objective.prepared.origins.size
    if n_origins < 2:
        return _unknown(u)
    weights = rng.multinomial(n_origins, np.full(n_origins, 1 / n_origins), size=replicates)
    weights = weights.astype(float)
    if objective.n_parameters == 1:
        optima = _replicate_line(objective, weights)[:, None]
    else:
        optima = np.array([refine_box(objective, u, drawn, near=True).u for drawn in weights])
    tail = (1 - confidence) / 2
    return np.quantile(optima, tail, axis=0), np.quantile(optima, 1 - tail, axis=0)


def _replicate_line(objective: Objective, weights: np.ndarray) -> np.ndarray:
    """Optimum of every replicate, on ever finer grids that span all of them."""
    low, high = 0.0, 1.0
    for _ in range(_ZOOMS):
        grid = np.linspace(low, high, _GRID)
        table = np.array([objective.losses(point) for point in grid])
        usable = np.isfinite(table).all(axis=1)
        total = np.full((len(weights), _GRID), np.inf)
        total[:, usable] = weights @ table[usable].T
        optima = _parabola(grid, total)
        step = grid[1] - grid[0]
        if np.ptp(optima) > 16 * step:
            break
        low, high = max(0.0, optima.min() - 2 * step), min(1.0, optima.max() + 2 * step)
    return optima


def _parabola(grid: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Least point of every row, by the parabola through the least value and its neighbours."""
    at = np.argmin(total, axis=1)
    inner = np.clip(at, 1, grid.size - 2)
    rows = np.arange(len(total))
    before, here, after = (total[rows, inner + k] for k in (-1, 0, 1))
    bend = before - 2 * here + after
    usable = (at == inner) & np.isfinite(bend) & (bend > 0)
    shift = np.zeros(len(total))
    shift[usable] = 0.5 * (before - after)[usable] / bend[usable]
    return grid[at] + shift * (grid[1] - grid[0])


def _around(u: np.ndarray, covariance: np.ndarray, quantile: float | np.ndarray):
    with np.errstate(invalid="ignore"):
        half = quantile * np.sqrt(np.diag(covariance))
    return u - half, u + half


def _unknown(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.full(u.shape, np.nan), np.full(u.shape, np.nan)


def _inverse(hessian: np.ndarray) -> np.ndarray:
    """Inverse of a Hessian; nan where the optimum is flat, so that no interval is made up."""
    if not np.isfinite(hessian).all() or np.linalg.eigvalsh(hessian)[0] <= 0:
        return np.full(hessian.shape, np.nan)
    return np.linalg.inv(hessian)
