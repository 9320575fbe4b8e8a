"""Log weights and their derivatives for the pairs of one origin (compiled, private).

A kernel meets the code of a ``Deterrence``, its parameters (nan beyond those it states) and the
columns it states. What is not stated or not written out here comes out as nan, never as the
formula of another model.
"""

import math

import numpy as np
from numba import njit

NONE, POWER, EXPONENTIAL, STRETCHED, SCALED_STRETCHED = 0, 1, 2, 3, 4
RADIATION, OPPORTUNITIES, PRIORITY, EXTENDED_RADIATION, CIRCLE = 5, 6, 7, 8, 9
WRITTEN = 10

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10


@njit(cache=True, error_model="numpy")
def exp_into(x, out, shift=0.0):
    """exp(x - shift) for x - shift <= 709; 0 below -708.

    LLVM vectorises it, unlike math.exp, but only into another array than ``x``: in place each
    entry waits for the one before, and takes 7 times as long.
    """
    for k in range(x.size):
        shifted = x[k] - shift
        value = max(shifted, -708.0)
        power = math.floor(value * _LOG2_E + 0.5)
        r = (value - power * _LN2_HIGH) - power * _LN2_LOW
        q = 1 / 479001600.0
        q = q * r + 1 / 39916800.0
        q = q * r + 1 / 3628800.0
        q = q * r + 1 / 362880.0
        q = q * r + 1 / 40320.0
        q = q * r + 1 / 5040.0
        q = q * r + 1 / 720.0
        q = q * r + 1 / 120.0
        q = q * r + 1 / 24.0
        q = q * r + 1 / 6.0
        q = q * r + 0.5
        q = q * r * r + r + 1.0
        two_to_power = np.int64((np.int64(power) + 1023) << 52).view(np.float64)
        out[k] = q * two_to_power if shifted >= -708.0 else 0.0


@njit(cache=True, error_model="numpy")
def _log_one_minus_exp(x):
    """log(1 - exp(-x)) for x >= 0, -inf at 0."""
    if x > 0.6931471805599453:
        return math.log1p(-math.exp(-x))
    if x > 0:
        return math.log(-math.expm1(-x))
    return -math.inf if x == 0 else math.nan


