"""Error of a whole trajectory and its exact gradient by one backward sweep (the adjoint).

The printed schedule (paper Eqs 15 and 16) lowers the error of the next time point only. Here the
parameters of a step answer for all later errors. With r = q - q~, w = dE/dv(n+1) + dt dE/dq(n+1):

    dE/dGamma_ab(n)  = -dt w_a v_b(n),   dE/dLambda_ab(n) = -dt w_a (q_b(n) - mu_b)
    dE/dv(n) = w - dt Gamma(n)^T w,      dE/dq(n) = dE/dq(n+1) - dt Lambda(n)^T w + dt r(n)

Trajectories may explode under trial parameters. From the first time point at which some |r| exceeds
``limit`` the state is held: its error counts for all later points, and the gradient is that of the
held dynamics. So E stays finite and, by the choice of the limit, far above that of any start: a
line search turns back, and no fit can end there.
"""

import math
from collections.abc import Sequence
from types import FunctionType

import numpy as np
from numba import njit, prange

from movelaws.copying import copy_into
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.stencil import LINKS, OFFSETS, neighbours

_BLOCK = 2048
"""Sites a thread works on at a time; sums run over these blocks, whoever does them."""
_PARALLEL_FROM = 8192
"""Sites; on smaller lattices the threads would wait for each other."""


class Adjoint:
    """Error E (Eq. 11) of a model on one or several days, and its gradient.

    Parameters
    ----------
    references : days of equal shape and number of steps; E is their mean.

    Raises
    ------
    ValueError
        If there is no day, or they differ in size.
    """

    def __init__(self, references: Sequence[Reference]) -> None:
        if not references:
            raise ValueError("references is empty: at least one day is needed")
        first = references[0]
        sizes = {(day.shape, day.steps) for day in references}
        if len(sizes) > 1:
            raise ValueError(
                f"references differ in (shape, steps): {sorted(sizes)}; fit equal days together"
            )
        self.references = tuple(references)
        self.shape, self.dt = first.shape, first.dt
        self.steps, self.sites = first.steps, first.sites
        self.shifts = np.array([dy * first.shape[1] + dx for dy, dx in OFFSETS], dtype=np.int64)
        self.inside = (neighbours(first.shape) >= 0).astype(float)
        self.limit = math.inf
        self._q = np.empty((self.steps + 1, self.sites))
        self._v = np.empty_like(self._q)
        self._r = np.empty_like(self._q)
        self._sweep = _sweep_parallel if self.sites >= _PARALLEL_FROM else _sweep

    def guard(self, gamma: np.ndarray, lam: np.ndarray) -> None:
        """Set the limit from a start: a held state then has at least 50 times the start's error."""
        self.limit = math.inf
        worst = max(np.max(np.abs(day.q - day.q[0])) for day in self.references)
        reach = max(1.0, worst)
        error = self.error(gamma, lam)
        if not math.isfinite(error):
            raise ValueError("the start explodes: begin from other parameters, such as zeros")
        reach = max(reach, math.sqrt(2 * error))
        points = len(self.references) * self.sites * self.steps
        self.limit = 10 * reach * math.sqrt(points)

    def error(self, gamma: np.ndarray, lam: np.ndarray) -> float:
        """E of (T or 1, 5, N) parameters, mean over the days."""
        empty = np.empty((0, len(LINKS), self.sites))
        return self._run(gamma, lam, empty, empty)

    def value(
        self, gamma: np.ndarray, lam: np.ndarray, out_gamma: np.ndarray, out_lam: np.ndarray
    ) -> float:
        """E, and its gradient written to the arrays ``out_...``, shaped as the parameters."""
        out_gamma[:] = 0.0
        out_lam[:] = 0.0
        return self._run(gamma, lam, out_gamma, out_lam)

    def _run(self, gamma, lam, out_gamma, out_lam) -> float:
        total, share = 0.0, 1.0 / len(self.references)
        for day in self.references:
            total += share * self._sweep(
                day.q, day.v0, day.mu, gamma, lam, self.shifts, self.inside, self.dt, self.limit,
                share, self._q, self._v, self._r, out_gamma, out_lam,
            )  # fmt: skip
        return float(total)


