"""Origins that candidates are scored on, and laws refitted on all rows."""

import math

import numpy as np

from movelaws.symbolic._evolution_settings import EvolutionSettings
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fitting import fit_constants
from movelaws.symbolic.hall_of_fame import HallOfFame
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import Program, stacked

_UNIFORM = Program(np.array([-1], dtype=np.int8), np.ones(1))  # the law f = 1


def evaluator_of(observations: Observations, settings: EvolutionSettings) -> Evaluator:
    """Evaluator with the loss of the settings."""
    return Evaluator(observations, settings.loss, settings.dispersion)


def least_losses(observations: Observations, settings: EvolutionSettings) -> np.ndarray:
    """(n_origins,) the loss of each origin if every flow is predicted to the last commuter."""
    perfect = Observations(
        ("flow",),
        observations.flow[None],
        observations.start,
        observations.flow,
        observations.zone,
        observations.destination,
        observations.zone_ids,
    )
    return evaluator_of(perfect, settings).origin_losses(Program(np.zeros(1, np.int8), np.ones(0)))


def batch(
    evaluator: Evaluator,
    least: np.ndarray,
    hall: HallOfFame,
    settings: EvolutionSettings,
    random: np.random.Generator,
) -> Evaluator:
    """Evaluator of the origins of one iteration; that of all of them if there are no more.

    With "largest errors" those come in that add most to the loss, averaged over the laws of the
    front in shares of the total: few origins carry most of it, so that the ranks of laws on them
    are nearly those on all.
    """
    observations = evaluator.observations
    if settings.batch_origins >= observations.n_origins:
        return evaluator
    if settings.batch == "random":
        chosen = random.choice(observations.n_origins, settings.batch_origins, replace=False)
    else:
        programs = [law.program for law in hall.front()[-6:]] or [_UNIFORM]
        errors = np.zeros(observations.n_origins)
        for program in programs:
            excess = evaluator.origin_losses(program) - least
            errors += excess / max(excess.sum(), np.finfo(float).tiny)
        chosen = np.argsort(-errors, kind="stable")[: settings.batch_origins]
    return evaluator_of(observations.of_origins(np.sort(chosen)), settings)


def refitted(
    evaluator: Evaluator, programs: list[Program], iterations: int = 40
) -> list[tuple[Program, float]]:
    """Programs with their constants fitted to all rows from where they stand, and their losses."""
    if not programs:
        return []
    codes, constants = stacked(programs)
    fitted, losses, _ = fit_constants(
        evaluator, codes, constants[:, None], refine=1, iterations=iterations
    )
    done = []
    for program, row, loss in zip(programs, fitted, losses, strict=True):
        values = row[: program.constants.size].copy()
        sane = np.isfinite(values).all()
        done.append((Program(program.code, values), float(loss) if sane else math.inf))
    return done
