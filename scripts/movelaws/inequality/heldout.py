"""Is a penalty that was chosen on one period right for another?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from movelaws.inequality.case import Case
from movelaws.inequality.comparison import against_random, compare
from movelaws.inequality.draws import RandomClasses
from movelaws.inequality.gain import gain_per_person
from movelaws.inequality.likelihood import estimate_penalty
from movelaws.inequality.surroundings import Surroundings

LIKELIHOOD, HAMMING = "likelihood", "hamming"
"""What chose the penalty: the likelihood, or the fewest wrong pairs on the grid."""

_SAME = 1e-9
"""Relative difference of distances and populations that are the same."""


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
    fitted, tested : two periods of the same zones with the same points and populations. The classes
        of both are those of the fitted period: the tested one gives nothing but the flows to
        predict and how many leave.
    grid : penalties that the likelihood chooses from, see ``estimate_penalty``.
    exponents : n of the penalties 10^n that the Hamming distance chooses from; 0, the standard
        model, is always among them.
    draws : random classes on the tested case.
    seed, job : of the random classes.
    drop_exact : as for the tests of the case.
    rng : of the bootstrap (whose interval is not used here).

    Returns
    -------
    DataFrame, one row per variable and way of choosing: variable, label, chosen_by,
    delta_minus_1, train_hamming, train_hamming_standard, test_hamming, test_hamming_standard,
    p_mw, p_binomial, p_random_hamming (NaN where nobody is worse off), gain_per_person
    (log-likelihood of the tested flows under the exact model beyond the standard one; -inf where
    one is impossible).

    Raises
    ------
    ValueError
        If the two cases have different zones, points, populations or models, or a flow is not a
        whole number.
    """
    _check_same_places(fitted.surroundings, tested.surroundings)
    if fitted.model != tested.model:
        raise ValueError(f"model = {fitted.model!r} is fitted, {tested.model!r} tested: use one")
    tested = replace(tested, shapes=fitted.shapes, labels=fitted.labels)
    random = RandomClasses(tested.surroundings, tested.leaving.outflow)

    def beside(variable: str, penalty: float, hamming: int, way: str) -> float:
        if penalty <= 0:  # nobody is worse off: there is nothing to deal out
            return np.nan
        drawn = random.draws(
            tested.shapes[variable], np.array([penalty]), model=tested.model, first=0, count=draws,
            seed=seed, job=(*job, variable, way), drop_exact=drop_exact,
        )  # fmt: skip
        return against_random(hamming, drawn["hamming"].to_numpy()).p_random

    rows = []
    for variable in fitted.shapes:
        exact = tested.exact(variable)
        chosen = {
            LIKELIHOOD: estimate_penalty(
                fitted.surroundings, fitted.exact(variable), grid, bootstraps=1, rng=rng
            ).penalty,
            HAMMING: _fewest_wrong(fitted, variable, exponents),
        }
        for way, penalty in chosen.items():
            train, test = (
                compare(
                    case.surroundings.flow.ravel(),
                    case.standard().ravel(),
                    _predicted(case, variable, penalty),
                    drop_exact=drop_exact,
                )
                for case in (fitted, tested)
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
                    "p_random_hamming": beside(variable, penalty, test.hamming, way),
                    "gain_per_person": gain_per_person(
                        tested.surroundings.flow, exact(penalty), exact(0.0)
                    ),
                }
            )
    return pd.DataFrame(rows)


def _check_same_places(fitted: Surroundings, tested: Surroundings) -> None:
    """Only the flows may tell two periods apart: else the penalty answers for another map too."""
    if list(fitted.zone_ids) != list(tested.zone_ids):
        raise ValueError("the fitted and the tested case have different zones: use two periods")
    same = (fitted.order == tested.order) & np.isclose(
        fitted.distance_km, tested.distance_km, rtol=_SAME, atol=0
    )
    if not same.all():
        zone = int(np.argmin(same.all(axis=1)))
        raise ValueError(
            f"the fitted and the tested case have other distances from zone "
            f"{str(fitted.zone_ids[zone])!r}: give both periods the same points"
        )
    same = np.isclose(fitted.mass, tested.mass, rtol=_SAME, atol=0)
    if not same.all():
        zone = int(np.argmin(same))
        raise ValueError(
            f"zone {str(fitted.zone_ids[zone])!r} has {fitted.mass[zone]:g} people in the fitted "
            f"and {tested.mass[zone]:g} in the tested case: give both periods the same population"
        )


def _predicted(case: Case, variable: str, penalty: float) -> np.ndarray:
    if penalty == 0:  # the last digit of another formula may turn a rounded flow
        return case.standard().ravel()
    return case.modified(variable, penalty)[0].ravel()


def _fewest_wrong(case: Case, variable: str, exponents: Sequence[float]) -> float:
    """The smallest of the penalties, 0 among them, with the fewest wrong pairs."""
    observed = case.surroundings.flow.ravel()
    penalties = [0.0, *(10.0**n for n in sorted(exponents))]
    wrong = [np.count_nonzero(_predicted(case, variable, one) != observed) for one in penalties]
    return penalties[int(np.argmin(wrong))]
