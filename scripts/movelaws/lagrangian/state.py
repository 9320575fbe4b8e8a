"""The reference trajectory that a model is fitted to: q = ln M, initial velocity and target."""

from dataclasses import dataclass

import numpy as np

from movelaws.lagrangian.stencil import checked_shape

LEAST_POINTS = 3


@dataclass(frozen=True)
class Reference:
    """Reference population dynamics in the variables of the model, made by :func:`reference`.

    Attributes
    ----------
    q : (T + 1, N) ln max(M, floor).
    v0 : (N,) initial velocities, Eq. 10.
    mu : (N,) minimum of the potential, q at the last time point unless given.
    population : (T + 1, N) agents, as given (without the floor).
    shape : (ny, nx), N = ny nx.
    dt : length of a step, 1 / T.
    floor : agents that stand for fewer.
    touched : cell-times, of (T + 1) N, that held less than the floor.
    """

    q: np.ndarray
    v0: np.ndarray
    mu: np.ndarray
    population: np.ndarray
    shape: tuple[int, int]
    dt: float
    floor: float
    touched: int

    @property
    def steps(self) -> int:
        """T, the number of steps; there is one time point more."""
        return self.q.shape[0] - 1

    @property
    def sites(self) -> int:
        """N, the number of sites."""
        return self.q.shape[1]


def reference(
    population: np.ndarray, floor: float = 1.0, *, mu: np.ndarray | None = None
) -> Reference:
    """Log populations, initial velocities and target of a population dynamics.

    q_a(n) = ln max(M_a(n), floor): the paper says nothing of empty cells, where ln M is undefined.
    v_a(0) = (M_a(1) - M_a(0)) / (dt M_a(0)) with the floored M (Eq. 10), mu_a = q_a(T).

    Parameters
    ----------
    population : (T + 1, ny, nx) agents >= 0 at the time points n = 0, ..., T.
    floor : agents, > 0.
    mu : (N,) or (ny, nx) another minimum of the potential.

    Raises
    ------
    ValueError
        If there are fewer than two steps, a population is negative or not finite, nobody is there,
        all are in one and the same cell at all times, or no cell ever reaches the floor.
    """
    population = np.asarray(population, dtype=float)
    if population.ndim != 3:
        raise ValueError(f"population has shape {population.shape}: (T + 1, ny, nx) is needed")
    points, shape = population.shape[0], checked_shape(population.shape[1:])
    if points < LEAST_POINTS:
        raise ValueError(
            f"population has {points} time points: a dynamics has at least {LEAST_POINTS}, two "
            "steps; use shorter slots"
        )
    bad = ~(np.isfinite(population) & (population >= 0))
    if bad.any():
        n, y, x = (int(i) for i in np.argwhere(bad)[0])
        raise ValueError(
            f"population[{n}, {y}, {x}] = {population[n, y, x]}: populations are finite and >= 0; "
            "repair or leave out this slot"
        )
    if not 0 < floor < np.inf:
        raise ValueError(f"floor = {floor}: a finite number of agents > 0 is needed")
    population = np.ascontiguousarray(population.reshape(points, -1))
    occupied = np.count_nonzero(population.any(axis=0))
    if occupied < 2:
        what = "nobody is anywhere" if occupied == 0 else "all people are in one cell at all times"
        raise ValueError(f"population: {what}, so nothing moves; check the area and the lattice")
    touched = int(np.count_nonzero(population < floor))
    if touched == population.size:
        # All q would be ln floor, and every method would fit that nothing moves.
        raise ValueError(
            f"floor = {floor:g}: no cell ever holds as many agents, the most are "
            f"{population.max():.3g}: are these shares? set `population`, the agents that they are "
            "shares of, or a lower `floor`"
        )
    dt = 1.0 / (points - 1)
    floored = np.maximum(population, floor)
    q = np.log(floored)
    mu = q[-1].copy() if mu is None else np.array(mu, dtype=float).ravel()
    if mu.shape != q[0].shape or not np.isfinite(mu).all():
        raise ValueError(f"mu has shape {mu.shape}: {q.shape[1]} finite numbers are needed")
    return Reference(
        q=q,
        v0=(floored[1] - floored[0]) / (dt * floored[0]),
        mu=mu,
        population=population,
        shape=shape,
        dt=dt,
        floor=float(floor),
        touched=touched,
    )
