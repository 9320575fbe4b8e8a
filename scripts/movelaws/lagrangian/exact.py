"""Fit of any variant by the exact gradient of the whole trajectory, on one day or several."""

import time
from collections.abc import Sequence

import numpy as np

from movelaws.lagrangian.fit import Fit, rms_of
from movelaws.lagrangian.interpolation import fit_interpolation, warm
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.objective import Objective
from movelaws.lagrangian.onestep import one_step
from movelaws.lagrangian.search import minimise
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.variants import held, variant_of

_CHEAP = 10
"""Iterations of constant parameters, which cost a tenth or less, for one of the full variants."""
_PROBE = 10
"""One in so many iterations goes to trying a start."""


def _starts(objective: Objective, bound: float) -> dict[str, np.ndarray]:
    """Free numbers to begin from, by name."""
    references, variant = objective.references, objective.variant
    zero = np.zeros(objective.parts)
    starts = {"zero": zero}
    if variant.groups == 2:
        starts["still"] = objective.still
    if variant.form != "full":
        starts["onestep"] = one_step(references, variant)
    elif len(references) == 1:
        # Where both penalties are small, this solves the whole problem.
        ratio = objective.smoothness / objective.ridge if objective.ridge else 0.0
        found = fit_interpolation(references[0], bound, smoothness=ratio, variant=variant.name)
        free = variant.pack(found.gamma, found.lam, objective.shape, objective.dt)
        starts["interpolation"] = free
    return starts


def _raced(
    objective: Objective, starts: dict[str, np.ndarray], bound: float, iterations: int, **options
) -> tuple[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The fit from the best start, and its name.

    Of a full variant that is the start of least J. Constant ones have valleys that this does not
    tell apart: each start has a tenth of the iterations, and the least J then has the rest.
    """
    values = {
        name: objective.value(np.clip(start, -bound, bound)) for name, start in starts.items()
    }
    alive = {name: value for name, value in values.items() if np.isfinite(value)}
    probe = iterations // _PROBE
    if objective.variant.form == "full" or len(alive) < 2 or probe < 1:
        best = min(alive, key=alive.get)
        return best, minimise(
            objective, starts[best], bound=bound, iterations=iterations, **options
        )
    tried = {
        name: minimise(objective, starts[name], bound=bound, iterations=probe, **options)
        for name in alive
    }
    best = min(tried, key=lambda name: objective.value(tried[name][0]))
    _, errors, seconds = tried[best]
    free, later, more = minimise(
        objective, tried[best][0], bound=bound, iterations=iterations - probe, **options
    )
    return best, (free, np.append(errors, later[1:]), np.append(seconds, more[1:]))


def fit_exact(
    reference: Reference | Sequence[Reference],
    *,
    variant: str = "full",
    smoothness: float = 0.0,
    ridge: float = 0.0,
    bound: float | None = None,
    iterations: int = 500,
    window: int | None = None,
    tolerance: float = 1e-3,
    start: str = "best",
    around: str = "zero",
) -> Fit:
    """Fit of a variant by the exact gradient (see ``movelaws.lagrangian.objective`` for J).

    Parameters
    ----------
    reference : a day, or several equal days that share one set of parameters.
    variant : one of ``VARIANTS``.
    smoothness, ridge : penalties, >= 0.
    bound : on the absolute value of each free number; N unless given.
    iterations : at most; of constant variants ten times as many, each at a tenth of the cost.
    window : last time point that counts (default: all); later parameters are the last ones held.
        Nothing later is seen, but for the target mu, which is that of the reference as given.
    tolerance : the fit ends where J falls by no more than this share in 20 iterations.
    start : "zero" as the printed schedule, "still" (nothing moves, by Gamma_aa = 1 / dt), "onestep"
        (constant variants: least squares of single steps), "interpolation" (full ones, of a single
        day), or "best": of full variants the one of least J, of constant ones that which leads
        farthest in a tenth of the iterations.
    around : what the penalties pull to: "zero", no parameters, each in its own unit; or "still",
        nothing moves, without units, so that a ridge means the same for all variants (see
        ``movelaws.lagrangian.objective``). Without penalties both are the same fit.

    Returns
    -------
    Fit of method "exact" with the trajectory of the first day over all steps. ``error`` is E up to
    the window, the mean over the days; ``seconds`` count from the search for a start; ``rms`` is
    that of all days over all steps.

    Raises
    ------
    ValueError
        If an argument is out of range, days differ in size, or the start is unknown or explodes.
    """
    references = (reference,) if isinstance(reference, Reference) else tuple(reference)
    kind = variant_of(variant)
    objective = Objective(
        references, kind, ridge=ridge, smoothness=smoothness, window=window, around=around
    )
    first = references[0]
    bound = float(first.sites) if bound is None else float(bound)
    if not 0 < bound < np.inf:
        raise ValueError(f"bound = {bound}: a finite number > 0 is needed")
    if iterations < 1:
        raise ValueError(f"iterations = {iterations}: at least 1 is needed")
    objective.gradient(np.zeros(objective.parts))  # compiles, before the clock starts
    warm()
    began = time.perf_counter()
    starts = _starts(objective, bound)
    if start != "best":
        if start not in starts:
            raise ValueError(
                f"start = {start!r} with {variant!r}: one of best, {', '.join(starts)}"
            )
        starts = {start: starts[start]}
    begin, (free, errors, seconds) = _raced(
        objective,
        starts,
        bound,
        iterations if kind.form == "full" else _CHEAP * iterations,
        tolerance=tolerance,
        began=began,
    )
    gamma, lam = (held(part, first.steps) for part in objective.parameters(free))
    paths = [
        simulate(day.q[0], day.v0, gamma, lam, day.mu, day.shape, day.dt, day.steps)
        for day in references
    ]
    squares = [rms_of(q, day) ** 2 for (q, _), day in zip(paths, references, strict=True)]
    return Fit(
        method="exact",
        gamma=gamma,
        lam=lam,
        q=paths[0][0],
        v=paths[0][1],
        error=errors,
        rms=float(np.sqrt(np.mean(squares))),
        seconds=seconds,
        reference=first,
        settings={
            "variant": variant,
            "smoothness": float(smoothness),
            "ridge": float(ridge),
            "around": around,
            "bound": bound,
            "iterations": int(iterations),
            "window": objective.adjoint.steps,
            "tolerance": float(tolerance),
            "start": begin,
            "days": len(references),
            "parameters": kind.count(first.shape, objective.adjoint.steps),
            "at_bound": int(np.count_nonzero(np.abs(free) >= bound)),
        },
    )
