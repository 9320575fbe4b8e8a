"""Loss of the values of a block of whole origins (compiled, private).

Every loss is a sum over origins, the predicted flows being F^ = O f / S. What an origin is sent is
the same for f and a f, whatever a != 0 is for that origin, so that the sign of S is none of the
law: each origin is turned by its own sum, which only has to be finite and not 0. A rule that asked
for one sign would refuse one of two laws that allocate alike, such as c + w_j / (r_i - w_i), and
take the other, c (r_i - w_i) + w_j.
"""

import math

from numba import njit

from movelaws.symbolic.kernels_data import MSE, NEGBIN
from movelaws.symbolic.kernels_segments import squares_of_block, sum_of
from movelaws.symbolic.vector_math import log

SUMS = {"reassoc", "contract"}  # sums in any order: their error only gets smaller


@njit(cache=True, error_model="numpy", fastmath=SUMS)
def _squares(f, flow, first, n, scale):
    total = 0.0
    for i in range(first, first + n):
        residual = scale * f[i] - flow[i]
        total += residual * residual
    return total


@njit(cache=True, error_model="numpy", fastmath=SUMS)
def _poisson(f, flow, first, n, scale):
    """- sum F ln F^, and the least F^ where 0 is allowed if F = 0."""
    total = 0.0
    least = math.inf
    for i in range(first, first + n):
        predicted = scale * f[i]
        least = min(least, predicted)
        total -= flow[i] * log(predicted) if flow[i] > 0 else 0.0
    return total, least


@njit(cache=True, error_model="numpy", fastmath=SUMS)
def _negbin(f, flow, first, n, scale, alpha):
    """- sum F ln F^ - (F + 1 / alpha) ln(1 + alpha F^), and the least F^."""
    total = 0.0
    least = math.inf
    for i in range(first, first + n):
        predicted = scale * f[i]
        least = min(least, predicted)
        total -= flow[i] * log(predicted) if flow[i] > 0 else 0.0
        total += (flow[i] + 1 / alpha) * math.log1p(alpha * predicted)
    return total, least


@njit(cache=True, error_model="numpy")
def scale_of(f, origin, first, n, data):
    """O / S of an origin, nan if it is invalid."""
    total = sum_of(f, first, n)
    if not (abs(total) < math.inf) or total == 0:
        return math.nan
    return data.outflow[origin] / total


@njit(cache=True, error_model="numpy")
def origin_loss(f, origin, first, flow, n, scale, data):
    """Loss of one origin; f and flow begin at the rows ``first`` of a block."""
    if data.loss == MSE:
        return _squares(f, flow, first, n, scale)
    if data.loss == NEGBIN:
        total, least = _negbin(f, flow, first, n, scale, data.dispersion)
    else:
        total, least = _poisson(f, flow, first, n, scale)
    return total if least >= 0 else math.inf


@njit(cache=True, error_model="numpy")
def mse_of_block(f, flow, start, outflow, first_origin, last_origin):
    """Squared errors of the origins of a block, inf if one is invalid."""
    total, low, high = squares_of_block(f, flow, start, outflow, first_origin, last_origin)
    # sums that are 0 or nan are seen in the total only, infinite ones in the range only
    valid = (low > -math.inf) & (high < math.inf) & (total < math.inf)
    return total if valid else math.inf


@njit(cache=True, error_model="numpy")
def block_loss(f, flow, first_origin, last_origin, data):
    """The same for the likelihoods."""
    total = 0.0
    begin = data.start[first_origin]
    for origin in range(first_origin, last_origin):
        first = data.start[origin] - begin
        n = data.start[origin + 1] - data.start[origin]
        scale = scale_of(f, origin, first, n, data)
        if scale != scale:
            return math.inf
        total += origin_loss(f, origin, first, flow, n, scale, data)
    return total if total == total else math.inf
