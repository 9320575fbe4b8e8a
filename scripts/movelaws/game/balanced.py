"""What an equilibrium of the fast family consists of."""

from dataclasses import dataclass

import numpy as np


class NotConvergedError(RuntimeError):
    """An equilibrium was asked for as flows only, and the iteration did not reach it."""


@dataclass(frozen=True, eq=False)
class FamilyEquilibrium:
    """T_ij = O_i exp(log_weight_j - beta ln d_ij - log_sum_i), d in km.

    Attributes
    ----------
    arrivals : (n_zones,) D_j, people; 0 where nobody can or wants to go.
    log_cost : (n_zones,) crowding cost gamma ln D_j; 0 where D_j is 0.
    log_weight : (n_zones,) alpha ln A_j - log_cost_j, but for a constant common to all zones; -inf
        where nobody goes.
    log_sum : (n_zones,) ln sum_k exp(log_weight_k - beta ln d_ik); -inf where nobody leaves.
    beta : exponent of the distance.
    iterations : passes over the pairs.
    residual : max(1, gamma) times the largest |ln D_j - ln D_j assumed| of the last pass: it bounds
        both the relative error of the balance and the differences of utility.
    history : (iterations,) residual of each pass.
    converged : whether the residual reached the tolerance (or is at most 1e-6 and the costs change
        within their rounding).
    """

    arrivals: np.ndarray
    log_cost: np.ndarray
    log_weight: np.ndarray
    log_sum: np.ndarray
    beta: float
    iterations: int
    residual: float
    history: np.ndarray
    converged: bool


def raise_unless_converged(found: FamilyEquilibrium, at: str) -> FamilyEquilibrium:
    """The equilibrium itself, or a NotConvergedError that says where and how far it got."""
    if not found.converged:
        raise NotConvergedError(
            f"no equilibrium at {at}: residual {found.residual:.3g} after {found.iterations} "
            "passes; allow more iterations or start from an equilibrium near by"
        )
    return found
