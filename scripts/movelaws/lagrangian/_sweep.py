"""Kernel of the printed schedule: one pass over the parameters per iteration.

Everything that Eqs 12 to 18 do at site a and step n depends on v(n), q(n) of the neighbours only,
so the step, the gradient and the update are one pass over the sites, with the smoothing of step
n - 1 right behind. Sites are taken in chunks. On one thread, step n + 1 follows two chunks behind
step n, so that the parameters of a chunk are still in the cache when the next step smooths them;
several threads share the chunks of each step. Each number is made by one site alone and sums run
in a fixed order: threads change nothing in the results.

Sites lie in rows of nx + 1, the last of each being a site outside, and with a row outside below
and above: outside q - mu, v and the deviation from the reference are 0, so that parameters of
links that leave the lattice stay 0 without any test for the border.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit, prange

from movelaws.copying import copy_into
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.stencil import LINKS, OFFSETS

# Sites worked on at a time (a row at least) and steps at work at a time: the parameters of these,
# 240 bytes per site with what the smoothing needs, fit the cache of a core.
_CHUNK = 512
_STEPS = 8
# Parts of the lattice that threads share: few, since they wait for each other after each step.
_BANDS = 16


@dataclass(frozen=True)
class Work:
    """State of the schedule in the padded layout, changed by :meth:`run`.

    Attributes
    ----------
    reference : what is fitted.
    theta : (2, T, 5, P) Gamma and Lambda; P = ny (nx + 1) sites, one outside for each row.
    before : (2, 5, P) theta(n - 1) as the smoothing wants it.
    target : (T + 1, P) reference q, 0 outside.
    mu : (P,).
    start : (3, P) q, v and q - mu at n = 0.
    state : (2, 3, P + 2 (nx + 1)) the same at n and n + 1, with a row outside on either side.
    scratch : (steps or bands at work, 2, sites of a chunk).
    squares : (T, chunks) sums of squared deviations at n + 1.
    shifts : (5,) from a site to its neighbours.
    """

    reference: Reference
    theta: np.ndarray
    before: np.ndarray
    target: np.ndarray
    mu: np.ndarray
    start: np.ndarray
    state: np.ndarray
    scratch: np.ndarray
    squares: np.ndarray
    shifts: np.ndarray

    @classmethod
    def of(cls, reference: Reference) -> "Work":
        """Work with Gamma = Lambda = 0."""
        ny, nx = reference.shape
        row, steps, links = nx + 1, reference.steps, len(LINKS)
        sites, chunk = ny * row, max(_CHUNK, row)
        q, v, mu = reference.q[0], reference.v0, reference.mu
        return cls(
            reference=reference,
            theta=np.zeros((2, steps, links, sites)),
            before=np.zeros((2, links, sites)),
            target=_padded(reference.q, reference.shape),
            mu=_padded(mu, reference.shape),
            start=_padded(np.stack([q, v, q - mu]), reference.shape),
            state=np.zeros((2, 3, sites + 2 * row)),
            scratch=np.empty((max(_STEPS, _BANDS), 2, chunk)),
            squares=np.empty((steps, -(-sites // chunk))),
            shifts=np.array([dy * row + dx for dy, dx in OFFSETS]),
        )

    def run(
        self, rates: np.ndarray, weights: np.ndarray, in_place: bool, bound: float, threads: bool
    ) -> np.ndarray:
        """Do some iterations.

        Parameters
        ----------
        rates : (iterations, T) learning rates.
        weights : (T, 3) of theta(n), theta(n - 1), theta(n + 1) in the smoothed theta(n).
        in_place : the theta(n - 1) there is the smoothed one.
        bound : limit of the parameters' magnitude.
        threads : share the sites of each step out over threads.

        Returns
        -------
        (iterations,) error E of each sweep, that is, before its update.
        """
        arrays = (self.theta, self.before, self.target, self.mu, self.start, self.state)
        arrays += (self.scratch, self.squares, self.shifts)
        dt, error = self.reference.dt, np.empty(len(rates))
        sweep = _sweep_threads if threads else _sweep
        for k, rate in enumerate(rates):
            sweep(*arrays, dt, rate, weights, in_place, bound)
            error[k] = 0.5 * dt * self.squares.sum()
        return error

    def parameters(self) -> tuple[np.ndarray, np.ndarray]:
        """Gamma and Lambda, (T, 5, N) each, without the sites outside."""
        ny, nx = self.reference.shape
        inside = self.theta.reshape(2, -1, len(LINKS), ny, nx + 1)[..., :nx]
        gamma, lam = (np.ascontiguousarray(one).reshape(-1, len(LINKS), ny * nx) for one in inside)
        return gamma, lam


def _padded(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(..., P) copy of (..., N) values with a 0 behind each row."""
    ny, nx = shape
    wide = np.zeros((*values.shape[:-1], ny, nx + 1))
    wide[..., :nx] = values.reshape(*values.shape[:-1], ny, nx)
    return wide.reshape(*values.shape[:-1], ny * (nx + 1))


