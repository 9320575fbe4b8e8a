"""Laws tried on origins that their constants have not seen. Beyond the paper."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from movelaws.seeds import number, stream
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fitting import fit_constants, screen
from movelaws.symbolic.known_laws import known_laws
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import Program, stacked

REFERENCE = "GMExp"  # exponential gravity, which the gain of a law is over
RESAMPLES = 2000
COLUMNS = ("heldout_rmse", "heldout_gain", "heldout_gain_low", "heldout_gain_high")


def heldout_table(
    programs: Sequence[Program],
    observations: Observations,
    folds: int = 5,
    seed: int = 0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Error of laws on origins not seen, and what they gain over exponential gravity there.

    Parameters
    ----------
    programs, observations, folds, seed : as for `heldout_errors`.
    confidence : of the intervals.

    Returns
    -------
    DataFrame, a row per law: heldout_rmse (flow units), heldout_gain, heldout_gain_low and
    heldout_gain_high (percent by which the RMSE is below that of exponential gravity, see
    `gain_interval`); the gains are nan where the data have no masses or no distances.

    Raises
    ------
    ValueError
        If there are not enough origins for the folds or ``confidence`` is no share.
    """
    reference = known_laws(observations.names).get(REFERENCE)
    asked = [*programs, *([] if reference is None else [reference])]
    errors = heldout_errors(asked, observations, folds, seed)
    rmse = np.sqrt(errors[: len(programs)].sum(axis=1) / observations.n_rows)
    gains = np.full((len(programs), 3), np.nan)
    if reference is not None:
        draws = number(seed, "held-out gain")
        for row in range(len(programs)):
            gains[row] = gain_interval(errors[row], errors[-1], draws, confidence)
    return pd.DataFrame(np.column_stack([rmse, gains]), columns=COLUMNS)


def heldout_rmse(
    programs: Sequence[Program], observations: Observations, folds: int = 5, seed: int = 0
) -> np.ndarray:
    """(n_programs,) RMSE over all rows by `heldout_errors`; inf where that is."""
    errors = heldout_errors(programs, observations, folds, seed)
    return np.sqrt(errors.sum(axis=1) / observations.n_rows)


def heldout_errors(
    programs: Sequence[Program], observations: Observations, folds: int = 5, seed: int = 0
) -> np.ndarray:
    """Squared errors of laws whose constants were fitted on the other origins.

    For each fold the constants are fitted by squared error on the origins outside it, from the
    starting constants that every search uses, which know these origins only, and from the constants
    given; the fit with the least error outside the fold counts. (The constants given have seen the
    fold, but serve as one start among many, so that a law is not held out with a worse minimum than
    it has.) Outflows O_i stay known, as every law takes them as given. The form of a law was chosen
    with all origins in sight: this is the honesty of its constants, not of the search.

    Parameters
    ----------
    programs : laws over ``observations.names``.
    folds : groups of origins, at least 2.
    seed : of the folds and the starts.

    Returns
    -------
    (n_programs, n_origins) sums of squared errors over the rows of each origin when it was held
    out; inf for all origins of a fold on which a law is invalid.

    Raises
    ------
    ValueError
        If there are not enough origins for the folds.
    """
    parts = origin_folds(observations.n_origins, folds, seed)
    errors = np.empty((len(programs), observations.n_origins))
    if not programs:
        return errors
    codes, constants = stacked(list(programs))
    for held in parts:
        outside = np.setdiff1d(np.arange(observations.n_origins), held)
        training = Evaluator(observations.of_origins(outside))
        learnt = _learnt(training, codes, constants, number(seed, "held-out starts"))
        tested = Evaluator(observations.of_origins(held))
        for row, program in enumerate(programs):
            fitted = Program(program.code, learnt[row, : program.constants.size])
            errors[row, held] = tested.origin_losses(fitted)
    return errors


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


def gain_interval(
    errors: np.ndarray,
    reference: np.ndarray,
    seed: int,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> tuple[float, float, float]:
    """By how many percent the RMSE of one law is below that of another, with its interval.

    A paired bootstrap: origins are drawn with replacement, each with its errors under both laws,
    as flows of one origin err together and both laws err where flows are large. The interval holds
    the middle of the gains drawn (percentile interval).

    Parameters
    ----------
    errors, reference : (n_origins,) sums of squared errors of the law and of the other one.
    seed : of the draws; equal draws for equal seeds, so that laws can be compared.
    confidence : of the interval, in (0, 1).
    resamples : draws of all origins.

    Returns
    -------
    gain, low, high in percent, > 0 where the law errs less; nan where an error is not finite or the
    other law does not err.

    Raises
    ------
    ValueError
        If the two do not have a value per origin each, or ``confidence`` is out of range.
    """
    errors, reference = np.asarray(errors, dtype=float), np.asarray(reference, dtype=float)
    if errors.shape != reference.shape or errors.ndim != 1:
        raise ValueError(
            f"errors and reference have shapes {errors.shape} and {reference.shape}: one value per "
            "origin is needed in both"
        )
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence}: it must lie between 0 and 1")
    both = np.stack([errors, reference], axis=1)
    if not np.isfinite(both).all() or not reference.sum() > 0:
        return np.nan, np.nan, np.nan
    random = np.random.default_rng(seed)
    n = errors.size
    sums = np.array([both[random.integers(n, size=n)].sum(axis=0) for _ in range(resamples)])
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = _gain(*sums.T)
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return float(_gain(errors.sum(), reference.sum())), float(low), float(high)


def _gain(squared: np.ndarray, reference: np.ndarray) -> np.ndarray:
    return 100 * (1 - np.sqrt(squared / reference))


def _learnt(training: Evaluator, codes: np.ndarray, constants: np.ndarray, seed: int) -> np.ndarray:
    """(n, k) constants of the least loss on the training origins, never worse than those given."""
    if constants.shape[1] == 0:
        return constants
    k = constants.shape[1]
    polished, near, _ = fit_constants(training, codes, constants[:, None, :], refine=1)
    anew, far = screen(training, codes, seed=seed)
    tried = np.stack([constants, polished[:, :k], anew[:, :k]])
    losses = np.stack([training.losses(codes, constants), near, far])
    return tried[np.argmin(losses, axis=0), np.arange(len(codes))]
