"""Equilibria of the destination choice game by accelerated balancing."""

from dataclasses import dataclass

import numpy as np

from movelaws.game.acceleration import fixed_point
from movelaws.game.problem import Game
from movelaws.game.reduced import Reduced


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """Flows at which nobody gains by another choice, or where the search for them stopped.

    Attributes
    ----------
    flow : (n, m) T_ij, people.
    arrivals : (m,) D_j = sum_i T_ij.
    utility : (n,) u_i of every traveller from i; nan where nobody leaves.
    crowding_cost : (m,) w(D_j) + shadow price; 0 where nobody can go, inf where capacity is 0.
    shadow_price : (m,) what must be charged at j so that no more arrive than its capacity.
    residual : of the last iteration; of ``solve`` the largest inconsistency of the crowding costs
        in units of the congestion (see ``Reduced.unit``), of ``successive_averages`` in people.
    iterations : rounds of balancing or averaging.
    converged : whether the residual fell to the tolerance.
    history : (iterations,) residual of each.
    utility_spread : largest difference of utility among the used destinations of one origin.
    """

    flow: np.ndarray
    arrivals: np.ndarray
    utility: np.ndarray
    crowding_cost: np.ndarray
    shadow_price: np.ndarray
    residual: float
    iterations: int
    converged: bool
    history: np.ndarray
    utility_spread: float


def solve(
    game: Game,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 2000,
    memory: int = 5,
    start: Equilibrium | np.ndarray | None = None,
) -> Equilibrium:
    """The equilibrium: all destinations used from an origin have equal, others no higher utility.

    It is the maximum of a strictly concave potential (:func:`movelaws.game.potential`), hence
    unique. Balancing climbs its dual: given crowding costs, each origin finds the utility at which
    its outflow is shared out; given utilities, each destination finds the cost that those who come
    cause, or more if its capacity demands it. A round raises no error of the costs whatever the
    terms; Anderson's acceleration combines rounds and is dropped where it does not help.

    Parameters
    ----------
    game : the game.
    tolerance : residual to stop at; so do changes of the costs within their rounding, where the
        residual is as small as it gets.
    max_iterations : rounds, at most.
    memory : of the acceleration; 0 is plain balancing.
    start : an equilibrium of a similar game, or crowding costs (m,), to start from.

    Returns
    -------
    Equilibrium. If it was not reached, for instance because no flows satisfy the capacities of
    several destinations together, ``converged`` is False and ``residual`` says how much is missing;
    that raises no error.

    Raises
    ------
    ValueError
        If the settings or the start cannot be used. (A game that cannot be played fails when made.)

    References
    ----------
    Destination Choice Game, Eqs 1 and 4. Evans (1976), Transportation Research 10, 37 (balancing
    of combined distribution and assignment). Walker and Ni (2011) for the acceleration.
    """
    _check_settings(tolerance, max_iterations)
    if memory < 0:
        raise ValueError(f"memory = {memory}: at least 0 is needed")
    reduced = Reduced(game)
    unit = reduced.unit

    def step(x: np.ndarray) -> tuple[np.ndarray, float]:
        new_cost, residual, _ = reduced.step(unit * x)
        return new_cost / unit, residual

    found = fixed_point(
        step,
        _first_cost(reduced, start) / unit,
        tolerance=tolerance,
        magnitude=reduced.magnitude,
        max_iterations=max_iterations,
        memory=memory,
    )
    cost = unit * found.x
    full = reduced.step(cost)[2]
    flow = reduced.flow(cost)
    own = reduced.crowding_cost(flow.sum(axis=0))
    shadow = np.where(full, np.maximum(cost - own, 0.0), 0.0)
    return report(reduced, flow, shadow, found.residual, found.history, converged=found.converged)


def report(
    reduced: Reduced,
    flow: np.ndarray,
    shadow: np.ndarray,
    residual: float,
    history: np.ndarray,
    *,
    converged: bool,
) -> Equilibrium:
    """The equilibrium of the whole game from the flows of the part that matters (private)."""
    n, m = reduced.game.value.shape
    arrivals = flow.sum(axis=0)
    cost = reduced.crowding_cost(arrivals) + shadow
    used = flow > 0
    utilities = np.full(flow.shape, np.nan)
    utilities[used] = (reduced.value - cost)[used] - reduced.congestion.value(flow[used])
    best = np.nanmax(utilities, axis=1)
    spread = float(np.max(best - np.nanmin(utilities, axis=1)))
    all_flow, all_arrivals, all_utility = np.zeros((n, m)), np.zeros(m), np.full(n, np.nan)
    all_flow[np.ix_(reduced.origins, reduced.destinations)] = flow
    all_arrivals[reduced.destinations] = arrivals
    all_utility[reduced.origins] = np.nansum(utilities * flow, axis=1) / reduced.outflow
    all_shadow, all_cost = np.zeros(m), np.zeros(m)
    if reduced.game.capacity is not None:
        closed = reduced.game.capacity == 0
        all_shadow[closed] = all_cost[closed] = np.inf
    all_shadow[reduced.destinations] = shadow
    all_cost[reduced.destinations] = cost
    return Equilibrium(
        all_flow,
        all_arrivals,
        all_utility,
        all_cost,
        all_shadow,
        float(residual),
        history.size,
        converged,
        history,
        spread,
    )


def _first_cost(reduced: Reduced, start: Equilibrium | np.ndarray | None) -> np.ndarray:
    if start is None:
        return np.zeros(reduced.destinations.size)
    cost = start.crowding_cost if isinstance(start, Equilibrium) else np.asarray(start, dtype=float)
    m = reduced.game.value.shape[1]
    if cost.shape != (m,):
        raise ValueError(f"start has shape {cost.shape}, expected ({m},) crowding costs")
    cost = cost[reduced.destinations]
    if np.isnan(cost).any():
        raise ValueError("start: a crowding cost is not a number")
    # a destination closed before and open now starts without a cost of its own
    return np.where(np.isfinite(cost), cost, 0.0)


def _check_settings(tolerance: float, max_iterations: int) -> None:
    if not tolerance > 0:
        raise ValueError(f"tolerance = {tolerance} must be > 0")
    if max_iterations < 1:
        raise ValueError(f"max_iterations = {max_iterations}: at least 1 is needed")
