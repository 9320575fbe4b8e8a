"""What the fit by the exact gradient makes small, as a function of the free numbers of a variant.

With r the deviation from the reference and theta the free parameters on all links,

    J = E + ridge / 2 int |theta|^2 dt + smoothness / 2 int |d theta / dt|^2 dt
      = dt sum_n 1/2 |r(n)|^2 + ridge / 2 dt sum_n |theta(n)|^2
        + smoothness / 2 sum_n |theta(n+1) - theta(n)|^2 / dt

E is that of Eq. 11, the mean over the days where there are several. The penalties are integrals, so
that they mean the same at any number of steps and for all variants: a constant parameter is a
theta(n) that never changes, a homogeneous one counts on each of its links.

So it is ``around`` "zero". There a strong ridge leaves Gamma = Lambda = 0, motion at the initial
velocity for ever, but of a first-order model K = 0, where nothing moves; and numbers of different
units count alike. ``around`` "still" replaces theta in both penalties by

    Gamma - Gamma_still,    Lambda dt,    K

with Gamma_still = 1 / dt on a site itself, which stops all motion (of a variant without dissipation
Gamma is 0 and stays it), and the penalties count in units of the E per site of a population that
stays where it was at n = 0. These are (Gamma - Gamma_still) dt, Lambda dt^2 and K dt, what a
parameter does in one step, all times the T steps of a day: Lambda dt is the K of Gamma_still. A
ridge then has no unit: of 1, a parameter that acts fully once in a day costs as much as what
happens at a site is worth, in all variants, cities and lengths of a step. Above about 100 nothing
moves, below about 1e-6 there is no penalty to be seen.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from movelaws.lagrangian.adjoint import Adjoint
from movelaws.lagrangian.onestep import velocities
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.variants import Variant


def _until(day: Reference, window: int | None) -> Reference:
    """The day up to the window: nothing of a fit, not even its search, may see what comes later."""
    if window is None:
        return day
    if not 1 <= window <= day.steps:
        raise ValueError(f"window = {window}: 1 to {day.steps}, the number of steps")
    kept = slice(0, int(window) + 1)
    return replace(day, q=day.q[kept], population=day.population[kept])


def _units(references: Sequence[Reference], variant: Variant, parts: tuple) -> np.ndarray:
    """Units of the free numbers for the search, which sees the number over its unit.

    Gamma goes with v and Lambda with q - mu, which is smaller by far: with Lambda in units of the
    ratio of their sizes, equal changes of both move the state alike, and J falls several times as
    far in the same number of iterations.
    """
    units = np.ones((parts[0],) + (1,) * (len(parts) - 1))
    if variant.groups == 2:
        speed = np.sqrt(np.mean([np.mean(velocities(day)[1:] ** 2) for day in references]))
        apart = np.sqrt(np.mean([np.mean((day.q - day.mu) ** 2) for day in references]))
        units[1] = speed / apart if speed > 0 and apart > 0 else 1.0
    return np.broadcast_to(units, parts).ravel()


AROUND = ("zero", "still")


def still(variant: Variant, parts: tuple[int, ...], dt: float) -> np.ndarray:
    """Free numbers with which nothing moves: Gamma_aa = 1 / dt forgets every velocity at once.

    Of the variants that have no Gamma they are 0.
    """
    free = np.zeros(parts)
    if variant.groups == 2:
        free[(0, 0) if variant.form == "homogeneous" else (0, slice(None), 0)] = 1 / dt
    return free


def _worth(references: Sequence[Reference]) -> float:
    """E per site of a population that stays, the mean over the days; 1 where it does stay."""
    each = [0.5 * day.dt * np.sum((day.q[1:] - day.q[0]) ** 2) / day.sites for day in references]
    return float(np.mean(each)) or 1.0


def _sizes(variant: Variant, parts: tuple[int, ...], dt: float) -> np.ndarray:
    """Squares of the units of the module's text, by group."""
    units = [1.0, dt] if variant.groups == 2 else [dt if variant.inertia else 1.0]
    return (np.array(units) ** 2).reshape(parts[0], *(1,) * (len(parts) - 1))


class Objective:
    """J and its gradient by the free numbers of a variant.

    Parameters
    ----------
    references : days fitted together.
    variant : which model.
    ridge, smoothness : >= 0, see the module.
    window : last time point that counts; the target mu is that of the days as given.
    around : one of ``AROUND``: what the penalties pull to, and in which units, see the module.
    """

    def __init__(
        self,
        references: Sequence[Reference],
        variant: Variant,
        *,
        ridge: float = 0.0,
        smoothness: float = 0.0,
        window: int | None = None,
        around: str = "zero",
    ) -> None:
        if around not in AROUND:
            raise ValueError(f"around = {around!r}: one of {', '.join(AROUND)}")
        for name, value in (("ridge", ridge), ("smoothness", smoothness)):
            if not 0 <= value < np.inf:
                raise ValueError(f"{name} = {value}: a finite number >= 0 is needed")
        references = [_until(day, window) for day in references]
        self.references, self.adjoint = references, Adjoint(references)
        self.variant, self.ridge, self.smoothness = variant, ridge, smoothness
        self.shape, self.dt = self.adjoint.shape, self.adjoint.dt
        self.parts = variant.parts(self.shape, self.adjoint.steps)
        gamma, lam = self.parameters(np.zeros(self.parts))
        self._slopes = np.empty_like(gamma), np.empty_like(lam)
        self._varies = variant.form == "full" and self.parts[1] > 1
        span = self.dt if variant.form == "full" else self.dt * self.adjoint.steps
        self._weight = span * variant.multiplicity(self.shape)
        self.still = still(variant, self.parts, self.dt)
        self._centre = self.still if around == "still" else np.zeros(self.parts)
        self._size = 1.0
        if around == "still":
            self._size = _worth(references) * _sizes(variant, self.parts, self.dt)
        self.units = _units(references, variant, self.parts)

    def parameters(self, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gamma and Lambda of free numbers, of whatever shape."""
        return self.variant.unpack(free.reshape(self.parts), self.shape, self.dt)

    def error(self, free: np.ndarray) -> float:
        """E alone."""
        return self.adjoint.error(*self.parameters(free))

    def value(self, free: np.ndarray) -> float:
        """J alone."""
        return self.error(free) + self._penalty(free.reshape(self.parts), None)

    def gradient(self, free: np.ndarray) -> tuple[float, np.ndarray]:
        """J and its (free.size,) gradient."""
        free = free.reshape(self.parts)
        self.last = self.adjoint.value(*self.parameters(free), *self._slopes)
        slope = self.variant.pull(*self._slopes, self.shape, self.dt)
        return self.last + self._penalty(free, slope), slope.ravel()

    def _penalty(self, free: np.ndarray, slope: np.ndarray | None) -> float:
        total = 0.0
        if self.ridge:
            off = free - self._centre
            weighted = self.ridge * self._weight * self._size * off
            total += 0.5 * float(np.vdot(weighted, off))
            if slope is not None:
                slope += weighted
        if self.smoothness and self._varies:
            change = np.diff(free, axis=1)
            weighted = change * (self.smoothness / self.dt * self._size)
            total += 0.5 * float(np.vdot(weighted, change))
            if slope is not None:
                slope[:, 1:] += weighted
                slope[:, :-1] -= weighted
        return total
