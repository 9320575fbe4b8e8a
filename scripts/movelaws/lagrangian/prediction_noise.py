"""How much of an error is counting: the scatter of q = ln M where M is a number of agents.

A model of M_a predicts means at best. If the agents of a site were counted anew in each slot, M
would scatter about its mean m as a Poisson number does, and a forecast would err by that much
although nothing has changed. The error of persistence is held against this: a share near 1 says
that there is hardly more to predict than the means that a longer history would tell better; one
above 1 that agents are not counted anew: they stay where they were counted, or the populations are
smoothed estimates.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np
from scipy import stats

from movelaws.lagrangian.prediction_scores import Score

_MANY = 100.0  # agents from which the expansion is used: it is off by less than 0.1 % there
_GRID = 600


def counting_variance(mean: np.ndarray, floor: float) -> np.ndarray:
    """Variance of ln max(K, floor) of a Poisson number K.

    Exact (interpolated from a grid) for few agents; 1 / m + 3 / (2 m^2), the first terms of its
    expansion, for many.

    Parameters
    ----------
    mean : m >= 0, any shape.
    floor : agents that stand for fewer, > 0.
    """
    mean = np.asarray(mean, dtype=float)
    many = _many(floor)
    roots, values = _table(floor)
    few = np.interp(np.sqrt(np.minimum(mean, many)), roots, values)
    large = np.maximum(mean, many)
    return np.where(mean < many, few, 1 / large + 1.5 / large**2)


def counting_score(
    population: np.ndarray, floor: float, origins: Iterable[int], *, end: int | None = None
) -> Score:
    """Squared errors of persistence that are expected from counting alone, by lead.

    Both slots get the mean of their two counts as m, the best guess where nothing has changed, and
    their scatters add up. Counts stand in for means, so with 2 agents to a site the errors come out
    a fifth too small, and up to a tenth too large with 5 to 20.

    Parameters
    ----------
    population : (T + 1, N) agents, without the floor.
    floor : agents that stand for fewer.
    origins : last time points that are known.
    end : last time point that is predicted (default: T).
    """
    origins = list(origins)
    end = len(population) - 1 if end is None else end
    squares = np.zeros((end - min(origins), population.shape[1]))
    counts = np.zeros(len(squares), dtype=int)
    for origin in origins:
        both = (population[origin] + population[origin + 1 : end + 1]) / 2
        squares[: len(both)] += 2 * counting_variance(both, floor)
        counts[: len(both)] += 1
    return Score(squares, np.zeros(len(squares)), counts)


def _many(floor: float) -> float:
    return max(_MANY, 10 * floor)


@cache
def _table(floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Roots of means, and the variance at each."""
    roots = np.linspace(0, np.sqrt(_many(floor)), _GRID)
    most = _many(floor) + 12 * np.sqrt(_many(floor))
    k = np.arange(int(most) + 1)
    q = np.log(np.maximum(k, floor))
    weights = stats.poisson.pmf(k, roots[:, np.newaxis] ** 2)
    first = weights @ q
    return roots, weights @ q**2 - first**2
