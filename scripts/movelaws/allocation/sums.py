"""Allocation and its agreement with observed flows, origin by origin (compiled, private).

Each kernel does the origins from ``low`` to ``high``, as ``movelaws.threads.share_out`` asks for.
Each origin writes its own entries, so results do not depend on the threads.
"""

import math

import numpy as np
from numba import njit

from movelaws.allocation.rows import exp_into, fill_derivatives, fill_log_weights

OK, EMPTY, UNDEFINED, INFINITE = 0, 1, 2, 3


@njit(cache=True, error_model="numpy", nogil=True)
def all_log_weights(low, high, deterrence, theta, attraction, columns, out):
    """Log weights of every pair into ``out``."""
    for i in range(low, high):
        fill_log_weights(
            deterrence,
            theta,
            attraction,
            columns,
            i,
            out[columns.start[i] : columns.start[i + 1]],
        )


@njit(cache=True, error_model="numpy", fastmath={"reassoc"})
def _total(x):
    total = 0.0
    for k in range(x.size):
        total += x[k]
    return total


@njit(cache=True, error_model="numpy")
def _shares(weights, shares):
    """Softmax of one origin's log weights: status and log of the normalising sum.

    ``shares`` is another array than ``weights``, see ``exp_into``; it is nan without a softmax. An
    only destination gets everything, whatever its weight, as nothing competes with it.
    """
    top = -math.inf
    undefined = False
    for k in range(weights.size):
        top = max(top, weights[k])
        undefined |= weights[k] != weights[k]
    if undefined:
        shares[:] = math.nan
        return UNDEFINED, math.nan
    if weights.size == 1:
        shares[0] = 1.0
        return OK, top
    if top == math.inf:
        shares[:] = math.nan
        return INFINITE, math.nan
    if top == -math.inf:
        shares[:] = 0.0
        return EMPTY, -math.inf
    exp_into(weights, shares, top)
    total = _total(shares)
    for k in range(weights.size):
        shares[k] /= total
    return OK, top + math.log(total)


@njit(cache=True, error_model="numpy", nogil=True)
def allocate(low, high, deterrence, theta, attraction, columns, outflow, out, status):
    """Flows O_i f_ij / sum_k f_ik into ``out``; status of every origin into ``status``."""
    for i in range(low, high):
        first, last = columns.start[i], columns.start[i + 1]
        row = out[first:last]
        if outflow[i] == 0 or first == last:
            row[:] = 0.0
            status[i] = OK
            continue
        weights = np.empty(last - first)
        fill_log_weights(deterrence, theta, attraction, columns, i, weights)
        status[i] = _shares(weights, row)[0]
        for k in range(last - first):
            row[k] *= outflow[i]


@njit(cache=True, error_model="numpy", fastmath={"reassoc"})
def _agreement(flow, shares, outflow):
    errors, common = 0.0, 0.0
    for k in range(flow.size):
        predicted = outflow * shares[k]
        errors += (flow[k] - predicted) * (flow[k] - predicted)
        common += min(flow[k], predicted)
    return errors, common


@njit(cache=True, error_model="numpy", fastmath={"reassoc"})
def _log_likelihood(flow, weights, log_sum):
    total = 0.0
    if flow.size == 1:
        return total
    for k in range(flow.size):
        if flow[k] > 0:
            total += flow[k] * (weights[k] - log_sum)
    return total


@njit(cache=True, error_model="numpy", nogil=True)
def origin_sums(
    low, high, deterrence, theta, attraction, columns, flow, outflow, origins, out, status
):
    """Sums over the pairs of each origin into ``out`` (n, 4).

    Squared errors, min(F, F^), F log p, and the number of pairs with a positive weight.
    """
    for position in range(low, high):
        i = origins[position]
        first, last = columns.start[i], columns.start[i + 1]
        weights, shares = np.empty(last - first), np.empty(last - first)
        fill_log_weights(deterrence, theta, attraction, columns, i, weights)
        status[position], log_sum = _shares(weights, shares)
        errors, common = _agreement(flow[first:last], shares, outflow[i])
        out[position, 0] = errors
        out[position, 1] = common
        out[position, 2] = _log_likelihood(flow[first:last], weights, log_sum)
        out[position, 3] = max(1, np.sum(weights > -math.inf))


