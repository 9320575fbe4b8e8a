"""How sure are the parameters of a likelihood fit? Intervals that say so where they are not.

With the observed arrivals as attraction, flows that obey the game exactly have D_j = A_j, and then
alpha and gamma enter through alpha - gamma alone: the data fix the difference, not the two. So
the difference gets an interval of its own, and a parameter that the likelihood leaves open gets
(-inf, inf) with the reason rather than a number.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtrit  # the quantile of Student's t

from movelaws.allocation import Parameter
from movelaws.calibrate import Calibration
from movelaws.calibrate.intervals import effective_origins, sandwich_interval
from movelaws.choice.likelihood import climb, hessian, scores
from movelaws.choice.predictors import Predictor, bounds_hit

DIFFERENCE = "alpha - gamma"

FEW_ORIGINS = 5.0
"""Effective origins below which an interval names their number."""

_FLAT = 1e-6  # of the steepest direction's bend: below it, a direction is not told from a flat one
_LOADS = 1e-3  # share of a parameter in a flat direction above which it is open itself
_WIDER = 4.0
_PROFILE_STEP = 1e-3  # of the box, to which the end of a profile interval is found


@dataclass(frozen=True)
class Intervals:
    """Confidence intervals of a likelihood fit.

    Attributes
    ----------
    confidence : in (0, 1).
    low, high : by parameter, and by ``DIFFERENCE`` for the game. nan for a parameter on a bound
        of the search; -inf or inf where the likelihood sets no bound.
    reason : by parameter and ``DIFFERENCE``, why there is no interval, under what condition it
        holds, and from how few origins it follows; only where there is something to say.
    effective_origins : of each name in ``low``; nan for a parameter on a bound or in a direction
        that is flat.
    scale : of each name in ``low``, its variance by origin over that of multinomial flows; a
        likelihood ratio that tests this parameter is to be divided by it. nan as before.
    standard_error : of each name in ``low``, by origin. nan as before.
    """

    confidence: float
    low: dict[str, float]
    high: dict[str, float]
    reason: dict[str, str] = field(default_factory=dict)
    effective_origins: dict[str, float] = field(default_factory=dict)
    scale: dict[str, float] = field(default_factory=dict)
    standard_error: dict[str, float] = field(default_factory=dict)


def likelihood_intervals(
    predictor: Predictor, theta: np.ndarray, confidence: float = 0.95
) -> Intervals:
    """Intervals of DCG or GMPowDC at the optimum ``theta`` of its likelihood.

    Sandwich by origin with Student's t (see ``movelaws.calibrate.intervals``): flows of one
    origin may depend on each other in any way, those of different origins count as independent,
    and the attraction as given, also where it is the observed arrivals. A parameter in a
    direction that is flat falls back on the profile likelihood, at the values where twice the
    fall, over the mean scale of the directions that bend, exceeds the quantile. With a parameter
    on a bound, the others' intervals hold along that edge of the box only, and ``reason`` says so.

    Raises
    ------
    ValueError
        If ``confidence`` is not in (0, 1), or as ``movelaws.choice.likelihood.scores``.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence}: it must lie between 0 and 1")
    names = [p.name for p in predictor.parameters]
    fixed = bounds_hit(predictor.parameters, theta)
    low, high = dict.fromkeys(names, np.nan), dict.fromkeys(names, np.nan)
    why: dict[str, list[str]] = {name: [] for name in [*names, DIFFERENCE]}
    on_bound = [(n, f"{v:g}") for n, v, f in zip(names, theta, fixed, strict=True) if f]
    for name, value in on_bound:
        why[name].append(f"on the bound {value} of the range searched")
    if fixed.all():
        return Intervals(confidence, low, high, _joined(why))
    local = _Local.at(predictor, theta, ~fixed, confidence)
    edge = ", ".join(f"{name} = {value}" for name, value in on_bound)
    origins, scale, error = (dict.fromkeys(names, np.nan) for _ in range(3))
    asked = {names[a]: np.eye(theta.size)[a] for a in np.flatnonzero(~fixed)}
    if predictor.name == "DCG" and not fixed[[0, 2]].all():
        asked[DIFFERENCE] = np.array([1.0, 0.0, -1.0])
    for name, weights in asked.items():
        known = local.along(weights)
        ends = (-np.inf, np.inf) if known is None else (known.low, known.high)
        if known is None and name in names:
            ends = _profile(predictor, theta, names.index(name), local)
        if known is None:
            open_ended = "" if np.isfinite(ends).all() else "unidentified: "
            why[name].append(f"{open_ended}the likelihood is flat along a direction with it")
        elif name in names and _holds_all(predictor.parameters[names.index(name)], ends):
            ends = -np.inf, np.inf
            why[name].append("unidentified: its interval holds the whole range searched")
        if edge:
            why[name].append(f"holds along the edge of the box only ({edge})")
        low[name], high[name] = ends
        origins[name] = known.effective_origins if known else np.nan
        scale[name] = known.scale if known else np.nan
        error[name] = known.standard_error if known else np.nan
        why[name] += _few(origins[name])
    return Intervals(confidence, low, high, _joined(why), origins, scale, error)


