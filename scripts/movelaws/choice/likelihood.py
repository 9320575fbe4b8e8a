"""Multinomial likelihood of the game's flows, with exact first derivatives.

The flows depend on the parameters directly and through the arrivals D_j, which answer to all
origins at once. Differentiating the balance D_j = sum_i T_ij gives one linear system for the
response y_j = gamma d ln D_j / d theta of the crowding cost,

    (1 + 1 / gamma) D_j y_j - sum_i T_ij sum_k p_ik y_k = sum_i T_ij (f_ij - sum_k p_ik f_ik),

with p_ik = T_ik / O_i and f the derivative of ln A_j^alpha d_ij^-beta D_j^-gamma at fixed D. The
matrix is symmetric and positive definite (at gamma -> infinity, doubly constrained gravity,
semidefinite: a common shift of all costs moves nobody), so conjugate gradients solve it with a few
passes over the pairs.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, cg

from movelaws.calibrate.newton import step_in_box
from movelaws.choice.predictors import Predictor

_CG_TOLERANCE = 1e-8
_CG_TIGHT = 1e-12  # where gradients are subtracted from each other
_DAMPINGS = (0.0, 1e-6, 1e-4, 1e-2, 1.0, 1e2, 1e4, 1e6)  # of the step, relative to the diagonal
_STEPS = 60
_SETTLED = 1e-11  # of the log likelihood still to be gained, per trip
_DIFFERENCE = 1e-4


@dataclass(frozen=True, eq=False)
class Scores:
    """Log likelihood and its derivatives at one point.

    Attributes
    ----------
    value : sum_ij T_ij ln T'_ij.
    gradient : (n_origins, k) of each origin that sends somebody out.
    information : (k, k) expected second derivatives, with the sign changed.
    """

    value: float
    gradient: np.ndarray
    information: np.ndarray


@dataclass(frozen=True, eq=False)
class Climb:
    """Where scoring ended: parameters (k,), log likelihood, whether it settled, evaluations."""

    theta: np.ndarray
    value: float
    settled: bool
    evaluations: int


def scores(predictor: Predictor, theta: np.ndarray, tolerance: float = _CG_TOLERANCE) -> Scores:
    """Log likelihood of DCG or GMPowDC, its gradient by origin and its information.

    Parameters
    ----------
    predictor : of DCG or GMPowDC; its pairs hold the observed flows.
    theta : (k,) parameters.
    tolerance : relative, of the response of the arrivals.

    Raises
    ------
    ValueError
        If the model is another one, or a flow was observed where the model allows none.
    """
    pairs, outflow = predictor.pairs, predictor.pairs.outflow
    predicted = predictor.flows(theta)
    seen = np.flatnonzero(pairs.flow > 0)
    _check_positive(predictor, predicted, seen)
    observed = pairs.flow[seen]
    table = csr_array((predicted, pairs.destination, pairs.start), shape=(pairs.n_zones,) * 2)
    origin = pairs.origin
    gradient = np.empty((pairs.n_zones, theta.size))
    effects, means = [], np.empty((theta.size, pairs.n_zones))
    for a, effect in enumerate(_direct_effects(predictor, theta, table)):
        effect -= _response(predictor, theta, table, effect, tolerance)[pairs.destination]
        means[a] = _row_means(pairs.start, predicted * effect, outflow)
        pull = np.bincount(origin[seen], weights=observed * effect[seen], minlength=pairs.n_zones)
        gradient[:, a] = pull - outflow * means[a]
        effects.append(effect)
    information = np.empty((theta.size,) * 2)
    for a, first in enumerate(effects):
        weighted = predicted * first
        for b, second in enumerate(effects[: a + 1]):
            common = weighted @ second - (outflow * means[a]) @ means[b]
            information[a, b] = information[b, a] = common
    sending = outflow > 0
    return Scores(float(observed @ np.log(predicted[seen])), gradient[sending], information)


def hessian(predictor: Predictor, theta: np.ndarray) -> np.ndarray:
    """(k, k) second derivatives of the log likelihood, by differences of its exact gradient.

    Central ones; one-sided of second order next to a bound that the model cannot cross (0).
    """
    k = theta.size
    out = np.empty((k, k))
    for a in range(k):
        step = np.zeros(k)
        step[a] = _DIFFERENCE * max(1.0, theta[a])
        weights = {-1.0: -0.5, 1.0: 0.5}
        if theta[a] < step[a]:
            weights = {0.0: -1.5, 1.0: 2.0, 2.0: -0.5}
        total = sum(
            weight * scores(predictor, theta + times * step, _CG_TIGHT).gradient.sum(axis=0)
            for times, weight in weights.items()
        )
        out[a] = total / step[a]
    return (out + out.T) / 2


def climb(predictor: Predictor, start: np.ndarray, held: dict[int, float] | None = None) -> Climb:
    """Greatest log likelihood in the box of the predictor, uphill from ``start``.

    Fisher scoring: each step goes to the top of the parabola that the information draws, within
    the box, damped until the likelihood rises. It needs no better than a fair start, and stops
    where a full step would gain less than 1e-11 per trip.

    Parameters
    ----------
    predictor : of DCG or GMPowDC.
    start : (k,) parameters.
    held : {position: value} of parameters to be kept.
    """
    low = np.array([p.low for p in predictor.parameters])
    width = np.array([p.high for p in predictor.parameters]) - low
    held = held or {}
    free = np.array([a not in held for a in range(low.size)])
    theta = np.clip(start, low, low + width)
    for a, value in held.items():
        theta[a] = value
    here, evaluations = scores(predictor, theta), 1
    enough = _SETTLED * predictor.pairs.flow.sum()
    while free.any() and evaluations < _STEPS:
        slope = -here.gradient.sum(axis=0)[free] * width[free]
        bend = here.information[np.ix_(free, free)] * np.outer(width[free], width[free])
        u = (theta[free] - low[free]) / width[free]
        hoped = None
        for damping in _DAMPINGS:
            step = step_in_box(u, slope, bend + damping * np.diag(np.diag(bend)))
            if step is None:
                continue
            hoped = slope @ step if hoped is None else hoped
            after = theta.copy()
            after[free] = low[free] + np.clip(u + step, 0.0, 1.0) * width[free]
            there = scores(predictor, after)
            evaluations += 1
            if there.value >= here.value:
                break
        else:
            # At the top, rounding decides whether a step that gains nothing seems to lose.
            top = hoped is not None and hoped <= enough
            return Climb(theta, here.value, bool(top), evaluations)
        gain, theta, here = there.value - here.value, after, there
        if gain <= enough:
            return Climb(theta, here.value, True, evaluations)
    return Climb(theta, here.value, not free.any(), evaluations)


def _direct_effects(predictor: Predictor, theta: np.ndarray, table: csr_array):
    """Derivatives of the log weight of each pair (n_pairs,) at fixed arrivals, one by one."""
    pairs = predictor.pairs
    if predictor.name == "DCG":
        yield _finite_log(pairs.mass)[pairs.destination]
        yield -np.log(pairs.distance_km)
        yield -_finite_log(table.sum(axis=0))[pairs.destination]
    elif predictor.name == "GMPowDC":
        yield -np.log(pairs.distance_km)
    else:
        raise ValueError(f"model {predictor.name!r} has no equilibrium: use movelaws.calibrate")


def _response(predictor, theta, table, effect, tolerance) -> np.ndarray:
    """(n_zones,) derivative of the crowding cost; see the module."""
    gamma = theta[2] if predictor.name == "DCG" else np.inf
    outflow = predictor.pairs.outflow
    if gamma == 0:
        return np.zeros(outflow.size)
    start, to = predictor.pairs.start, predictor.pairs.destination
    arrivals = table.sum(axis=0)
    open_zones = arrivals > 0
    diagonal = np.where(open_zones, (1 + 1 / gamma) * arrivals, 1.0)
    product = table.data * effect
    right = np.bincount(to, weights=product, minlength=outflow.size)
    right -= table.T @ _row_means(start, product, outflow)
    share = np.divide(1.0, outflow, out=np.zeros_like(outflow), where=outflow > 0)

    def apply(y: np.ndarray) -> np.ndarray:
        return diagonal * y - table.T @ (share * (table @ y))

    shape = (outflow.size,) * 2
    y, failed = cg(
        LinearOperator(shape, matvec=apply, dtype=float),
        right,
        rtol=tolerance,
        maxiter=2000,
        M=LinearOperator(shape, matvec=lambda r: r / diagonal, dtype=float),
    )
    if failed:
        raise RuntimeError(
            f"{predictor.name} at {theta}: the response of the arrivals was not found "
            f"(conjugate gradients, code {failed})"
        )
    return y


def _row_means(start: np.ndarray, values: np.ndarray, outflow: np.ndarray) -> np.ndarray:
    """(n_zones,) sums over each origin's pairs, per traveller."""
    total = np.array([values[first:last].sum() for first, last in pairwise(start)])
    return np.divide(total, outflow, out=np.zeros_like(total), where=outflow > 0)


def _finite_log(values: np.ndarray) -> np.ndarray:
    """ln x, and 0 for x = 0: where nobody goes, the flow stays 0 and its weight counts nothing."""
    return np.log(values, out=np.zeros(values.size), where=values > 0)


def _check_positive(predictor: Predictor, predicted: np.ndarray, seen: np.ndarray) -> None:
    lost = np.flatnonzero(predicted[seen] <= 0)
    if lost.size:
        pairs, k = predictor.pairs, seen[lost[0]]
        i, j = (str(pairs.zone_ids[z]) for z in (pairs.origin[k], pairs.destination[k]))
        raise ValueError(
            f"{predictor.name} predicts no flow {i!r} -> {j!r}, where {pairs.flow[k]:g} went "
            f"({lost.size} such pairs): the likelihood is 0; give the destination an "
            "attraction above 0, or calibrate by ssi or cpc"
        )
