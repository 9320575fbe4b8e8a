"""Days of a city whose population follows a planted Lagrangian dynamics (paper 1, Eqs 12 and 13).

On a lattice of side x side blocks the log populations obey, with the same numbers at every site,

    v_a(n+1) = v_a(n) - dt sum_b Gamma_ab v_b(n) - dt sum_b Lambda_ab (q_b(n) - mu_b)
    q_a(n+1) = q_a(n) + dt v_a(n+1)

over a and its neighbours b: Gamma_aa = gamma_self, Gamma_ab = gamma_link, and so for Lambda. All
days of a city head for the same target mu, a few hills, each from a start of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from movelaws.synthetic.options import check_number, check_whole

GAMMA = {"gamma_self": 12.0, "gamma_link": -0.8}
LAMBDA = {"lambda_self": 60.0, "lambda_link": -8.0}
PARAMETERS = (*GAMMA, *LAMBDA)
"""Names of the planted numbers, per unit of time (Gamma) and its square (Lambda); a day is 1."""

MOST_SIDE = 50
_COMMON = 0.8
"""Share of a day's start that all days have, so that the day before says something of this one."""
_LEVELS = (0.75, 1.25)
_ROUGH, _CLIP = 0.4, 1.8
_ARRIVED = 0.1
_PASSES, _EXACT = 400, 1e-9
_DIGITS = 6


@dataclass(frozen=True)
class Days:
    """Planted days of a city.

    Attributes
    ----------
    names : of the days.
    parameters : value of each of ``PARAMETERS``.
    mu : (side, side) target, normalised like a population: sum exp(mu) = 1.
    q, v : (days, slots, side, side) log populations and velocities at n = 0, ..., slots - 1.
    """

    names: tuple[str, ...]
    parameters: Mapping[str, float]
    mu: np.ndarray
    q: np.ndarray
    v: np.ndarray

    @property
    def share(self) -> np.ndarray:
        """(days, slots, side, side) share of the population in each block, at every moment 1."""
        return shares(self.q)

    def truth(self) -> dict[str, object]:
        """The planted numbers, the target and the starts, enough for ``planted_shares``."""
        slots, side = self.q.shape[1:3]
        starts = {
            name: {"q": _plain(self.q[k, 0]), "v": _plain(self.v[k, 0])}
            for k, name in enumerate(self.names)
        }
        return {
            **self.parameters,
            "side": side,
            "slots": slots,
            "steps": slots - 1,
            "days": list(self.names),
            "mu": _plain(self.mu),
            "starts": starts,
        }


def planted_shares(truth: Mapping[str, object], day: str) -> np.ndarray:
    """(slots, side, side) shares of the population that were planted for one day.

    Parameters
    ----------
    truth : what a world with planted days returned.
    day : one of its days.

    Raises
    ------
    ValueError
        If there is no such day.
    """
    starts = truth["starts"]
    if day not in starts:
        raise ValueError(f"day = {day!r}: choose one of {', '.join(starts)}")
    q, v = (np.array(starts[day][name]) for name in ("q", "v"))
    parameters = {name: truth[name] for name in PARAMETERS}
    return shares(trajectory(q, v, np.array(truth["mu"]), truth["steps"], parameters)[0])


def shares(q: np.ndarray) -> np.ndarray:
    """Populations exp(q) over their sum, of the last two axes."""
    population = np.exp(q - q.max(axis=(-2, -1), keepdims=True))
    return population / population.sum(axis=(-2, -1), keepdims=True)


def plant(
    rng: np.random.Generator,
    names: Sequence[str],
    *,
    side: int,
    slots: int,
    parameters: Mapping[str, float],
    level: float,
    contrast: float,
) -> Days:
    """Draw a target and the starts of some days, and follow them.

    A start has total population 1, and as velocity the one that Eq. 10 gives back from the first
    two moments, (M(1) - M(0)) / (dt M(0)), so that who reads the populations knows it. The total
    then stays within a few percent of 1, which the files, shares of a whole, leave out.

    Parameters
    ----------
    names : of the days.
    side : blocks along an edge.
    slots : moments of a day, T + 1.
    parameters : value of each of ``PARAMETERS``.
    level : standard deviation of q(0) - mu over the blocks, on average over the days.
    contrast : population of the fullest block over that of the emptiest, at the target.

    Raises
    ------
    ValueError
        If an option is out of range, there is no such start, or a day does not reach its target.
    """
    side = check_whole("side", side, 4, MOST_SIDE)
    parameters = {name: check_number(name, parameters[name], -1000, 1000) for name in PARAMETERS}
    level = check_number("level", level, 0.01, 2)
    contrast = check_number("contrast", contrast, 1, 1000)
    mu = _hills(rng, side, contrast)
    common = _field(rng, side)
    q, v = [], []
    for name, factor in zip(names, rng.uniform(*_LEVELS, len(names)), strict=True):
        own = _COMMON * common + np.sqrt(1 - _COMMON**2) * _field(rng, side)
        q0 = mu + level * factor * own
        q0 -= np.log(np.exp(q0).sum())
        v0 = _start(q0 - mu, slots - 1, parameters, name)
        day = trajectory(q0, v0, mu, slots - 1, parameters)
        _check_arrival(day[0] - mu, name, parameters)
        q.append(day[0])
        v.append(day[1])
    return Days(tuple(names), parameters, mu, np.stack(q), np.stack(v))


