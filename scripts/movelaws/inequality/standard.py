"""The radiation model: all zones offer benefits from one distribution."""

import numba
import numpy as np

from movelaws.inequality.surroundings import Surroundings
from movelaws.threads import share_out


def standard(surroundings: Surroundings) -> np.ndarray:
    """Probability of the standard radiation model, not normalised.

    r_ij = n_i n_j / ((n_i + s_ij) (n_i + s_ij + n_j)); an empty zone neither sends nor attracts,
    r_ij = 0 for n_i = 0 or n_j = 0.

    Parameters
    ----------
    surroundings : n zones.

    Returns
    -------
    (n, n - 1) in [0, 1], in the order of ``surroundings.order``; rows sum to at most 1.

    References
    ----------
    Simini, Gonzalez, Maritan, Barabasi (2012), Nature 484, 96-100, Eq. 2.
    """
    result = np.empty(surroundings.order.shape)
    share_out(
        _fill, surroundings.n_zones,
        surroundings.mass, surroundings.order, surroundings.intervening, result,
    )  # fmt: skip
    return result


@numba.njit(cache=True, error_model="numpy")
def radiation(n_i, s, n_j):
    """r_ij for n_i > 0 (compiled, shared by the kernels)."""
    return (n_i / (n_i + s)) * (n_j / (n_i + s + n_j))


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _fill(low, high, mass, order, intervening, result):
    m = order.shape[1]
    for i in range(low, high):
        for p in range(m):
            result[i, p] = 0.0
            if mass[i] > 0:
                result[i, p] = radiation(mass[i], intervening[i, p], mass[order[i, p]])
