"""Constants of many programs, from starts to fits, in parallel over programs (private)."""

import functools
import math

import numpy as np
from numba import njit, prange

from movelaws.symbolic.kernels_data import scratch
from movelaws.symbolic.kernels_fit import fit
from movelaws.symbolic.kernels_links import (
    FIT_BEST,
    SEARCH,
    STARTS,
    address,
    call_fit_best,
    call_search,
    call_starts,
)
from movelaws.symbolic.kernels_run import evaluate_below
from movelaws.symbolic.kernels_starts import safe_starts_into, starts_into
from movelaws.symbolic.tokens import CONSTANT

_SAME = 1e-9  # starts whose losses differ by less are taken for one


@njit(cache=True, error_model="numpy")
def count_constants(code):
    """Number of constants of a program."""
    n = 0
    for t in range(code.size):
        n += code[t] == CONSTANT
    return n


@njit(cache=True, error_model="numpy")
def fit_best(code, starts, data, work, refine, iterations, out):
    """Scan all starts (S, >= k), refine the best ``refine`` distinct ones, put the best in ``out``.

    Returns
    -------
    Its loss, inf if no start is valid, and whether its fit converged.
    """
    best = np.full(refine, math.inf)
    rows = np.full(refine, -1)
    for s in range(starts.shape[0]):
        # All that matters of a start behind the best is that it is behind them.
        loss = evaluate_below(code, starts[s], data, work, best[refine - 1])
        if not loss < best[refine - 1]:
            continue
        at = refine - 1
        while at > 0 and best[at - 1] > loss:
            at -= 1
        if at > 0 and loss - best[at - 1] <= _SAME * abs(loss):
            continue
        for move in range(refine - 1, at, -1):
            best[move] = best[move - 1]
            rows[move] = rows[move - 1]
        best[at] = loss
        rows[at] = s
    lowest = math.inf
    converged = False
    for r in range(refine):
        if rows[r] < 0:
            break
        trial = starts[rows[r]].copy()
        loss, done = fit(code, trial, data, work, iterations)
        if loss < lowest:
            lowest = loss
            converged = done
            for c in range(trial.size):
                out[c] = trial[c]
    return lowest, converged


@functools.cache
def addresses() -> np.ndarray:
    """(3,) addresses of the kernels of fits in this process, compiled where that is needed."""
    linked = (starts_into, fit_best, search)
    return np.array([address(kernel, STARTS + place) for place, kernel in enumerate(linked)])


@njit(cache=True, error_model="numpy", parallel=True)
def fit_many(codes, starts, data, refine, iterations, threads, links):
    """``fit_best`` for each program with its own starts (n, S, K)."""
    n = codes.shape[0]
    parts = min(n, 4 * threads)
    constants = np.ones((n, starts.shape[2]))
    losses = np.empty(n)
    converged = np.zeros(n, dtype=np.bool_)
    for part in prange(parts):
        work = scratch(data)
        for p in range(part, n, parts):
            for c in range(starts.shape[2]):
                constants[p, c] = starts[p, 0, c]
            losses[p], converged[p] = call_fit_best(
                links[FIT_BEST - STARTS],
                (codes[p], starts[p], data, work, refine, iterations, constants[p]),
            )
    return constants, losses, converged


@njit(cache=True, error_model="numpy", parallel=True)
def starts_many(codes, points, sample, threads, links):
    """Starts (n, S, K) of each program from the same points (S, K)."""
    n = codes.shape[0]
    parts = min(n, 4 * threads)
    out = np.ones((n, points.shape[0], points.shape[1]))
    for part in prange(parts):
        for p in range(part, n, parts):
            call_starts(links[0], (codes[p], points, sample, out[p]))
    return out


@njit(cache=True, error_model="numpy", parallel=True)
def safe_starts_many(codes, points, columns, threads):
    """Starts (n, S, K) of each program within the domain of its operations, as far as they go."""
    n = codes.shape[0]
    parts = min(n, 4 * threads)
    out = np.ones((n, points.shape[0], points.shape[1]))
    for part in prange(parts):
        for p in range(part, n, parts):
            safe_starts_into(codes[p], points, columns, out[p])
    return out


@njit(cache=True, error_model="numpy")
def search(code, points, n_starts, data, work, refine, iterations, limit, starts, out, links):
    """Starts, scan and fit of one program.

    Parameters
    ----------
    points : (K, S, K) points of the unit cube; those of programs with k constants are
        points[k - 1, :n_starts[k], :k].
    n_starts : (K + 1,) how many starts a program gets by its number of constants.
    limit : losses above it may come out as lower bounds if the program has no constants.
    starts : (S, K) scratch memory.
    out : (K,) takes the constants.
    """
    k = count_constants(code)
    out[:] = 1.0
    if k == 0:
        return evaluate_below(code, out, data, work, limit)
    own = starts[: n_starts[k]]
    own_points = points[k - 1, : n_starts[k]]
    call_starts(links[STARTS - STARTS], (code, own_points, data.sample, own))
    loss, _ = call_fit_best(
        links[FIT_BEST - STARTS], (code, own, data, work, refine, iterations, out)
    )
    return loss


@njit(cache=True, error_model="numpy", parallel=True)
def screen_many(codes, points, n_starts, data, refine, iterations, limit, threads, links):
    """``search`` for each program; constants (n, K) and losses (n,)."""
    n = codes.shape[0]
    parts = min(n, 16 * threads)
    most = points.shape[2]
    constants = np.ones((n, most))
    losses = np.empty(n)
    for part in prange(parts):
        work = scratch(data)
        starts = np.ones((points.shape[1], most))
        for p in range(part, n, parts):
            own = (codes[p], points, n_starts, data, work)
            how = (refine, iterations, limit, starts, constants[p], links)
            losses[p] = call_search(links[SEARCH - STARTS], own + how)
    return constants, losses
