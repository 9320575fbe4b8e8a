"""Time the Lagrangian dynamics as one would write it down with NumPy, and the decoding of records.

``numpy``: the printed schedule and the exact gradient, one array operation for all sites of a
step. ``decoding``: PyArrow reads the records batch by batch and does nothing with them, the least
that any raster of them takes.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
from measure import Task, main

RATE = (0.001, 0.0015)
ITERATIONS, FEWEST_ITERATIONS, GRADIENTS = 2000, 40, 10
"""As in ``movelaws.benchmark_lattices``, which is on the clock."""


class City(NamedTuple):
    """q (T + 1, L, L), v0 and mu (L, L) of the reference."""

    q: np.ndarray
    v0: np.ndarray
    mu: np.ndarray

    @property
    def steps(self) -> int:
        """T."""
        return len(self.q) - 1


def read_city(world: dict) -> City:
    """Populations in the variables of the model; none is below the floor."""
    population = world["population"]
    q = np.log(population)
    v0 = (population[1] - population[0]) * (len(q) - 1) / population[0]
    return City(q, v0, q[-1])


def iterations_of(city: City) -> int:
    """Iterations on the clock."""
    return max(FEWEST_ITERATIONS, ITERATIONS * 100 // city.mu.size)


def some_parameters(steps: int, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Parameters to take a gradient at, (steps, 5, N) each, 0 where a link leaves the lattice."""
    ny, nx = shape
    wave = np.cos(np.arange(steps)[:, None, None] / 7 + np.arange(ny * nx))
    around = np.stack([_beside(np.ones(shape), link) for link in range(5)]).reshape(5, -1)
    gamma = wave * around
    lam = 2 * np.sin(wave) * around
    return gamma, lam


def link_norms(error: float, gamma: np.ndarray, lam: np.ndarray) -> np.ndarray:
    """E, and the length of its gradient by the parameters on each kind of link."""
    lengths = [np.sqrt((slope**2).sum(axis=(0, 2))) for slope in (gamma, lam)]
    return np.concatenate([[error], *lengths])


def schedule(city: City) -> np.ndarray:
    """E before each iteration of the printed schedule, and after the last."""
    steps, dt = city.steps, 1 / city.steps
    side = city.mu.shape
    gamma, lam = np.zeros((2, steps, 5, *side))
    errors = []
    iterations = iterations_of(city)
    for k in range(iterations + 1):
        q, v, error = city.q[0], city.v0, 0.0
        for n in range(steps):
            near_v, near_x = _around(v), _around(q - city.mu)
            force = np.einsum("kyx,kyx->yx", gamma[n], near_v)
            force += np.einsum("kyx,kyx->yx", lam[n], near_x)
            v = v - dt * force
            q = q + dt * v
            away = q - city.q[n + 1]
            error += 0.5 * dt * np.sum(away**2)
            if k < iterations:
                pull = (RATE[0] + RATE[1] * k) * dt * away
                gamma[n] += pull * near_v
                lam[n] += pull * near_x
        errors.append(error)
        if k < iterations:
            gamma, lam = (_regularised(theta, city.mu.size) for theta in (gamma, lam))
    return np.array(errors)


def read_model(world: dict) -> tuple[City, np.ndarray, np.ndarray]:
    """The same, with parameters."""
    city = read_city(world)
    return city, *some_parameters(city.steps, city.mu.shape)


def gradient(inputs: tuple[City, np.ndarray, np.ndarray]) -> tuple:
    """E and its exact gradient by one sweep back, some times over."""
    city, *parameters = inputs
    gamma, lam = (theta.reshape(-1, 5, *city.mu.shape) for theta in parameters)
    for _ in range(GRADIENTS):
        error, slopes = _gradient(city, gamma, lam)
    return error, *(slope.reshape(city.steps, 5, -1) for slope in slopes)


