"""Origins that carry most of the error: a loss on them alone already rules most laws out.

The squared error of an allocation is a sum over origins of terms >= 0, each a function of the law
and of the flows of that origin alone. The sum over some origins is therefore a lower bound of the
sum over all, and so is its minimum over constants. The bound is close if the origins are those
where laws tend to err most.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import Program

LARGEST = 1e75  # products of a few such numbers cannot be told from infinity


class Tier(NamedTuple):
    """Some origins of a dataset.

    origins : (n,) indices, rising.
    rows : number of their pairs.
    share : of the squared error of the reference laws, averaged over the laws.
    """

    origins: np.ndarray
    rows: int
    share: float


def tiers(
    evaluator: Evaluator,
    programs: Sequence[Program],
    *,
    rows: Sequence[int] = (1_200, 8_000),
    share: float = 0.95,
) -> tuple[Tier, ...]:
    """Samples of origins, each within the next; those with the most error per pair come first.

    Parameters
    ----------
    evaluator : of all observations, with the loss "mse".
    programs : reference laws with their constants, best those close to the front; laws that are
        invalid on the observations are passed over.
    rows : the most pairs of each sample, rising.
    share : a sample ends where it has this share of the error.

    Returns
    -------
    One tier for each of ``rows``, with at least one origin.

    Raises
    ------
    ValueError
        If ``rows`` does not rise, ``share`` is not in (0, 1], no program is valid, or the loss is
        not a sum of squares.
    """
    rows = list(rows)
    if not rows or rows[0] < 1 or rows != sorted(rows):
        raise ValueError(f"rows = {rows}: rising numbers of at least 1 are needed")
    if not 0 < share <= 1:
        raise ValueError(f"share = {share}: a number in (0, 1] is needed")
    if evaluator.loss_name != "mse":
        raise ValueError(f"loss = {evaluator.loss_name!r}: only 'mse' is a sum of terms >= 0")
    errors = _relative_errors(evaluator, programs)
    sizes = np.diff(evaluator.observations.start)
    order = np.argsort(-errors / sizes, kind="stable")
    reached = np.concatenate([[0.0], np.cumsum(errors[order])[:-1]])
    taken = np.cumsum(sizes[order])
    return tuple(_tier(order, (taken <= most) & (reached < share), errors, sizes) for most in rows)


def _tier(order: np.ndarray, chosen: np.ndarray, errors: np.ndarray, sizes: np.ndarray) -> Tier:
    n = max(int(np.argmin(np.append(chosen, False))), 1)
    origins = np.sort(order[:n])
    return Tier(origins, int(sizes[origins].sum()), float(errors[origins].sum()))


def _relative_errors(evaluator: Evaluator, programs: Sequence[Program]) -> np.ndarray:
    """(n_origins,) mean share of each origin in the squared error of a law."""
    shares = []
    for program in programs:
        losses = evaluator.origin_losses(program)
        total = losses.sum()
        if np.isfinite(total) and total > 0:
            shares.append(losses / total)
    if not shares:
        found = _degenerate(evaluator.observations)
        raise ValueError(
            "no reference law is valid on these observations and errs in any origin: "
            + ("; ".join(found) or "each gives the flows exactly or none at all")
            + "; correct the data (populations of the zones, flows to more than one destination), "
            "or leave a variable that says nothing out of symbolic.search.variables"
        )
    return np.mean(shares, axis=0)


def _degenerate(observations: Observations) -> list[str]:
    """What is wrong with variables that can tell no destination from another."""
    found = []
    for name, values in zip(observations.names, observations.columns, strict=True):
        if not values.any():
            found.append(f"variable {name!r} is 0 in every row")
        elif values.min() == values.max():
            found.append(f"variable {name!r} is {values[0]:g} in every row")
        elif values.max() > LARGEST:
            found.append(f"variable {name!r} reaches {values.max():g}, too large to calculate with")
    if observations.n_rows == observations.n_origins:
        found.append("every origin has one destination, so that every law is exact")
    return found
