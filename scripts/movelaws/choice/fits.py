"""Calibrate the models of this chapter on one dataset, and say how well each agrees with it."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws import metrics
from movelaws.allocation import find_model
from movelaws.calibrate import calibrate
from movelaws.choice.intervals import Intervals, calibrated_intervals, likelihood_intervals
from movelaws.choice.likelihood import climb
from movelaws.choice.predictors import Predictor, bounds_hit, predictor
from movelaws.choice.search import Certificate, Target, maximise
from movelaws.od import Pairs

_HAVE_EQUILIBRIUM = ("DCG", "GMPowDC")


@dataclass(frozen=True, eq=False)
class Fit:
    """A calibrated model.

    Attributes
    ----------
    model, objective : names.
    parameters : value by name; empty for a model without parameters.
    box : (low, high) by name, where the search went.
    value : the objective at the optimum: SSI, CPC, or sum_ij T_ij ln T'_ij.
    agreement : of ``agreement``, over all pairs.
    iterations : of the equilibrium at the optimum, from a cold start; 0 without one.
    converged : whether the search settled. An equilibrium that is not found raises.
    bounds_hit : parameters on a bound of the box.
    evaluations, seconds : of the search, intervals not included.
    certificate : what the search did.
    intervals : of a likelihood fit, else None: SSI and CPC have kinks, hence no derivatives.
    """

    model: str
    objective: str
    parameters: dict[str, float]
    box: dict[str, tuple[float, float]]
    value: float
    agreement: dict[str, float]
    iterations: int
    converged: bool
    bounds_hit: tuple[str, ...]
    evaluations: int
    seconds: float
    certificate: Certificate
    intervals: Intervals | None

    @property
    def at_bound(self) -> bool:
        """Whether a parameter lies on a bound of the box."""
        return bool(self.bounds_hit)

    @property
    def theta(self) -> np.ndarray:
        """Parameters in the order of the model (k,)."""
        return np.array(list(self.parameters.values()))

    def flows(self, pairs: Pairs) -> np.ndarray:
        """Predicted flows (n_pairs,) on the pairs of the fit, or on others."""
        return predictor(self.model, pairs).flows(self.theta)


def fit(
    pairs: Pairs,
    model: str,
    objective: str = "ssi",
    seed: int = 0,
    *,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    origins: np.ndarray | None = None,
    starts: Sequence[np.ndarray] = (),
    coarse_points: int | None = None,
    local_runs: int = 2,
    confidence: float = 0.95,
) -> Fit:
    """Find the parameters of a model that agree best with the observed flows.

    Parameters
    ----------
    pairs : of ``choice_pairs``.
    model : one of ``movelaws.choice.predictors.MODELS``.
    objective : "ssi" or "cpc" (searched without derivatives, see ``search.maximise``) or
        "poisson", the multinomial likelihood given the outflows (by Newton's method or scoring).
    seed : of the search.
    bounds : {parameter: (low, high)} instead of the paper's box.
    origins : (n_zones,) booleans, the origins whose flows are fitted ("ssi" and "cpc" only); the
        others still send people, who crowd destinations.
    starts : parameters from which local searches set out too.
    coarse_points, local_runs : of ``search.maximise``.
    confidence : of the intervals of a likelihood fit.

    Raises
    ------
    ValueError
        If an argument is unknown or does not fit, all flows are 0, or an origin cannot be
        allocated; the message names it.
    NotConvergedError
        If the optimum has no equilibrium to the tolerance.
    """
    began = time.perf_counter()
    found = predictor(model, pairs, bounds)
    target = Target(found, objective, origins)
    intervals = None
    if objective == "poisson" and origins is not None:
        raise ValueError("origins: a likelihood fit takes the flows of all origins")
    if objective == "poisson" and found.parameters:
        theta, value, settled, certificate, calibrated = _most_likely(target, starts, confidence)
    else:
        best = maximise(
            target, seed, starts=starts, coarse_points=coarse_points, local_runs=local_runs
        )
        theta, value, settled, certificate = best.theta, best.value, best.settled, best.certificate
    predicted = found.flows(theta)
    seconds = time.perf_counter() - began
    if objective == "poisson" and found.parameters:
        intervals = calibrated or likelihood_intervals(found, theta, confidence)
    names = [p.name for p in found.parameters]
    return Fit(
        model=model,
        objective=objective,
        parameters=dict(zip(names, theta.tolist(), strict=True)),
        box={p.name: (p.low, p.high) for p in found.parameters},
        value=value,
        agreement=agreement(pairs, predicted),
        iterations=found.iterations,
        converged=settled,
        bounds_hit=certificate.bounds_hit,
        evaluations=certificate.evaluations,
        seconds=seconds,
        certificate=certificate,
        intervals=intervals,
    )


def fit_models(
    pairs: Pairs,
    models: Iterable[str],
    objectives: Iterable[str],
    seed: int = 0,
    *,
    bounds: Mapping[str, Mapping[str, tuple[float, float]]] | None = None,
    confidence: float = 0.95,
) -> list[Fit]:
    """Every model under every objective; one without parameters once, under "ssi" if asked for.

    The game's search also starts from gravity 2, which is the game at gamma = 0: it cannot end
    below it where both are asked for. GMPowDC and PWO beside others are left out, with a printed
    reason, where the attraction cannot be what arrives or a remote zone has no smaller circle.
    ``bounds``: by model, see ``fit``.
    """
    models, objectives, fitted = list(models), list(objectives), []
    without = "ssi" if "ssi" in objectives else objectives[0]
    for objective in objectives:
        done = {}
        for model in sorted(models, key=lambda name: name == "DCG"):
            if objective != without and not predictor(model, pairs).parameters:
                continue
            nested = done.get("GMPow2")
            starts = [np.append(nested.theta, 0.0)] if model == "DCG" and nested else []
            box = (bounds or {}).get(model)
            try:
                done[model] = fit(
                    pairs, model, objective, seed, bounds=box, starts=starts, confidence=confidence
                )
            except ValueError as error:
                # A population need not be what can arrive, and around a remote zone no circle is
                # smaller than all; the other models stand without these two.
                if model not in ("GMPowDC", "PWO") or len(models) == 1:
                    raise
                print(f"{model} left out: {error}")
        fitted += [done[model] for model in models if model in done]
    return fitted


def agreement(pairs: Pairs, flows: np.ndarray) -> dict[str, float]:
    """ssi, ssi_nonzero, cpc, ks_distance and ks_attraction of predicted flows (n_pairs,).

    ssi is the mean over all N^2 pairs, those with neither flow counting 0; ssi_nonzero that over
    the pairs with an observed flow > 0; the others as in ``movelaws.metrics``.
    """
    seen = pairs.flow > 0
    return {
        "ssi": metrics.ssi(pairs.flow, flows, pairs.n_zones),
        "ssi_nonzero": metrics.ssi_nonzero(pairs.flow[seen], flows[seen]),
        "cpc": metrics.cpc(pairs.flow, flows),
        "ks_distance": metrics.ks_distance(pairs.flow, flows, pairs.distance_km),
        "ks_attraction": metrics.ks_attraction(pairs.flow, flows, pairs.destination, pairs.n_zones),
    }


def fits_table(dataset: str, fits: Iterable[Fit]) -> pd.DataFrame:
    """One row per fit: its parameters as JSON text, agreement, and how the search went."""
    return pd.DataFrame(
        {
            "dataset": dataset,
            "model": found.model,
            "objective": found.objective,
            "parameters": json.dumps(found.parameters),
            **found.agreement,
            "converged": found.converged,
            "iterations": found.iterations,
            "seconds": found.seconds,
            "value": found.value,
            "at_bound": found.at_bound,
            "evaluations": found.evaluations,
            "coarse_best": found.certificate.coarse_best,
            "local_spread": found.certificate.local_spread,
        }
        for found in fits
    )


def parameters_table(dataset: str, fits: Iterable[Fit]) -> pd.DataFrame:
    """One row per fit and parameter; low and high are nan where there is no interval."""
    rows = []
    for found in fits:
        known = found.intervals
        for name, value in found.parameters.items():
            rows.append(
                {
                    "dataset": dataset,
                    "model": found.model,
                    "objective": found.objective,
                    "parameter": name,
                    "value": value,
                    "low": known.low[name] if known else np.nan,
                    "high": known.high[name] if known else np.nan,
                    "bound_low": found.box[name][0],
                    "bound_high": found.box[name][1],
                    "at_bound": name in found.bounds_hit,
                    "reason": known.reason.get(name, "") if known else "",
                }
            )
    columns = (
        "dataset model objective parameter value low high bound_low bound_high at_bound reason"
    )
    return pd.DataFrame(rows, columns=columns.split())


def _most_likely(target: Target, starts: Sequence[np.ndarray], confidence: float):
    """Optimum of the likelihood, its certificate, and intervals where these come with it."""
    found = target.predictor
    if found.name in _HAVE_EQUILIBRIUM:
        runs = [climb(found, start) for start in [*starts, *_likelihood_starts(found)][:2]]
        runs.sort(key=lambda run: -run.value)
        best, calibrated = runs[0], None
        theta, value, settled = best.theta, best.value, best.settled
        values, evaluations = tuple(r.value for r in runs), sum(r.evaluations for r in runs)
        on_bound = bounds_hit(found.parameters, theta)
        hit = tuple(p.name for p, at in zip(found.parameters, on_bound, strict=True) if at)
    else:
        box = {p.name: (p.low, p.high) for p in found.parameters}
        best = calibrate(
            find_model(found.name),
            found.pairs,
            "poisson",
            interval="sandwich",
            bounds=box,
            confidence=confidence,
        )
        theta = np.array(list(best.parameters.values()))
        value, settled = target.at(theta), best.converged
        values, evaluations, hit = (value,), best.evaluations, best.bounds_hit
        calibrated = calibrated_intervals(best)
    certificate = Certificate(
        method="Fisher scoring" if calibrated is None else "movelaws.calibrate (Newton)",
        evaluations=evaluations,
        coarse_points=0,
        coarse_best=float("nan"),
        local_values=values,
        local_spread=values[0] - values[-1],
        bounds_hit=hit,
        not_converged=0,
    )
    return theta, value, settled, certificate, calibrated


def _likelihood_starts(found: Predictor) -> list[np.ndarray]:
    """Two fair starts: as much crowding as the paper finds, and hardly any."""
    if found.name == "GMPowDC":
        return [np.array([2.0]), np.array([0.5])]
    return [np.array([4.0, 1.0, 3.0]), np.array([1.0, 1.0, 0.2])]
