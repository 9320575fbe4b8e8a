"""Exponentials, logarithms and powers over arrays, in loops that the compiler vectorises.

The processor's vector units have no exp or log, and calls of the scalar library keep loops from
being vectorised. So both are written out as polynomials without branches: near-minimax fits of
(exp(r) - 1 - r) / r^2 and of the series of log((1 + s) / (1 - s)), in 50 digits at Chebyshev
nodes. Relative errors are below 7e-16; that of a power grows with the exponent of e that it
stands for, as |y ln x| times 2e-16. Results below the smallest normal number, 2.2e-308, are 0.

No function may write into an array that it reads: it would be right, but 7 times slower.
"""

import math

import numpy as np
from numba import njit

# Multiply-add without the rounding in between, and nothing else that fast-math would allow.
FAST = {"contract"}

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01  # ln 2 in two parts, the first with zeros at its end
_LN2_LOW = 1.90821492927058770002e-10
_ROUNDER = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to a whole number in the low bits
_HIGHEST = 709.782712893384
_LOWEST = -708.3964185322641
_SMALLEST = 2.2250738585072014e-308  # smallest normal number
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
_FRACTION = 0x000FFFFFFFFFFFFF
_ODD = 4503599627370496.0  # 2^52: from here on every number is whole


@njit(cache=True, error_model="numpy", fastmath=FAST)
def exp(x):
    """exp(x): 2^n exp(r) with |r| <= ln(2) / 2."""
    shifted = x * _LOG2_E + _ROUNDER
    n = shifted - _ROUNDER
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    q = 2.511246639457876e-08
    q = q * r + 2.7631513276248185e-07
    q = q * r + 2.755723349537905e-06
    q = q * r + 2.4801489212954576e-05
    q = q * r + 0.0001984126989792604
    q = q * r + 0.0013888888947821546
    q = q * r + 0.008333333333316316
    q = q * r + 0.041666666666511774
    q = q * r + 0.16666666666666685
    q = q * r + 0.5000000000000013
    q = (q * r) * r + r + 1.0
    # The whole number stands in the low bits of `shifted`; into the exponent of q with it.
    bits = np.float64(q).view(np.int64) + (np.float64(shifted).view(np.int64) << 52)
    value = np.int64(bits).view(np.float64)
    outside = math.inf if x > 0.0 else (0.0 if x < 0.0 else x)
    return value if (x < _HIGHEST) & (x > _LOWEST) else outside


@njit(cache=True, error_model="numpy", fastmath=FAST)
def log(x):
    """ln(x): -inf at 0 and at what is too small for a normal number, nan below."""
    bits = np.float64(x).view(np.int64)
    # x = 2^n m with sqrt(1/2) <= m < sqrt(2)
    whole = (bits - _SQRT_HALF_BITS) >> 52
    m = np.int64(bits - (whole << 52)).view(np.float64)
    n = np.float64(whole)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    p = 0.147977469476102
    p = p * z + 0.153138585333489
    p = p * z + 0.18183572470135387
    p = p * z + 0.22222198399655024
    p = p * z + 0.28571428744315364
    p = p * z + 0.39999999999404345
    p = p * z + 0.6666666666666736
    half = 0.5 * f * f
    value = n * _LN2_HIGH - ((half - (s * (half + p * z) + n * _LN2_LOW)) - f)
    outside = x if x > 1.0 else (-math.inf if x >= 0.0 else math.nan)
    return value if (x >= _SMALLEST) & (x < math.inf) else outside


@njit(cache=True, error_model="numpy", fastmath=FAST)
def power(x, y):
    """x^y as real number: nan for a negative base with an exponent that is not whole."""
    size = exp(y * log(abs(x)))
    half = 0.5 * y
    whole = math.floor(y) == y
    odd = math.floor(half) != half
    below = (-size if odd else size) if whole else math.nan
    value = below if x < 0.0 else (size if x >= 0.0 else math.nan)
    return 1.0 if y == 0.0 else value


@njit(cache=True, error_model="numpy", fastmath=FAST, inline="always")
def exp_into(x, out):
    """exp(x) entry by entry."""
    for i in range(x.size):
        out[i] = exp(x[i])


@njit(cache=True, error_model="numpy", fastmath=FAST, inline="always")
def scaled_exp_into(x, factor, out):
    """exp(factor * x) entry by entry."""
    for i in range(x.size):
        out[i] = exp(factor * x[i])


@njit(cache=True, error_model="numpy", fastmath=FAST, inline="always")
def product_exp_into(x, y, out):
    """exp(x * y) entry by entry."""
    for i in range(x.size):
        out[i] = exp(x[i] * y[i])


@njit(cache=True, error_model="numpy", fastmath=FAST, inline="always")
def times_scaled_exp_into(a, x, factor, out):
    """a * exp(factor * x) entry by entry."""
    for i in range(x.size):
        out[i] = a[i] * exp(factor * x[i])


@njit(cache=True, error_model="numpy", fastmath=FAST, inline="always")
def log_into(x, out):
    """ln(x) entry by entry."""
    for i in range(x.size):
        out[i] = log(x[i])


@njit(cache=True, error_model="numpy", fastmath=FAST)
def power_of_positive_into(x, exponent, out):
    """x^exponent for an exponent other than 0; nan where x < 0."""
    for i in range(x.size):
        out[i] = exp(exponent * log(x[i]))


@njit(cache=True, error_model="numpy", fastmath=FAST)
def power_from_log_into(log_x, y, out):
    """x^y entry by entry from ln(x)."""
    for i in range(y.size):
        value = exp(y[i] * log_x[i])
        out[i] = 1.0 if y[i] == 0.0 else value


@njit(cache=True, error_model="numpy", fastmath=FAST)
def power_into(x, y, out):
    """x^y entry by entry."""
    for i in range(x.size):
        out[i] = power(x[i], y[i])


@njit(cache=True, error_model="numpy", fastmath=FAST)
def power_of_scalar_into(x, y, out):
    """x^y for one x and an array of exponents."""
    log_x = log(abs(x))
    if x > 0.0 and log_x < math.inf:
        scaled_exp_into(y, log_x, out)
    else:
        for i in range(y.size):
            out[i] = power(x, y[i])


@njit(cache=True, error_model="numpy", fastmath=FAST)
def power_to_scalar_into(x, y, out):
    """x^y for one exponent: products or a root where that is possible, for speed and signs."""
    if y == 2.0:
        for i in range(x.size):
            out[i] = x[i] * x[i]
    elif y == -1.0:
        for i in range(x.size):
            out[i] = 1.0 / x[i]
    elif y == -2.0:
        for i in range(x.size):
            out[i] = 1.0 / (x[i] * x[i])
    elif y == 3.0:
        for i in range(x.size):
            out[i] = x[i] * x[i] * x[i]
    elif y == 0.5:
        for i in range(x.size):
            out[i] = math.sqrt(x[i])
    elif math.floor(y) == y:
        for i in range(x.size):
            out[i] = power(x[i], y)
    else:
        power_of_positive_into(x, y, out)
