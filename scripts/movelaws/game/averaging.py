"""The method of successive averages, as the paper prints it."""

from typing import Literal

import numpy as np

from movelaws.game.checks import check_settings, real_number
from movelaws.game.problem import Game
from movelaws.game.reduced import Reduced
from movelaws.game.solver import Equilibrium, report


def successive_averages(
    game: Game,
    *,
    phi: float | Literal["1/n"] = 0.25,
    threshold: float = 0.01,
    max_iterations: int = 100_000,
) -> Equilibrium:
    """T <- (1 - phi) T + phi T', T' being the choice of travellers who take D = sum_i T as given.

    Starts from the flows without crowding (Eq. 5), repeats Eqs 6 and 7. With a fixed phi it
    converges only below a limit (:func:`movelaws.game.stability`), above it oscillates; with "1/n"
    it converges slowly whatever the crowding. Kept as the yardstick of :func:`movelaws.game.solve`.

    Parameters
    ----------
    game : the game, without capacities, which the method does not know.
    phi : share of the new flows, 0 < phi <= 1, or "1/n" for 1, 1/2, 1/3, ...
    threshold : largest |T' - T| to stop at, people. (Not the change of T, phi times as large, which
        falls with 1/n whether or not an equilibrium is near.)
    max_iterations : at most.

    Returns
    -------
    Equilibrium with the residual in people; ``converged`` is False if it oscillates or is too slow,
    and ``utility_spread`` says how far from an equilibrium the flows are.

    Raises
    ------
    ValueError
        If a setting cannot be used or a capacity is finite.

    References
    ----------
    Destination Choice Game, Methods III.1, Eqs 5-7.
    """
    if phi != "1/n" and (isinstance(phi, str) or not 0 < real_number("phi", phi) <= 1):
        raise ValueError(f"phi = {phi!r} must be a number in (0, 1] or '1/n'")
    if not 0 < real_number("threshold", threshold) < np.inf:
        raise ValueError(f"threshold = {threshold} must be finite and > 0")
    check_settings(1.0, max_iterations, 0)
    if game.capacity is not None and np.isfinite(game.capacity).any():
        raise ValueError("capacity: successive averages know no capacities; use solve")
    reduced = Reduced(game)
    flow = reduced.flow(np.zeros(reduced.destinations.size))
    history = []
    for n in range(1, max_iterations + 1):
        change = reduced.flow(reduced.crowding_cost(flow.sum(axis=0)))
        change -= flow
        history.append(float(np.abs(change).max()))
        if history[-1] < threshold:
            break
        flow += (1 / n if phi == "1/n" else phi) * change
    return report(
        reduced,
        np.maximum(flow, 0.0),
        np.zeros(reduced.destinations.size),
        history[-1],
        np.array(history),
        converged=history[-1] < threshold,
    )
