"""A game cut down to the origins and destinations that matter, and its half steps (private)."""

import numpy as np

from movelaws.allocation.prepared import threads_for
from movelaws.game import balancing
from movelaws.game.problem import Game

_CODES = {
    "none": balancing.NO_CROWDING,
    "logarithmic": balancing.LOGARITHMIC,
    "linear": balancing.POWER,
    "power": balancing.POWER,
}
_LOG_LEAST = -700.0


class Reduced:
    """Origins with an outflow and destinations somebody may go to.

    Attributes
    ----------
    origins, destinations : indices of these in the game.
    outflow, value, capacity : their part of the game.
    unit : a cost typical of the congestion: its coefficient if logarithmic, else that of the mean
        flow on a way. Residuals are multiples of it, so they know no currency.
    magnitude : largest value in these units.
    """

    def __init__(self, game: Game) -> None:
        allowed = game.open_pairs()
        self.game = game
        self.origins = np.flatnonzero(game.outflow > 0)
        self.destinations = np.flatnonzero(allowed.any(axis=0))
        self.outflow = game.outflow[self.origins]
        self.value = np.ascontiguousarray(game.value[np.ix_(self.origins, self.destinations)])
        limits = np.inf if game.capacity is None else game.capacity[self.destinations]
        self.capacity = np.broadcast_to(limits, self.destinations.shape).astype(float)
        self.congestion, self.crowding = game.congestion, game.crowding
        self.logarithmic = game.congestion.form == "logarithmic"
        if self.logarithmic:
            self.unit = game.congestion.coefficient
            self._rows = self.value / self.unit
        else:
            typical = self.outflow.sum() / np.count_nonzero(allowed)
            self.unit = float(game.congestion.value(typical))
            self._rows = self.value
        self._columns = np.ascontiguousarray(self._rows.T)
        self.magnitude = float(np.abs(self.value[np.isfinite(self.value)]).max() / self.unit)

    def utility(self, cost: np.ndarray) -> np.ndarray:
        """u_i of every origin when crowding costs ``cost``."""
        out = np.empty(self.outflow.size)
        with threads_for(self.value.size):
            if self.logarithmic:
                balancing.log_sums(self._rows, -cost / self.unit, out)
                return self.unit * (out - np.log(self.outflow))
            g, p = self.congestion.coefficient, self.congestion.exponent
            balancing.utilities(self.value, cost, self.outflow, g, p, out)
        return out

    def flow(self, cost: np.ndarray) -> np.ndarray:
        """Flows, whose rows are the outflows, of travellers who take ``cost`` as given."""
        out, utility = np.empty(self.value.shape), self.utility(cost)
        with threads_for(self.value.size):
            if self.logarithmic:
                log_sum = utility / self.unit + np.log(self.outflow)
                balancing.logarithmic_flows(
                    self._rows, -cost / self.unit, log_sum, self.outflow, out
                )
            else:
                g, p = self.congestion.coefficient, self.congestion.exponent
                balancing.power_flows(self.value, cost, utility, g, p, self.outflow, out)
        return out

    def crowding_cost(self, arrivals: np.ndarray) -> np.ndarray:
        """w(D), finite even where the logarithm of nobody is asked for."""
        with np.errstate(divide="ignore"):
            return self.crowding.cost_at_log(np.maximum(np.log(arrivals), _LOG_LEAST))

    def step(self, cost: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
        """One round of balancing: new costs, residual in units, and where capacities set them.

        The residual is the largest |cost - w(D)|, D being what arrives at ``cost``, or the largest
        change of the cost where a capacity sets it.
        """
        half = self._logarithmic_step if self.logarithmic else self._power_step
        arrivals_cost, new_cost, full = half(cost, self.utility(cost))
        gap = np.where(full, new_cost, arrivals_cost) - cost
        return new_cost, float(np.abs(gap).max() / self.unit), full

    def _logarithmic_step(
        self, cost: np.ndarray, utility: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        drawn = np.empty(cost.size)
        with threads_for(self.value.size):
            balancing.log_sums(self._columns, -utility / self.unit, drawn)
        log_arrivals = self.crowding.balance(drawn, self.unit)
        with np.errstate(divide="ignore"):
            limit = np.log(self.capacity)
        full = log_arrivals > limit
        own = self.crowding.cost_at_log(log_arrivals)
        new_cost = np.where(full, self.unit * (drawn - np.where(full, limit, 0)), own)
        return self.crowding.cost_at_log(drawn - cost / self.unit), new_cost, full

    def _power_step(
        self, cost: np.ndarray, utility: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        arrivals, new_cost = np.empty(cost.size), np.empty(cost.size)
        full = np.empty(cost.size, dtype=bool)
        w = self.crowding if self.crowding.increasing else type(self.crowding)("none")
        with threads_for(self.value.size):
            balancing.crowding_costs(
                self._columns,
                utility,
                cost,
                self.congestion.coefficient,
                self.congestion.exponent,
                _CODES[w.form],
                w.coefficient,
                w.exponent,
                self.capacity,
                arrivals,
                new_cost,
                full,
            )
        # fewer people than a double can tell from nobody: their cost is known, their number is not
        arrivals_cost = np.where(arrivals > 0, self.crowding_cost(arrivals), new_cost)
        return arrivals_cost, new_cost, full
