"""One pass over all pairs of a power-law kernel: row sums, then what each destination receives.

Compiled, private. Rows are taken in blocks of fixed size, and the blocks are added up in order, so
results do not depend on the number of threads.
"""

import math

import numpy as np
from numba import njit, prange

from movelaws.allocation.rows import exp_into

_BLOCK = 64
_TINY = 1e-150


def blocks(n_zones: int) -> int:
    """How many blocks of rows a pass adds up."""
    return -(-n_zones // _BLOCK)


@njit(cache=True, error_model="numpy", parallel=True)
def fill_kernel(beta, start, log_distance, outflow, kernel):
    """exp(-beta ln(d_ij / nearest)) of the origins that send somebody out."""
    for i in prange(start.size - 1):
        if outflow[i] > 0:
            # exp_into a second array: the same one twice would not vectorise
            exponent = -beta * log_distance[start[i] : start[i + 1]]
            exp_into(exponent, kernel[start[i] : start[i + 1]])


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _dot(a, b):
    total = 0.0
    for k in range(a.size):
        total += a[k] * b[k]
    return total


@njit(cache=True, error_model="numpy")
def _add(times, a, out):
    for k in range(a.size):
        out[k] += times * a[k]


@njit(cache=True, error_model="numpy")
def _row_sum(row, complete, to, i, e):
    """Of a complete row every entry but i is read in order, which vectorises; else one by one."""
    if complete:
        return _dot(row[:i], e[:i]) + _dot(row[i:], e[i + 1 :])
    total = 0.0
    for k in range(row.size):
        total += row[k] * e[to[k]]
    return total


@njit(cache=True, error_model="numpy")
def _add_row(times, row, complete, to, i, out):
    if complete:
        _add(times, row[:i], out[:i])
        _add(times, row[i:], out[i + 1 :])
        return
    for k in range(row.size):
        out[to[k]] += times * row[k]


@njit(cache=True, error_model="numpy")
def _careful_row(beta, log_distance, to, log_weight, outflow, received):
    """The row's flows from logarithms, where its weights are too small for a sum of products."""
    terms = np.empty(to.size)
    top = -math.inf
    for k in range(to.size):
        terms[k] = log_weight[to[k]] - beta * log_distance[k]
        top = max(top, terms[k])
    if top == -math.inf:
        return -math.inf
    total = 0.0
    for k in range(to.size):
        terms[k] = math.exp(terms[k] - top)
        total += terms[k]
    for k in range(to.size):
        received[to[k]] += outflow * terms[k] / total
    return top + math.log(total)


@njit(cache=True, error_model="numpy", parallel=True)
def sweep(beta, rows, kernel, log_weight, e, partial, log_sum):
    """Row sums and column sums of a pass.

    ``log_weight`` (n,) <= 0 is that of the destinations, ``e`` its exponential. Fills ``log_sum``
    (n,), ln sum_k e_k K_ik, and ``partial`` (2, blocks, n): sum_i O_i K_ij / sum_k e_k K_ik (to be
    multiplied by e_j) and the flows of rows where that is not accurate.
    """
    n = log_sum.size
    for b in prange(partial.shape[1]):
        partial[0, b] = 0.0
        partial[1, b] = 0.0
        for i in range(b * _BLOCK, min((b + 1) * _BLOCK, n)):
            if rows.outflow[i] == 0:
                log_sum[i] = -math.inf
                continue
            first, last = rows.start[i], rows.start[i + 1]
            row, to, complete = kernel[first:last], rows.destination[first:last], rows.complete[i]
            total = _row_sum(row, complete, to, i, e)
            if total > _TINY:
                log_sum[i] = math.log(total)
                _add_row(rows.outflow[i] / total, row, complete, to, i, partial[0, b])
            else:
                away = rows.log_distance[first:last]
                log_sum[i] = _careful_row(
                    beta, away, to, log_weight, rows.outflow[i], partial[1, b]
                )


@njit(cache=True, error_model="numpy", parallel=True)
def fill_flows(beta, rows, log_weight, log_sum, out):
    """O_i exp(log_weight_j - beta ln d_ij - log_sum_i) of every pair."""
    for i in prange(rows.outflow.size):
        first, last = rows.start[i], rows.start[i + 1]
        row = out[first:last]
        if rows.outflow[i] == 0:
            row[:] = 0.0
            continue
        exponent = np.empty(last - first)
        for k in range(last - first):
            away = beta * rows.log_distance[first + k]
            exponent[k] = log_weight[rows.destination[first + k]] - away - log_sum[i]
        exp_into(exponent, row)
        for k in range(last - first):
            row[k] *= rows.outflow[i]
