"""Equilibria of the destination choice game by accelerated balancing."""

from dataclasses import dataclass

import numpy as np

from movelaws.game.acceleration import ROUNDED, fixed_point
from movelaws.game.balanced import NotConvergedError
from movelaws.game.checks import check_settings, real_array
from movelaws.game.problem import Game
from movelaws.game.reduced import Reduced
from movelaws.game.rooms import without_room

_ROW_ERROR = 1e-6  # of an origin's sum of flows, relative; usual rounding is below 1e-9
_COUNTED = 1e-300  # fewer people have no logarithm that their cost could be compared with


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
        Inf if the flows of some origin do not sum up to its outflow: then rounding made them.
        ``utility_spread`` in these units if that is larger than the residual explains.
    converged : whether the residual fell to the tolerance.
    history : (iterations,) residual of each.
    utility_spread : largest difference of utility among the used destinations of one origin.
    without_room : people for whom the capacities of several destinations together leave no room,
        however all are sent; looked for where ``solve`` did not converge, else 0. Above 0 no flows
        satisfy the capacities, and more iterations do not help.
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
    without_room: float = 0.0


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
        residual is as small as it gets, if that is at most 1e-6.
    max_iterations : rounds, at most.
    memory : of the acceleration; 0 is plain balancing.
    start : an equilibrium of a similar game, or crowding costs (m,), to start from.

    Returns
    -------
    Equilibrium. If it was not reached, ``converged`` is False and ``residual`` says how much is
    missing; that raises no error. If it was not because no flows satisfy the capacities of several
    destinations together, ``without_room`` says how many people are left over.

    Raises
    ------
    ValueError
        If the settings or the start cannot be used. (A game that cannot be played fails when made.)
    NotConvergedError
        If values, costs and numbers of people are so far apart that no flows can be computed.

    References
    ----------
    Destination Choice Game, Eqs 1 and 4. Evans (1976), Transportation Research 10, 37 (balancing
    of combined distribution and assignment). Walker and Ni (2011) for the acceleration.
    """
    check_settings(tolerance, max_iterations, memory)
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
    without = 0.0 if found.converged else without_room(game)
    return report(
        reduced,
        flow,
        shadow,
        found.residual,
        found.history,
        converged=found.converged,
        without_room=without,
        # a cost wrong by the residual, here or there, is twice that between two destinations
        allowed_spread=10 * max(tolerance, ROUNDED) * unit,
    )


def report(
    reduced: Reduced,
    flow: np.ndarray,
    shadow: np.ndarray,
    residual: float,
    history: np.ndarray,
    *,
    converged: bool,
    without_room: float = 0.0,
    allowed_spread: float = np.inf,
) -> Equilibrium:
    """The equilibrium of the whole game from the flows of the part that matters (private).

    Flows whose utilities differ by more than ``allowed_spread`` are none, whatever the residual:
    beside values of 1e300, say, it does not see people.
    """
    if not np.isfinite(flow).all():
        raise NotConvergedError(
            "no flows can be computed: values, crowding costs and numbers of people are too far "
            f"apart (values up to {reduced.magnitude:.3g} units of the congestion)"
        )
    if not np.allclose(flow.sum(axis=1), reduced.outflow, rtol=_ROW_ERROR, atol=0):
        residual, converged = np.inf, False
    n, m = reduced.game.value.shape
    arrivals = flow.sum(axis=0)
    cost = reduced.crowding_cost(arrivals) + shadow
    used = flow > 0
    utilities = np.full(flow.shape, np.nan)
    utilities[used] = (reduced.value - cost)[used] - reduced.congestion.value(flow[used])
    spread = _spread(utilities)
    if spread > allowed_spread:
        counted = _spread(np.where(flow > _COUNTED, utilities, np.nan))
        if counted > allowed_spread:
            residual, converged = max(residual, counted / reduced.unit), False
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
        without_room,
    )


def _spread(utilities: np.ndarray) -> float:
    """Largest difference within a row, nan left out."""
    best, worst = np.fmax.reduce(utilities, axis=1), np.fmin.reduce(utilities, axis=1)
    return float(np.fmax.reduce(best - worst))


def _first_cost(reduced: Reduced, start: Equilibrium | np.ndarray | None) -> np.ndarray:
    if start is None:
        return np.zeros(reduced.destinations.size)
    cost = start.crowding_cost if isinstance(start, Equilibrium) else real_array("start", start)
    m = reduced.game.value.shape[1]
    if cost.shape != (m,):
        raise ValueError(f"start has shape {cost.shape}, expected ({m},) crowding costs")
    cost = cost[reduced.destinations]
    if np.isnan(cost).any():
        raise ValueError("start: a crowding cost is not a number")
    # a destination closed before and open now starts without a cost of its own
    return np.where(np.isfinite(cost), cost, 0.0)
