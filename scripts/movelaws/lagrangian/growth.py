"""Growth of an initial population on a lattice (paper Sec. II, after Li et al. 2017).

Units come one by one. A site can be chosen if a site within the square of radius R around it is
populated, and is chosen with a probability proportional to M_a + C. The weights add up to that of
all units, 1 each, and C for each site that can be chosen: a draw picks a unit, whose site takes
the new one, or one of these sites, all alike. It costs the same whatever the size of the city.
"""

import numpy as np
from numba import njit

from movelaws.lagrangian.stencil import checked_shape
from movelaws.seeds import stream

_BATCH = 1 << 20


def centre(shape: tuple[int, int]) -> tuple[int, int]:
    """(y, x) of the site at (L / 2, L / 2), rounded down where L is odd."""
    ny, nx = checked_shape(shape)
    return ny // 2, nx // 2


def grow(side: int, agents: int, *, seed: int, c: float = 0.5, radius: int = 1) -> np.ndarray:
    """Initial population of the growth model.

    Parameters
    ----------
    side : L, sites along each side, at least 2.
    agents : M >= 1, the one at the centre included.
    seed : of all draws.
    c : C > 0, the weight of an empty site.
    radius : R >= 1, sites.

    Returns
    -------
    (side, side) int64 agents, in all ``agents``.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    Li, Dong, Zhang, Wang, Wang, Di and Stanley (2017), Nat. Commun. 8, 1841; here with the
    parameters C and R as in Benam and Ramezanpour (2025), Sec. II.
    """
    shape = checked_shape((side, side))
    if agents < 1:
        raise ValueError(f"agents = {agents}: at least 1 is needed")
    if not 0 < c < np.inf:
        raise ValueError(f"c = {c}: a finite number > 0 is needed")
    if radius < 1 or int(radius) != radius:
        raise ValueError(f"radius = {radius}: a whole number of sites >= 1 is needed")
    rng = stream(seed, "lagrangian", "growth")
    unit_site = np.empty(agents, dtype=np.int64)
    population, reached = np.zeros((2, *shape), dtype=np.int64)
    can_be_chosen = np.empty(side * side, dtype=np.int64)
    y, x = centre(shape)
    count = _settle(population, reached, can_be_chosen, 0, y, x, radius)
    unit_site[0] = y * side + x
    for first in range(1, agents, _BATCH):
        draws = rng.random(min(_BATCH, agents - first))
        count = _grow(
            population, reached, can_be_chosen, count, unit_site, first, draws, float(c), radius
        )
    return population


@njit(cache=True, error_model="numpy")
def _settle(population, reached, can_be_chosen, count, y, x, radius):
    """Add a unit at (y, x); the number of sites that can be chosen from then on."""
    ny, nx = population.shape
    if population[y, x] == 0:
        for i in range(max(y - radius, 0), min(y + radius + 1, ny)):
            for j in range(max(x - radius, 0), min(x + radius + 1, nx)):
                if reached[i, j] == 0:
                    reached[i, j] = 1
                    can_be_chosen[count] = i * nx + j
                    count += 1
    population[y, x] += 1
    return count


@njit(cache=True, error_model="numpy")
def _grow(population, reached, can_be_chosen, count, unit_site, units, draws, c, radius):
    nx = population.shape[1]
    for draw in draws:
        weight = draw * (units + c * count)
        if weight < units:
            site = unit_site[int(weight)]
        else:
            site = can_be_chosen[min(int((weight - units) / c), count - 1)]
        count = _settle(population, reached, can_be_chosen, count, site // nx, site % nx, radius)
        unit_site[units] = site
        units += 1
    return count
