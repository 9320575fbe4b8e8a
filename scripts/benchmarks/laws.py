"""Rows and flow laws that symbolic regression is timed on, the same for movelaws and its peers.

Runs in every environment of the benchmarks, so it needs nothing but NumPy. A law is a name of a
variable, a number, or a tuple of an operation and its two operands: + - * / ^, and ``base`` for
exp(k x), the power of a constant base, with the number k before x.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from measure import great_circle_km

VARIABLES = ("w_i", "w_j", "r_i", "r_j", "d", "s_w", "s_r")

COMPLEXITY = 9

LAWS, SEED = 1024, 0
"""How many laws are timed together, and the seed of all but the first."""

DESTINATIONS = 42
"""Rows of an origin: those of US county commuting on average."""

PUBLISHED = ("/", "w_j", ("+", ("^", "d", 2.86), ("*", 67.7, "w_i")))
"""A law of complexity 9 that paper 2 found, the first of all that are timed."""

PLANTED = ("*", ("^", "r_j", 0.9), ("base", -0.004, "d"))
"""The law that the flows of the random worlds are drawn from."""

NEAR = 1.001
"""Evolution ends when its RMSE is at most this many times that of the planted law."""

Law = str | float | tuple
_UNIT = 1e4  # people
_CONSTANTS = ((0.2, 1.5), (0.5, 100.0))  # of exponents, either sign, and of terms and factors
_RATES = {"w_i": 0.1, "w_j": 0.1, "r_i": 0.1, "r_j": 0.1, "d": 0.005, "s_w": 1e-4, "s_r": 1e-4}


class Rows(NamedTuple):
    """Pairs sorted by origin.

    columns : (7, n_rows), a row of the array per variable of ``VARIABLES``, all > 0.
    start : (n_origins,) first row of each origin; all have equally many.
    origin, destination : (n_rows,) zones.
    flow : (n_rows,) people.
    outflow : (n_origins,) sum of the flows of each origin.
    """

    columns: np.ndarray
    start: np.ndarray
    origin: np.ndarray
    destination: np.ndarray
    flow: np.ndarray
    outflow: np.ndarray


def observed_rows(world: Mapping[str, np.ndarray]) -> Rows:
    """The largest flows of each origin, ``DESTINATIONS`` of them, with seven variables.

    w is people arriving, r is people living in a zone, in 10^4; d is in km; s_w and s_r sum w and r
    of all zones nearer to the origin than the destination is, with the origin itself, so that every
    law of :func:`laws` is positive.
    """
    flow = world["flow"]
    n, most = len(flow), min(DESTINATIONS, len(flow) - 1)
    # At least one person: nobody may travel to a zone, but every law should be defined there.
    w, r = np.maximum(flow.sum(axis=0), 1) / _UNIT, world["mass"] / _UNIT
    destination = np.empty((n, most), dtype=np.int64)
    distance, s_w, s_r = (np.empty((n, most)) for _ in range(3))
    for i in range(n):
        away = great_circle_km(world["longitude"], world["latitude"], slice(i, i + 1))[0]
        near = np.argsort(away, kind="stable")
        largest = np.argsort(-np.where(np.arange(n) == i, -1, flow[i]), kind="stable")
        chosen = destination[i] = np.sort(largest[:most])
        distance[i] = away[chosen]
        for mass, nearer in ((w, s_w), (r, s_r)):
            sums = np.empty(n)
            sums[near] = np.cumsum(mass[near]) - mass[near]
            nearer[i] = sums[chosen]
    origin, to = np.repeat(np.arange(n), most), destination.ravel()
    columns = np.stack(
        [w[origin], w[to], r[origin], r[to], distance.ravel(), s_w.ravel(), s_r.ravel()]
    )
    chosen_flow = flow[origin, to].astype(float)
    start = np.arange(0, n * most, most)
    return Rows(columns, start, origin, to, chosen_flow, np.add.reduceat(chosen_flow, start))


def laws(count: int, seed: int) -> list[Law]:
    """The published law, then random ones of the same complexity, all positive and of full size.

    Operators are + * / ^ and c^x alike; exponents are numbers and so are some terms and factors,
    but no part is made of numbers alone. Without - and ln, no law is undefined or changes sign, so
    that no tool has less to do for want of a loss.
    """
    rng = np.random.default_rng([seed, COMPLEXITY])
    found: list[Law] = [PUBLISHED]
    while len(found) < count:
        law = _random(COMPLEXITY, rng)
        if any(name in repr(law) for name in ("_j", "'d'", "s_")):
            found.append(law)
    return found[:count]


def _random(size: int, rng: np.random.Generator) -> Law:
    if size == 1:
        return VARIABLES[rng.integers(len(VARIABLES))]
    operator = ("+", "*", "/", "^", "base")[rng.integers(5)]
    if operator == "^":
        exponent = rng.uniform(*_CONSTANTS[0]) * (-1) ** rng.integers(2)
        return ("^", _random(size - 2, rng), float(exponent))
    if operator == "base":
        if size != 3:
            return _random(size, rng)
        name = _random(1, rng)
        return ("base", float(-_RATES[name] * rng.uniform(0.5, 2)), name)
    left = 1 + 2 * int(rng.integers((size - 1) // 2))
    first, second = _random(left, rng), _random(size - 1 - left, rng)
    if left == 1 and isinstance(second, tuple) and rng.random() < 0.3:
        first = float(rng.uniform(*_CONSTANTS[1]))
    return (operator, first, second)


def values(law: Law, columns: np.ndarray) -> np.ndarray:
    """A law in all rows by plain NumPy, that which the tools are tested against."""
    if isinstance(law, str):
        return columns[VARIABLES.index(law)]
    if isinstance(law, float):
        return np.full(columns.shape[1], law)
    operator, left, right = law
    operation = {"+": np.add, "*": np.multiply, "/": np.divide, "^": np.power, "base": np.multiply}
    found = operation[operator](values(left, columns), values(right, columns))
    return np.exp(found) if operator == "base" else found


def loss(f: np.ndarray, rows: Rows) -> float:
    """Sum of squared errors of O f / S, S being the sum of f over the rows of its origin.

    In the precision of ``f`` and ``rows``, which share it.
    """
    scale = rows.outflow / np.add.reduceat(f, rows.start)
    error = f.reshape(scale.size, -1) * scale[:, None]
    error -= rows.flow.reshape(error.shape)
    return float(np.vdot(error, error))


def n_rows(world: Mapping[str, np.ndarray]) -> int:
    """Number of rows that :func:`observed_rows` makes of a world."""
    n = len(world["mass"])
    return n * min(DESTINATIONS, n - 1)


def single(rows: Rows) -> Rows:
    """The same rows in float32."""
    return rows._replace(
        **{name: getattr(rows, name).astype(np.float32) for name in ("columns", "flow", "outflow")}
    )


def rate(world: Mapping[str, np.ndarray], seconds: float) -> str:
    """Nodes times rows in a second, from the seconds of all ``LAWS``, for the table."""
    return f"{LAWS * COMPLEXITY * n_rows(world) / seconds / 1e9:.2f} G node-rows/s"


def reached(found: float, effort: str, world: Mapping[str, np.ndarray]) -> str:
    """Whether a search that found this loss came near the planted law, for the table."""
    rows = observed_rows(world)
    times = np.sqrt(found / loss(values(PLANTED, rows.columns), rows))
    verdict = "planted law reached" if times <= NEAR else "planted law not reached"
    return f"{verdict}: {times:.4f} times its RMSE, {effort}; {n_rows(world):,} rows"
