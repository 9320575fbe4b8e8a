"""How many leave each place: as counted, or a fixed fraction of its population."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Leaving:
    """Outflows of all places.

    Attributes
    ----------
    outflow : (n,) people.
    fraction : people who leave per inhabitant; NaN where the outflows are as counted.
    r_squared : 1 - (residual sum of squares) / (sum of squares around the mean), of the counted
        outflows given the fraction; 1 where the outflows are as counted, NaN where all counted
        outflows are equal.
    """

    outflow: np.ndarray
    fraction: float = np.nan
    r_squared: float = 1.0


def counted(observed: np.ndarray) -> Leaving:
    """The outflows as they were counted, the reading for South Sudan.

    Parameters
    ----------
    observed : (n,) people, >= 0.
    """
    return Leaving(_checked(observed, "observed"))


def regressed(observed: np.ndarray, population: np.ndarray) -> Leaving:
    """One fraction of the population leaves everywhere: least squares through the origin.

    A line through the origin, because a place without people sends nobody.

    Parameters
    ----------
    observed : (n,) counted outflows, people, >= 0.
    population : (n,) people, >= 0.

    Returns
    -------
    Leaving with outflow = fraction x population, not rounded.

    Raises
    ------
    ValueError
        If shapes differ, a number is negative or not finite, or all populations are 0.

    References
    ----------
    Boldini et al., section "Analysis of US commuting data" (claim I9).
    """
    observed, population = _checked(observed, "observed"), _checked(population, "population")
    if observed.shape != population.shape:
        raise ValueError(f"observed has {observed.size} places, population {population.size}")
    # not np.dot, whose last digits depend on the number of threads and may turn a rounded flow
    squares = float(np.sum(population * population))
    if squares == 0:
        raise ValueError("all populations are 0: nobody can leave")
    fraction = float(np.sum(population * observed)) / squares
    spread = float(((observed - observed.mean()) ** 2).sum())
    residual = float(((observed - fraction * population) ** 2).sum())
    return Leaving(fraction * population, fraction, 1 - residual / spread if spread else np.nan)


def _checked(values: np.ndarray, name: str) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    bad = ~(np.isfinite(values) & (values >= 0))
    if values.ndim != 1 or bad.any():
        where = f"[{int(np.argmax(bad))}] = {values[bad][0]}" if bad.any() else f": {values.shape}"
        raise ValueError(f"{name}{where}: one number of people per place, finite and >= 0")
    return values