def decode(path: str) -> float:
    """Number of rows of a file of records."""
    columns = dict.fromkeys(["uid", "d", "t", "x", "y"], pa.int64())
    reader = pyarrow.csv.open_csv(
        path, convert_options=pyarrow.csv.ConvertOptions(column_types=columns)
    )
    return float(sum(len(batch) for batch in reader))


def _gradient(
    city: City, gamma: np.ndarray, lam: np.ndarray
) -> tuple[float, tuple[np.ndarray, np.ndarray]]:
    steps, dt = city.steps, 1 / city.steps
    q, v = np.empty_like(city.q), np.empty_like(city.q)
    q[0], v[0] = city.q[0], city.v0
    for n in range(steps):
        force = (gamma[n] * _around(v[n])).sum(axis=0)
        force += (lam[n] * _around(q[n] - city.mu)).sum(axis=0)
        v[n + 1] = v[n] - dt * force
        q[n + 1] = q[n] + dt * v[n + 1]
    away = q - city.q
    slopes = np.empty_like(gamma), np.empty_like(lam)
    by_q, by_v = dt * away[-1], np.zeros_like(city.mu)
    for n in reversed(range(steps)):
        by_v = by_v + dt * by_q
        slopes[0][n] = -dt * by_v * _around(v[n])
        slopes[1][n] = -dt * by_v * _around(q[n] - city.mu)
        by_q = by_q + dt * away[n] - dt * _back(lam[n] * by_v)
        by_v = by_v - dt * _back(gamma[n] * by_v)
    return 0.5 * dt * float(np.sum(away**2)), slopes


def _beside(values: np.ndarray, link: int) -> np.ndarray:
    """Values of the site itself, or of its neighbour to the north, south, west or east."""
    if link == 0:
        return values
    found = np.zeros_like(values)
    if link == 1:
        found[:-1] = values[1:]
    elif link == 2:
        found[1:] = values[:-1]
    elif link == 3:
        found[:, 1:] = values[:, :-1]
    else:
        found[:, :-1] = values[:, 1:]
    return found


def _around(values: np.ndarray) -> np.ndarray:
    """(5, L, L) values at the other end of each link, 0 outside."""
    found = np.zeros((5, *values.shape))
    found[0] = values
    found[1, :-1] = values[1:]
    found[2, 1:] = values[:-1]
    found[3, :, 1:] = values[:, :-1]
    found[4, :, :-1] = values[:, 1:]
    return found


def _back(values: np.ndarray) -> np.ndarray:
    """(L, L) sums of what the links of (5, L, L) bring to each site."""
    found = values[0].copy()
    found[1:] += values[1, :-1]
    found[:-1] += values[2, 1:]
    found[:, :-1] += values[3, :, 1:]
    found[:, 1:] += values[4, :, :-1]
    return found


def _regularised(theta: np.ndarray, bound: float) -> np.ndarray:
    """Eqs 19 to 24, all from the old values; the last step like the first."""
    new = np.empty_like(theta)
    new[1:-1] = (2 * theta[1:-1] + theta[:-2] + theta[2:]) / 4
    new[0] = (theta[0] + theta[1]) / 2
    new[-1] = (theta[-1] + theta[-2]) / 2
    return np.clip(new, -bound, bound, out=new)


def find(tool: str, task: str, threads: int) -> Task:
    """The task of a tool; both know one way only."""
    if tool == "decoding":
        return Task(
            f"PyArrow {pa.__version__}", lambda world: str(world["records"]), decode,
            lambda rows, _: np.array([rows]),
        )  # fmt: skip
    name = f"NumPy {np.__version__}"
    return {
        "schedule": Task(name, read_city, schedule, lambda e, _: e, parts=iterations_of),
        "gradient": Task(
            name, read_model, gradient, lambda slopes, _: link_norms(*slopes), parts=GRADIENTS
        ),
    }[task]


if __name__ == "__main__":
    main(find)