def calibrated_intervals(found: Calibration) -> Intervals:
    """The sandwich intervals of ``movelaws.calibrate`` in the same form, without scales.

    Their effective origins are those of the parameter on which the fewest weigh.
    """
    low, high, why = dict(found.low), dict(found.high), {}
    edge = ", ".join(f"{name} = {found.parameters[name]:g}" for name in found.bounds_hit)
    for name, value in found.parameters.items():
        why[name] = []
        if name in found.bounds_hit:
            why[name].append(f"on the bound {value:g} of the range searched")
            continue
        if not np.isfinite([low[name], high[name]]).all():
            low[name], high[name] = -np.inf, np.inf
            why[name].append("unidentified: the likelihood is flat along it")
        if edge:
            why[name].append(f"holds along the edge of the box only ({edge})")
        why[name] += _few(found.effective_origins, "at least ")
    origins = dict.fromkeys(found.parameters, found.effective_origins)
    return Intervals(found.confidence, low, high, _joined(why), origins)


def _few(origins: float, before: str = "") -> list[str]:
    """Student's t with hardly a degree of freedom says little: the reader is told why."""
    return [f"{before}{origins:.1f} effective origins"] if origins < FEW_ORIGINS else []


def _joined(why: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: ", ".join(said) for name, said in why.items() if said}


@dataclass(frozen=True)
class _Along:
    """What the likelihood says about one sum of parameters; see ``Intervals``."""

    low: float
    high: float
    effective_origins: float
    scale: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class _Local:
    """The likelihood around an optimum, over the parameters that are free."""

    theta: np.ndarray
    free: np.ndarray
    gradient: np.ndarray
    curvature: np.ndarray  # minus the second derivatives
    bent: np.ndarray  # (k_free, r) directions in which it bends
    flat: np.ndarray  # (k_free, k_free - r) the others
    confidence: float
    scale: float  # variance of the scores over the multinomial one, mean over the bent directions

    @classmethod
    def at(cls, predictor, theta, free, confidence) -> "_Local":
        gradient = scores(predictor, theta).gradient[:, free]
        curvature = -hessian(predictor, theta)[np.ix_(free, free)]
        bend, direction = np.linalg.eigh(curvature)
        flat = bend <= _FLAT * max(bend[-1], 0.0)
        bent = direction[:, ~flat]
        pull = gradient @ bent
        scale = float((pull**2 / bend[~flat]).sum(axis=0).mean()) if bent.size else np.nan
        return cls(theta, free, gradient, curvature, bent, direction[:, flat], confidence, scale)

    def along(self, weights: np.ndarray) -> _Along | None:
        """Of the sum of the parameters with these weights; None where flat directions enter."""
        own = weights[self.free]
        length = float(np.linalg.norm(own))
        if length == 0 or np.abs(self.flat.T @ own).max(initial=0.0) > _LOADS * length:
            return None
        # coordinates among the bent directions, of which the first is the sum asked for
        axes = np.linalg.qr(np.column_stack([own / length, self.bent]))[0]
        axes = axes[:, : self.bent.shape[1]] * np.sign(axes[:, 0] @ own)
        pull, bend = self.gradient @ axes, axes.T @ self.curvature @ axes
        ends = sandwich_interval(axes.T @ self.theta[self.free], pull, bend[None], self.confidence)
        rest = float(weights[~self.free] @ self.theta[~self.free])
        low, high = (rest + length * float(end[0]) for end in ends)
        origins = float(effective_origins(pull, bend[None])[0])
        variance, multinomial = _variances(pull, bend)
        error = length * float(np.sqrt(variance))
        return _Along(low, high, origins, variance / multinomial, error)

    def effective_origins(self) -> float:
        """The fewest over the bent directions."""
        if not self.bent.size:
            return float("nan")
        bend = self.bent.T @ self.curvature @ self.bent
        return float(np.min(effective_origins(self.gradient @ self.bent, bend[None])))


def _profile(predictor: Predictor, theta: np.ndarray, a: int, local: _Local) -> tuple[float, float]:
    """Where the profile likelihood of parameter ``a`` has fallen by the quantile, or -inf, inf."""
    freedom = max(1.0, np.nan_to_num(local.effective_origins(), nan=1.0) - 1)
    quantile = stdtrit(freedom, (1 + local.confidence) / 2) ** 2
    top = climb(predictor, theta).value
    box = predictor.parameters[a]
    # the others may leave their boxes: where these end says nothing about this parameter
    free = copy(predictor)
    free.parameters = tuple(replace(p, high=_WIDER * p.high) for p in predictor.parameters)
    # flows that a model made without noise have no variance; none are surer than multinomial ones
    scale = max(1.0, np.nan_to_num(local.scale, nan=1.0))

    def excess(value: float) -> float:
        return 2 * (top - climb(free, theta, {a: value}).value) / scale - quantile

    ends = []
    for bound, beyond in ((box.low, -np.inf), (box.high, np.inf)):
        if not local.bent.size or excess(bound) <= 0:
            ends.append(beyond)
        else:
            step = _PROFILE_STEP * (box.high - box.low)
            ends.append(brentq(excess, *sorted((bound, theta[a])), xtol=step))
    return ends[0], ends[1]


def _variances(pull: np.ndarray, bend: np.ndarray) -> tuple[float, float]:
    """[H^-1 J H^-1]_00 and [H^-1]_00 of scores (n_origins, k) and curvature H (k, k).

    J = G / (G - 1) sum_i g_i g_i', as in the interval; nan with one origin.
    """
    bread = np.linalg.inv(bend)
    origins = len(pull) if len(pull) > 1 else np.nan
    by_origin = float(((pull @ bread[:, 0]) ** 2).sum()) * origins / (origins - 1)
    return by_origin, float(bread[0, 0])


def _holds_all(box: Parameter, ends: tuple[float, float]) -> bool:
    return ends[0] <= box.low and ends[1] >= box.high
