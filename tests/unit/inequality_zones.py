"""Small sets of zones for the modified radiation model, and its definition by quadrature."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy.integrate import quad

from movelaws.inequality.surroundings import Surroundings, surroundings
from tests.unit.random_world import random_pairs


def crowd(mass, seed: int = 0) -> Surroundings:
    """Zones of the given masses at random points."""
    mass = np.asarray(mass, dtype=float)
    pairs = random_pairs(mass.size, seed)
    n = mass.size
    # Counted again for these masses: nearer to i than j, one origin at a time.
    distance = np.zeros((n, n))
    distance[~np.eye(n, dtype=bool)] = pairs.distance_km
    s = [
        mass[(distance[i] < distance[i, j]) & (np.arange(n) != i)].sum()
        for i in range(n)
        for j in range(n)
        if i != j
    ]
    return surroundings(replace(pairs, mass=mass, intervening=np.array(s)))


def classes(around: Surroundings) -> tuple[np.ndarray, np.ndarray, list[list[np.ndarray]]]:
    """Origin and destination of each entry, and the zones strictly nearer."""
    origin = np.broadcast_to(np.arange(around.n_zones)[:, None], around.order.shape)
    inside = [
        [around.order[i, :count] for count in around.nearer[i]] for i in range(around.n_zones)
    ]
    return origin, around.order, inside


def by_definition(around: Surroundings, excess) -> np.ndarray:
    """p_ij as the integral over z that defines it, by adaptive quadrature."""
    delta = 1 + np.asarray(excess, dtype=float)
    mass, result = around.mass, np.zeros(around.order.shape)
    kinks = np.unique(1 / delta)
    for i in range(around.n_zones):
        for p, j in enumerate(around.order[i]):
            nearer = around.order[i, : around.nearer[i, p]]

            def integrand(z, i=i, j=j, nearer=nearer):
                stay = np.prod(np.minimum(delta[nearer] * z, 1) ** mass[nearer])
                leave = -np.expm1(mass[j] * np.log(min(delta[j] * z, 1)))
                return mass[i] * delta[i] * (delta[i] * z) ** (mass[i] - 1) * stay * leave

            end = min(1 / delta[i], 1 / delta[j])
            edges = [0.0, *kinks[kinks < end], end]
            for low, high in pairwise(edges):
                result[i, p] += quad(integrand, low, high, epsabs=0, epsrel=1e-12)[0]
    return result
