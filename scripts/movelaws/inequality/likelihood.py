"""The penalty delta - 1 by maximum likelihood, where the paper scans orders of magnitude.

Given the outflows, the flows of each origin are multinomial with the probabilities of the exact
model, so the log-likelihood of a penalty is sum_ij T_ij ln(p_ij / sum_k p_ik). People do not move
independently (a family, a truck), so the interval is a bootstrap over origins, not the curvature of
the likelihood: origins are drawn with replacement, and each draw has a best penalty of its own.

Such an interval says whether a class matters, not whether these places do: where the standard model
is wrong for other reasons, some penalty of nearly any class whatever makes the flows more likely.
:mod:`movelaws.inequality.random_gain` deals the class out to other places.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from movelaws.inequality.surroundings import Surroundings

Weights = Callable[[float], np.ndarray]
"""Penalty delta - 1 to (n, n - 1) unnormalised p_ij in the order of the surroundings."""

_IMPOSSIBLE = -1e300  # in the place of -inf, which times 0 draws would be no number
_ROUNDING = 1e-12  # of the log-likelihood per person
_REFINEMENTS, _PARTS, _FEW_STEPS = 3, 3, 2  # rounds, parts of a step, steps
_NEARLY_ALL = (0.01, 0.99)  # of the draws
_WIDE = 1.5  # ratio of neighbouring penalties, above which the grid is coarse


@dataclass(frozen=True, eq=False)
class Estimate:
    """The penalty that makes the observed flows most likely.

    Attributes
    ----------
    penalty : delta - 1; 0 is the standard model, below 0 the places are better off.
    low, high : of the bootstrap interval.
    gain_per_person : log-likelihood beyond that of the standard model, per person who moves.
    share_positive, share_negative : of the bootstrap estimates above and below 0.
    profile : DataFrame delta_minus_1, gain_per_person; -inf where an observed flow is impossible.
    """

    penalty: float
    low: float
    high: float
    gain_per_person: float
    share_positive: float
    share_negative: float
    profile: pd.DataFrame


def penalty_grid(
    lowest: float, highest: float, per_decade: int, advantage: bool = False
) -> np.ndarray:
    """Penalties 0 and 10^lowest ... 10^highest, with ``advantage`` those below 0 too, rising.

    Parameters
    ----------
    lowest, highest : exponents.
    per_decade : values from one power of ten to the next.
    advantage : also 1 / delta - 1 of each delta, places that are better off by as much.

    Raises
    ------
    ValueError
        If the exponents do not rise or there is less than one value per decade.
    """
    if not lowest < highest or per_decade < 1:
        raise ValueError(
            f"lowest = {lowest}, highest = {highest}, per_decade = {per_decade}: the exponents "
            "must rise and at least one value lie in each decade"
        )
    steps = int(np.floor((highest - lowest) * per_decade + 1e-9))
    worse = 10.0 ** (lowest + np.arange(steps + 1) / per_decade)
    better = -worse[::-1] / (1 + worse[::-1]) if advantage else np.empty(0)
    return np.concatenate([better, [0.0], worse])


def origin_log_likelihood(flow: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Multinomial log-likelihood of each origin, without the factor that no model changes.

    Parameters
    ----------
    flow : (n, m) observed people.
    p : (n, m) >= 0, weights of the destinations, not normalised.

    Returns
    -------
    (n,) sum_j T_ij ln(p_ij / sum_k p_ik); -inf where a flow was observed and p is 0.
    """
    total = p.sum(axis=1)
    with np.errstate(divide="ignore"):
        part = np.where(flow > 0, np.log(p), 0.0)
    # a row of zeros is impossible through its destinations; -inf less -inf would be no number
    norm = np.log(total, out=np.zeros_like(total), where=total > 0)
    return (flow * part).sum(axis=1) - flow.sum(axis=1) * norm


