"""Confidence intervals of calibrated parameters, in unit coordinates."""

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from movelaws.calibrate.objective import Objective
from movelaws.calibrate.search import refine_box

INTERVALS = ("information", "quasi", "sandwich", "bootstrap")
DEFAULT_INTERVALS = {"rmse": "sandwich", "cpc": "bootstrap", "poisson": "quasi"}
_GRID = 65
_ZOOMS = 6


def information_interval(
    objective: Objective, u: np.ndarray, confidence: float, dispersion: float
) -> tuple[np.ndarray, np.ndarray]:
    """Observed information of the multinomial likelihood, times a dispersion (1: none).

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., Chap. 9.
    """
    covariance = _inverse(objective.derivatives(u)[1]) * dispersion
    return _around(u, covariance, norm.ppf((1 + confidence) / 2))


def sandwich_interval(
    objective: Objective, u: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """H^-1 (sum_i g_i g_i') H^-1 over origins i: robust to any dependence within an origin.

    With G origins the middle is multiplied by G / (G - 1) and the quantile is Student's with
    G - 1 degrees of freedom; a single origin has no interval (nan).

    References
    ----------
    Liang & Zeger (1986), Biometrika 73, 13; White (1981), J. Am. Stat. Assoc. 76, 419.
    """
    gradient, hessian = objective.scores(u)
    n_origins = gradient.shape[0]
    if n_origins < 2:
        return _unknown(u)
    bread = _inverse(hessian.sum(axis=0))
    covariance = bread @ (gradient.T @ gradient) @ bread * n_origins / (n_origins - 1)
    return _around(u, covariance, student.ppf((1 + confidence) / 2, n_origins - 1))


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


def _around(u: np.ndarray, covariance: np.ndarray, quantile: float):
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
