"""The destination choice game with logarithms everywhere, fast enough to be calibrated."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from movelaws.allocation.prepared import threads_for
from movelaws.game.acceleration import FixedPoint, fixed_point
from movelaws.game.balanced import FamilyEquilibrium, raise_unless_converged
from movelaws.game.checks import check_exponent, check_settings, real_array
from movelaws.game.support import check_balance, lay_out, open_zones
from movelaws.game.sweep import blocks, fill_flows, fill_kernel, sweep
from movelaws.od import Pairs

MEMORY = 5
"""Former differences the acceleration combines."""

_LARGEST_EXPONENT = 690.0
_FEWEST_LOG_PEOPLE = -700.0


class DestinationChoice:
    """Equilibria of U_ij = alpha ln A_j - beta ln d_ij - gamma ln D_j - ln T_ij.

    The flows are T_ij = O_i A_j^alpha d_ij^-beta D_j^-gamma / sum_k A_k^alpha d_ik^-beta D_k^-gamma
    with D_j = sum_i T_ij, for any parameters >= 0 the only ones (see
    :func:`movelaws.game.solve`). Each pass takes D_j from the closed form D_j^(1 + gamma) = S_j,
    S_j = sum_i O_i A_j^alpha d_ij^-beta / Z_i, in which errors shrink at least by
    gamma / (1 + gamma), and is accelerated; the paper's averages converge only for small steps.

    Parameters
    ----------
    pairs : the pairs that may be chosen; outflows and distances are taken from here. Rows may be
        empty (zones from which nobody leaves) or incomplete, complete ones are faster.
    attraction : (n_zones,) A_j >= 0; default ``pairs.mass``. Nobody goes where it is 0.

    Raises
    ------
    ValueError
        If an attraction, flow or distance is not usable, nobody leaves anywhere, or an origin with
        an outflow has no destination that attracts anybody.

    Notes
    -----
    Holds 8 bytes a pair, 12 once ``flows_at`` is asked; an equilibrium takes another 8 while it is
    computed.

    References
    ----------
    Destination Choice Game, Eqs 2 and 6.
    """

    def __init__(self, pairs: Pairs, attraction: np.ndarray | None = None) -> None:
        self.pairs = pairs
        self._attraction = (
            pairs.mass if attraction is None else real_array("attraction", attraction)
        )
        self._rows, self._nearest = lay_out(pairs)
        self._open = open_zones(pairs, self._rows, self._attraction)
        self._farthest = self._rows.log_distance.max(initial=0.0)

    def equilibrium(
        self,
        alpha: float,
        beta: float,
        gamma: float,
        *,
        tolerance: float = 1e-10,
        max_iterations: int = 2000,
        memory: int = MEMORY,
        start: FamilyEquilibrium | np.ndarray | None = None,
    ) -> FamilyEquilibrium:
        """Arrivals and costs at equilibrium, without the flows of all pairs.

        Parameters
        ----------
        alpha, beta, gamma : exponents of attraction, distance and crowding, >= 0.
        tolerance : residual to stop at; see :class:`FamilyEquilibrium`.
        max_iterations : passes over the pairs, at most.
        memory : of the acceleration; 0 is the plain fixed point.
        start : an equilibrium at parameters near by, or arrivals (n_zones,) to start from.

        Returns
        -------
        FamilyEquilibrium; look at ``converged``, it does not raise.

        Raises
        ------
        ValueError
            If a parameter is negative or above 1e8, or beta is so large that the nearest and the
            farthest destination of an origin cannot be held in one sum, or a setting or the start
            cannot be used.
        """
        alpha, gamma = check_exponent("alpha", alpha), check_exponent("gamma", gamma)
        check_settings(tolerance, max_iterations, memory)
        # D_j = (A_j^alpha c_j)^(1 / (1 + gamma)): the unknown is what c_j adds to the power of A_j,
        # so that costs of a large gamma do not swallow its digits
        total = np.log(self._rows.outflow.sum())
        base = alpha / (1 + gamma) * np.log(self._attraction[self._open])
        base += total - np.logaddexp.reduce(base)
        passing = self._passing(beta)

        def normalised(x: np.ndarray) -> np.ndarray:
            return x + (total - np.logaddexp.reduce(base + x))

        def step(x: np.ndarray) -> tuple[np.ndarray, float]:
            added = passing(base - gamma * x)[0] - base
            # a common shift of all costs moves nobody, so the total is set right at once
            return normalised((added + gamma * x) / (1 + gamma)), scale * np.abs(added - x).max()

        scale = max(1.0, gamma)
        if gamma == 0:
            x = passing(base)[0] - base
            found = FixedPoint(x, 0.0, np.zeros(1), True)
        else:
            found = fixed_point(
                step,
                normalised(self._start(start, base)),
                tolerance=tolerance,
                magnitude=np.abs(base).max() / (1 + gamma),
                max_iterations=max_iterations,
                memory=memory,
            )
        weight = base - gamma * found.x
        return self._equilibrium(found, weight, gamma * (base + found.x), beta, passing)

    def doubly_constrained(
        self,
        beta: float,
        *,
        tolerance: float = 1e-10,
        max_iterations: int = 2000,
        memory: int = MEMORY,
    ) -> FamilyEquilibrium:
        """Gravity with given arrivals, T_ij = a_i O_i b_j d_ij^-beta with sum_i T_ij ~ A_j.

        This is the limit gamma -> infinity with alpha = 1 + gamma of the game: the attraction,
        scaled to the sum of the outflows, is what arrives. ``log_weight`` is ln b_j, and
        ``log_cost`` what a charge at j had to be: -ln b_j. Furness balancing, accelerated.

        Raises
        ------
        ValueError
            If beta or a setting cannot be used, or a zone is to receive more people than can reach
            it, or an origin sends more than its destinations are to receive.
        """
        check_settings(tolerance, max_iterations, memory)
        wanted = np.log(self._wanted_arrivals[self._open])
        passing = self._passing(beta)

        def step(log_weight: np.ndarray) -> tuple[np.ndarray, float]:
            missing = wanted - passing(log_weight)[0]
            g = log_weight + missing
            return g - g.max(), np.abs(missing).max()

        found = fixed_point(
            step,
            wanted - wanted.max(),
            tolerance=tolerance,
            max_iterations=max_iterations,
            memory=memory,
        )
        return self._equilibrium(found, found.x, -found.x, beta, passing)

    def flows(
        self,
        alpha: float,
        beta: float,
        gamma: float,
        *,
        tolerance: float = 1e-10,
        start: FamilyEquilibrium | np.ndarray | None = None,
    ) -> np.ndarray:
        """Flows (n_pairs,) at equilibrium, in the order of the pairs.

        Raises
        ------
        ValueError
            As ``equilibrium``.
        NotConvergedError
            If the equilibrium was not reached; ``equilibrium`` returns what was.
        """
        found = self.equilibrium(alpha, beta, gamma, tolerance=tolerance, start=start)
        at = f"alpha = {alpha}, beta = {beta}, gamma = {gamma}"
        return self.all_flows(raise_unless_converged(found, at))

    def all_flows(self, equilibrium: FamilyEquilibrium) -> np.ndarray:
        """Flows (n_pairs,) of an equilibrium, in the order of the pairs."""
        out = np.empty(self.pairs.n_pairs)
        beta = equilibrium.beta
        # the rows measure distances from each origin's nearest destination
        log_sum = equilibrium.log_sum + beta * self._nearest
        with threads_for(self.pairs.n_pairs):
            fill_flows(beta, self._rows, equilibrium.log_weight, log_sum, out)
        return out

    def flows_at(self, equilibrium: FamilyEquilibrium, pair_index: np.ndarray) -> np.ndarray:
        """Flows of some pairs only, e.g. those observed.

        Parameters
        ----------
        equilibrium : of this object.
        pair_index : (k,) indices of pairs.

        Returns
        -------
        (k,) float64 flows.
        """
        i = self._origin[pair_index]
        x = equilibrium.log_weight[self.pairs.destination[pair_index]]
        x = x - equilibrium.beta * (self._rows.log_distance[pair_index] + self._nearest[i])
        leaving = np.where(self._rows.outflow[i] > 0, equilibrium.log_sum[i], np.inf)
        return self._rows.outflow[i] * np.exp(x - leaving)

    @cached_property
    def _origin(self) -> np.ndarray:
        return self.pairs.origin

    @cached_property
    def _wanted_arrivals(self) -> np.ndarray:
        target = self._attraction * (self._rows.outflow.sum() / self._attraction.sum())
        check_balance(self.pairs, self._rows, target)
        return target

    def _passing(self, beta: float) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """A pass: log weights (open,) -> log arrivals (open,), at least e^-700, and log sums."""
        beta = check_exponent("beta", beta)
        if beta * self._farthest > _LARGEST_EXPONENT:
            raise ValueError(
                f"beta = {beta} is too large: some origin has destinations "
                f"{np.exp(self._farthest):.3g} times as far as its nearest, for which at most "
                f"{_LARGEST_EXPONENT / self._farthest:.3g} can be computed"
            )
        rows, n, threads = self._rows, self.pairs.n_zones, self.pairs.n_pairs
        kernel = np.empty(self.pairs.n_pairs)
        with threads_for(threads):
            fill_kernel(beta, rows.start, rows.log_distance, rows.outflow, kernel)
        partial = np.empty((2, blocks(n), n))
        log_weight, log_sum = np.full(n, -np.inf), np.empty(n)

        def run(open_weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            top = open_weight.max()
            log_weight[self._open] = open_weight - top
            with threads_for(threads):
                sweep(beta, rows, kernel, log_weight, np.exp(log_weight), partial, log_sum)
            product, careful = partial.sum(axis=1)[:, self._open]
            with np.errstate(divide="ignore"):
                arrivals = np.logaddexp(np.log(product) + (open_weight - top), np.log(careful))
            return np.maximum(arrivals, _FEWEST_LOG_PEOPLE), log_sum + top

        return run

    def _equilibrium(
        self,
        found: FixedPoint,
        weight: np.ndarray,
        cost: np.ndarray,
        beta: float,
        passing: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    ) -> FamilyEquilibrium:
        log_arrivals, log_sum = passing(weight)
        n = self.pairs.n_zones
        arrivals, log_cost, log_weight = np.zeros(n), np.zeros(n), np.full(n, -np.inf)
        arrivals[self._open] = np.exp(log_arrivals)
        # rounding of absurd weights can lose people or make some: such arrivals are no equilibrium
        kept = bool(np.isclose(arrivals.sum(), self._rows.outflow.sum(), rtol=1e-6, atol=0))
        log_cost[self._open] = cost
        log_weight[self._open] = weight
        return FamilyEquilibrium(
            arrivals,
            log_cost,
            log_weight,
            log_sum - beta * self._nearest,
            beta,
            found.history.size,
            found.residual if kept else np.inf,
            found.history,
            found.converged and kept,
        )

    def _start(self, start: FamilyEquilibrium | np.ndarray | None, base: np.ndarray) -> np.ndarray:
        """What the arrivals to start from add to ``base``, at the open zones."""
        if start is None:
            return np.zeros(base.size)
        arrivals = (
            start.arrivals if isinstance(start, FamilyEquilibrium) else real_array("start", start)
        )
        if arrivals.shape != (self.pairs.n_zones,):
            raise ValueError(
                f"start has shape {arrivals.shape}, expected ({self.pairs.n_zones},) arrivals"
            )
        chosen = arrivals[self._open].astype(float)
        if not (np.isfinite(chosen) & (chosen >= 0)).all() or not chosen.any():
            raise ValueError("start: arrivals must be finite, >= 0 and not all 0")
        with np.errstate(divide="ignore"):
            return np.maximum(np.log(chosen), _FEWEST_LOG_PEOPLE) - base


def doubly_constrained(
    pairs: Pairs,
    attraction: np.ndarray | None,
    beta: float,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 2000,
) -> np.ndarray:
    """Gravity flows d_ij^-beta with the outflows of the pairs and arrivals ~ attraction.

    Parameters
    ----------
    pairs, attraction : as for :class:`DestinationChoice`; the attraction is scaled to the sum of
        the outflows, and is what arrives.
    beta : exponent of the distance, >= 0.
    tolerance : largest |ln(arrivals / wanted)| to stop at.
    max_iterations : passes over the pairs, at most.

    Returns
    -------
    (n_pairs,) float64 flows in the order of the pairs.

    Raises
    ------
    ValueError
        As ``DestinationChoice`` and its ``doubly_constrained``.
    NotConvergedError
        If the margins were not met.

    References
    ----------
    Wilson (1971), Environment and Planning 3, 1 (doubly constrained model).
    """
    game = DestinationChoice(pairs, attraction)
    found = game.doubly_constrained(beta, tolerance=tolerance, max_iterations=max_iterations)
    return game.all_flows(raise_unless_converged(found, f"doubly constrained, beta = {beta}"))
