"""Compiled sums over the places that an origin sees (private).

ln of the distances from one origin is kept as mass, mean and variance per fine bin, so that the sum
of r^-a over all places takes one exponential per bin, whatever a is.
"""

import math

import numba
import numpy as np

from movelaws.distance_cost._descent import log_distance
from movelaws.pairs.kernels import squared_distance
from movelaws.threads import share_out

_FEW_BINS = 100_000


@numba.njit(cache=True, error_model="numpy", parallel=True)
def binned(x, y, z, curved, weight, origins, start, step, low, high, mass, mean, variance):
    """Fill (n_origins, n_bins) with mass, mean and variance of ln r - start.

    Bins are ``step`` wide from ``start`` on; places at ln r < low or >= high, and the origin
    itself, are left out.
    """
    n_bins = mass.shape[1]
    for o in numba.prange(origins.size):
        i = origins[o]
        sums = np.zeros((3, n_bins))
        for k in range(x.size):
            squared = squared_distance(x[i], y[i], z[i], x, y, z, k)
            t = log_distance(squared, curved)
            if k != i and low <= t < high:
                b = min(np.int64((t - start) / step), n_bins - 1)
                offset, w = t - start - (b + 0.5) * step, weight[k]
                sums[0, b] += w
                sums[1, b] += w * offset
                sums[2, b] += w * offset * offset
        for b in range(n_bins):
            mass[o, b] = sums[0, b]
            centre = sums[1, b] / sums[0, b] if sums[0, b] > 0 else 0.0
            spread = sums[2, b] / sums[0, b] - centre * centre if sums[0, b] > 0 else 0.0
            mean[o, b] = (b + 0.5) * step + centre
            variance[o, b] = max(spread, 0.0)


@numba.njit(cache=True, error_model="numpy", parallel=True)
def singly(x, y, z, curved, weight, origins, start, low, high, mass, mean):
    """Fill (n_origins, n_places) with the weight and ln r - start of each place in range."""
    for o in numba.prange(origins.size):
        i = origins[o]
        for k in range(x.size):
            squared = squared_distance(x[i], y[i], z[i], x, y, z, k)
            t = log_distance(squared, curved)
            inside = k != i and low <= t < high
            mass[o, k] = weight[k] if inside else 0.0
            mean[o, k] = t - start if inside else 0.0


def moments(
    mass: np.ndarray, mean: np.ndarray, variance: np.ndarray, exponent: float
) -> np.ndarray:
    """ln Z of each origin, and mean and variance of ln r - start under r^-exponent; (n_origins, 3).

    Within a bin e^(-a t) has the mean e^(-a m) (1 + a^2 v / 2) up to third order. Origins are
    independent: few bins are done by one thread, as waking others would take longer.
    """
    result = np.empty((mass.shape[0], 3))
    if mass.size < _FEW_BINS:
        _fill_moments(0, mass.shape[0], mass, mean, variance, exponent, result)
    else:
        share_out(_fill_moments, mass.shape[0], mass, mean, variance, exponent, result)
    return result


@numba.njit(cache=True, error_model="numpy")
def _moments_of(mass, mean, variance, a):
    largest = -np.inf
    for b in range(mass.size):
        if mass[b] > 0:
            largest = max(largest, -a * mean[b])
    z = first = second = 0.0
    for b in range(mass.size):
        if mass[b] > 0:
            t, v = np.float64(mean[b]), np.float64(variance[b])
            g = mass[b] * math.exp(-a * t - largest)
            bulge = 1 + 0.5 * a * a * v
            z += g * bulge
            first += g * (t * bulge - a * v)
            second += g * (t * t * bulge - 2 * a * t * v + v)
    average = first / z
    return math.log(z) + largest, average, second / z - average * average


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _fill_moments(first, last, mass, mean, variance, a, result):
    for o in range(first, last):
        z, average, spread = _moments_of(mass[o], mean[o], variance[o], a)
        result[o, 0], result[o, 1], result[o, 2] = z, average, spread


@numba.njit(cache=True, error_model="numpy", parallel=True)
def sums_of_costs(mass, group, cost, moves, part):
    """(n_parts, n_groups) expected moves per unit of cost in groups of bins, by parts of origins.

    group : (n_bins,) group of each bin. cost : (n_groups,). moves : (n_origins,) moves of each.
    """
    expected = np.zeros((part, cost.size))
    n = mass.shape[0]
    for p in numba.prange(part):
        for o in range((p * n) // part, ((p + 1) * n) // part):
            z = 0.0
            for b in range(mass.shape[1]):
                z += mass[o, b] * cost[group[b]]
            if z > 0:
                for b in range(mass.shape[1]):
                    expected[p, group[b]] += moves[o] * mass[o, b] / z
    return expected
