"""How crowding feeds back on itself near an equilibrium, and which iterations survive it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from movelaws.game.problem import Game
from movelaws.game.reduced import Reduced
from movelaws.game.solver import Equilibrium

_FEW = 500
_VECTORS = 60
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Stability:
    """Convergence near an equilibrium; a rate is the factor of the error per iteration.

    Attributes
    ----------
    mu_max : largest eigenvalue mu of the crowding feedback, >= 0: if arrivals are wrong by x,
        travellers who see them correct by -mu x. At most gamma / c for w = gamma ln D, g = c ln T.
    phi_limit : 2 / (1 + mu_max); averages with a fixed phi converge below it only.
    phi_best : 2 / (2 + mu_max), where averages converge fastest.
    phi : the step that ``rate_averaging`` belongs to.
    rate_averaging : largest |1 - phi (1 + mu)|, mu from 0 to mu_max; above 1 averages diverge.
    rate_fixed_point : of plain balancing (``solve`` with memory 0), always below 1.
    """

    mu_max: float
    phi_limit: float
    phi_best: float
    phi: float
    rate_averaging: float
    rate_fixed_point: float


def stability(game: Game, equilibrium: Equilibrium, *, phi: float = 0.25) -> Stability:
    """Spectrum of the crowding feedback at an equilibrium.

    Let s_ij = 1 / g'(T_ij) on used ways, how many travellers a unit of utility moves (T_ij for
    g = ln T). Raising the costs of destinations by x changes arrivals by -L x with
    L = diag(s_j) - S^T diag(1 / s_i) S, and arrivals D cost w'(D), so averages multiply errors by
    1 - phi (1 + mu), mu the eigenvalues of L diag(w'); for logarithms L diag(w') is, but for a
    change of basis, gamma (I - D^-1 T^T O^-1 T). Balancing multiplies them by the eigenvalues of
    diag(w' / (1 + w' s_j)) S^T diag(1 / s_i) S.

    Parameters
    ----------
    game, equilibrium : a game and its equilibrium, where no capacity is reached.
    phi : step of the averages, 0 < phi <= 1.

    Returns
    -------
    Stability.

    Raises
    ------
    ValueError
        If phi is out of range, the flows are of another game or no equilibrium, or a capacity is
        reached (averages know none).
    """
    if not 0 < phi <= 1:
        raise ValueError(f"phi = {phi} must be in (0, 1]")
    if equilibrium.flow.shape != game.value.shape:
        raise ValueError(
            f"equilibrium: flows are {equilibrium.flow.shape}, the game is {game.value.shape}"
        )
    if not equilibrium.converged:
        raise ValueError(
            f"equilibrium: did not converge (residual {equilibrium.residual:.3g}), so there is no "
            "state whose stability could be told"
        )
    reduced = Reduced(game)
    if (equilibrium.shadow_price[reduced.destinations] > 0).any():
        raise ValueError("capacity: reached at some destination, and averages know no capacities")
    moved, slope = _responses(reduced, equilibrium)
    if not game.crowding.increasing:
        mu_max, rate = 0.0, 0.0
    else:
        by_origin = moved.sum(axis=1)
        by_destination = moved.sum(axis=0)
        root = np.sqrt(slope)
        scale = np.sqrt(slope / (1 + slope * by_destination))

        def mixing(x: np.ndarray) -> np.ndarray:
            return moved.T @ ((moved @ x) / by_origin)

        mu_max = _largest(
            lambda x: root * (by_destination * root * x - mixing(root * x)), slope.size
        )
        rate = _largest(lambda x: scale * mixing(scale * x), slope.size)
    worst = max(abs(1 - phi), abs(1 - phi * (1 + mu_max)))
    return Stability(mu_max, 2 / (1 + mu_max), 2 / (2 + mu_max), phi, worst, rate)


def _responses(reduced: Reduced, equilibrium: Equilibrium) -> tuple[np.ndarray, np.ndarray]:
    """s_ij (n, k) and w'(D_j) (k,) of the k destinations where somebody goes."""
    flow = equilibrium.flow[np.ix_(reduced.origins, reduced.destinations)]
    arrivals = flow.sum(axis=0)
    flow, arrivals = flow[:, arrivals > 0], arrivals[arrivals > 0]
    used = flow > 0
    moved = np.zeros(flow.shape)
    moved[used] = 1 / reduced.congestion.slope(flow[used])
    return moved, reduced.crowding.slope(arrivals)


def _largest(times: Callable[[np.ndarray], np.ndarray], size: int) -> float:
    """Largest eigenvalue of a symmetric operator without negative ones."""
    if size <= _FEW:
        dense = np.column_stack([times(column) for column in np.eye(size)])
        # All of them: the search for one alone fails on some processors.
        return float(max(np.linalg.eigvalsh(dense)[-1], 0.0))
    operator = LinearOperator((size, size), matvec=times, dtype=float)
    first = np.random.default_rng(0).standard_normal(size)
    # the largest lie close together; their vectors need not be told apart to know the value
    largest = eigsh(
        operator, k=1, which="LA", v0=first, ncv=_VECTORS, tol=_TOLERANCE, return_eigenvectors=False
    )
    return float(max(largest[0], 0.0))
