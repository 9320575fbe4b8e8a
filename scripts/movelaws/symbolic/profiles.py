"""How sure the constants of a law are: profiles of the loss, scaled for flows that err together.

Flows of one origin are shares of one outflow and err together, and a few large origins carry most
of the squared error. A profile of the squared error that takes its rows for independent
observations is therefore far too narrow. Here the profile keeps its shape, and so its asymmetry,
but is scaled such that its curvature agrees with the sandwich variance clustered by origin, and
its quantile is Student's with as many degrees of freedom as there are effective origins.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import stdtrit  # the quantile of Student's t

from movelaws.calibrate.intervals import effective_origins, sandwich_interval
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.printing import text
from movelaws.symbolic.programs import from_program
from movelaws.symbolic.tokens import Program

COLUMNS = ("constant", "value", "low", "high", "at_bound", "sandwich_low", "sandwich_high")

_STEP = 1e-3  # of a constant, for differences of losses and gradients
_DOUBLINGS = 40
_REFINEMENTS = 60
_FAR = 1e6  # stands for the infinite loss of an invalid program in the search for a root


class _Around(NamedTuple):
    """The loss near its minimum, with constants counted in units of their own size."""

    scores: np.ndarray  # (n_origins, k), gradients of the origins' losses
    hessian: np.ndarray  # (k, k), of the loss
    unit: np.ndarray  # (k,)


def profile_constants(
    program: Program, evaluator: Evaluator, confidence: float = 0.95
) -> pd.DataFrame:
    """Confidence intervals of the constants of a law, one after the other.

    Each constant c_a is moved from its best value while all others are fitted again. Its interval
    holds the values at which

        2 (L(c_a) - L) (H^-1)_aa / V_aa <= t^2,

    where L is the loss of the evaluator, H its Hessian and V = H^-1 (sum_i g_i g_i') H^-1 the
    sandwich over origins i. For a quadratic loss this is the sandwich interval itself, which is
    given beside it. Dependence of flows into a common destination is ignored, as is the search
    that chose the form of the law.

    Parameters
    ----------
    program : with its constants fitted to this loss; they are refined first.
    evaluator : observations and loss (mse, poisson or negbin).
    confidence : of the intervals, in (0, 1).

    Returns
    -------
    DataFrame with a row per constant, in the order of the expression: constant (1, 2, ...), value,
    low, high, at_bound (whether an end was not found, because the loss hardly rises towards
    infinity; that end is infinite, or nan if the constants do not determine each other),
    sandwich_low, sandwich_high, effective_origins. The base of a power c^x is given as c, not as
    ln c. A law without constants gives an empty table.

    Raises
    ------
    ValueError
        If the confidence is out of range or the program is invalid on the observations.

    References
    ----------
    Chandler & Bate (2007), Biometrika 94, 167 (adjusted profile likelihood for clustered data);
    Carter, Schnepel & Steigerwald (2017), Review of Economics and Statistics 99, 698.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence}: it must lie between 0 and 1")
    if not np.isfinite(evaluator.loss(program)):
        raise ValueError("program is invalid on these observations: it has no finite loss")
    program = refine(program, evaluator, np.ones(len(program.constants), dtype=bool))
    k = program.constants.size
    if k == 0:
        return pd.DataFrame(columns=[*COLUMNS, "effective_origins"])
    scores, hessian, unit = _around(program, evaluator)
    by_origin = np.broadcast_to(hessian / len(scores), (len(scores), k, k))
    low, high = (
        unit * end
        for end in sandwich_interval(program.constants / unit, scores, by_origin, confidence)
    )
    effective = effective_origins(scores, by_origin)
    freedom = np.fmax(1.0, effective - 1)
    half = (high - low) / 2
    rows = []
    for a in range(k):
        quantile = float(stdtrit(freedom[a], (1 + confidence) / 2))
        ends = np.full(2, np.nan)
        if np.isfinite(half[a]) and half[a] > 0:
            scale = np.linalg.inv(hessian)[a, a] * (unit[a] * quantile / half[a]) ** 2
            ends = np.array(
                [_end(program, evaluator, a, way * half[a], scale, quantile) for way in (-1, 1)]
            )
        around = np.array([low[a], high[a]])
        rows.append((a, program.constants[a], *ends, not np.isfinite(ends).all(), *around))
    table = pd.DataFrame(rows, columns=COLUMNS).assign(effective_origins=effective)
    return _as_written(table, program, evaluator.observations.names)


def constants_table(
    laws: Iterable[tuple[int, int, Program]], evaluator: Evaluator, confidence: float = 0.95
) -> pd.DataFrame:
    """constants.csv: ``profile_constants`` of laws given as (complexity, rank, program)."""
    tables = []
    for complexity, rank, program in laws:
        table = profile_constants(program, evaluator, confidence)
        expression = text(from_program(program, evaluator.observations.names), 3)
        table.insert(0, "complexity", complexity)
        table.insert(1, "rank", rank)
        table.insert(2, "expression", expression)
        tables.append(table)
    kept = [table for table in tables if len(table)] or tables[:1]
    columns = ["complexity", "rank", "expression", *COLUMNS, "effective_origins"]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)


