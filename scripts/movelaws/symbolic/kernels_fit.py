"""Constants of a program by Levenberg-Marquardt with exact derivatives (compiled, private).

References
----------
Marquardt (1963), SIAM Journal on Applied Mathematics 11, 431; Madsen, Nielsen & Tingleff (2004),
Methods for Non-Linear Least Squares Problems, Sec. 3.2, for the damping.
"""

import math

import numpy as np
from numba import njit

from movelaws.symbolic.kernels_derivatives import evaluate_derivatives
from movelaws.symbolic.kernels_links import FIT, call_fit
from movelaws.symbolic.kernels_run import evaluate_below
from movelaws.symbolic.tokens import CONSTANT

GAIN = 1e-10  # a step that gains less than this share of the loss is the last
NOTHING = 1e-24  # share of the flows' size that counts as no loss at all
_HIGHEST_DAMPING = 1e12
_SEARCH_ROUNDS = 12


@njit(cache=True, error_model="numpy")
def _finite(values):
    nothing = 0.0
    for value in values:
        nothing += 0.0 * value
    return nothing == 0.0  # nan for inf and nan


@njit(cache=True, error_model="numpy", inline="always")
def solve_damped(curvature, gradient, damping, step, factor):
    """Solve (C + damping diag C) step = -gradient by Cholesky; False if that is not possible.

    A constant without influence (a zero on the diagonal) stays where it is.
    """
    k = gradient.size
    for i in range(k):
        for j in range(i + 1):
            total = curvature[i, j]
            if i == j:
                total += damping * total
                if total == 0.0:
                    total = 1.0
            for m in range(j):
                total -= factor[i, m] * factor[j, m]
            if i == j:
                if not total > 1e-14 * abs(curvature[i, i]):
                    return False
                factor[i, i] = math.sqrt(total)
            else:
                factor[i, j] = total / factor[j, j]
    for i in range(k):
        total = -gradient[i]
        for m in range(i):
            total -= factor[i, m] * step[m]
        step[i] = total / factor[i, i]
    for i in range(k - 1, -1, -1):
        total = step[i]
        for m in range(i + 1, k):
            total -= factor[m, i] * step[m]
        step[i] = total / factor[i, i]
    return _finite(step)


@njit(cache=True, error_model="numpy", inline="always")
def fit(code, constants, data, work, iterations):
    """Refine ``constants`` in place, from where they stand; loss and whether it converged."""
    return call_fit(data.kernels[FIT], (code, constants, data, work, iterations))


@njit(cache=True, error_model="numpy")
def refined(code, constants, data, work, iterations):
    """The kernel behind ``fit``.

    Returns
    -------
    The loss, inf if the start is invalid, and whether the last step gained next to nothing.
    """
    k = np.int64(0)
    for t in range(code.size):
        k += code[t] == CONSTANT
    if k == 0:
        return evaluate_below(code, constants, data, work, math.inf), True
    gradient = np.zeros(k)
    curvature = np.zeros((k, k))
    factor = np.zeros((k, k))
    step = np.zeros(k)
    trial = constants.copy()
    # Steps are judged by values alone: their loss and that beside derivatives differ in rounding.
    loss = evaluate_below(code, constants, data, work, math.inf)
    if loss == math.inf:
        return loss, False
    evaluate_derivatives(code, constants, data, work, gradient, curvature)
    damping = 1e-3
    growth = 2.0
    moved = False
    for _ in range(iterations):
        if not (_finite(gradient) and _finite(curvature.ravel())):
            break
        small = GAIN * (loss - data.floor[0]) + NOTHING * data.size
        found = math.inf
        expected = 0.0
        if solve_damped(curvature, gradient, damping, step, factor):
            for c in range(k):
                trial[c] = constants[c] + step[c]
                # what the damped quadratic model gains
                expected -= step[c] * (gradient[c] - damping * curvature[c, c] * step[c]) / 2
            if expected <= 1e-3 * small:
                return loss, True
            found = evaluate_below(code, trial, data, work, loss)
        if found < loss:
            gain = loss - found
            for c in range(k):
                constants[c] = trial[c]
            ratio = gain / expected
            damping = max(damping * max(1 / 3, 1 - (2 * ratio - 1) ** 3), 1e-14)
            growth = 2.0
            moved = True
            loss = found
            if gain <= small:
                return loss, True
            evaluate_derivatives(code, constants, data, work, gradient, curvature)
        else:
            damping *= growth
            growth *= 2.0
            if damping > _HIGHEST_DAMPING:
                break
    if not moved:
        return _search(code, constants, data, work, loss, k, trial)
    return loss, damping > _HIGHEST_DAMPING


@njit(cache=True, error_model="numpy", inline="always")
def _search(code, constants, data, work, loss, k, trial):
    """Coordinate search, for starts from where no derivative leads on."""
    width = 0.2
    for _ in range(_SEARCH_ROUNDS):
        better = False
        for c in range(k):
            for side in (-1.0, 1.0):
                for other in range(k):
                    trial[other] = constants[other]
                trial[c] += side * width * (abs(trial[c]) if trial[c] != 0.0 else 1.0)
                found = evaluate_below(code, trial, data, work, loss)
                if found < loss:
                    loss = found
                    constants[c] = trial[c]
                    better = True
        if not better:
            width *= 0.3
    return loss, False
