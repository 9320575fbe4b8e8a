"""A small world of random zones whose flows follow a given law, for tests of symbolic laws."""

from collections.abc import Callable

import numpy as np

from movelaws.symbolic.observations import Observations
from movelaws.symbolic.variables import observations
from tests.unit.random_world import random_pairs


def planted(
    law: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    n_zones: int = 30,
    seed: int = 1,
    noise: float = 0.0,
) -> Observations:
    """Observations (w_i, w_j, d, s_w) whose flows are O_i f / sum f with f = law(w_i, w_j, d).

    ``noise`` is the standard deviation of a lognormal factor of each flow.
    """
    rng = np.random.default_rng(seed + 1000)
    empty = observations(random_pairs(n_zones, seed), variables=("w_i", "w_j", "d", "s_w"))
    w_i, w_j, d, _ = empty.columns
    weight = law(w_i, w_j, d) * np.exp(rng.normal(0, noise, w_i.size))
    sums = np.add.reduceat(weight, empty.start[:-1])
    outflow = np.exp(rng.normal(8, 1, n_zones))
    flow = weight * np.repeat(outflow / sums, np.diff(empty.start))
    return with_flow(empty, flow)


def with_flow(o: Observations, flow: np.ndarray) -> Observations:
    """The same rows with other flows."""
    return Observations(o.names, o.columns, o.start, flow, o.zone, o.destination, o.zone_ids)
