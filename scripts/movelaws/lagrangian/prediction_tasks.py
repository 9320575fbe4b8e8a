"""What is to be predicted and from what: another day, or the rest of a day.

A forecast may use the day that was fitted and, of the day that it predicts, the slots up to
``first``; neither the end of that day (the paper's target mu) nor any later slot. All methods are
scored on the same later slots.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from movelaws.lagrangian.state import Reference, reference

DAY, HOURS = "day", "hours"
FIRST = 1
"""Last slot of another day that a forecast knows: two slots make a state and its velocity."""
LEAST = 2
"""Steps that must be left to fit, and to predict."""


@dataclass(frozen=True)
class Task:
    """One forecast to be made.

    Attributes
    ----------
    task : DAY or HOURS.
    fit_day, test_day : names.
    fitted : reference of the day that is fitted; its mu was known when the forecast is made.
    window : last time point that may be fitted.
    truth : (T + 1, N) q of the day that is predicted, at the total of the fitted one.
    first : last time point of it that is known.
    previous : (T + 1, N) q of an earlier day, None where there is none.
    """

    task: str
    fit_day: str
    test_day: str
    fitted: Reference
    window: int
    truth: np.ndarray
    first: int
    previous: np.ndarray | None

    @property
    def state(self) -> tuple[np.ndarray, np.ndarray]:
        """q and velocity at ``first``, from the two last slots that are known (Eq. 13)."""
        now, before = self.truth[self.first], self.truth[self.first - 1]
        return now, (now - before) / self.fitted.dt


def day_task(fit_day: str, test_day: str, days: Mapping[str, np.ndarray], floor: float) -> Task:
    """Fit one day, predict another from its first two slots.

    Parameters
    ----------
    fit_day, test_day : keys of ``days``.
    days : (T + 1, ny, nx) agents by day. The predicted day is scaled to the agents of the fitted
        one at their first slot, so that a cell's q is not one of how many phones were on.
    floor : agents.
    """
    fitted = reference(days[fit_day], floor)
    truth = reference(_scaled(days[test_day], days[fit_day]), floor)
    return Task(DAY, fit_day, test_day, fitted, fitted.steps, truth.q, FIRST, previous=fitted.q)


def hours_task(
    day: str,
    days: Mapping[str, np.ndarray],
    floor: float,
    share: float,
    earlier: str | None = None,
) -> Task:
    """Fit the first part of a day, predict its rest.

    Parameters
    ----------
    day : key of ``days``.
    days : (T + 1, ny, nx) agents by day.
    share : of the steps that is fitted.
    earlier : another day, for comparison with what happened then.

    Raises
    ------
    ValueError
        If fewer than two steps would be fitted or predicted.
    """
    population = np.asarray(days[day], dtype=float)
    steps = len(population) - 1
    window = round(share * steps)
    if not LEAST <= window <= steps - LEAST:
        raise ValueError(
            f"hours_share = {share}: {window} of {steps} steps would be fitted; at least {LEAST} "
            f"must be fitted and {LEAST} predicted"
        )
    # The end of the day lies in the future: what is known of the target is where the window ends.
    whole = reference(population, floor)
    fitted = reference(population, floor, mu=whole.q[window])
    previous = None
    if earlier is not None:
        previous = reference(_scaled(days[earlier], population), floor).q
    return Task(HOURS, day, day, fitted, window, whole.q, window, previous)


def _scaled(population: np.ndarray, like: np.ndarray) -> np.ndarray:
    population = np.asarray(population, dtype=float)
    return population * (np.sum(like[0]) / np.sum(population[0]))
