"""Random classes in the linearised model: many draws at once, origin by origin (compiled, private).

A lane is one draw. The lanes share the ranks, standard probabilities and observed flows of a row,
and the innermost loops run over lanes, so that they become vector code. A pair is looked at again
after the row sums only if some lane may predict a person there: all others keep the score of
predicting 0, which is the same for all draws and counted once.
"""

import numpy as np
from numba import njit

from movelaws.inequality._draw_scores import BELOW, BOTH, SCORES, WEIGHTED, WRONG, Observed, Rows
from movelaws.threads import share_out

LANES = 64  # draws at a time; their changes of one row take 1.6 MB at 3,108 zones

_TILE = 64  # ranks whose changes stay in the nearest cache until the last scale has used them
_CHUNKS = 64  # parts of the rows that threads take in turn
# Far above rounding: a row this close to a bound is clipped, a pair this close is looked at.
_MARGIN = 1e-9


def scores(rows: Rows, observed: Observed, shapes: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """(n_draws, n_scales, SCORES) of shapes (n_draws, n) under scale * shape."""
    result = np.empty((len(shapes), scales.size, SCORES))
    of_rows = np.empty((rows.mass.size, scales.size, SCORES, LANES))
    for start in range(0, len(shapes), LANES):
        block = shapes[start : start + LANES]
        lanes = np.zeros((rows.mass.size, LANES))
        lanes[:, : len(block)] = block.T
        share_out(_score_lanes, _CHUNKS, rows, observed, lanes, scales, of_rows)
        # row after row, so that it does not depend on the threads
        summed = np.add.reduce(of_rows, axis=0)[:, :, : len(block)]
        result[start : start + len(block)] = np.moveaxis(summed, 2, 0)
    return result + observed.nobody


@njit(cache=True, error_model="numpy", nogil=True)
def _score_lanes(low, high, rows, observed, shapes, scales, score):
    """Score of each origin, scale and lane, above that of predicting 0 for every pair.

    ``shapes`` is (n, LANES) in [0, 1]; ``scales`` (k,); ``score`` (n, k, SCORES, LANES), filled
    here. Rows are independent and lanes too, so neither threads nor other draws change a score.
    """
    n, m = rows.order.shape
    lanes = shapes.shape[1]  # not the constant: LLVM would unroll the loops instead of vectorising
    for chunk in range(low, high):
        change, total = np.empty((m, lanes)), np.empty((scales.size, lanes))
        error = np.empty(lanes)
        for i in range(chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS):
            score[i] = 0.0
            if rows.outflow[i] > 0 and rows.p_total[i] > 0:
                most = _sum_row(rows, shapes, scales, i, change, total)
                for k in range(scales.size):
                    _score_row(
                        rows, observed, scales[k], 1.0 + scales[k] * most, i, change, total[k],
                        error, score[i, k],
                    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _sum_row(rows, shapes, scales, i, change, total):
    """Fill change[p, lane] and total[k, lane], the sums of p_ij; return the largest change.

    p_ij = r_ij (1 + scale change) before clipping, so that all scales share the changes, and where
    nothing can be clipped also their sum.
    """
    running, inside = np.empty(shapes.shape[1]), np.empty(shapes.shape[1])
    first_order = np.zeros(shapes.shape[1])
    for d in range(shapes.shape[1]):
        running[d] = inside[d] = shapes[i, d] * rows.mass[i]
    clipped = np.empty(scales.size, dtype=np.bool_)
    for k in range(scales.size):  # whatever the shapes: -(n_i + s_ij) <= change <= n_i + s_ij
        clipped[k] = (
            scales[k] * rows.farthest[i] > 1.0 - _MARGIN
            or rows.largest[i] + scales[k] * rows.steepest[i] > 1.0 - _MARGIN
        )
    total[:] = 0.0
    m = rows.order.shape[1]
    for start in range(0, m, _TILE):
        stop = min(start + _TILE, m)
        _fill_changes(rows, shapes, i, start, stop, running, inside, change)
        _add_first_order(rows.p[i], change, start, stop, first_order)
        for k in range(scales.size):
            if clipped[k]:
                _add_clipped(rows.p[i], change, scales[k], start, stop, total[k])
    for k in range(scales.size):
        if not clipped[k]:
            for d in range(shapes.shape[1]):
                total[k, d] = rows.p_total[i] + scales[k] * first_order[d]
    return running.max()


@njit(cache=True, error_model="numpy")
def _fill_changes(rows, shapes, i, start, stop, running, inside, change):
    """eps_i n_i + sum of eps_k n_k in the circle - eps_j (n_i + s_ij), at scale 1."""
    for p in range(start, stop):
        j = rows.order[i, p]
        n_j, reach = rows.mass[j], rows.mass[i] + rows.intervening[i, p]
        if rows.nearer[i, p] == p:  # else tied with the entry before: the same circle
            for d in range(running.size):
                inside[d] = running[d]
        for d in range(running.size):
            e = shapes[j, d]
            change[p, d] = inside[d] - e * reach
            running[d] += e * n_j


@njit(cache=True, error_model="numpy")
def _add_first_order(standard, change, start, stop, total):
    for p in range(start, stop):
        r = standard[p]
        for d in range(total.size):
            total[d] += r * change[p, d]


@njit(cache=True, error_model="numpy", inline="always")
def _probability(r, scale, change):
    p = r * (1.0 + scale * change)
    p = p if p > 0.0 else 0.0
    return p if p < 1.0 else 1.0


@njit(cache=True, error_model="numpy")
def _add_clipped(standard, change, scale, start, stop, total):
    for p in range(start, stop):
        r = standard[p]
        for d in range(total.size):
            total[d] += _probability(r, scale, change[p, d])


@njit(cache=True, error_model="numpy")
def _score_row(rows, observed, scale, most, i, change, total, error, score):
    """Score the pairs of one origin where some lane may predict a person; most >= p_ij / r_ij."""
    least = np.inf  # of the lanes in which somebody moves
    for d in range(error.size):
        if total[d] > 0:
            least = min(least, total[d])
    reach = most * rows.outflow[i] / least * (1.0 + _MARGIN)
    last = observed.below.size - 1
    for q in range(rows.by_p.shape[1]):
        p = rows.by_p[i, q]
        r = rows.p[i, p]
        if not r * reach >= 0.5 * (1.0 - _MARGIN):
            break
        flow, right = observed.flow[i, p], observed.right[i, p]
        _errors(r, scale, change[p], total, rows.outflow[i], flow, error)
        _add_counts(error, flow, right, score)
        below_zero = observed.below[min(int(flow), last)]
        for d in range(error.size):
            score[BELOW, d] += observed.below[min(int(error[d]), last)] - below_zero


@njit(cache=True, error_model="numpy")
def _errors(r, scale, change, total, outflow, flow, error):
    for d in range(error.size):
        share = _probability(r, scale, change[d]) / total[d] if total[d] > 0 else 0.0
        error[d] = np.floor(share * outflow + 0.5) - flow


@njit(cache=True, error_model="numpy")
def _add_counts(error, flow, right, score):
    """Add what the pair scores to all but BELOW, and turn errors into absolute ones."""
    present = 1.0 if flow > 0 else 0.0
    counted = 1.0 if right else 0.0
    both_zero = counted * (1.0 - present)
    for d in range(error.size):
        larger = max(max(flow + error[d], flow), 1.0)
        absolute = abs(error[d])
        wrong = 1.0 if absolute > 0 else 0.0
        score[WRONG, d] += wrong - present
        score[BOTH, d] += counted * (1.0 - wrong) - both_zero
        score[WEIGHTED, d] += absolute / larger - present
        error[d] = absolute
