"""Akaike's criterion for the standard and the modified model.

The paper reports a version with Akaike's criterion in its lost supplement (Table S11). Which
likelihood it took is unknown; three are offered. In all of them the modified model has two
parameters more than the standard one: delta, and the threshold of the penalised class. The lower
criterion is better.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlogy

from movelaws.inequality.agreement import wrong_pairs
from movelaws.inequality.ranks import whole_numbers, whole_numbers_alike

EXTRA_PARAMETERS = 2


@dataclass(frozen=True)
class Akaike:
    """Criterion of the two models under one likelihood.

    Attributes
    ----------
    standard, modified : AIC; +inf if the model calls something observed impossible, -inf if it
        is perfect under a likelihood that then has no bound.
    n_impossible_standard, n_impossible_modified : observed flows where the model has p = 0.
    """

    standard: float
    modified: float
    n_impossible_standard: int = 0
    n_impossible_modified: int = 0

    @property
    def log_evidence(self) -> float:
        """Log of the evidence ratio, (AIC_standard - AIC_modified) / 2.

        > 0 for the modified model; NaN if both criteria are infinite alike.
        """
        if self.standard == self.modified and np.isinf(self.standard):
            return np.nan
        return (self.standard - self.modified) / 2

    @property
    def weight(self) -> float:
        """Akaike weight of the modified model, 1 / (1 + exp(-log_evidence))."""
        return float(expit(self.log_evidence))


def akaike_multinomial(
    observed: np.ndarray, standard: np.ndarray, modified: np.ndarray, n_parameters: int = 0
) -> Akaike:
    """AIC of the observed flows given the outflows, each person choosing by p_ij: the natural one.

    -2 sum T ln p + 2 k. The multinomial coefficients, equal for both models, are left out. A flow
    where the model has p = 0 makes the criterion infinite and is counted.

    Parameters
    ----------
    observed : (n_pairs,) flows, whole numbers >= 0.
    standard, modified : (n_pairs,) probabilities p_ij of the destinations, not rounded, same
        order of pairs; they sum to 1 over the destinations of each origin that sends anybody.
    n_parameters : k of the standard model; the modified one has two more.

    Raises
    ------
    ValueError
        If lengths differ, a flow is negative or not whole, a probability is not in [0, 1], or
        n_parameters is negative.
    """
    observed = whole_numbers(observed, "observed")
    _check_parameters(n_parameters)
    used = observed > 0
    lacks, misfits = [], []
    for name, p in (("standard", standard), ("modified", modified)):
        p = _probabilities(p, name, observed.size)[used]
        lacks.append(int(np.count_nonzero(p == 0)))
        misfits.append(np.inf if lacks[-1] else -2 * float(np.sum(xlogy(observed[used], p))))
    return _criteria(misfits, n_parameters, lacks)


def akaike_squares(
    observed: np.ndarray, standard: np.ndarray, modified: np.ndarray, n_parameters: int = 0
) -> Akaike:
    """AIC of normal errors of equal variance, M ln(RSS / M) + 2 k, RSS = sum (T' - T)^2.

    The textbook form; a few large flows decide it, because errors grow with the flow. Predicted
    flows without any error give -inf.

    Parameters
    ----------
    observed, standard, modified : (n_pairs,) flows, whole numbers >= 0, same order of pairs.
    n_parameters : k of the standard model; the modified one has two more.
    """
    observed, standard, modified = whole_numbers_alike(
        observed=observed, standard=standard, modified=modified
    )
    _check_parameters(n_parameters)
    misfits = []
    for predicted in (standard, modified):
        mean_square = float(np.mean((predicted - observed).astype(float) ** 2))
        misfits.append(observed.size * np.log(mean_square) if mean_square else -np.inf)
    return _criteria(misfits, n_parameters)


def akaike_wrong_pairs(
    observed: np.ndarray, standard: np.ndarray, modified: np.ndarray, n_parameters: int = 0
) -> Akaike:
    """AIC of the number of wrong pairs: each is wrong with the model's own share q = H / M.

    -2 [H ln q + (M - H) ln(1 - q)] + 2 k, the counterpart of the test on the Hamming distance. It
    is symmetric in q and 1 - q: once more than half of the pairs are wrong, more wrong pairs mean
    a lower criterion. Read it only beside the Hamming distances, with both below M / 2.

    Parameters
    ----------
    observed, standard, modified : (n_pairs,) flows, whole numbers >= 0, same order of pairs.
    n_parameters : k of the standard model; the modified one has two more.
    """
    observed, standard, modified = whole_numbers_alike(
        observed=observed, standard=standard, modified=modified
    )
    _check_parameters(n_parameters)
    misfits = []
    for predicted in (standard, modified):
        wrong = wrong_pairs(observed, predicted).hamming
        right = observed.size - wrong
        misfits.append(
            -2 * float(xlogy(wrong, wrong / observed.size) + xlogy(right, right / observed.size))
        )
    return _criteria(misfits, n_parameters)


def _criteria(misfits: list[float], n_parameters: int, lacks: list[int] | None = None) -> Akaike:
    standard, modified = misfits
    return Akaike(
        float(standard + 2 * n_parameters),
        float(modified + 2 * (n_parameters + EXTRA_PARAMETERS)),
        *(lacks or (0, 0)),
    )


def _check_parameters(n_parameters: int) -> None:
    if n_parameters < 0:
        raise ValueError(f"n_parameters = {n_parameters}: at least 0 is needed")


def _probabilities(values: np.ndarray, name: str, size: int) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if values.shape != (size,):
        raise ValueError(f"{name} has shape {values.shape}, observed ({size},)")
    # sums of rows leave the last digits of a certain destination above 1
    bad = ~((values >= 0) & (values <= 1 + 1e-12))
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"{name}[{at}] = {values[at]}: probabilities lie in [0, 1]")
    return values
