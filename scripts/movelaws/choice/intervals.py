"""How sure are the parameters of a likelihood fit? Intervals that say so where they are not.

With the observed arrivals as attraction, flows that obey the game exactly have D_j = A_j, and then
alpha and gamma enter through alpha - gamma alone: the data fix the difference, not the two. So
the difference gets an interval of its own, and a parameter that the likelihood leaves open gets
(-inf, inf) with the reason rather than a number.
"""

from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import brentq
from scipy.stats import t as student

from movelaws.calibrate import Calibration
from movelaws.calibrate.intervals import effective_origins, sandwich_interval
from movelaws.choice.likelihood import climb, hessian, scores
from movelaws.choice.predictors import Predictor, bounds_hit

DIFFERENCE = "alpha - gamma"

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
    reason : by parameter, why there is no interval, or under what condition it holds; only where
        there is something to say.
    effective_origins : of the parameter on which the fewest origins weigh; nan if not defined.
    scale : variance of the scores by origin over that of multinomial flows, averaged over the
        directions that the likelihood bends in: a likelihood ratio is to be divided by it.
    """

    confidence: float
    low: dict[str, float]
    high: dict[str, float]
    reason: dict[str, str] = field(default_factory=dict)
    effective_origins: float = float("nan")
    scale: float = float("nan")


def likelihood_intervals(
    predictor: Predictor, theta: np.ndarray, confidence: float = 0.95
) -> Intervals:
    """Intervals of DCG or GMPowDC at the optimum ``theta`` of its likelihood.

    Sandwich by origin with Student's t (see ``movelaws.calibrate.intervals``): flows of one
    origin may depend on each other in any way, those of different origins count as independent,
    and the attraction as given, also where it is the observed arrivals. A parameter in a
    direction that is flat falls back on the profile likelihood, at the values where twice the
    fall, over ``scale``, exceeds the quantile.

    Raises
    ------
    ValueError
        If ``confidence`` is not in (0, 1), or as ``movelaws.choice.likelihood.scores``.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence}: it must lie between 0 and 1")
    names = [p.name for p in predictor.parameters]
    fixed = bounds_hit(predictor.parameters, theta)
    low, high, reason = dict.fromkeys(names, np.nan), dict.fromkeys(names, np.nan), {}
    for name, value in ((n, v) for n, v, f in zip(names, theta, fixed, strict=True) if f):
        reason[name] = f"on the bound {value:g} of the range searched"
    if fixed.all():
        return Intervals(confidence, low, high, reason)
    local = _Local.at(predictor, theta, ~fixed, confidence)
    condition = ", ".join(f"{n} = {v:g}" for n, v, f in zip(names, theta, fixed, strict=True) if f)
    for a in np.flatnonzero(~fixed):
        name = names[a]
        ends = local.interval(np.eye(theta.size)[a])
        if ends is None:
            ends = _profile(predictor, theta, int(a), local)
            open_ended = "" if np.isfinite(ends).all() else "unidentified: "
            reason[name] = f"{open_ended}the likelihood is flat along a direction with it"
        elif condition:
            reason[name] = f"holds for {condition} on the bound"
        low[name], high[name] = _open_if_everything(predictor, int(a), ends, reason)
    if predictor.name == "DCG" and not fixed[[0, 2]].all():
        ends = local.interval(np.array([1.0, 0.0, -1.0]))
        low[DIFFERENCE], high[DIFFERENCE] = (-np.inf, np.inf) if ends is None else ends
    return Intervals(confidence, low, high, reason, local.effective_origins(), local.scale)


def calibrated_intervals(found: Calibration) -> Intervals:
    """The sandwich intervals of ``movelaws.calibrate`` in the same form."""
    low, high, reason = dict(found.low), dict(found.high), {}
    for name, value in found.parameters.items():
        if name in found.bounds_hit:
            reason[name] = f"on the bound {value:g} of the range searched"
        elif not np.isfinite([low[name], high[name]]).all():
            low[name], high[name] = -np.inf, np.inf
            reason[name] = "unidentified: the likelihood is flat along it"
    return Intervals(found.confidence, low, high, reason, found.effective_origins)


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
    scale: float

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

    def interval(self, weights: np.ndarray) -> tuple[float, float] | None:
        """Of the sum of the parameters with these weights; None where flat directions enter."""
        own = weights[self.free]
        length = np.linalg.norm(own)
        if length == 0 or np.abs(self.flat.T @ own).max(initial=0.0) > _LOADS * length:
            return None
        # coordinates among the bent directions, of which the first is the sum asked for
        axes = np.linalg.qr(np.column_stack([own / length, self.bent]))[0]
        axes = axes[:, : self.bent.shape[1]] * np.sign(axes[:, 0] @ own)
        at = axes.T @ self.theta[self.free]
        ends = sandwich_interval(
            at, self.gradient @ axes, (axes.T @ self.curvature @ axes)[None], self.confidence
        )
        rest = float(weights[~self.free] @ self.theta[~self.free])
        low, high = (rest + length * float(end[0]) for end in ends)
        return low, high

    def effective_origins(self) -> float:
        """The fewest over the bent directions."""
        if not self.bent.size:
            return float("nan")
        bend = self.bent.T @ self.curvature @ self.bent
        return float(np.min(effective_origins(self.gradient @ self.bent, bend[None])))


def _profile(predictor: Predictor, theta: np.ndarray, a: int, local: _Local) -> tuple[float, float]:
    """Where the profile likelihood of parameter ``a`` has fallen by the quantile, or -inf, inf."""
    freedom = max(1.0, np.nan_to_num(local.effective_origins(), nan=1.0) - 1)
    quantile = student.ppf((1 + local.confidence) / 2, freedom) ** 2
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


def _open_if_everything(
    predictor: Predictor, a: int, ends: tuple[float, float], reason: dict[str, str]
) -> tuple[float, float]:
    """(-inf, inf) in place of an interval that holds the whole range searched."""
    box = predictor.parameters[a]
    if ends[0] > box.low or ends[1] < box.high:
        return ends
    reason.setdefault(box.name, "unidentified: its interval holds the whole range searched")
    return -np.inf, np.inf