@njit(cache=True, error_model="numpy")
def _forward(q, v, mu, g, h, shifts, dt, low, high, q_next, v_next, target, r):
    """One step of sites low to high; returns the largest |r| and half the sum of r^2."""
    sites = q.size
    for a in range(low, high):
        v_next[a] = 0.0
    for link in range(shifts.size):
        # A link that leaves its row has parameter 0, so only the ends of the array need care.
        s = shifts[link]
        for a in range(max(low, -s), min(high, sites - s)):
            v_next[a] += g[link, a] * v[a + s] + h[link, a] * (q[a + s] - mu[a + s])
    worst, total = 0.0, 0.0
    for a in range(low, high):
        v_next[a] = v[a] - dt * v_next[a]
        q_next[a] = q[a] + dt * v_next[a]
        r[a] = q_next[a] - target[a]
        # not (<=) also catches what is no number
        if not abs(r[a]) <= worst:
            worst = abs(r[a])
        total += 0.5 * r[a] * r[a]
    return worst, total


@njit(cache=True, error_model="numpy")
def _backward(q, v, mu, g, h, shifts, inside, dt, low, high, w, p, r, w_next, p_next, to_g, to_h):
    """Gradient of one step's parameters and the adjoints one time point earlier."""
    sites = q.size
    for link in range(shifts.size):
        s = shifts[link]
        for a in range(max(low, -s), min(high, sites - s)):
            x = -dt * w[a] * inside[link, a]
            to_g[link, a] += x * v[a + s]
            to_h[link, a] += x * (q[a + s] - mu[a + s])
    for b in range(low, high):
        w_next[b] = 0.0
        p_next[b] = 0.0
    for link in range(shifts.size):
        s = shifts[link]
        for b in range(max(low, s), min(high, sites + s)):
            w_next[b] += g[link, b - s] * w[b - s]
            p_next[b] += h[link, b - s] * w[b - s]
    for b in range(low, high):
        p_next[b] = p[b] - dt * p_next[b] + r[b]
        w_next[b] = w[b] - dt * w_next[b] + dt * p_next[b]


def _whole(
    q_ref, v0, mu, gamma, lam, shifts, inside, dt, limit, share, q, v, r, out_gamma, out_lam
):  # fmt: skip
    """E of one day; adds ``share`` times its gradient to ``out_...`` unless these are empty."""
    steps, sites = q.shape[0] - 1, q.shape[1]
    blocks = (sites + _BLOCK - 1) // _BLOCK
    worst, sums = np.empty(blocks), np.empty(blocks)
    copy_into(q_ref[0], q[0])
    copy_into(v0, v[0])
    r[0] = 0.0
    total, last = 0.0, steps
    for n in range(steps):
        g, h = gamma[n if gamma.shape[0] > 1 else 0], lam[n if lam.shape[0] > 1 else 0]
        for block in prange(blocks):
            low = block * _BLOCK
            worst[block], sums[block] = _forward(
                q[n], v[n], mu, g, h, shifts, dt, low, min(sites, low + _BLOCK),
                q[n + 1], v[n + 1], q_ref[n + 1], r[n + 1],
            )  # fmt: skip
        squares, held = 0.0, False
        for block in range(blocks):
            squares += sums[block]
            held |= not worst[block] <= limit
        total += dt * squares
        if held:
            total += dt * (steps - n - 1) * squares
            last = n + 1
            break
    if out_lam.shape[0] == 0:
        return total
    p = np.empty((2, sites))
    w = np.empty((2, sites))
    for a in range(sites):
        p[0, a] = share * dt * (steps - last + 1) * r[last, a]
        w[0, a] = dt * p[0, a]
        for n in range(last):
            r[n, a] *= share * dt
    for n in range(last - 1, -1, -1):
        g, h = gamma[n if gamma.shape[0] > 1 else 0], lam[n if lam.shape[0] > 1 else 0]
        to_g = out_gamma[n if gamma.shape[0] > 1 else 0]
        to_h = out_lam[n if lam.shape[0] > 1 else 0]
        now = (last - 1 - n) % 2
        for block in prange(blocks):
            low = block * _BLOCK
            _backward(
                q[n], v[n], mu, g, h, shifts, inside, dt, low, min(sites, low + _BLOCK),
                w[now], p[now], r[n], w[1 - now], p[1 - now], to_g, to_h,
            )  # fmt: skip
    return total


def _renamed(function: FunctionType, name: str) -> FunctionType:
    """Copy under another name: Numba's cache would take the two compilations for one."""
    copy = FunctionType(function.__code__, function.__globals__, name)
    copy.__qualname__ = name
    return copy


_sweep = njit(cache=True, error_model="numpy")(_whole)
_sweep_parallel = njit(cache=True, error_model="numpy", parallel=True)(
    _renamed(_whole, "_whole_parallel")
)