@njit(cache=True, error_model="numpy")
def _sweep(
    theta,
    before,
    target,
    mu,
    start,
    state,
    scratch,
    squares,
    shifts,
    dt,
    rate,
    weights,
    in_place,
    bound,
):
    _begin(start, state, before, shifts[1])
    chunks, steps = squares.shape[1], rate.size
    for first in range(0, steps, _STEPS):
        last = min(first + _STEPS, steps)
        for wave in range(chunks + 2 * (last - first - 1)):
            for n in range(first, last):
                chunk = wave - 2 * (n - first)
                if 0 <= chunk < chunks:
                    low = chunk * scratch.shape[2]
                    squares[n, chunk] = _chunk(
                        theta,
                        before,
                        target,
                        mu,
                        state,
                        scratch[n - first],
                        shifts,
                        dt,
                        rate[n],
                        weights,
                        in_place,
                        bound,
                        n,
                        low,
                    )


@njit(cache=True, error_model="numpy", parallel=True)
def _sweep_threads(
    theta,
    before,
    target,
    mu,
    start,
    state,
    scratch,
    squares,
    shifts,
    dt,
    rate,
    weights,
    in_place,
    bound,
):
    _begin(start, state, before, shifts[1])
    chunks, steps = squares.shape[1], rate.size
    for n in range(steps):
        for band in prange(_BANDS):
            for chunk in range(band * chunks // _BANDS, (band + 1) * chunks // _BANDS):
                squares[n, chunk] = _chunk(
                    theta,
                    before,
                    target,
                    mu,
                    state,
                    scratch[band],
                    shifts,
                    dt,
                    rate[n],
                    weights,
                    in_place,
                    bound,
                    n,
                    chunk * scratch.shape[2],
                )


@njit(cache=True, error_model="numpy")
def _begin(start, state, before, row):
    for kind in range(3):
        copy_into(start[kind], state[0, kind, row:])
    before[:] = 0.0


@njit(cache=True, error_model="numpy")
def _chunk(
    theta, before, target, mu, state, scratch, shifts, dt, rate, weights, in_place, bound, n, low
):
    """Step n of the sweep for the sites of one chunk; the sum of their squared deviations."""
    row, steps = shifts[1], theta.shape[1]
    size = min(scratch.shape[1], mu.size - low)
    here = row + low
    v, x = state[n % 2, 1], state[n % 2, 2]
    force, pull = scratch[0], scratch[1]
    force[:size] = 0.0
    for link in range(5):
        there = here + shifts[link]
        gamma, lam = theta[0, n, link, low : low + size], theta[1, n, link, low : low + size]
        v_there, x_there = v[there : there + size], x[there : there + size]
        for i in range(size):
            force[i] += gamma[i] * v_there[i] + lam[i] * x_there[i]
    _step(state, here, force, pull, target[n + 1, low : low + size], mu[low : low + size], dt, n)
    for link in range(5):
        there = here + shifts[link]
        for kind in range(2):
            source = state[n % 2, 1 + kind, there : there + size]
            values = theta[kind, n, link, low : low + size]
            for i in range(size):
                values[i] += rate * pull[i] * source[i]
            previous = before[kind, link, low : low + size]
            # Step n - 1 is smoothed now that n is known, and the last step by itself.
            for m in range(max(n - 1, 0), n if n < steps - 1 else n + 1):
                earlier = theta[kind, m, link, low : low + size]
                _smooth(earlier, previous, values, weights[m], in_place, bound)
    return _sum_of_squares(pull[:size], force) / (dt * dt)


@njit(cache=True, error_model="numpy")
def _step(state, here, force, pull, target, mu, dt, n):
    now, then, size = state[n % 2], state[(n + 1) % 2], target.size
    for i in range(size):
        force[i] = now[1, here + i] - force[i] * dt
    for i in range(size):
        pull[i] = now[0, here + i] + force[i] * dt
    for i in range(size):
        then[1, here + i] = force[i]
    for i in range(size):
        then[0, here + i] = pull[i]
    for i in range(size):
        then[2, here + i] = pull[i] - mu[i]
    for i in range(size):
        pull[i] = (pull[i] - target[i]) * dt


@njit(cache=True, error_model="numpy")
def _smooth(values, previous, following, weights, in_place, bound):
    own, back, forth = weights[0], weights[1], weights[2]
    for i in range(values.size):
        old = values[i]
        new = own * old + back * previous[i] + forth * following[i]
        previous[i] = new if in_place else old
        values[i] = min(max(new, -bound), bound)


@njit(cache=True, error_model="numpy")
def _sum_of_squares(values, scratch):
    """Sum by halves, which is exact to the last digits and runs on all lanes of a core."""
    size = values.size
    for i in range(size):
        scratch[i] = values[i] * values[i]
    while size > 1:
        half = (size + 1) // 2
        for i in range(size - half):
            scratch[i] += scratch[half + i]
        size = half
    return scratch[0]
