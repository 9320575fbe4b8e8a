"""Random classes in the exact two-class model: draw by draw (compiled, private)."""

import math

import numpy as np
from numba import njit

from movelaws.inequality._draw_scores import BELOW, BOTH, SCORES, WEIGHTED, WRONG, Observed, Rows
from movelaws.inequality._pieces import decay_difference
from movelaws.threads import share_out


def scores(rows: Rows, observed: Observed, shapes: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """(n_draws, n_scales, SCORES) of shapes (n_draws, n), 0 or 1, under delta - 1 = scale."""
    log_delta = np.log1p(scales)
    arrival = -np.expm1(-log_delta[:, None] * rows.mass)
    result = np.zeros((len(shapes), scales.size, SCORES))
    share_out(_score_draws, len(shapes), rows, observed, shapes > 0, log_delta, arrival, result)
    return result + observed.nobody


@njit(cache=True, error_model="numpy", nogil=True)
def _score_draws(low, high, rows, observed, worse, log_delta, arrival, score):
    """Each draw is added up by one thread, row after row, so threads do not change it."""
    n, m = rows.order.shape
    for d in range(low, high):
        better, p = np.empty(m), np.empty(m)
        for i in range(n):
            if rows.outflow[i] > 0 and rows.mass[i] > 0:
                _fill_better(rows, worse[d], i, better)
                for k in range(log_delta.size):
                    total = _fill_row(rows, worse[d], log_delta[k], arrival[k], i, better, p)
                    if total > 0:
                        _score_row(rows, observed, i, p, total, score[d, k])


@njit(cache=True, error_model="numpy")
def _fill_better(rows, worse, i, better):
    """a_1: people of the better class in the circle, the origin included."""
    running = 0.0 if worse[i] else rows.mass[i]
    inside = 0
    for p in range(better.size):
        while inside < rows.nearer[i, p]:
            k = rows.order[i, inside]
            running += 0.0 if worse[k] else rows.mass[k]
            inside += 1
        better[p] = running


@njit(cache=True, error_model="numpy")
def _fill_row(rows, worse, log_delta, arrival, i, better, result):
    """p_ij of one origin, as :func:`movelaws.inequality.two_class.two_class`; returns their sum."""
    n_i, total = rows.mass[i], 0.0
    for p in range(better.size):
        j = rows.order[i, p]
        n_j, a = rows.mass[j], rows.mass[i] + rows.intervening[i, p]
        value = math.exp(-better[p] * log_delta)
        if worse[j]:
            value *= rows.p[i, p]
        else:
            value *= n_i / (a + n_j) * (n_j / a + arrival[j])
            if not worse[i]:
                both = decay_difference(better[p] * log_delta, n_j * log_delta)
                value += n_i * log_delta * both
        result[p] = min(value, 1.0)  # a certainty may come out as one and a bit
        total += result[p]
    return total


@njit(cache=True, error_model="numpy")
def _score_row(rows, observed, i, p, total, score):
    """Add what the pairs score where somebody is predicted, above a predicted 0."""
    last = observed.below.size - 1
    for q in range(p.size):
        predicted = np.floor(p[q] / total * rows.outflow[i] + 0.5)
        if predicted > 0:
            flow, right = observed.flow[i, q], observed.right[i, q]
            error = abs(predicted - flow)
            score[WRONG] += (error > 0) - (flow > 0)
            score[BOTH] += (right and error == 0) - (right and flow == 0)
            score[WEIGHTED] += error / max(predicted, flow) - (flow > 0)
            score[BELOW] += (
                observed.below[min(int(error), last)] - observed.below[min(int(flow), last)]
            )