@njit(cache=True, error_model="numpy", nogil=True)
def origin_derivatives(
    low,
    high,
    deterrence,
    theta,
    attraction,
    slope,
    bend,
    first_own,
    columns,
    flow,
    outflow,
    origins,
    likelihood,
    linear,
    gradient,
    hessian,
):
    """Per origin gradient (n, k) and Hessian (n, k, k) of its term of the objective.

    The term is sum F log p where ``likelihood`` is true, else half the sum of squared errors.
    ``linear``: the log weights are linear in the parameters.
    """
    n_parameters = slope.shape[0]
    for position in range(low, high):
        i = origins[position]
        first, last = columns.start[i], columns.start[i + 1]
        n = last - first
        weights, shares = np.empty(n), np.empty(n)
        g, h = np.empty((n_parameters, n)), np.empty((n_parameters, n_parameters, n))
        fill_log_weights(deterrence, theta, attraction, columns, i, weights)
        reachable = weights > -math.inf
        _shares(weights, shares)
        fill_derivatives(deterrence, theta, slope, bend, columns, i, first_own, linear, g, h)
        _centre(g, shares, reachable)
        observed = flow[first:last]
        if linear and likelihood:
            _concave_terms(observed, shares, outflow[i], g, gradient[position], hessian[position])
            continue
        _centre_bends(g, h, shares, reachable, linear)
        if likelihood:
            _likelihood_terms(observed, g, h, gradient[position], hessian[position])
        else:
            _squares_terms(
                observed, shares, outflow[i], g, h, gradient[position], hessian[position]
            )


@njit(cache=True, error_model="numpy", fastmath={"reassoc"})
def _mean(shares, x):
    total = 0.0
    for k in range(x.size):
        total += shares[k] * x[k]
    return total


@njit(cache=True, error_model="numpy")
def _centre(g, shares, reachable):
    """First derivatives of log p from those of log f: g - E g, mean under the shares."""
    for a in range(g.shape[0]):
        for k in range(shares.size):
            if not reachable[k]:
                g[a, k] = 0.0
        mean = _mean(shares, g[a])
        for k in range(shares.size):
            g[a, k] -= mean


@njit(cache=True, error_model="numpy", fastmath={"reassoc"})
def _covariance(shares, x, y):
    total = 0.0
    for k in range(shares.size):
        total += shares[k] * (x[k] * y[k])
    return total


@njit(cache=True, error_model="numpy")
def _centre_bends(g, h, shares, reachable, linear):
    """Second derivatives of log p: h - E h - Cov(g, g), with h = 0 for a ``linear`` model."""
    n_parameters, n = g.shape
    for a in range(n_parameters):
        for b in range(n_parameters):
            mean = 0.0
            for k in range(n):
                if linear or not reachable[k]:
                    h[a, b, k] = 0.0
                mean += shares[k] * (h[a, b, k] + g[a, k] * g[b, k])
            for k in range(n):
                h[a, b, k] -= mean


@njit(cache=True, error_model="numpy")
def _concave_terms(flow, shares, outflow, g, gradient, hessian):
    """Those of a log-linear model's likelihood: the Hessian is -O_i Cov(g, g)."""
    for a in range(g.shape[0]):
        gradient[a] = _mean(flow, g[a])
        for b in range(a + 1):
            hessian[a, b] = hessian[b, a] = -outflow * _covariance(shares, g[a], g[b])


@njit(cache=True, error_model="numpy")
def _likelihood_terms(flow, g, h, gradient, hessian):
    for a in range(g.shape[0]):
        gradient[a] = _mean(flow, g[a])
        for b in range(g.shape[0]):
            hessian[a, b] = _mean(flow, h[a, b])


@njit(cache=True, error_model="numpy", fastmath={"reassoc"})
def _squares_terms(flow, shares, outflow, g, h, gradient, hessian):
    """Derivatives of sum (F - F^)^2 / 2, with dF^ = F^ d log p."""
    for a in range(g.shape[0]):
        total = 0.0
        for k in range(flow.size):
            predicted = outflow * shares[k]
            total -= (flow[k] - predicted) * predicted * g[a, k]
        gradient[a] = total
        for b in range(g.shape[0]):
            total = 0.0
            for k in range(flow.size):
                predicted = outflow * shares[k]
                both = g[a, k] * g[b, k]
                total += predicted * predicted * both
                total -= (flow[k] - predicted) * predicted * (both + h[a, b, k])
            hessian[a, b] = total
