"""Laws tried on origins that their constants have not seen. Beyond the paper."""

from collections.abc import Sequence

import numpy as np

from movelaws.seeds import stream
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fitting import fit_constants
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import Program, stacked


def origin_folds(n_origins: int, folds: int, seed: int) -> list[np.ndarray]:
    """Every origin in one of the folds, whose sizes differ by at most one.

    Raises
    ------
    ValueError
        If there are fewer than two folds, or more folds than origins.
    """
    if not 2 <= folds <= n_origins:
        raise ValueError(f"folds = {folds}: from 2 to the number of origins, {n_origins}")
    order = stream(seed, "held-out origins").permutation(n_origins)
    return [np.sort(part) for part in np.array_split(order, folds)]


def heldout_rmse(
    programs: Sequence[Program], observations: Observations, folds: int = 5, seed: int = 0
) -> np.ndarray:
    """RMSE of laws whose constants were fitted on the other origins.

    Constants are refitted by squared error on the origins outside each fold, from where they are,
    and the flows of the fold are predicted. Outflows O_i stay known, as every law takes them as
    given. The form of a law was chosen with all origins in sight: this is the honesty of its
    constants, not of the search.

    Parameters
    ----------
    programs : laws over ``observations.names``.
    folds : groups of origins, at least 2.
    seed : of the folds.

    Returns
    -------
    (n_programs,) sqrt of the mean squared error over all rows, each predicted once; inf for a law
    that is invalid on some fold.

    Raises
    ------
    ValueError
        If there are not enough origins for the folds.
    """
    parts = origin_folds(observations.n_origins, folds, seed)
    if not programs:
        return np.empty(0)
    codes, constants = stacked(list(programs))
    squared = np.zeros(len(programs))
    for held in parts:
        outside = np.setdiff1d(np.arange(observations.n_origins), held)
        training = Evaluator(observations.of_origins(outside))
        learnt = _learnt(training, codes, constants)
        squared += Evaluator(observations.of_origins(held)).losses(codes, learnt)
    return np.sqrt(squared / observations.n_rows)


def _learnt(training: Evaluator, codes: np.ndarray, constants: np.ndarray) -> np.ndarray:
    """(n, k) constants of the least loss on the training origins, never worse than those given."""
    if constants.shape[1] == 0:
        return constants
    found, losses, _ = fit_constants(training, codes, constants[:, None, :], refine=1)
    better = losses < training.losses(codes, constants)
    return np.where(better[:, None], found[:, : constants.shape[1]], constants)