def trajectory(
    q0: np.ndarray,
    v0: np.ndarray,
    mu: np.ndarray,
    steps: int,
    parameters: Mapping[str, float],
) -> tuple[np.ndarray, np.ndarray]:
    """Log populations and velocities (steps + 1, side, side) from a start, Eqs 12 and 13."""
    q = np.empty((steps + 1, *q0.shape))
    v = np.empty_like(q)
    q[0], v[0] = q0, v0
    with np.errstate(over="ignore", invalid="ignore"):
        for n in range(steps):
            v[n + 1] = v[n] + _acceleration(q[n] - mu, v[n], parameters) / steps
            q[n + 1] = q[n] + v[n + 1] / steps
    return q, v


def _acceleration(away: np.ndarray, v: np.ndarray, parameters: Mapping[str, float]) -> np.ndarray:
    gamma_self, gamma_link, lambda_self, lambda_link = (parameters[k] for k in PARAMETERS)
    damping = gamma_self * v + gamma_link * _neighbours(v)
    return -damping - lambda_self * away - lambda_link * _neighbours(away)


def _neighbours(values: np.ndarray) -> np.ndarray:
    """Sum over the up to four neighbours of each block."""
    total = np.zeros_like(values)
    total[1:] += values[:-1]
    total[:-1] += values[1:]
    total[:, 1:] += values[:, :-1]
    total[:, :-1] += values[:, 1:]
    return total


def _start(away: np.ndarray, steps: int, parameters: Mapping[str, float], day: str) -> np.ndarray:
    """Velocity v(0) with v(0) = (exp(q(1) - q(0)) - 1) / dt, which is Eq. 10.

    One more step of the dynamics tells how far a velocity is from that; gamma_self says how much
    of a change is undone within it.
    """
    v, gamma = np.zeros_like(away), parameters["gamma_self"]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(_PASSES):
            change = (v + _acceleration(away, v, parameters) / steps) / steps
            off = steps * np.expm1(change) - v
            v = v + 0.7 * off * steps / gamma
            if not np.abs(off).max() > _EXACT:
                break
    if not np.abs(off).max() <= _EXACT:
        raise ValueError(
            f"level, gamma_self = {gamma:g}, lambda_self = {parameters['lambda_self']:g}: for day "
            f"{day} no velocity is the one that Eq. 10 reads from the first two populations: take "
            "a lower level or lambda_self, or a larger gamma_self"
        )
    return v


def _check_arrival(away: np.ndarray, day: str, parameters: Mapping[str, float]) -> None:
    left = np.abs(away[-1]).max() / np.abs(away[0]).max()
    if not left <= _ARRIVED:
        named = ", ".join(f"{name} = {value:g}" for name, value in parameters.items())
        raise ValueError(
            f"{named}: after the {len(away) - 1} steps of day {day} the largest distance from the "
            f"target is {left:.3g} of that at its start, {_ARRIVED:g} is allowed: the dynamics "
            "must be stable and damped; bring the links nearer to 0, or change gamma_self"
        )


def _hills(rng: np.random.Generator, side: int, contrast: float) -> np.ndarray:
    """Log density of a centre with a few lesser ones on a plain, of total 1."""
    y, x = np.mgrid[:side, :side] / (side - 1)
    density = np.full((side, side), 0.15)
    heights = (1.0, *rng.uniform(0.3, 0.7, 3))
    for k, height in enumerate(heights):
        at = rng.uniform(0.35, 0.65, 2) if k == 0 else rng.uniform(0.05, 0.95, 2)
        width = 0.25 if k == 0 else 0.15
        density += height * np.exp(-((y - at[0]) ** 2 + (x - at[1]) ** 2) / (2 * width**2))
    mu = np.log(density)
    mu *= np.log(contrast) / np.ptp(mu)
    return mu - np.log(np.exp(mu).sum())


def _field(rng: np.random.Generator, side: int) -> np.ndarray:
    """Random field of mean 0 and standard deviation about 1, half smooth, without far outliers."""
    wide = rng.standard_normal((side + 2, side + 2))
    smooth = (wide + _neighbours(wide) / 2)[1:-1, 1:-1]
    field = smooth / smooth.std() + _ROUGH * rng.standard_normal((side, side))
    field = np.clip((field - field.mean()) / field.std(), -_CLIP, _CLIP)
    return field / field.std()


def _plain(values: np.ndarray) -> list[list[float]]:
    return np.round(values, _DIGITS).tolist()
