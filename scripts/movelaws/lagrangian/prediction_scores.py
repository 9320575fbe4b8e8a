"""Errors of forecasts by the number of steps ahead, and their skill beside a rule's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from movelaws.lagrangian.blocks import Blocks
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.methods import total_variation
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.variants import forecast

FARTHEST = 20.0
"""A forecast that runs away from the last known q is stopped here: a factor of half a billion."""

Forecaster = Callable[[int, int], np.ndarray]
"""(origin, steps) -> (steps, N) q after the origin."""


@dataclass(frozen=True)
class Score:
    """Errors by lead, made by :func:`score`; row h is that of h + 1 steps ahead.

    Attributes
    ----------
    squares : (leads, N) squared errors of q, summed over forecasts.
    apart : (leads,) total variation distances of the densities, summed over forecasts.
    counts : (leads,) forecasts that reach so far.
    """

    squares: np.ndarray
    apart: np.ndarray
    counts: np.ndarray

    def at(self, lead: int) -> "Score":
        """Errors of one lead, in steps."""
        return self._part(slice(lead - 1, lead))

    def within(self, lead: int) -> "Score":
        """Errors of leads up to this one."""
        return self._part(slice(0, lead))

    def _part(self, part: slice) -> "Score":
        return Score(self.squares[part], self.apart[part], self.counts[part])

    @property
    def rms(self) -> float:
        """RMS of q over sites, forecasts and leads."""
        return float(np.sqrt(self.squares.sum() / (self.counts.sum() * self.squares.shape[1])))

    @property
    def tv(self) -> float:
        """Mean total variation distance over forecasts and leads."""
        return float(self.apart.sum() / self.counts.sum())

    def by_lead(self) -> tuple[np.ndarray, np.ndarray]:
        """RMS and total variation distance of each lead."""
        mean = self.squares.mean(axis=1) / self.counts
        return np.sqrt(mean), self.apart / self.counts

    def against(self, other: "Score", drawn: Blocks) -> tuple[float, float, float]:
        """Skill 1 - rms / rms of the other, and its interval.

        Each resample of blocks of sites holds the same sites of both, so that the interval is that
        of the paired comparison.
        """
        size = drawn.draws.shape[1]
        mine, rival = (
            np.bincount(drawn.label, weights=each.squares.sum(axis=0), minlength=size)
            for each in (self, other)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            resampled = 1 - np.sqrt((drawn.draws @ mine) / (drawn.draws @ rival))
            value = 1 - np.sqrt(mine.sum() / rival.sum())
        return float(value), *drawn.interval(resampled)


def score(
    made: Forecaster,
    truth: np.ndarray,
    population: np.ndarray,
    origins: Iterable[int],
    *,
    end: int | None = None,
    longest: int | None = None,
) -> Score:
    """Errors of forecasts from each origin.

    Parameters
    ----------
    made : the forecaster.
    truth : (T + 1, N) q.
    population : (T + 1, N) agents, without the floor.
    origins : last time points that are known.
    end : last time point that is predicted (default: T).
    longest : steps ahead at most.
    """
    origins = list(origins)
    end = len(truth) - 1 if end is None else end
    leads = max(end - min(origins), 0)
    leads = leads if longest is None else min(leads, longest)
    squares, apart = np.zeros((leads, truth.shape[1])), np.zeros(leads)
    counts = np.zeros(leads, dtype=int)
    for origin in origins:
        steps = min(leads, end - origin)
        path, later = made(origin, steps), slice(origin + 1, origin + 1 + steps)
        squares[:steps] += (path - truth[later]) ** 2
        apart[:steps] += total_variation(path, population[later])
        counts[:steps] += 1
    return Score(squares, apart, counts)


def forecaster(
    parameters: Fit | tuple[np.ndarray, np.ndarray],
    truth: np.ndarray,
    data: Reference | None = None,
) -> Forecaster:
    """Forecasts of a model from the two last slots that are known (Eq. 13).

    Parameters
    ----------
    parameters : a fit, or (gamma, lambda).
    truth : (T + 1, N) q of the day that is predicted, of which slots up to the origin are used.
    data : reference with the target; that of the fit unless given.
    """
    data = parameters.reference if data is None else data

    def made(origin: int, steps: int) -> np.ndarray:
        now, before = truth[origin], truth[origin - 1]
        v = (now - before) / data.dt
        q, _ = forecast(parameters, now, v, data.mu, data.shape, data.dt, steps, first=origin)
        far = np.nan_to_num(q[1:] - now, nan=FARTHEST, posinf=FARTHEST, neginf=-FARTHEST)
        return now + np.clip(far, -FARTHEST, FARTHEST)

    return made
