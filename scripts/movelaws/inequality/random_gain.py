"""How much likelihood a class gains that is dealt out again at random among the zones.

The bootstrap interval of a penalty says whether a class matters, not whether these places do: where
the standard model is wrong for other reasons, some penalty of nearly any class gains likelihood.
"""

from collections.abc import Callable

import numpy as np

from movelaws.inequality.comparison import against_random
from movelaws.inequality.gain import gain_per_person
from movelaws.inequality.likelihood import Weights
from movelaws.inequality.surroundings import Surroundings
from movelaws.seeds import stream

WeightsOfShape = Callable[[np.ndarray], Weights]
"""Shape of a class, (n,) in [0, 1], to its model."""

_ROUNDING = 1e-12  # of the log-likelihood per person


def coarser(grid: np.ndarray, every: int = 4) -> np.ndarray:
    """0, and from there every fourth (or other) penalty on either side.

    Parameters
    ----------
    grid : penalties, rising, 0 among them.
    every : steps of the grid in one step of the coarser one, >= 1.

    Raises
    ------
    ValueError
        If the grid lacks 0, or ``every`` is below 1.
    """
    grid = _checked_grid(grid)
    if every < 1:
        raise ValueError(f"every = {every}: must be 1 (all penalties) or more")
    away = np.arange(grid.size) - np.flatnonzero(grid == 0)[0]
    return grid[away % every == 0]


def largest_gain(surroundings: Surroundings, weights: Weights, grid: np.ndarray) -> float:
    """Largest gain of likelihood per person over a grid of penalties, nothing between its points.

    Parameters
    ----------
    surroundings : with the observed flows.
    weights : the model, exact in delta.
    grid : penalties, 0 among them.

    Returns
    -------
    float >= 0; 0 where no penalty is better than none by more than rounding.

    Raises
    ------
    ValueError
        If the grid lacks 0, or nobody moves between zones with people.
    """
    null = weights(0.0)
    gains = [
        gain_per_person(surroundings.flow, weights(penalty), null)
        for penalty in _checked_grid(grid)
    ]
    best = max(gains)
    if np.isnan(gains).any():
        raise ValueError("nobody moves between zones with people: there is nothing to gain")
    return best if best > _ROUNDING else 0.0


def random_gains(
    surroundings: Surroundings,
    weights_of_shape: WeightsOfShape,
    shape: np.ndarray,
    grid: np.ndarray,
    *,
    count: int,
    seed: int,
    job: tuple[str, ...],
) -> np.ndarray:
    """Largest gain per person of a class that is dealt out again at random among the zones.

    Parameters
    ----------
    surroundings : with the observed flows.
    weights_of_shape : the model of a class.
    shape : (n,) of the class.
    grid : penalties, 0 among them; see :func:`coarser`.
    count : random permutations of the shape, >= 0.
    seed, job : of the random streams, one for each permutation.

    Returns
    -------
    (count,) of :func:`largest_gain`.

    Raises
    ------
    ValueError
        If ``count`` is negative, or for :func:`largest_gain`.
    """
    if count < 0:
        raise ValueError(f"count = {count}: must be 0 permutations or more")
    dealt = (stream(seed, *job, str(k)).permutation(shape) for k in range(count))
    gains = [largest_gain(surroundings, weights_of_shape(one), grid) for one in dealt]
    return np.array(gains, dtype=float)


def p_random_gain(
    surroundings: Surroundings,
    weights_of_shape: WeightsOfShape,
    shape: np.ndarray,
    grid: np.ndarray,
    *,
    count: int,
    seed: int,
    job: tuple[str, ...],
) -> float:
    """How often a class that lies anywhere gains as much: P value among :func:`random_gains`.

    Returns
    -------
    (1 + number of random gains at least as large) / (1 + count), the gain of the class itself
    taken on the same grid; NaN if ``count`` is 0.
    """
    gains = random_gains(
        surroundings, weights_of_shape, shape, grid, count=count, seed=seed, job=job
    )
    if not gains.size:
        return np.nan
    own = largest_gain(surroundings, weights_of_shape(shape), grid)
    return against_random(own, gains, better="higher").p_random


def _checked_grid(grid: np.ndarray) -> np.ndarray:
    grid = np.asarray(grid, dtype=float)
    if not (grid == 0).any():
        raise ValueError("grid: 0 (the standard model) must be among the penalties")
    return grid
