"""Constants of one tree by least squares: Levenberg-Marquardt, compiled."""

import math

import numpy as np
from numba import njit

from movelaws.copying import copy_into
from movelaws.symbolic.scientist.kernels import BLOCK, CONSTANTS, run

ENOUGH = 1e-6  # relative fall of the sum of squares that counts as none (n / 2 times it, of D)
PATIENCE = 3  # such falls in a row
DAMPING = 1e-3
LEAST, MOST = 1e-12, 1e10  # bounds of the damping


@njit(cache=True, error_model="numpy")
def predict(code, constants, columns, out, work):
    """Values of the tree in every row into ``out``, (n_rows,)."""
    for start in range(0, columns.shape[1], BLOCK):
        stop = min(start + BLOCK, columns.shape[1])
        run(code, constants, columns, start, stop, False, work)
        copy_into(work[0][0, : stop - start], out[start:])


@njit(cache=True, error_model="numpy")
def squares(code, constants, columns, target, work):
    """Sum of squared residuals; inf where a value is not finite."""
    total = 0.0
    for start in range(0, target.size, BLOCK):
        stop = min(start + BLOCK, target.size)
        run(code, constants, columns, start, stop, False, work)
        value = work[0][0]
        for row in range(stop - start):
            total += (target[start + row] - value[row]) ** 2
        if not math.isfinite(total):
            return np.inf
    return total


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _dot(a, b, n):
    total = 0.0
    for row in range(n):
        total += a[row] * b[row]
    return total


@njit(cache=True, error_model="numpy")
def _normal_equations(code, used, constants, columns, target, matrix, vector, work):
    """J'J into ``matrix``, J'r into ``vector``, both over the ``used`` constants; returns r'r."""
    values, slopes = work[0], work[1]
    residual = values[values.shape[0] - 1]  # the stack never grows so high
    matrix[:] = 0.0
    vector[:] = 0.0
    total = 0.0
    for start in range(0, target.size, BLOCK):
        n = min(BLOCK, target.size - start)
        run(code, constants, columns, start, start + n, True, work)
        for row in range(n):
            residual[row] = target[start + row] - values[0, row]
        total += _dot(residual, residual, n)
        if not math.isfinite(total):
            return np.inf
        for a in range(used.size):
            of_a = slopes[0, used[a]]
            vector[a] += _dot(of_a, residual, n)
            for b in range(a + 1):
                matrix[a, b] += _dot(of_a, slopes[0, used[b]], n)
    return total


@njit(cache=True, error_model="numpy")
def _step(matrix, vector, damping, k, lower, step):
    """Solve (J'J + damping diag J'J) step = J'r by Cholesky; False if that is not possible."""
    floor = 0.0
    for a in range(k):
        floor = max(floor, matrix[a, a])
    floor *= 1e-14
    for a in range(k):
        for b in range(a + 1):
            rest = matrix[a, b]
            if a == b:
                rest += damping * max(rest, floor)
            for c in range(b):
                rest -= lower[a, c] * lower[b, c]
            if a > b:
                lower[a, b] = rest / lower[b, b]
            elif rest > 0.0 and math.isfinite(rest):
                lower[a, a] = math.sqrt(rest)
            else:
                return False
    for a in range(k):
        step[a] = vector[a]
        for b in range(a):
            step[a] -= lower[a, b] * step[b]
        step[a] /= lower[a, a]
    for a in range(k - 1, -1, -1):
        for b in range(a + 1, k):
            step[a] -= lower[b, a] * step[b]
        step[a] /= lower[a, a]
    return True


@njit(cache=True, error_model="numpy")
def refine(code, used, constants, columns, target, iterations, work):
    """Refine the ``used`` constants in place; returns the sum of squared residuals."""
    k = used.size
    best = constants.copy()
    matrix, trial_matrix = np.zeros((CONSTANTS, CONSTANTS)), np.zeros((CONSTANTS, CONSTANTS))
    vector, trial_vector = np.zeros(CONSTANTS), np.zeros(CONSTANTS)
    lower, step = np.zeros((CONSTANTS, CONSTANTS)), np.zeros(CONSTANTS)
    least = _normal_equations(code, used, best, columns, target, matrix, vector, work)
    damping, small = DAMPING, 0
    for _ in range(iterations):
        if not math.isfinite(least) or small == PATIENCE or damping > MOST:
            break
        if not _step(matrix, vector, damping, k, lower, step):
            damping *= 10.0
            continue
        for a in range(k):
            constants[used[a]] = best[used[a]] + step[a]
        found = _normal_equations(
            code, used, constants, columns, target, trial_matrix, trial_vector, work
        )
        if found < least:
            small = small + 1 if least - found <= ENOUGH * least else 0
            damping = max(damping * 0.1, LEAST)
            copy_into(constants, best)
            copy_into(trial_vector, vector)
            for a in range(CONSTANTS):
                copy_into(trial_matrix[a], matrix[a])
            least = found
        else:
            damping *= 10.0
    copy_into(best, constants)
    return least
