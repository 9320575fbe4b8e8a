"""The modified radiation model with two classes of zones, in closed form."""

import math

import numba
import numpy as np

from movelaws.inequality._arguments import checked_class, checked_common_excess
from movelaws.inequality._pieces import decay_difference
from movelaws.inequality.standard import radiation
from movelaws.inequality.surroundings import Surroundings
from movelaws.threads import share_out


def two_class(surroundings: Surroundings, penalised: np.ndarray, excess: float) -> np.ndarray:
    """Probability that a person in i moves to j when benefits differ between two classes of zones.

    Benefits are uniform on [0, 1 / delta] in penalised zones and on [0, 1] in all others:

        p_ij = int dz d/dz[F_i(z)^n_i] prod_c F_c(z)^s_c [1 - F_j(z)^n_j]

    With s the people strictly nearer to i than j and s_1 those of them in other zones,
    a = n_i + s, L = log(delta), E(x) = 1 - exp(-x), and r_ij the standard radiation probability:

    ================ =================================================================
    from, to         p_ij
    ================ =================================================================
    other, other     n_i int_0^L exp[-(n_i + s_1) u] E(n_j u) du
                     + n_i exp[-(n_i + s_1) L] [n_j / a + E(n_j L)] / (a + n_j)
    other, penalised exp[-(n_i + s_1) L] r_ij
    penalised, other n_i exp(-s_1 L) [n_j / a + E(n_j L)] / (a + n_j)
    both penalised   exp(-s_1 L) r_ij
    ================ =================================================================

    These are the paper's four forms, arranged so that no term is negative and no digits cancel.
    For delta < 1 the roles are swapped: a common factor on all benefits changes nothing.

    Parameters
    ----------
    surroundings : n zones.
    penalised : (n,) bool, the class whose benefits are uniform on [0, 1 / delta].
    excess : delta - 1 > -1. Small values keep all their digits.

    Returns
    -------
    (n, n - 1) in [0, 1], not normalised, in the order of ``surroundings.order``; rows sum to at
    most 1. 0 where n_i = 0 or n_j = 0, and where it is below 1e-308: a row of the only zone
    that is not penalised may consist of nothing else.

    Raises
    ------
    ValueError
        If ``penalised`` is not (n,) booleans or ``excess`` is not finite or not above -1.

    References
    ----------
    Inequality-aware modified radiation model (paper 4), its two-class equations.
    """
    penalised = checked_class(surroundings, penalised)
    log_delta = math.log1p(checked_common_excess(excess))
    worse = penalised if log_delta >= 0 else ~penalised
    result = np.empty(surroundings.order.shape)
    share_out(
        _fill, surroundings.n_zones,
        surroundings.mass, surroundings.order, surroundings.nearer, surroundings.intervening,
        worse, abs(log_delta), result,
    )  # fmt: skip
    return result


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _fill(low, high, mass, order, nearer, intervening, worse, log_delta, result):
    n, m = order.shape
    arrival = np.empty(n)
    for j in range(n):
        arrival[j] = -math.expm1(-mass[j] * log_delta)
    for i in range(low, high):
        inside, better = 0, 0.0
        n_i = mass[i]
        for p in range(m):
            while inside < nearer[i, p]:
                k = order[i, inside]
                better += 0.0 if worse[k] else mass[k]
                inside += 1
            j, s, value = order[i, p], intervening[i, p], 0.0
            if n_i > 0:
                a, stopping = n_i + s, better + (0.0 if worse[i] else n_i)
                value = math.exp(-stopping * log_delta)
                if worse[j]:
                    value *= radiation(n_i, s, mass[j])
                else:
                    value *= n_i / (a + mass[j]) * (mass[j] / a + arrival[j])
                    if not worse[i]:
                        both = decay_difference(stopping * log_delta, mass[j] * log_delta)
                        value += n_i * log_delta * both
            # A certainty may come out as one and a bit.
            result[i, p] = min(value, 1.0)