def refine(program: Program, evaluator: Evaluator, free: np.ndarray) -> Program:
    """Constants where ``free`` (k,) brought to the nearest minimum, by Levenberg and Marquardt.

    The others stay. Never worse than where it starts.
    """
    constants = np.array(program.constants, dtype=float)
    if not free.any():
        return Program(program.code, constants)
    loss, gradient, curvature = evaluator.derivatives(Program(program.code, constants))
    damping = 1e-3
    for _ in range(_REFINEMENTS):
        if not (np.isfinite(gradient[free]).all() and np.isfinite(curvature).all()):
            break
        matrix = curvature[np.ix_(free, free)]
        matrix = matrix + damping * np.diag(np.maximum(np.diag(matrix), 1e-300))
        step = np.zeros_like(constants)
        try:
            step[free] = np.linalg.solve(matrix, -gradient[free])
        except np.linalg.LinAlgError:
            break
        ahead = constants + step
        found = evaluator.derivatives(Program(program.code, ahead))
        if found[0] < loss:
            gain = loss - found[0]
            constants, (loss, gradient, curvature) = ahead, found
            damping *= 0.1
            if gain <= 1e-13 * abs(loss):
                break
        else:
            damping *= 10
            if damping > 1e12:
                break
    return Program(program.code, constants)


def _around(program: Program, evaluator: Evaluator) -> _Around:
    """Scores of the origins and Hessian of the loss, by central differences.

    The Hessian is that of the loss itself, not of Gauss and Newton: a law that is wrong in places
    leaves residuals whose curvature counts, in the profile as in the sandwich.
    """
    constants = np.array(program.constants, dtype=float)
    loss, _, curvature = evaluator.derivatives(program)
    unit = np.array(
        [_length(c, h, loss) for c, h in zip(constants, np.diag(curvature), strict=True)]
    )
    k = constants.size
    scores, hessian = np.empty((evaluator.observations.n_origins, k)), np.empty((k, k))
    for a in range(k):
        step = np.zeros(k)
        step[a] = _STEP * unit[a]
        ends = [Program(program.code, constants + way * step) for way in (-1, 1)]
        losses = [evaluator.origin_losses(end) for end in ends]
        slopes = [evaluator.derivatives(end)[1] for end in ends]
        with np.errstate(invalid="ignore"):
            scores[:, a] = (losses[1] - losses[0]) / (2 * _STEP)
            hessian[a] = (slopes[1] - slopes[0]) * unit / (2 * _STEP)
    return _Around(scores, (hessian + hessian.T) / 2, unit)


def _length(value: float, curvature: float, loss: float) -> float:
    """A length over which the loss changes as much as itself, at most the constant's own size."""
    natural = np.sqrt(max(abs(loss), 1.0) / curvature) if curvature > 0 else np.inf
    own = abs(value) if value != 0 else np.inf
    length = min(natural, own)
    return length if np.isfinite(length) else 1.0


def _end(
    program: Program, evaluator: Evaluator, a: int, step: float, scale: float, quantile: float
) -> float:
    """Where the scaled profile of constant ``a`` reaches the quantile, on the side of ``step``."""
    best = evaluator.loss(program)
    free = np.arange(program.constants.size) != a
    near = program
    # the same shift must have the same value twice, though the other constants start anew each time
    known = {0.0: -quantile}

    def beyond(shift: float) -> float:
        """Signed root of the scaled rise of the loss, less the quantile."""
        if shift not in known:
            known[shift] = risen(shift)
        return known[shift]

    def risen(shift: float) -> float:
        nonlocal near
        found, rise = fitted(near, shift)
        if not rise <= quantile and near is not program:
            # the others may have slipped into another minimum on the way: ask from the best again
            again, lower = fitted(program, shift)
            if lower < rise:
                found, rise = again, lower
        if rise < np.inf:
            near = found
        return min(rise, _FAR) - quantile

    def fitted(start: Program, shift: float) -> tuple[Program, float]:
        """The others fitted from those of ``start``, and the root of the scaled rise, or inf."""
        values = start.constants.copy()
        values[a] = program.constants[a] + shift
        found = refine(Program(program.code, values), evaluator, free)
        rise = evaluator.loss(found) - best
        return found, float(np.sqrt(max(2 * rise * scale, 0.0))) if np.isfinite(rise) else np.inf

    inner, outer = 0.0, step
    for _ in range(_DOUBLINGS):
        if beyond(outer) > 0:
            break
        inner, outer = outer, 2 * outer
    else:
        return float(np.copysign(np.inf, step))
    shift = brentq(beyond, inner, outer, xtol=abs(step) * 1e-6, rtol=1e-6)
    return float(program.constants[a] + shift)


def _as_written(table: pd.DataFrame, program: Program, names: tuple[str, ...]) -> pd.DataFrame:
    """Constants as the expression shows them: a base c instead of ln c."""
    written = from_program(program, names).constants
    # exp(k) = k has no real solution, so a difference means that the constant is a base
    base = np.array(written) != program.constants
    values = list(COLUMNS[1:4]) + list(COLUMNS[5:])
    with np.errstate(over="ignore"):
        shown = np.where(base[:, None], np.exp(table[values]), table[values])
    table[values] = shown
    table["value"] = written
    return table.assign(constant=table["constant"] + 1)