@njit(cache=True, error_model="numpy")
def _log_one_plus_exp(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@njit(cache=True, error_model="numpy")
def _logistic(x):
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


@njit(cache=True, error_model="numpy")
def _row(column, first, n):
    """Entries of one origin; nan if the deterrence does not state that it reads the column."""
    return column[first : first + n] if column.size > 0 else np.full(n, math.nan)


@njit(cache=True, error_model="numpy")
def fill_log_weights(deterrence, theta, attraction, columns, i, out):
    """Log weights of the pairs of origin ``i`` into ``out``; -inf where the weight is 0."""
    first = columns.start[i]
    n = columns.start[i + 1] - first
    to = columns.destination[first : first + n]
    if deterrence == NONE:
        for k in range(n):
            out[k] = attraction[to[k]]
    elif deterrence == POWER:
        log_d = _row(columns.log_distance, first, n)
        b = theta[0]
        for k in range(n):
            out[k] = attraction[to[k]] - b * log_d[k]
    elif deterrence == EXPONENTIAL:
        d = _row(columns.distance_km, first, n)
        b = theta[0]
        for k in range(n):
            out[k] = attraction[to[k]] - b * d[k]
    elif deterrence in (STRETCHED, SCALED_STRETCHED):
        _stretched(deterrence, theta, _row(columns.log_distance, first, n), out)
        for k in range(n):
            out[k] = attraction[to[k]] - out[k]
    elif deterrence == OPPORTUNITIES:
        s = _row(columns.intervening, first, n)
        b = theta[0]
        for k in range(n):
            out[k] = attraction[to[k]] - b * s[k]
    elif deterrence == CIRCLE:
        circle = _row(columns.circle, first, n)
        for k in range(n):
            out[k] = _circle_weight(attraction[to[k]], circle[k], columns.total)
    elif deterrence == EXTENDED_RADIATION:
        log_inner = _row(columns.log_inner, first, n)
        log_ratio = _row(columns.log_ratio, first, n)
        for k in range(n):
            out[k] = _extended_radiation(theta[0], log_inner[k], log_ratio[k])
    elif deterrence in (RADIATION, PRIORITY):
        s = _row(columns.intervening, first, n)
        for k in range(n):
            m = columns.mass[to[k]]
            outer = columns.mass[i] + s[k] + m
            times = columns.mass[i] + s[k] if deterrence == RADIATION else 1.0
            out[k] = math.log(m / outer / times) if m > 0 else -math.inf
    elif deterrence == WRITTEN:
        weight = _row(columns.written, first, n)
        for k in range(n):
            out[k] = attraction[to[k]] + weight[k]
    else:
        out[:n] = math.nan


@njit(cache=True, error_model="numpy")
def _stretched(deterrence, theta, log_d, out):
    """(d / d0)^a, with d0 = 1 km for the one-parameter form."""
    a = theta[0]
    log_scale = math.log(theta[1]) if deterrence == SCALED_STRETCHED else 0.0
    if log_d.size == 0 or a * (log_d[0] - log_scale) != a * (log_d[0] - log_scale):
        out[:] = math.nan
        return
    exponent = np.empty(log_d.size)
    for k in range(log_d.size):
        exponent[k] = min(a * (log_d[k] - log_scale), 700.0)
    exp_into(exponent, out)


@njit(cache=True, error_model="numpy")
def _circle_weight(attraction, circle, total):
    """log m + log(1 / S - 1 / M); the whole population within the circle leaves no weight.

    Nor does a destination without mass, even if its circle is as empty.
    """
    left = total - circle
    if attraction == -math.inf or left <= 1e-12 * total:
        return -math.inf
    return attraction + math.log(left / circle)


@njit(cache=True, error_model="numpy")
def _extended_radiation(alpha, log_inner, log_ratio):
    """log(1 / (x^alpha + 1) - 1 / ((x r)^alpha + 1)), from log x and log r.

    With u = alpha log x and v = u + alpha log r this is log(1 - exp(u - v)) - log(1 + exp(u)) -
    log(1 + exp(-v)); the last two share one logarithm.
    """
    if log_ratio == 0:
        return -math.inf
    if log_inner == -math.inf:
        # nobody at the origin or before: the ratio's logarithm is that of the destination's mass
        return -_log_one_plus_exp(-alpha * log_ratio)
    u = alpha * log_inner
    gap = alpha * log_ratio
    v = u + gap
    a, b = math.exp(-abs(u)), math.exp(-abs(v))
    bounded = math.log1p(a + b + a * b)
    return _log_one_minus_exp(gap) - max(u, 0.0) - max(-v, 0.0) - bounded


@njit(cache=True, error_model="numpy")
def fill_derivatives(deterrence, theta, slope, bend, columns, i, first_own, linear, g, h):
    """First (k, n) and second (k, k, n) derivatives of the log weights of origin ``i``.

    ``slope`` (k, n_zones) and ``bend`` (k, k, n_zones) are those of the attraction; the
    parameters of the deterrence are the last ones, from ``first_own`` on. Of a ``linear`` model
    the second ones are 0 and not filled in.
    """
    first = columns.start[i]
    n = columns.start[i + 1] - first
    to = columns.destination[first : first + n]
    for a in range(slope.shape[0]):
        for k in range(n):
            g[a, k] = slope[a, to[k]]
        if linear:
            continue
        for b in range(slope.shape[0]):
            for k in range(n):
                h[a, b, k] = bend[a, b, to[k]]
    own = first_own
    if deterrence == POWER:
        _subtract(g[own], _row(columns.log_distance, first, n))
    elif deterrence == EXPONENTIAL:
        _subtract(g[own], _row(columns.distance_km, first, n))
    elif deterrence == OPPORTUNITIES:
        _subtract(g[own], _row(columns.intervening, first, n))
    elif deterrence in (STRETCHED, SCALED_STRETCHED):
        log_d = _row(columns.log_distance, first, n)
        power = np.empty(n)
        _stretched(deterrence, theta, log_d, power)
        _stretched_derivatives(deterrence, theta, log_d, power, own, g, h)
    elif deterrence == EXTENDED_RADIATION:
        log_inner = _row(columns.log_inner, first, n)
        log_ratio = _row(columns.log_ratio, first, n)
        for k in range(n):
            g[own, k], h[own, own, k] = _extended_radiation_derivatives(
                theta[0], log_inner[k], log_ratio[k]
            )
    elif deterrence == WRITTEN:
        _add_written(columns, first, n, own, linear, g, h)
    elif deterrence not in (NONE, RADIATION, PRIORITY, CIRCLE):
        g[:] = math.nan


@njit(cache=True, error_model="numpy")
def _subtract(g, column):
    for k in range(column.size):
        g[k] -= column[k]


@njit(cache=True, error_model="numpy")
def _add_written(columns, first, n, own, linear, g, h):
    """Derivatives by the parameters of the deterrence, found numerically for all pairs."""
    for a in range(columns.written_slope.shape[0]):
        for k in range(n):
            g[own + a, k] += columns.written_slope[a, first + k]
        if linear:
            continue
        for b in range(columns.written_slope.shape[0]):
            for k in range(n):
                h[own + a, own + b, k] += columns.written_bend[a, b, first + k]


@njit(cache=True, error_model="numpy")
def _stretched_derivatives(deterrence, theta, log_d, power, own, g, h):
    a = theta[0]
    scale = theta[1] if deterrence == SCALED_STRETCHED else 1.0
    log_scale = math.log(scale)
    for k in range(log_d.size):
        x = power[k]
        length = log_d[k] - log_scale if x > 0 else 0.0
        g[own, k] -= x * length
        h[own, own, k] -= x * length * length
        if deterrence == SCALED_STRETCHED:
            g[own + 1, k] += x * a / scale
            cross = x * (1 + a * length) / scale
            h[own, own + 1, k] += cross
            h[own + 1, own, k] += cross
            h[own + 1, own + 1, k] -= a * (a + 1) * x / (scale * scale)


@njit(cache=True, error_model="numpy")
def _extended_radiation_derivatives(alpha, log_inner, log_ratio):
    """First and second derivative by alpha of ``_extended_radiation``."""
    if log_ratio == 0:
        return 0.0, 0.0
    empty = log_inner == -math.inf
    log_outer = log_ratio if empty else log_inner + log_ratio
    share = _logistic(-alpha * log_outer)
    first = log_outer * share
    second = -log_outer * log_outer * share * (1 - share)
    if not empty:
        below = _logistic(alpha * log_inner)
        grown = math.expm1(alpha * log_ratio)
        first += log_ratio / grown - log_inner * below
        second -= log_inner * log_inner * below * (1 - below)
        second -= log_ratio / grown * log_ratio * (1 + 1 / grown)
    return first, second
