"""What is to be predicted and from what: another day, the rest of a day, or some hours ahead.

- ``day``: fitted on one day, predicts another from its first two slots.
- ``ahead``: as ``day``, from every two slots of the other day, by lead.
- ``hours``: fitted on the first part of a day, predicts its rest.
- ``hours_earlier``: predicts the same rest of a day, fitted on an earlier day.

A forecast may use the days or parts that were fitted and, of the day that it predicts, the slots up
to that where it begins; neither the end of that day (the paper's target mu) nor any later slot. All
methods of a task are scored on the same later slots.

In ``hours`` the target mu is the last slot that is known, where the forecast begins too: a model
without inertia is at rest there and equal to persistence by construction. Its mu is the end of the
earlier day in all other tasks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from movelaws.lagrangian.state import Reference, reference

DAY, AHEAD, HOURS, EARLIER = "day", "ahead", "hours", "hours_earlier"
FIRST = 1
"""Last slot of another day that a forecast knows: two slots make a state and its velocity."""
LEAST = 2
"""Steps that must be left to fit, and to predict."""
INNER = 0.6
"""Share of the fitted part on which penalties are fitted; the rest of that part chooses."""
LONGEST = 4.0
"""Hours ahead (steps, where there are no clocks) by which the penalty of a day is chosen."""


@dataclass(frozen=True)
class Lesson:
    """What a model is fitted to: a day up to a window, with a target mu.

    Attributes
    ----------
    day : its name.
    data : reference of the day; its mu is q at the time point ``mu_at``.
    window : last time point that may be fitted.
    mu_at : time point of the target.
    """

    day: str
    data: Reference
    window: int
    mu_at: int

    @property
    def key(self) -> tuple[str, int, int]:
        """Lessons of equal keys are the same."""
        return self.day, self.window, self.mu_at


@dataclass(frozen=True)
class Trial:
    """Forecasts by which a penalty is chosen, none of them of what is to be predicted.

    Attributes
    ----------
    lesson : what is fitted for it.
    truth : (T + 1, N) q of the day on which they are tried.
    previous : (T + 1, N) q of an earlier day for the simple rules, None where there is none.
    average : (T + 1, N) mean of q over such days, None where there is none.
    origins : last time points that are known.
    end : last time point that is predicted.
    longest : steps ahead at most.
    """

    lesson: Lesson
    truth: np.ndarray
    previous: np.ndarray | None
    average: np.ndarray | None
    origins: range
    end: int
    longest: int


@dataclass(frozen=True)
class Task:
    """One set of forecasts to be made.

    Attributes
    ----------
    task : DAY, AHEAD, HOURS or EARLIER.
    fit_day, test_day : names.
    lesson : what is fitted; its mu was known when the forecast is made.
    truth : (T + 1, N) q of the day that is predicted, at the total of the fitted one.
    population : (T + 1, N) its agents, without the floor.
    first : last time point of it that is known; of AHEAD that of the first forecast.
    previous : (T + 1, N) q of an earlier day, None where there is none.
    average : (T + 1, N) mean of q over the earlier days that are known, None where there is none.
    trial : how the penalty is chosen; None where there is too little to try.
    hour : hours in a step (1 where there are no clocks).
    """

    task: str
    fit_day: str
    test_day: str
    lesson: Lesson
    truth: np.ndarray
    population: np.ndarray
    first: int
    previous: np.ndarray | None
    average: np.ndarray | None
    trial: Trial | None
    hour: float

    @property
    def fitted(self) -> Reference:
        """Reference of the day that is fitted."""
        return self.lesson.data

    @property
    def window(self) -> int:
        """Last time point that may be fitted."""
        return self.lesson.window

    @property
    def end(self) -> int:
        """T, the last time point."""
        return len(self.truth) - 1

    @property
    def origins(self) -> range:
        """Time points at which forecasts begin, the last ones that they know."""
        return range(self.first, self.end if self.task == AHEAD else self.first + 1)


def day_tasks(
    fit_day: str,
    test_day: str,
    days: Mapping[str, np.ndarray],
    floor: float,
    share: float,
    *,
    other: str | None = None,
    history: Sequence[str] = (),
    hour: float = 1.0,
) -> list[Task]:
    """Fit one day, predict another: as a whole, hours ahead, and its rest.

    The penalty is chosen by forecasts of up to LONGEST hours: of a third day where one is known,
    else of the last part of the fitted day by a fit of its first, both with the end of that day as
    target mu. All of this is past when the other day is predicted, so no forecast knows more than
    it can; but the trial has the very end of what it is tried on, the task that of another day, so
    errors in the trial are too small and weak penalties look better than they are. With the end of
    the first part as target instead, as in :func:`hours_task`, the trial asks how a model does that
    has no end of a day: planted dynamics are then taken for movement that can not be predicted.

    Parameters
    ----------
    fit_day, test_day : keys of ``days``.
    days : (T + 1, ny, nx) agents by day. The predicted day is scaled to the agents of the fitted
        one at their first slot, so that a cell's q is not one of how many phones were on.
    floor : agents.
    share : of the steps after which the rest of the day begins.
    other : key of the third day, neither of the two.
    history : keys of the days of the historical average, without the predicted one. In the trial
        of a third day that day is left out of it.
    hour : hours in a step.

    Raises
    ------
    ValueError
        If fewer than two steps would be known or predicted, the third day is one of the two, or the
        predicted day is in its own history.
    """
    if other in (fit_day, test_day):
        raise ValueError(f"other = {other!r}: a day that is neither fitted nor predicted")
    _require_past(test_day, history)
    data = reference(days[fit_day], floor)
    lesson = Lesson(fit_day, data, data.steps, data.steps)
    test = reference(_scaled(days[test_day], days[fit_day]), floor)
    longest = max(1, round(LONGEST / hour))
    inner = round(INNER * data.steps)
    average = _average(history, days, days[fit_day], floor)
    trial = None
    if other is not None:
        truth = reference(_scaled(days[other], days[fit_day]), floor).q
        left = [day for day in history if day != other]
        rest = _average(left, days, days[fit_day], floor)
        at = range(FIRST, data.steps)
        trial = Trial(lesson, truth, data.q, rest, at, data.steps, longest)
    elif LEAST <= inner < data.steps:
        part = Lesson(fit_day, data, inner, data.steps)
        at = range(inner, data.steps)
        trial = Trial(part, data.q, None, None, at, data.steps, longest)
    begins = {DAY: FIRST, AHEAD: FIRST, EARLIER: _window(share, data.steps)}
    known = data.q, average, trial, hour
    return [
        Task(name, fit_day, test_day, lesson, test.q, test.population, first, *known)
        for name, first in begins.items()
    ]


def hours_task(
    day: str,
    days: Mapping[str, np.ndarray],
    floor: float,
    share: float,
    earlier: str | None = None,
    *,
    history: Sequence[str] = (),
    hour: float = 1.0,
) -> Task:
    """Fit the first part of a day, predict its rest.

    The penalty is chosen in the same way within the first part: fitted on the first of it, with the
    end of that as target, the rest of it is predicted.

    Parameters
    ----------
    day : key of ``days``.
    days : (T + 1, ny, nx) agents by day.
    share : of the steps that is fitted.
    earlier : another day, for comparison with what happened then.
    hour : hours in a step.

    Raises
    ------
    ValueError
        If fewer than two steps would be fitted or predicted.
    """
    _require_past(day, history)
    population = np.asarray(days[day], dtype=float)
    whole = reference(population, floor)
    window = _window(share, whole.steps)
    inner = round(INNER * window)
    # The end of the day lies in the future: what is known of the target is where the window ends.
    lesson, part = (
        Lesson(day, reference(population, floor, mu=whole.q[end]), end, end)
        for end in (window, inner)
    )
    previous = None
    if earlier is not None:
        previous = reference(_scaled(days[earlier], population), floor).q
    average = _average(history, days, population, floor)
    trial = None
    if LEAST <= inner < window:
        at = range(inner, inner + 1)
        trial = Trial(part, whole.q, previous, average, at, window, window)
    known = previous, average, trial, hour
    return Task(HOURS, day, day, lesson, whole.q, whole.population, window, *known)


def _window(share: float, steps: int) -> int:
    window = round(share * steps)
    if not LEAST <= window <= steps - LEAST:
        raise ValueError(
            f"hours_share = {share}: {window} of {steps} steps would be fitted; at least {LEAST} "
            f"must be fitted and {LEAST} predicted"
        )
    return window


def _scaled(population: np.ndarray, like: np.ndarray) -> np.ndarray:
    population = np.asarray(population, dtype=float)
    return population * (np.sum(like[0]) / np.sum(population[0]))


def _average(
    history: Sequence[str], days: Mapping[str, np.ndarray], like: np.ndarray, floor: float
) -> np.ndarray | None:
    """(T + 1, N) mean of q over days: of q and not of agents, as errors are those of q."""
    known = [reference(_scaled(days[day], like), floor).q for day in history]
    return np.mean(known, axis=0) if known else None


def _require_past(predicted: str, history: Sequence[str]) -> None:
    if predicted in history:
        raise ValueError(f"history: {predicted!r} is the day that is predicted; leave it out")
