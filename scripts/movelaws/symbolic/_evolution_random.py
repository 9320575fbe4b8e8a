"""Random numbers inside compiled code: xoshiro256++, one state per population.

Numba's own generator has one state per thread, so that results would depend on the number of
threads; here each population carries its own.

References
----------
D. Blackman and S. Vigna (2021), Scrambled linear pseudorandom number generators, ACM Transactions
on Mathematical Software 47, 36.
"""

import math

import numpy as np
from numba import njit


def states(seed: int, n: int) -> np.ndarray:
    """(n, 4) uint64, independent states for ``n`` populations from one seed."""
    children = np.random.SeedSequence(seed).spawn(n)
    return np.array([child.generate_state(4, np.uint64) for child in children]).reshape(n, 4)


@njit(cache=True, error_model="numpy")
def _rotated(x, bits):
    return (x << np.uint64(bits)) | (x >> np.uint64(64 - bits))


@njit(cache=True, error_model="numpy")
def _next(state):
    result = _rotated(state[0] + state[3], 23) + state[0]
    shifted = state[1] << np.uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = _rotated(state[3], 45)
    return result


@njit(cache=True, error_model="numpy")
def uniform(state):
    """Random number in [0, 1)."""
    return np.float64(_next(state) >> np.uint64(11)) * 1.1102230246251565e-16  # 2^-53


@njit(cache=True, error_model="numpy")
def below(state, n):
    """Random integer in [0, n)."""
    return np.int64(uniform(state) * n)


@njit(cache=True, error_model="numpy")
def normal(state):
    """Standard normal number (Box and Muller)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(state)))
    return radius * math.cos(6.283185307179586 * uniform(state))


@njit(cache=True, error_model="numpy")
def choice(state, cumulative):
    """Index drawn with the cumulative weights given, whose last one is their sum."""
    at = uniform(state) * cumulative[-1]
    for k in range(cumulative.size):
        if at < cumulative[k]:
            return k
    return cumulative.size - 1
