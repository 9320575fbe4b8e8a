"""A random world by brute force, independent of movelaws.od and movelaws.opportunities."""

from dataclasses import replace

import numpy as np

from movelaws.allocation import predict
from movelaws.od import Pairs


def random_pairs(n: int, seed: int = 0, share: float = 1.0, people: float = 1e6) -> Pairs:
    """Pairs between n random zones; flows hold each origin's outflow on its first pair."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 300, (n, 2))
    mass = np.round(rng.lognormal(9, 1, n)) + 1
    distance = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    nearer = distance[:, None, :] < distance[:, :, None]
    origin = np.arange(n)
    nearer[origin, :, origin] = False
    intervening = nearer @ mass
    circle = intervening.T + mass[:, None] + mass[None, :]
    listed = ~np.eye(n, dtype=bool) & (rng.random((n, n)) < share)
    destination = np.broadcast_to(np.arange(n, dtype=np.int32), (n, n))[listed]
    start = np.concatenate([[0], np.cumsum(listed.sum(axis=1))]).astype(np.int64)
    flow = np.zeros(destination.size)
    filled = np.diff(start) > 0
    flow[start[:-1][filled]] = np.round(people * mass / mass.sum())[filled] + 5
    ids = np.array([f"z{k:03d}" for k in range(n)], dtype=object)
    return Pairs(
        ids,
        start,
        destination,
        flow,
        distance[listed],
        mass,
        intervening[listed],
        circle[listed],
    )


def planted(pairs: Pairs, model: str, parameters: dict[str, float], seed: int = 0) -> Pairs:
    """The same pairs with multinomial flows drawn from a model."""
    rng = np.random.default_rng(seed)
    mean, outflow = predict(model, pairs, parameters), pairs.outflow
    flow = np.zeros(pairs.n_pairs)
    for i, (first, last) in enumerate(zip(pairs.start[:-1], pairs.start[1:], strict=True)):
        if outflow[i] > 0:
            shares = mean[first:last] / mean[first:last].sum()
            flow[first:last] = rng.multinomial(round(outflow[i]), shares)
    return replace(pairs, flow=flow)


PLANTED = {
    "GMPow": {"b": 2.0},
    "GMExp": {"b": 0.03},
    "GMExpPow": {"a": 0.4},
    "GMExpPow2": {"a": 0.7, "d0": 10.0},
    "GMPow2": {"a": 0.8, "b": 1.7},
    "GMExp2": {"a": 1.2, "b": 0.03},
    "IO": {"b": 1e-5},
    "RMExt": {"alpha": 0.7},
}
"""A value for every parameter of every parametric model, in the range the random world informs."""
