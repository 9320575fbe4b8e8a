"""Small models with arbitrary parameters, as fits: nothing is inferred."""

import numpy as np

from movelaws.lagrangian.fit import Fit, fitted
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.stencil import LINKS, neighbours

SHAPE = (4, 5)


def walk(steps=12, shape=SHAPE, agents=1000.0, seed=1):
    """(steps + 1, ny, nx) agents that drift about."""
    rng = np.random.default_rng(seed)
    q = rng.normal(size=(1, *shape)) + rng.normal(size=(steps + 1, *shape)).cumsum(axis=0) * 0.1
    share = np.exp(q)
    return agents * share / share.sum(axis=(1, 2), keepdims=True)


def parameters(rng, steps, shape=SHAPE, scale=3.0):
    """(steps, 5, N) random numbers, 0 on links that leave the lattice."""
    values = rng.normal(scale=scale, size=(steps, len(LINKS), shape[0] * shape[1]))
    return np.where(neighbours(shape) >= 0, values, 0.0)


def small_fit(population=None, *, constant=False, scale=3.0, seed=2, method="printed", **settings):
    """Fit with random Gamma and Lambda of a population that walks, or of the one given."""
    state = reference(walk() if population is None else population)
    rng = np.random.default_rng(seed)
    steps = 1 if constant else state.steps
    gamma, lam = (parameters(rng, steps, state.shape, scale) for _ in range(2))
    return fitted(method, state, gamma, lam, np.array([]), settings=settings)


def with_path(fit: Fit, q, v) -> Fit:
    """The same fit with another path."""
    given = {name: getattr(fit, name) for name in fit.__dataclass_fields__}
    return Fit(**(given | {"q": q, "v": v}))
