"""How strong the penalty of a fit is: the one whose forecasts err least where nothing is tested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.objective import still
from movelaws.lagrangian.prediction_scores import Forecaster, Score, forecaster, score
from movelaws.lagrangian.prediction_tasks import HOURS, Lesson, Task, Trial
from movelaws.lagrangian.variants import VARIANTS

STIFFEST = 4.0
"""Bound of the parameters, times dt^2: a larger Lambda_aa overshoots the target in each step."""
FLAT = 0.01
"""Relative change of the error below which another penalty makes no difference."""


@dataclass(frozen=True)
class Choice:
    """A fit with the penalty chosen for it.

    Attributes
    ----------
    fit, penalty : what was chosen.
    validation : RMS of the forecasts by which it was chosen, nan where there were none.
    at_edge : whether it is an end of the penalties tried that matters: the error still differs by
        more than FLAT, at the lower end from that of the next penalty, at the upper end from that
        of an infinite one ("nothing moves").
    """

    fit: Fit
    penalty: float
    validation: float
    at_edge: bool


class Learner:
    """Fits of one variant with penalties around "nothing moves"; what was fitted once is kept."""

    def __init__(self, variant: str, ridges: Sequence[float], exact: Mapping[str, Any]) -> None:
        if not len(ridges):
            raise ValueError("ridges is empty: at least one penalty is needed")
        self.variant, self.ridges = variant, sorted(float(ridge) for ridge in ridges)
        self.exact = dict(exact)
        self._fits: dict[tuple, Fit] = {}
        self._tried: dict[int, tuple[Trial, list[float]]] = {}

    def fit(self, lesson: Lesson, ridge: float) -> Fit:
        """The fit with this penalty, from "nothing moves" on."""
        key = (*lesson.key, ridge)
        if key not in self._fits:
            options = {
                "bound": STIFFEST / lesson.data.dt**2,
                "start": "still" if VARIANTS[self.variant].groups == 2 else "zero",
            }
            self._fits[key] = fit_exact(
                lesson.data, variant=self.variant, ridge=ridge, window=lesson.window,
                around="still", **options | self.exact,
            )  # fmt: skip
        return self._fits[key]

    def choose(self, task: Task) -> Choice:
        """Fit and penalty for a task; the strongest where several are as good, or none is tried."""
        errors = None if task.trial is None else self._errors(task)
        if errors is None:
            last = self.ridges[-1]
            return Choice(self.fit(task.lesson, last), last, np.nan, False)
        turned = len(errors) - 1 - int(np.argmin(errors[::-1]))
        ridge, error = self.ridges[turned], errors[turned]
        at_edge = False
        if len(errors) > 1 and turned in (0, len(errors) - 1):
            beside = errors[1] if turned == 0 else self._limit(task.trial)
            at_edge = bool(abs(beside - error) > FLAT * error)
        return Choice(self.fit(task.lesson, ridge), ridge, error, at_edge)

    def _errors(self, task: Task) -> list[float]:
        trial = task.trial
        if id(trial) not in self._tried:
            ridges = self.ridges
            # Where the forecast is persistence whatever the parameters, one fit tells as much.
            if by_construction(task, self.variant):
                ridges = ridges[-1:]
            errors = [
                tried(trial, forecaster(self.fit(trial.lesson, ridge), trial.truth)).rms
                for ridge in ridges
            ]
            self._tried[id(trial)] = trial, errors * (len(self.ridges) // len(errors))
        return self._tried[id(trial)][1]

    def _limit(self, trial: Trial) -> float:
        """Error with an infinite penalty."""
        kind, data = VARIANTS[self.variant], trial.lesson.data
        free = still(kind, kind.parts(data.shape, 1), data.dt)
        made = forecaster(kind.unpack(free, data.shape, data.dt), trial.truth, data)
        return tried(trial, made).rms


def by_construction(task: Task, variant: str) -> bool:
    """Whether a variant equals persistence: without inertia, from a state that is its target."""
    return task.task == HOURS and not VARIANTS[variant].inertia


def tried(trial: Trial, made: Forecaster) -> Score:
    """Errors of the forecasts by which penalties are chosen."""
    # Their distances of densities are not used: q stands in for the agents.
    agents = np.exp(trial.truth)
    return score(made, trial.truth, agents, trial.origins, end=trial.end, longest=trial.longest)
