"""The destination choice game: who starts where, what the ways are worth, what crowds cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from movelaws.game.checks import label, real_array
from movelaws.game.terms import Term

_SLACK = 1e-9
_LARGEST_COST = 1e100


@dataclass(frozen=True, eq=False)
class Game:
    """Travellers of n origins choose among m destinations with utility v - g(T_ij) - w(D_j).

    Attributes
    ----------
    outflow : (n,) O_i >= 0, people.
    value : (n, m) fixed utility v_ij = h_j - c_ij; -inf where j cannot be reached from i.
    congestion : g, of the people T_ij on the same way; it must be increasing.
    crowding : w, of the people D_j at the destination.
    capacity : (m,) most people that may arrive, or None; inf is no limit, 0 closes a destination.
    origins, destinations : names for messages; default the indices.

    Raises
    ------
    ValueError
        If shapes differ, a number is not usable, the congestion does not grow or costs more than
        1e100 where all of an origin take one way, an origin with an outflow has no destination, or
        capacities cannot hold those who must go there. (What several destinations together cannot
        hold is found by :func:`movelaws.game.solve`.)

    References
    ----------
    Destination Choice Game, Eq. 1.
    """

    outflow: np.ndarray
    value: np.ndarray
    congestion: Term
    crowding: Term
    capacity: np.ndarray | None = None
    origins: Sequence[str] | None = None
    destinations: Sequence[str] | None = None

    def __post_init__(self) -> None:
        for name in ("outflow", "value", "capacity"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, real_array(name, getattr(self, name)))
        for name in ("congestion", "crowding"):
            if not isinstance(getattr(self, name), Term):
                raise ValueError(
                    f"{name} = {getattr(self, name)!r} is no Term, such as Term('logarithmic')"
                )
        self._check_shapes()
        self._check_numbers()
        if not self.congestion.increasing:
            raise ValueError(
                f"congestion = {self.congestion.form!r} with coefficient "
                f"{self.congestion.coefficient} does not grow with the flow: then all travellers "
                "of an origin take one way, or any mixture of equals; give it a form and a "
                "coefficient > 0"
            )
        self._check_congestion()
        self._check_feasible()

    def open_pairs(self) -> np.ndarray:
        """(n, m) whether somebody of i may go to j."""
        allowed = np.isfinite(self.value) & (self.outflow > 0)[:, None]
        return allowed if self.capacity is None else allowed & (self.capacity > 0)

    def _check_shapes(self) -> None:
        if self.outflow.ndim != 1 or self.value.ndim != 2:
            raise ValueError(
                f"outflow has shape {self.outflow.shape} and value {self.value.shape}; "
                "expected (n,) and (n, m)"
            )
        n, m = self.value.shape
        expected = {"outflow": n, "capacity": m, "origins": n, "destinations": m}
        for name, length in expected.items():
            given = getattr(self, name)
            if given is not None and len(given) != length:
                raise ValueError(
                    f"{name} has {len(given)} entries, expected {length}: value is {n} x {m}"
                )
        if self.capacity is not None and self.capacity.ndim != 1:
            raise ValueError(f"capacity has shape {self.capacity.shape}, expected ({m},)")

    def _check_numbers(self) -> None:
        bad = ~(np.isfinite(self.outflow) & (self.outflow >= 0))
        if bad.any():
            i = int(np.argmax(bad))
            raise ValueError(
                f"outflow of origin {self._origin(i)} is {self.outflow[i]} "
                f"({np.count_nonzero(bad)} such origins); it must be finite and >= 0"
            )
        bad = np.isnan(self.value) | (self.value == np.inf)
        if bad.any():
            i, j = map(int, np.unravel_index(np.argmax(bad), bad.shape))
            raise ValueError(
                f"value of {self._origin(i)} -> {self._destination(j)} is {self.value[i, j]} "
                f"({np.count_nonzero(bad)} such pairs); it must be finite, or -inf where the "
                "destination cannot be reached (a distance of 0 has no logarithm)"
            )
        if self.capacity is not None:
            bad = ~(self.capacity >= 0)
            if bad.any():
                j = int(np.argmax(bad))
                raise ValueError(
                    f"capacity of {self._destination(j)} is {self.capacity[j]} "
                    f"({np.count_nonzero(bad)} such destinations); it must be >= 0, inf for none"
                )
        if not self.outflow.any():
            raise ValueError("outflow: no origin sends anybody out, so there is nobody to choose")
        with np.errstate(over="ignore"):
            if not np.isfinite(self.outflow.sum()):
                raise ValueError("outflow: the sum over all origins is too large for a number")

    def _check_congestion(self) -> None:
        i = int(np.argmax(self.outflow))
        with np.errstate(over="ignore"):
            cost = np.abs(self.congestion.value(self.outflow[i]))
        if not cost <= _LARGEST_COST:
            raise ValueError(
                f"congestion: {self.congestion.form} with coefficient "
                f"{self.congestion.coefficient} and exponent {self.congestion.exponent} costs "
                f"{cost:.3g} if the outflow of origin {self._origin(i)}, {self.outflow[i]:.12g}, "
                f"takes one way, more than {_LARGEST_COST:g}: lower the exponent or the "
                "coefficient, or count people in larger units"
            )

    def _check_feasible(self) -> None:
        allowed = self.open_pairs()
        stuck = (self.outflow > 0) & ~allowed.any(axis=1)
        if stuck.any():
            i = int(np.argmax(stuck))
            raise ValueError(
                f"origin {self._origin(i)} sends out {self.outflow[i]:g} people but can reach no "
                f"open destination ({np.count_nonzero(stuck)} such origins): give it a finite "
                "value somewhere, open a destination, or set its outflow to 0"
            )
        if self.capacity is None:
            return
        room = np.array([self.capacity[row].sum() for row in allowed])
        tight = self.outflow > room * (1 + _SLACK)
        if tight.any():
            i = int(np.argmax(tight))
            raise ValueError(
                f"capacity: origin {self._origin(i)} sends out {self.outflow[i]:.12g} people, but "
                f"all its destinations together hold {room[i]:.12g}: raise a capacity or open a way"
            )
        total = self.capacity[allowed.any(axis=0)].sum()
        if self.outflow.sum() > total * (1 + _SLACK):
            raise ValueError(
                f"capacity: {self.outflow.sum():.12g} people leave, but the destinations they can "
                f"reach hold {total:.12g} together: raise a capacity"
            )

    def _origin(self, i: int) -> str:
        return label(i if self.origins is None else self.origins[i])

    def _destination(self, j: int) -> str:
        return label(j if self.destinations is None else self.destinations[j])


def potential(game: Game, flow: np.ndarray) -> float:
    """Potential sum_ij [v_ij T_ij - G(T_ij)] - sum_j W(D_j), G and W the integrals of g and w.

    Its slope along T_ij is the utility of j for a traveller from i, so its maximum under the given
    outflows (and capacities) is the equilibrium. As g increases and w does not decrease it is
    strictly concave: there is one maximum, hence one equilibrium.

    Parameters
    ----------
    game : the game.
    flow : (n, m) flows >= 0, 0 where the value is -inf.

    References
    ----------
    Monderer and Shapley (1996), Games and Economic Behavior 14, 124 (potential games); Destination
    Choice Game, Eq. 4.
    """
    used = flow > 0
    gained = (game.value[used] * flow[used]).sum()
    congested = game.congestion.integral(flow).sum()
    return float(gained - congested - game.crowding.integral(flow.sum(axis=0)).sum())
