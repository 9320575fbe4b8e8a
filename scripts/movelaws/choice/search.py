"""Where in its box is a model best? A coarse stage everywhere, then refinement, and a certificate.

The Sorensen similarity and the common part of commuters have a kink wherever a predicted flow
meets the observed one, so that there is no slope to follow: the search compares values only.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from movelaws.choice.predictors import TIGHT, Predictor
from movelaws.game import NotConvergedError
from movelaws.seeds import stream

OBJECTIVES = ("ssi", "cpc", "poisson")
COARSE_POINTS = {1: 41, 2: 64, 3: 64}
LOCAL_RUNS = 2

_COARSE_TOLERANCE = 1e-6  # of equilibria: their error is far below the differences looked for
_LOCAL_TOLERANCE = 1e-9
_APART = 0.05  # of the box: nearer starts would climb the same hill
_SIMPLEX, _ROUGH = 0.04, (1e-3, 1e-6)  # first size; of coordinates, of the value (relative)
_POLISH, _FINE = 0.002, (1e-5, 1e-9)
_ON_BOUND = 1e-4


class Target:
    """An objective, as a function of unit coordinates of a model's parameters; greater is better.

    Parameters
    ----------
    predictor : of the model.
    objective : "ssi", the mean of 2 min(T, T') / (T + T') over the ordered pairs of the origins,
        a zone with itself included (contributing 0), as the paper counts; "cpc"; or "poisson",
        sum T ln T', the multinomial log likelihood of each origin up to a constant.
    origins : (n_zones,) booleans, the origins whose flows count; None for all.

    Raises
    ------
    ValueError
        If the objective is unknown or the origins send nobody out.
    """

    def __init__(self, predictor: Predictor, objective: str, origins: np.ndarray | None = None):
        if objective not in OBJECTIVES:
            raise ValueError(f"objective = {objective!r}: choose one of {', '.join(OBJECTIVES)}")
        pairs = predictor.pairs
        self.predictor, self.objective = predictor, objective
        seen = pairs.flow > 0
        if origins is not None:
            seen &= np.repeat(origins, np.diff(pairs.start))
        # pairs without an observed flow add nothing to any of the three objectives
        self.pair_index = np.flatnonzero(seen)
        self.flow = pairs.flow[self.pair_index]
        if self.flow.size == 0:
            raise ValueError("all flows are 0: there is nothing to calibrate on")
        rows = pairs.n_zones if origins is None else np.count_nonzero(origins)
        self.n_all = rows * pairs.n_zones
        self.evaluations = self.not_converged = 0
        self._log = np.array([p.scale == "log" for p in predictor.parameters], dtype=bool)
        self._low = self._scaled([p.low for p in predictor.parameters])
        self._width = self._scaled([p.high for p in predictor.parameters]) - self._low

    def theta(self, u: np.ndarray) -> np.ndarray:
        """Parameters at unit coordinates ``u``."""
        value = self._low + np.clip(u, 0.0, 1.0) * self._width
        return np.where(self._log, np.exp(np.where(self._log, value, 0.0)), value)

    def unit(self, theta: Sequence[float] | np.ndarray) -> np.ndarray:
        """Unit coordinates of parameters, moved into the box where they lie outside."""
        return np.clip((self._scaled(theta) - self._low) / self._width, 0.0, 1.0)

    def value(self, u: np.ndarray, tolerance: float = TIGHT) -> float:
        """The objective; -inf where there is no equilibrium (counted in ``not_converged``)."""
        self.evaluations += 1
        try:
            return self.at(self.theta(u), tolerance)
        except NotConvergedError:
            self.not_converged += 1
            return -np.inf

    def at(self, theta: np.ndarray, tolerance: float = TIGHT) -> float:
        """The objective at parameters; raises what the predictor raises."""
        if self.objective == "poisson":
            return self.predictor.log_likelihood(theta, self.pair_index)
        predicted = self.predictor.flows_at(theta, self.pair_index, tolerance)
        common = np.minimum(self.flow, predicted)
        if self.objective == "cpc":
            # an origin sends out as many as observed, so both sums of the definition agree
            return float(common.sum() / self.flow.sum())
        return float(2 * (common / (self.flow + predicted)).sum() / self.n_all)

    def _scaled(self, theta) -> np.ndarray:
        theta = np.asarray(theta, dtype=float)
        return np.where(self._log, np.log(np.where(self._log, theta, 1.0)), theta)


@dataclass(frozen=True)
class Certificate:
    """What a search did, so that a reader can judge whether the optimum is a global one.

    Attributes
    ----------
    method : in words.
    evaluations : of the objective, all stages together.
    coarse_points, coarse_best : of the stage that covers the box; nan if there was none.
    local_values : the value that each local run reached, best first.
    local_spread : greatest minus least of these; 0 if all agree (or there was one run only).
    bounds_hit : parameters whose optimum lies on a bound of the box.
    not_converged : evaluations left out because no equilibrium was found.
    """

    method: str
    evaluations: int
    coarse_points: int
    coarse_best: float
    local_values: tuple[float, ...]
    local_spread: float
    bounds_hit: tuple[str, ...]
    not_converged: int

    def as_dict(self) -> dict:
        """Plain values, for a table or JSON."""
        return asdict(self)


class _Run(NamedTuple):
    """Where a local run ended, in unit coordinates, and whether it settled."""

    u: np.ndarray
    value: float
    settled: bool


@dataclass(frozen=True, eq=False)
class Optimum:
    """Best parameters (k,), their value, whether the best local run settled, the certificate."""

    theta: np.ndarray
    value: float
    settled: bool
    certificate: Certificate


def maximise(
    target: Target,
    seed: int,
    *,
    starts: Sequence[np.ndarray] = (),
    coarse_points: int | None = None,
    local_runs: int = LOCAL_RUNS,
) -> Optimum:
    """Greatest value of ``target`` in the box.

    One parameter: an even grid, then Brent's method around its best points. More: a scrambled
    Sobol sequence, then Nelder-Mead from its best points that lie apart and from ``starts``.

    Parameters
    ----------
    target : objective and model.
    seed : of the scrambling; the same seed gives the same result.
    starts : parameters from which local runs set out besides those of the coarse stage.
    coarse_points : of the coarse stage; None for 41 with one parameter, 64 with more; 0 to
        leave it out, which needs ``starts``.
    local_runs : local runs from the coarse stage.

    Raises
    ------
    ValueError
        If the model cannot be evaluated anywhere in its box, or there is no point to start from.
    """
    k = len(target.predictor.parameters)
    if k == 0:
        value = target.at(np.empty(0))
        return Optimum(np.empty(0), value, True, _certificate("no parameters", target, (), []))
    before = target.evaluations
    points = _coarse_points(k, COARSE_POINTS[k] if coarse_points is None else coarse_points, seed)
    values = np.array([target.value(u, _COARSE_TOLERANCE) for u in points])
    if points.size and not np.isfinite(values).any():
        target.at(target.theta(points[0]), _COARSE_TOLERANCE)  # says why, if it can
        raise ValueError(
            f"{target.predictor.name}: objective {target.objective!r} is not finite anywhere in "
            "the box searched; a predicted flow of 0 where one was observed has no likelihood"
        )
    begin = [target.unit(start) for start in starts]
    begin += (_tops if k == 1 else _best_apart)(points, values, local_runs)
    if not begin:
        raise ValueError("coarse_points = 0 needs starts: there is no point to start from")
    if k == 1:
        width = 1 / max(len(points) - 1, 20)
        runs = [_refine_line(target, u, width) for u in begin]
    else:
        runs = [_refine_box(target, u, _SIMPLEX, _ROUGH) for u in begin]
    runs.sort(key=lambda run: -run.value)
    best = runs[0] if k == 1 else _refine_box(target, runs[0].u, _POLISH, _FINE)
    u = _snapped(target, best.u)
    theta = target.theta(u)
    method = "grid, then Brent" if k == 1 else "Sobol, then Nelder-Mead"
    certificate = _certificate(method, target, values, [run.value for run in runs], u, before)
    return Optimum(theta, target.at(theta), best.settled, certificate)


def _certificate(method, target, coarse, local, u=(), before=0) -> Certificate:
    names = [parameter.name for parameter in target.predictor.parameters]
    local = tuple(float(value) for value in local)
    return Certificate(
        method=method,
        evaluations=target.evaluations - before if names else 1,
        coarse_points=len(coarse),
        coarse_best=float(np.max(coarse)) if len(coarse) else float("nan"),
        local_values=local,
        local_spread=local[0] - local[-1] if local else 0.0,
        bounds_hit=tuple(n for n, at in zip(names, u, strict=True) if at in (0.0, 1.0)),
        not_converged=target.not_converged,
    )


def _coarse_points(k: int, n: int, seed: int) -> np.ndarray:
    if n == 0:
        return np.empty((0, k))
    if k == 1:
        return np.linspace(0, 1, n)[:, None]
    from scipy.stats import qmc  # slow to load, and one parameter needs no sequence

    return qmc.Sobol(k, scramble=True, rng=stream(seed, "coarse stage")).random(n)


def _best_apart(points: np.ndarray, values: np.ndarray, n: int) -> list[np.ndarray]:
    """The ``n`` best points, each at least ``_APART`` of the box from the better ones."""
    kept = []
    for at in np.argsort(-values, kind="stable"):
        apart = all(np.abs(points[at] - other).max() > _APART for other in kept)
        if len(kept) < n and np.isfinite(values[at]) and apart:
            kept.append(points[at])
    return kept


def _tops(points: np.ndarray, values: np.ndarray, n: int) -> list[np.ndarray]:
    """The ``n`` best points of a grid that are no lower than their neighbours."""
    higher = np.concatenate([[-np.inf], values, [-np.inf]])
    top = (values >= higher[:-2]) & (values > higher[2:]) & np.isfinite(values)
    at = np.flatnonzero(top)
    return [points[k] for k in at[np.argsort(-values[at], kind="stable")][:n]]


def _refine_line(target: Target, u: np.ndarray, width: float) -> _Run:
    found = minimize_scalar(
        lambda x: -target.value(np.array([x]), _LOCAL_TOLERANCE),
        bounds=(max(0.0, u[0] - width), min(1.0, u[0] + width)),
        method="bounded",
        options={"xatol": _FINE[0] / 10},
    )
    # a bounded search never quite reaches its ends, and may miss its own start by a kink
    ends = [float(found.x), float(u[0]), *(e for e in (0.0, 1.0) if abs(u[0] - e) <= width)]
    values = [target.value(np.array([e]), _LOCAL_TOLERANCE) for e in ends]
    at = int(np.argmax(values))
    return _Run(np.array([ends[at]]), values[at], bool(found.success))


def _refine_box(target: Target, u: np.ndarray, size: float, tolerance: tuple) -> _Run:
    # the similarity of sparse flows is small even at its best, so its tolerance is relative
    unit = abs(target.value(u, _LOCAL_TOLERANCE))
    unit = unit if 0 < unit < np.inf else 1.0
    found = minimize(
        lambda x: -target.value(x, _LOCAL_TOLERANCE),
        u,
        bounds=[(0.0, 1.0)] * u.size,
        method="Nelder-Mead",
        options={
            "initial_simplex": _simplex(target, u, size),
            "xatol": tolerance[0],
            "fatol": tolerance[1] * unit,
            "maxfev": 150 * u.size,
        },
    )
    return _Run(found.x, -float(found.fun), bool(found.success))


def _simplex(target: Target, u: np.ndarray, size: float) -> np.ndarray:
    """Corners from ``u`` along the model's directions, each turned so that it stays in the box."""
    scale = np.where(target._log, 1.0, target._width)
    corners = [u]
    for direction in target.predictor.directions(target.theta(u)):
        step = direction / scale
        step *= size / np.abs(step).max()
        inside = [np.clip(u + sign * step, 0.0, 1.0) for sign in (1.0, -1.0)]
        corners.append(max(inside, key=lambda corner: np.abs(corner - u).sum()))
    return np.array(corners)


def _snapped(target: Target, u: np.ndarray) -> np.ndarray:
    """Onto the bound where that is next to the optimum and no worse."""
    edge = np.where(u < _ON_BOUND, 0.0, np.where(u > 1 - _ON_BOUND, 1.0, u))
    if np.array_equal(edge, u) or target.value(edge) < target.value(u):
        return u
    return edge
