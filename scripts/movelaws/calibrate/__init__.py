"""Calibration of flow models: the best parameters, how sure they are, how well they agree."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from movelaws.allocation import FlowModel, find_model, prepare
from movelaws.allocation.prepared import raise_for_status
from movelaws.calibrate.agreement import agreement
from movelaws.calibrate.honesty import check_derivatives, undetermined
from movelaws.calibrate.intervals import (
    DEFAULT_INTERVALS,
    INTERVALS,
    bootstrap_interval,
    effective_origins,
    information_interval,
    sandwich_interval,
)
from movelaws.calibrate.objective import OBJECTIVES, Objective, search_bounds
from movelaws.calibrate.search import Optimum, search
from movelaws.od import Pairs

__all__ = ["INTERVALS", "OBJECTIVES", "Calibration", "calibrate"]


@dataclass(frozen=True)
class Calibration:
    """A calibrated model.

    Attributes
    ----------
    model, objective : names.
    parameters : value by name; empty for a model without parameters.
    low, high : confidence bounds by name, within the range searched; nan where there is none
        (see ``calibrate``).
    interval : how they were found, or None.
    confidence : of the interval.
    value : the objective at the optimum: RMSE, CPC, or the Poisson log likelihood.
    converged : whether the refinement met its tolerance and the flows say something on every
        parameter: the objective bends, or pulls against a bound (not checked for cpc: kinks).
    at_bound : whether a parameter lies on a bound of the search; ``bounds_hit`` names them.
    evaluations : passes over the pairs, intervals included; not those over a sample of at most
        20,000 or so by which the model's derivatives are checked.
    rmse, cpc : over the pairs given.
    log_likelihood, deviance : of independent Poisson flows with the predicted means.
    dispersion : variance of the flows over that of Poisson flows; Pearson's estimate as corrected
        for sparse flows by Fletcher (2012), Biometrika 99, 230. Not comparable between models:
        it is taken relative to each model's own means, and one that predicts hardly anybody
        where somebody went gets an enormous correction. It widens that model's quasi interval.
    n_pairs, n_origins : pairs given, and origins among them that send somebody out.
    effective_origins : how many equal origins would say as much on the parameter on which the
        fewest do (see ``calibrate.intervals.effective_origins``); nan without parameters, by cpc,
        or where it is not defined. Sandwich intervals take their degrees of freedom from it.
    """

    model: str
    objective: str
    parameters: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    interval: str | None
    confidence: float
    value: float
    converged: bool
    at_bound: bool
    bounds_hit: tuple[str, ...]
    evaluations: int
    rmse: float
    cpc: float
    log_likelihood: float
    deviance: float
    dispersion: float
    n_pairs: int
    n_origins: int
    effective_origins: float


def calibrate(
    model: str | FlowModel,
    pairs: Pairs,
    objective: str = "rmse",
    *,
    interval: str | None = "default",
    confidence: float = 0.95,
    seed: int | np.random.SeedSequence | np.random.Generator = 0,
    replicates: int = 500,
    bounds: Mapping[str, tuple[float, float]] | None = None,
) -> Calibration:
    """Find the parameters of a flow model that agree best with the observed flows.

    Flows are allocated over the pairs present, and every sum runs over these: calibrate on
    observed pairs to match tables computed so, on all pairs to predict.

    Parameters
    ----------
    model : name in ``movelaws.allocation.MODELS``, or a FlowModel.
    pairs : observed flows with distances, masses and opportunities.
    objective : "rmse" (least), "cpc" (greatest) or "poisson" (greatest likelihood of independent
        Poisson flows given the outflows, which is the multinomial one).
    interval : "sandwich" (clustered by origin, with the effective number of origins; dependence
        through common destinations is ignored; rmse or poisson), "information" (observed
        information; poisson), "quasi" (the same times the dispersion; poisson), "bootstrap" (of
        origins; any objective), "default" (sandwich for rmse, quasi for poisson, bootstrap for
        cpc) or None. Derivative based bounds are nan for a parameter on a bound of the search.
    confidence : of the interval, in (0, 1).
    seed : of the bootstrap.
    replicates : of the bootstrap.
    bounds : {parameter: (low, high)} to search instead of the model's own.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        If an argument is unknown or does not fit the model or the objective, there are no pairs,
        all flows are 0, an origin cannot be allocated (the message names it), or the derivatives
        of the model are not those of its weights.

    References
    ----------
    Flowerdew & Aitkin (1982), Journal of Regional Science 22, 191 (Poisson); Lenormand et al.
    (2016), Journal of Transport Geography 51, 158 (CPC).
    """
    model = find_model(model)
    interval = _checked_interval(objective, interval, confidence, replicates)
    low, high = search_bounds(model, bounds)
    prepared = prepare(model, pairs)
    if prepared.origins.size == 0:
        raise ValueError("pairs.flow is 0 everywhere: there is nothing to calibrate on")
    target = Objective(prepared, objective, low, high)
    by_slope = target.smooth and target.n_parameters > 0
    if by_slope:
        check_derivatives(target)
    best = _optimum(target)
    theta = target.theta(best.u)
    on_bound = (best.u < 1e-6) | (best.u > 1 - 1e-6)
    agreed = agreement(prepared, theta, target.sums(theta)[0])
    scores = target.scores(best.u) if by_slope else None
    ends = (np.full(best.u.shape, np.nan),) * 2
    if model.parameters and interval == "bootstrap":
        rng = np.random.default_rng(seed)
        ends = bootstrap_interval(target, best.u, confidence, replicates, rng)
    elif model.parameters and interval is not None:
        ends = _interval(best.u, scores, interval, confidence, agreed["dispersion"], on_bound)
    names = [parameter.name for parameter in model.parameters]
    low_end, high_end = (target.theta(end) for end in ends)
    value_of = {"poisson": "log_likelihood"}.get(objective, objective)
    return Calibration(
        model=model.name,
        objective=objective,
        parameters=dict(zip(names, theta.tolist(), strict=True)),
        low=dict(zip(names, low_end.tolist(), strict=True)),
        high=dict(zip(names, high_end.tolist(), strict=True)),
        interval=interval if model.parameters else None,
        confidence=confidence,
        value=agreed[value_of],
        converged=best.converged
        and not (by_slope and undetermined(target, *scores, on_bound).any()),
        at_bound=bool(on_bound.any()),
        bounds_hit=tuple(name for name, hit in zip(names, on_bound, strict=True) if hit),
        evaluations=target.evaluations,
        n_pairs=pairs.n_pairs,
        n_origins=int(prepared.origins.size),
        effective_origins=float(np.min(effective_origins(*scores))) if by_slope else np.nan,
        **agreed,
    )


def _checked_interval(
    objective: str, interval: str | None, confidence: float, replicates: int
) -> str | None:
    if objective not in OBJECTIVES:
        raise ValueError(f"objective = {objective!r}: choose one of {', '.join(OBJECTIVES)}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence}: it must lie between 0 and 1")
    if replicates < 2:
        raise ValueError(f"replicates = {replicates}: the bootstrap needs at least 2")
    if interval is None:
        return None
    if interval == "default":
        return DEFAULT_INTERVALS[objective]
    if interval not in INTERVALS:
        raise ValueError(f"interval = {interval!r}: choose one of {', '.join(INTERVALS)}, or None")
    allowed = {"rmse": ("sandwich", "bootstrap"), "cpc": ("bootstrap",), "poisson": INTERVALS}
    if interval not in allowed[objective]:
        raise ValueError(
            f"interval = {interval!r} does not fit objective {objective!r}: "
            f"choose {' or '.join(allowed[objective])}, or None"
        )
    return interval


def _optimum(target: Objective) -> Optimum:
    """The optimum, or an error that says why no parameters will do."""
    if target.n_parameters:
        best = search(target)
    else:
        best = Optimum(np.empty(0), target.loss(np.empty(0)), True)
    if np.isfinite(best.loss):
        return best
    prepared = target.prepared
    theta = target.theta(best.u)
    totals, status = target.sums(theta)
    raise_for_status(prepared, prepared.origins, status)
    origin = prepared.origins[int(np.argmin(totals[:, 2]))]
    remedy = "give their destinations a mass, drop these pairs"
    if prepared.model.needs_circle:
        remedy = f"leave {prepared.model.name} out (the circles around their destinations hold all)"
    raise ValueError(
        f"{prepared.model.name} gives weight 0 to pairs with observed flow (origin "
        f"{str(prepared.pairs.zone_ids[origin])!r}): the likelihood is 0; {remedy}, or calibrate "
        "by another objective"
    )


def _interval(
    u: np.ndarray,
    scores: tuple[np.ndarray, np.ndarray],
    interval: str,
    confidence: float,
    dispersion: float,
    on_bound: np.ndarray,
) -> list[np.ndarray]:
    """Ends in unit coordinates by derivatives, cut to the range searched."""
    if interval == "sandwich":
        ends = sandwich_interval(u, *scores, confidence)
    else:
        scale = dispersion if interval == "quasi" else 1.0
        ends = information_interval(u, scores[1], confidence, scale)
    return [np.where(on_bound, np.nan, np.clip(end, 0.0, 1.0)) for end in ends]
