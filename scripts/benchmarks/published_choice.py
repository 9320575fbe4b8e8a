"""Time the published methods of the destination choice game, in plain NumPy and nothing else.

``averaging``: successive averages of the flows, phi = 0.25, until no flow changes by 0.01 people
(Destination Choice Game, Methods III.1, Eqs 5 to 7). ``grid``: the same at every point of a grid
over alpha, beta and gamma from 0 to 10, with a step of 0.5 where the paper takes 0.01.
"""

import itertools
from typing import NamedTuple

import numpy as np
from measure import GAME, Task, great_circle_km, main

PHI, THRESHOLD, MOST_ITERATIONS = 0.25, 0.01, 200
HIGHEST, STEP = 10.0, 0.5


class Averaged(NamedTuple):
    """Flows (n, n), the iterations they took, and whether they settled."""

    flow: np.ndarray
    iterations: int
    converged: bool


class Best(NamedTuple):
    """Greatest SSI on a grid, its parameters, and the points where averaging did not converge."""

    ssi: float
    parameters: tuple[float, ...]
    points: int
    not_converged: int


def successive_averages(kernel: np.ndarray, outflow: np.ndarray, gamma: float) -> Averaged:
    """Average the flows with what travellers choose who take the present arrivals as given.

    ``kernel`` (n, n) is A_j^alpha d_ij^-beta, 0 on the diagonal. Two more matrices are held.
    """
    flow = kernel * (outflow / kernel.sum(axis=1))[:, None]
    change = np.empty_like(flow)
    iterations, largest = 0, np.inf
    while iterations < MOST_ITERATIONS and largest >= THRESHOLD:
        np.multiply(kernel, flow.sum(axis=0) ** -gamma, out=change)
        change *= (outflow / change.sum(axis=1))[:, None]
        change -= flow
        change *= PHI
        flow += change
        largest = max(change.max(), -change.min())
        iterations += 1
    return Averaged(flow, iterations, bool(largest < THRESHOLD))


def averaging(inputs: dict) -> Averaged:
    """Distances, masses and outflows to the flows of all pairs."""
    alpha, beta, gamma = GAME
    kernel = _power(inputs["distance"], beta) * _scaled(inputs["mass"]) ** alpha
    return successive_averages(kernel, inputs["outflow"], gamma)


def grid(inputs: dict, step: float = STEP) -> Best:
    """Greatest SSI on the grid; the attraction is what arrives, as in the paper."""
    flow = inputs["flow"]
    outflow, attraction = flow.sum(axis=1), _scaled(flow.sum(axis=0))
    line = np.arange(0, HIGHEST + step / 2, step)
    best, missed = Best(-np.inf, (), line.size**3, 0), 0
    for beta, alpha in itertools.product(line, line):
        kernel = _power(inputs["distance"], beta) * attraction**alpha
        for gamma in line:
            found = successive_averages(kernel, outflow, gamma)
            missed += not found.converged
            value = ssi(flow, found.flow) if found.converged else -np.inf
            if value > best.ssi:
                parameters = (float(alpha), float(beta), float(gamma))
                best = best._replace(ssi=value, parameters=parameters)
    return best._replace(not_converged=missed)


def ssi(flow: np.ndarray, predicted: np.ndarray) -> float:
    """Mean of 2 min(T, T') / (T + T') over all n^2 pairs; 0 where both are 0."""
    total = flow + predicted
    return float(
        2 * np.sum(np.minimum(flow, predicted) / np.where(total > 0, total, 1)) / flow.size
    )


def _power(distance: np.ndarray, beta: float) -> np.ndarray:
    """d^-beta, 0 from a zone to itself."""
    with np.errstate(divide="ignore"):
        deterrence = distance**-beta
    np.fill_diagonal(deterrence, 0.0)
    return deterrence


def _scaled(attraction: np.ndarray) -> np.ndarray:
    """In units of the largest, so that no power overflows; only ratios matter."""
    return attraction / attraction.max()


def _read(world: dict) -> dict:
    distance = great_circle_km(world["longitude"], world["latitude"], slice(None))
    inputs = {name: world[name].astype(float) for name in ("mass", "outflow")}
    return inputs | {"distance": distance}


def _settled(found: Averaged, _: dict) -> str:
    if not found.converged:
        return f"not converged: {found.iterations} iterations"
    return f"{found.iterations} iterations, until no flow changed by {THRESHOLD:g} people"


def _where(best: Best, _: dict) -> str:
    alpha, beta, gamma = best.parameters
    at = f"alpha = {alpha:g}, beta = {beta:g}, gamma = {gamma:g}"
    missed = f"{best.not_converged:,} of {best.points:,} points did not converge"
    return f"SSI {best.ssi:.5f} at {at}; {missed}"


TASKS = {
    ("averaging", "equilibrium"): (
        _read,
        averaging,
        lambda found, world: found.flow[world["check_origin"], world["check_destination"]],
        _settled,
    ),
    ("grid", "choice"): (
        lambda world: _read(world) | {"flow": world["flow"].astype(float)},
        grid,
        lambda best, _: np.array([best.ssi]),
        _where,
    ),
}

if __name__ == "__main__":
    # On the grid some powers overflow; such a point does not converge, which is counted.
    np.seterr(over="ignore", invalid="ignore", divide="ignore")
    main(lambda tool, task, threads: Task(f"NumPy {np.__version__}", *TASKS[tool, task]))
