"""Is a penalty that was chosen on one period right for another?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from movelaws.inequality.case import Case
from movelaws.inequality.comparison import against_random, compare
from movelaws.inequality.draws import RandomClasses
from movelaws.inequality.likelihood import Weights, estimate_penalty, origin_log_likelihood

LIKELIHOOD, HAMMING = "likelihood", "hamming"
"""What chose the penalty: the likelihood, or the fewest wrong pairs on the grid."""


def out_of_sample(
    fitted: Case,
    tested: Case,
    grid: np.ndarray,
    exponents: Sequence[float],
    *,
    draws: int,
    seed: int,
    job: tuple[str, ...],
    drop_exact: bool,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Choose penalties on one case, hold the predictions of another against its flows.

    Parameters
    ----------
    fitted, tested : two periods of the same zones; each takes its own outflows, both have the
        same classes.
    grid : penalties that the likelihood chooses from, see ``estimate_penalty``.
    exponents : of the penalties that the Hamming distance chooses from.
    draws : random classes on the tested case.
    seed, job : of the random classes.
    drop_exact : as for the tests of the case.
    rng : of the bootstrap (whose interval is not used here).

    Returns
    -------
    DataFrame, one row per variable and way of choosing: variable, label, chosen_by,
    delta_minus_1, train_hamming, train_hamming_standard, test_hamming, test_hamming_standard,
    p_mw, p_binomial, p_random_hamming (NaN where nobody is penalised), gain_per_person
    (log-likelihood of the tested flows beyond the standard model; -inf where one is impossible).

    Raises
    ------
    ValueError
        If the two cases have different zones.
    """
    if list(fitted.surroundings.zone_ids) != list(tested.surroundings.zone_ids):
        raise ValueError("the fitted and the tested case have different zones: use two periods")
    known, new = (_observed(case) for case in (fitted, tested))
    standards = [case.standard().ravel() for case in (fitted, tested)]
    random = RandomClasses(tested.surroundings, tested.leaving.outflow)

    def beside(shape: np.ndarray, penalty: float, hamming: int, which: tuple[str, ...]) -> float:
        if penalty <= 0:  # nobody is worse off: there is nothing to deal out
            return np.nan
        drawn = random.draws(
            shape, np.array([penalty]), model=fitted.model, first=0, count=draws, seed=seed,
            job=(*job, *which), drop_exact=drop_exact,
        )  # fmt: skip
        return against_random(hamming, drawn["hamming"].to_numpy()).p_random

    rows = []
    for variable, shape in fitted.shapes.items():
        by_likelihood = estimate_penalty(
            fitted.surroundings, fitted.exact(variable), grid, bootstraps=1, rng=rng
        ).penalty
        chosen = {
            LIKELIHOOD: by_likelihood,
            HAMMING: _fewest_wrong(fitted, variable, known, standards[0], exponents),
        }
        for way, penalty in chosen.items():
            train = compare(
                known, standards[0], _predicted(fitted, shape, penalty), drop_exact=drop_exact
            )
            test = compare(
                new, standards[1], _predicted(tested, shape, penalty), drop_exact=drop_exact
            )
            rows.append(
                {
                    "variable": variable,
                    "label": fitted.labels[variable],
                    "chosen_by": way,
                    "delta_minus_1": penalty,
                    "train_hamming": train.hamming,
                    "train_hamming_standard": train.hamming_standard,
                    "test_hamming": test.hamming,
                    "test_hamming_standard": test.hamming_standard,
                    "p_mw": test.p_mw,
                    "p_binomial": test.p_binomial,
                    "p_random_hamming": beside(shape, penalty, test.hamming, (variable, way)),
                    "gain_per_person": _gain(tested, fitted.exact(variable), penalty),
                }
            )
    return pd.DataFrame(rows)


def _observed(case: Case) -> np.ndarray:
    return np.rint(case.surroundings.flow).astype(np.int64).ravel()


def _predicted(case: Case, shape: np.ndarray, penalty: float) -> np.ndarray:
    return case.flows_of(case.weights(shape, penalty)[0]).ravel()


def _fewest_wrong(
    case: Case,
    variable: str,
    observed: np.ndarray,
    baseline: np.ndarray,
    exponents: Sequence[float],
) -> float:
    """The smallest of the penalties with the fewest wrong pairs."""
    wrong = {
        10.0**n: np.count_nonzero(case.modified(variable, 10.0**n)[0].ravel() != observed)
        for n in sorted(exponents)
    }
    return min(wrong, key=wrong.__getitem__)


def _gain(case: Case, weights: Weights, penalty: float) -> float:
    flow = case.surroundings.flow
    beyond = origin_log_likelihood(flow, weights(penalty)) - origin_log_likelihood(
        flow, weights(0.0)
    )
    return float(beyond.sum() / flow.sum())
