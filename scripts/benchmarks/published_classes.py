"""Time the modified radiation model as one would write it down, with NumPy and SciPy alone.

``ranking``: random classes in the linearised model, tested against the standard one pair by pair
(inequality-aware radiation model, Methods, "Statistical tests for the United States"), zones being
sorted around each origin only once. ``quadrature``: the general equation for p_ij, which the paper
linearises for many classes, integrated for one pair after the other.
"""

import math
from typing import NamedTuple

import numpy as np
import scipy
from measure import DELTA, DELTAS, Task, great_circle_km, main, random_shapes
from scipy.integrate import quad
from scipy.stats import mannwhitneyu


class Sorted(NamedTuple):
    """Zones around each origin (n, n - 1), nearest first: index, people in between, observed flow.

    mass, outflow (n,) people; shape (n,) in [0, 1], of the excess delta - 1.
    """

    order: np.ndarray
    nearer: np.ndarray
    flow: np.ndarray
    mass: np.ndarray
    outflow: np.ndarray
    shape: np.ndarray


class Compared(NamedTuple):
    """What a draw is compared with: r_ij and the errors of the standard model, (n, n - 1)."""

    zones: Sorted
    standard: np.ndarray
    errors: np.ndarray


def sort_zones(world: dict) -> Sorted:
    """Sort the other zones by distance from each; no two are equally far."""
    distance = great_circle_km(world["longitude"], world["latitude"], slice(None))
    np.fill_diagonal(distance, -1.0)
    order = np.argsort(distance, axis=1)[:, 1:]
    mass = world["mass"].astype(float)
    at = mass[order]
    flow = np.take_along_axis(world["flow"], order, axis=1).astype(float)
    shape = random_shapes(mass.size, 1)[0]
    nearer = np.cumsum(at, axis=1) - at
    return Sorted(order, nearer, flow, mass, world["outflow"].astype(float), shape)


def compare(world: dict) -> Compared:
    """Standard model and its errors."""
    zones = sort_zones(world)
    n_i, n_j = zones.mass[:, None], zones.mass[zones.order]
    standard = n_i * n_j / ((n_i + zones.nearer) * (n_i + zones.nearer + n_j))
    return Compared(zones, standard, np.abs(_flows(standard, zones.outflow) - zones.flow))


def ranking(inputs: Compared) -> np.ndarray:
    """U, pairs tested, wrong pairs and their weighted number for one draw, (DELTAS.size, 4)."""
    zones, standard, before = inputs
    n_i, at = zones.mass[:, None], zones.shape[zones.order]
    weighted = at * zones.mass[zones.order]
    change = zones.shape[:, None] * n_i + np.cumsum(weighted, axis=1) - weighted
    change -= at * (n_i + zones.nearer)
    found = []
    for scale in DELTAS:
        p = np.clip(standard * (1 + scale * change), 0, 1)
        flow = _flows(p, zones.outflow)
        errors = np.abs(flow - zones.flow)
        kept = (errors > 0) | (before > 0)
        test = mannwhitneyu(errors[kept], before[kept], alternative="less", method="asymptotic")
        larger = np.maximum(np.maximum(flow, zones.flow), 1)
        found.append(
            (test.statistic, kept.sum(), np.count_nonzero(errors), np.sum(errors / larger))
        )
    return np.array(found)


def quadrature(zones: Sorted) -> np.ndarray:
    """p_ij of all pairs, (n, n - 1)."""
    log_levels, of_zone = np.unique(np.log1p(DELTA * zones.shape), return_inverse=True)
    result = np.empty(zones.order.shape)
    for i, row in enumerate(zones.order):
        people = np.zeros(log_levels.size)
        people[of_zone[i]] = zones.mass[i]
        for rank, j in enumerate(row):
            last = max(log_levels[of_zone[i]], log_levels[of_zone[j]])
            result[i, rank] = zones.mass[i] * _beyond(
                last, people, log_levels, zones.mass[j], log_levels[of_zone[j]]
            )
            people[of_zone[j]] += zones.mass[j]
    return result


def _beyond(
    first: float, people: np.ndarray, levels: np.ndarray, n_j: float, level_j: float
) -> float:
    """int_first exp[-sum_c people_c (u - e_c)^+] {1 - exp[-n_j (u - e_j)]} du, e_c = log delta_c.

    Over x = exp[-a (u - first)] from 0 to 1, a being all people, in which it is smooth but for a
    kink at each level.
    """
    everyone = people.sum()

    def integrand(x: float) -> float:
        u = first - math.log(x) / everyone
        decay = math.exp(-(people * np.maximum(u - levels, 0.0)).sum())
        return decay * -math.expm1(-n_j * (u - level_j)) / x

    kinks = np.exp(-everyone * (levels[levels > first] - first))
    kinks = kinks[(kinks > 0) & (kinks < 1)]
    options = {"points": kinks} if kinks.size else {}
    return quad(integrand, 0, 1, epsabs=0, epsrel=1e-9, limit=1000, **options)[0] / everyone


def _flows(p: np.ndarray, outflow: np.ndarray) -> np.ndarray:
    """People to each destination, to the nearest whole number."""
    return np.floor(p / p.sum(axis=1, keepdims=True) * outflow[:, None] + 0.5)


def _checked(p: np.ndarray, world: dict) -> np.ndarray:
    matrix = np.zeros((world["mass"].size,) * 2)
    np.put_along_axis(matrix, sort_zones(world).order, p, axis=1)
    return matrix[world["check_origin"], world["check_destination"]]


TASKS = {
    ("ranking", "randomclasses"): (compare, ranking, lambda found, _: found.ravel()),
    ("quadrature", "manyclass"): (sort_zones, quadrature, _checked),
}

if __name__ == "__main__":
    libraries = f"NumPy {np.__version__}, SciPy {scipy.__version__}"
    main(lambda tool, task, threads: Task(libraries, *TASKS[tool, task]))