def estimate_penalty(
    surroundings: Surroundings,
    weights: Weights,
    grid: np.ndarray,
    *,
    bootstraps: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> Estimate:
    """Map the likelihood over a grid of penalties and bootstrap its maximum over the origins.

    The maximum lies between grid points; a parabola through the best point and its neighbours, in
    the logarithm of the penalty, says where. A maximum at the end of the grid, or beside 0, stays
    on its grid point; where no penalty is better than none by more than rounding, it is 0. Where
    steps of the grid are wide, or nearly all bootstrap estimates lie within two of them, they are
    divided further. Flows from or to zones without people are impossible whatever the penalty and
    say nothing about it: they are left out.

    Parameters
    ----------
    surroundings : with the observed flows.
    weights : the model, exact in delta.
    grid : penalties, rising, 0 among them.
    bootstraps : draws of the origins.
    rng : their source.
    confidence : of the interval.

    Raises
    ------
    ValueError
        If the grid does not rise or lacks 0, nobody moves between zones with people, there is no
        bootstrap, or the confidence is not in (0, 1).
    """
    grid = np.asarray(grid, dtype=float)
    if (np.diff(grid) <= 0).any() or not (grid == 0).any():
        raise ValueError("grid: penalties must rise, and 0 (the standard model) be among them")
    if bootstraps < 1 or not 0 < confidence < 1:
        raise ValueError(
            f"bootstraps = {bootstraps}, confidence = {confidence}: at least 1, and between 0 and 1"
        )
    lived_in = surroundings.mass > 0
    flow = np.where(lived_in[:, None] & lived_in[surroundings.order], surroundings.flow, 0.0)
    people = flow.sum()
    if not people > 0:
        raise ValueError("nobody moves between zones with people: no penalty can be estimated")
    noise = _ROUNDING * people
    drawn = rng.multinomial(len(flow), np.full(len(flow), 1 / len(flow)), bootstraps)
    by_origin = _columns(flow, weights, grid)
    for _ in range(_REFINEMENTS):
        between = _within_interval(grid, by_origin, drawn, noise)
        if between.size == 0:
            break
        by_origin = np.column_stack([by_origin, _columns(flow, weights, between)])
        grid = np.concatenate([grid, between])
        rising = np.argsort(grid)
        grid, by_origin = grid[rising], by_origin[:, rising]
    by_origin = by_origin - by_origin[:, grid == 0]
    gain = by_origin.sum(axis=0)
    found = _bootstrapped(grid, by_origin, drawn, noise)
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    penalty, best = _peak(grid, gain, noise)
    shown = np.where(gain <= _IMPOSSIBLE / 2, -np.inf, gain) / people
    return Estimate(
        penalty=penalty,
        low=float(low),
        high=float(high),
        gain_per_person=best / people,
        share_positive=float(np.mean(found > 0)),
        share_negative=float(np.mean(found < 0)),
        profile=pd.DataFrame({"delta_minus_1": grid, "gain_per_person": shown}),
    )


def _columns(flow: np.ndarray, weights: Weights, penalties: np.ndarray) -> np.ndarray:
    """(n_origins, n_penalties) log-likelihoods."""
    columns = [origin_log_likelihood(flow, weights(penalty)) for penalty in penalties]
    return np.maximum(np.column_stack(columns), _IMPOSSIBLE)


def _bootstrapped(
    grid: np.ndarray, by_origin: np.ndarray, drawn: np.ndarray, noise: float
) -> np.ndarray:
    """Best penalty of each draw of the origins."""
    gain = by_origin - by_origin[:, grid == 0]
    # sums, not matrix products, whose last digits depend on the number of threads
    return np.array([_peak(grid, (row[:, None] * gain).sum(axis=0), noise)[0] for row in drawn])


def _within_interval(
    grid: np.ndarray, by_origin: np.ndarray, drawn: np.ndarray, noise: float
) -> np.ndarray:
    """Penalties between those of the grid, where the grid is too coarse for its maximum.

    It is where its steps are wide, for a parabola over a decade is a guess, and where nearly all
    draws have their best penalty within two steps: the interval would be made of the parabola.
    """
    found = _bootstrapped(grid, by_origin, drawn, noise)
    least, most = np.quantile(found, _NEARLY_ALL)
    first = max(int(np.searchsorted(grid, least, side="right")) - 2, 0)
    last = min(int(np.searchsorted(grid, most, side="left")) + 1, grid.size - 1)
    steps = [pair for pair in pairwise(grid[first : last + 1]) if pair[0] * pair[1] > 0]
    wide = [(a, b) for a, b in steps if max(a / b, b / a) > _WIDE]
    if not wide and last - first - 2 <= _FEW_STEPS:
        wide = steps
    # geometric, as the grid is, whichever the sign
    inner = np.arange(1, _PARTS) / _PARTS
    return np.concatenate([np.empty(0), *(a * (b / a) ** inner for a, b in wide)])


def _peak(grid: np.ndarray, value: np.ndarray, noise: float) -> tuple[float, float]:
    """Penalty and gain at the maximum, between grid points where a parabola can say so."""
    k = int(np.argmax(value))
    if value[k] <= noise:
        return 0.0, 0.0
    if k in (0, grid.size - 1) or 0 in grid[k - 1 : k + 2]:
        return float(grid[k]), float(value[k])
    before, top, after = value[k - 1 : k + 2]
    if min(before, after) <= _IMPOSSIBLE / 2:
        return float(grid[k]), float(top)
    # a parabola in the logarithm of the penalty, whose steps need not be equal
    to_before, to_after = np.log(grid[[k - 1, k + 1]] / grid[k])
    first, second = (before - top) / to_before, (after - top) / to_after
    bend = (second - first) / (to_after - to_before)
    if bend >= 0:
        return float(grid[k]), float(top)
    slope = first - bend * to_before
    return float(grid[k] * np.exp(-slope / (2 * bend))), float(top - slope**2 / (4 * bend))
