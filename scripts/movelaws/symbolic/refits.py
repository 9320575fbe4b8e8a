"""Laws of a front refitted under other losses: squared error, Poisson, negative binomial."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from movelaws.symbolic.count_likelihood import log_likelihood
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fitting import fit_constants, starting_constants
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.printing import text
from movelaws.symbolic.programs import from_program
from movelaws.symbolic.tokens import Program, complexity

LOSSES = ("mse", "poisson", "negbin")
STARTS = 32  # beside the constants that a law has

_DISPERSIONS = (1e-8, 1e4)
_GUESSES = (0.5, 2.0, 8.0)
_ROUNDS = 50
_SETTLED = 1e-7  # relative change of the likelihood at which dispersion and constants agree


class Refit(NamedTuple):
    """A law with its constants fitted to one loss.

    value : sum of squared errors (mse), or minus the log likelihood of the flows, with all its
        terms, so that Poisson and negative binomial can be compared.
    dispersion : alpha of the negative binomial, 0 otherwise.
    rmse, cpc : of the same predictions.
    """

    loss: str
    program: Program
    value: float
    dispersion: float
    rmse: float
    cpc: float


def refit(program: Program, observations: Observations, loss: str, seed: int = 0) -> Refit:
    """Constants of a law, and the dispersion if the loss has one, of the least loss.

    Negative binomial: constants given the dispersion and dispersion given the constants in turn,
    each by maximum likelihood, until they agree. The two can agree in several places (a law far
    off makes the flows look so dispersed that being far off hardly matters), so this is begun from
    several dispersions.

    Parameters
    ----------
    program : the law; its constants are one of the starts.
    observations : flows. Half trips are allowed: the gamma function stands for factorials.
    loss : mse, poisson or negbin.
    seed : of the other starts.

    Returns
    -------
    Refit; value and rmse are inf and cpc is nan if the law has no finite loss, as when it gives
    no weight to an observed flow.

    Raises
    ------
    ValueError
        If the loss is unknown.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss = {loss!r}: choose one of {', '.join(LOSSES)}")
    if loss != "negbin":
        evaluator = Evaluator(observations, loss)
        return _judged(fitted(program, evaluator, seed), evaluator, 0.0)
    beginnings = [
        fitted(program, Evaluator(observations, "negbin", guess), seed) for guess in _GUESSES
    ]
    found = [_in_turn(begun, observations, seed) for begun in beginnings]
    return min(found, key=lambda one: one.value)


def _in_turn(program: Program, observations: Observations, seed: int) -> Refit:
    """Dispersion given the constants and constants given the dispersion, until they agree."""
    squares = Evaluator(observations)
    if not np.isfinite(squares.loss(program)) or not (squares.predict(program) > 0).all():
        return Refit("negbin", program, np.inf, np.nan, np.inf, np.nan)
    best = None
    for _ in range(_ROUNDS):
        mean = squares.predict(program)
        evaluator = Evaluator(observations, "negbin", likeliest_dispersion(observations.flow, mean))
        program = fitted(program, evaluator, seed, n_starts=0)
        here = _judged(program, evaluator, evaluator.dispersion)
        if best is not None and best.value - here.value <= _SETTLED * abs(here.value):
            return min(best, here, key=lambda one: one.value)
        best = here
    return best


def fitted(program: Program, evaluator: Evaluator, seed: int, n_starts: int = STARTS) -> Program:
    """The program with constants of the least loss found; unchanged if nothing is better."""
    k = len(program.constants)
    if k == 0:
        return program
    codes = np.asarray(program.code, dtype=np.int8)[None]
    own = np.asarray(program.constants, dtype=float)[None, None]
    starts = own
    if n_starts:
        starts = np.concatenate([own, starting_constants(evaluator, codes, n_starts, seed)], axis=1)
    # the law's own constants are refined apart, as many starts would crowd them out
    best, least = program, evaluator.loss(program)
    for tried in (own, starts):
        constants, losses, _ = fit_constants(evaluator, codes, tried)
        if losses[0] < least:
            best, least = Program(program.code, constants[0, :k].copy()), float(losses[0])
    return best


def likeliest_dispersion(flow: np.ndarray, mean: np.ndarray) -> float:
    """alpha of the greatest negative binomial likelihood, variance mu + alpha mu^2.

    Parameters
    ----------
    flow, mean : (n_rows,) flows and their expectations, mean > 0.

    Returns
    -------
    alpha between 1e-8, where flows vary as Poisson or less, and 1e4.

    Raises
    ------
    ValueError
        If a mean is not positive.
    """
    flow, mean = np.asarray(flow, dtype=float), np.asarray(mean, dtype=float)
    if not (mean > 0).all():
        raise ValueError("mean must be > 0 in every row")
    found = minimize_scalar(
        lambda u: -log_likelihood(flow, mean, np.exp(u)),
        bounds=np.log(_DISPERSIONS),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(np.exp(found.x))


def losses_table(
    programs: Iterable[Program],
    observations: Observations,
    losses: Sequence[str] = LOSSES,
    seed: int = 0,
) -> pd.DataFrame:
    """losses.csv: loss, complexity, expression, constants, value, dispersion, rmse, cpc."""
    rows = []
    for program in programs:
        for loss in losses:
            found = refit(program, observations, loss, seed)
            law = from_program(found.program, observations.names)
            rows.append(
                {
                    "loss": loss,
                    "complexity": complexity(program.code),
                    "expression": text(law, 3),
                    "constants": ";".join(repr(float(c)) for c in law.constants),
                    "value": found.value,
                    "dispersion": found.dispersion,
                    "rmse": found.rmse,
                    "cpc": found.cpc,
                }
            )
    order = {loss: at for at, loss in enumerate(losses)}
    return pd.DataFrame(rows).sort_values("loss", key=lambda s: s.map(order), kind="stable")


def _judged(program: Program, evaluator: Evaluator, dispersion: float) -> Refit:
    loss, flow = evaluator.loss_name, evaluator.observations.flow
    value = evaluator.loss(program)
    if not np.isfinite(value):
        return Refit(loss, program, np.inf, dispersion, np.inf, np.nan)
    if loss != "mse":
        mean = evaluator.predict(program)
        value = -log_likelihood(flow, mean, dispersion)
    return Refit(
        loss, program, float(value), dispersion, evaluator.rmse(program), evaluator.cpc(program)
    )
