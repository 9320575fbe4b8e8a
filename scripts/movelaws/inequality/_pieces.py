"""Integrals of exponentials over one interval, without cancellation (compiled, private)."""

import math

import numba

# Up to this argument the series below is exact to rounding.
SMALL = 0.3


@numba.njit(cache=True, error_model="numpy")
def mean_decay(x):
    """int_0^1 exp(-x t) dt for x >= 0."""
    return 1.0 - 0.5 * x if x < 1e-9 else -math.expm1(-x) / x


@numba.njit(cache=True, error_model="numpy")
def decay_difference(x, y):
    """int_0^1 exp(-x t) (1 - exp(-y t)) dt for x, y >= 0."""
    z = x + y
    if z < SMALL:
        return y * series(x, z)[1]
    return (y / z) * (mean_decay(x) - math.exp(-x) * mean_decay(y))


@numba.njit(cache=True, error_model="numpy", fastmath={"contract"})
def series(x, z):
    """mean_decay(z), and [mean_decay(x) - mean_decay(z)] / (z - x), for 0 <= x <= z < SMALL.

    Horner's scheme for the polynomial and its divided difference at once.
    """
    value = -1 / 479001600.0
    difference = value
    value = value * z + 1 / 39916800.0
    difference = difference * x + value
    value = value * z - 1 / 3628800.0
    difference = difference * x + value
    value = value * z + 1 / 362880.0
    difference = difference * x + value
    value = value * z - 1 / 40320.0
    difference = difference * x + value
    value = value * z + 1 / 5040.0
    difference = difference * x + value
    value = value * z - 1 / 720.0
    difference = difference * x + value
    value = value * z + 1 / 120.0
    difference = difference * x + value
    value = value * z - 1 / 24.0
    difference = difference * x + value
    value = value * z + 1 / 6.0
    difference = difference * x + value
    value = value * z - 1 / 2.0
    difference = difference * x + value
    return value * z + 1.0, -difference
