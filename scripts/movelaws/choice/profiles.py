"""The ridge of the game: how well it does at every strength of crowding, not only at the best.

At equilibrium D_j follows A_j^(alpha / (1 + gamma)) roughly, so that alpha and gamma trade off
along a ridge, which an optimum alone does not show. Beyond the paper.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from movelaws.allocation import Parameter
from movelaws.choice.fits import fit
from movelaws.choice.likelihood import climb
from movelaws.choice.predictors import TIGHT, Predictor, predictor
from movelaws.choice.search import Target, maximise
from movelaws.game import DestinationChoice, FamilyEquilibrium, NotConvergedError
from movelaws.game.family import raise_unless_converged
from movelaws.od import Pairs

GAMMAS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0)
GIVEN, FITTED = "arrivals = A", "arrivals ~ A^r"
"""Limits of infinite gamma: what arrives is A_j, or the power of it that fits best."""

_LARGEST_RATIO = 10.0
_BETA_HIGH = 10.0
_BETA_STEP = 0.005  # half the paper's grid
_BETA_REACH = 0.4
_SURFACE_TOLERANCE = 1e-6


def gamma_profile(
    pairs: Pairs, objective: str = "ssi", gammas: Iterable[float] = GAMMAS, seed: int = 0
) -> pd.DataFrame:
    """Best alpha and beta at each gamma, and the limits of infinite gamma.

    With alpha / (1 + gamma) held at r, the game goes to doubly constrained gravity whose arrivals
    are proportional to A_j^r as gamma grows. The curve leads to the limit with the r that fits
    best; r = 1, where what arrives is A_j itself, is GMPowDC and need not lie on its way.

    The first gamma is searched over the whole box (alpha / (1 + gamma) and beta from 0 to 10), each
    following one from its neighbour's optimum. Alpha may leave the paper's box of 0 to 10 here.

    Parameters
    ----------
    pairs : of ``choice_pairs``.
    objective : "ssi", "cpc" or "poisson".
    gammas : values >= 0, in any order.
    seed : of the search.

    Returns
    -------
    DataFrame: objective, gamma, alpha, beta, ratio (alpha / (1 + gamma)), value and limit, by
    rising gamma. ``limit`` is empty but for the last two rows, of infinite gamma and alpha:
    "arrivals ~ A^r" with the ratio r fitted, and "arrivals = A" with ratio 1. A limit is left out,
    and the reason printed, where nothing allowed so many to arrive.

    Raises
    ------
    ValueError
        If a gamma is negative or not finite, or as ``movelaws.choice.fits.fit``.
    """
    gammas = sorted(float(gamma) for gamma in gammas)
    if not gammas or not np.isfinite(gammas).all() or gammas[0] < 0:
        raise ValueError(f"gammas = {gammas}: give at least one, finite and >= 0")
    game, rows, latest = predictor("DCG", pairs), [], None
    for gamma in gammas:
        if objective == "poisson":
            ratio, beta, value = _most_likely_at(pairs, gamma, latest)
        else:
            target = Target(_AtGamma(game, gamma), objective)
            near = {} if latest is None else {"starts": [latest], "coarse_points": 0}
            best = maximise(target, seed, **near)
            (ratio, beta), value = best.theta, best.value
        latest = np.array([ratio, beta])
        rows.append((objective, gamma, ratio * (1 + gamma), beta, ratio, value))
    columns = ["objective", "gamma", "alpha", "beta", "ratio", "value"]
    table = pd.DataFrame(rows, columns=columns).assign(limit="")
    for name, (ratio, beta, value) in _limits(pairs, objective, seed, latest).items():
        table.loc[len(table)] = (objective, np.inf, np.inf, beta, ratio, value, name)
    return table


def surface(
    pairs: Pairs,
    alphas: Iterable[float],
    gammas: Iterable[float],
    objective: str = "ssi",
) -> pd.DataFrame:
    """The objective on a grid of alpha and gamma, with the best beta at each point.

    Beta is searched within 0.4 of that of the neighbouring point, further where it ends at the
    edge of that, to half the step of the paper's grid.

    Returns
    -------
    DataFrame: alpha, gamma, beta, value; nan where there is no equilibrium.
    """
    target, rows, first = Target(predictor("DCG", pairs), objective), [], 1.0
    for gamma in gammas:
        beta = first
        for number, alpha in enumerate(alphas):
            found, value = _best_beta(target, float(alpha), float(gamma), beta)
            beta = found if np.isfinite(found) else beta
            first = beta if number == 0 else first
            rows.append((float(alpha), float(gamma), found, value))
    return pd.DataFrame(rows, columns=["alpha", "gamma", "beta", "value"])


class _AtGamma(Predictor):
    """The game at one gamma, as a function of alpha / (1 + gamma) and beta."""

    parameters = (
        Parameter("ratio", "", 0.0, _LARGEST_RATIO, "linear", r"\alpha/(1+\gamma)"),
        Parameter("beta", "", 0.0, _BETA_HIGH, "linear", r"\beta"),
    )

    def __init__(self, game: Predictor, gamma: float):
        self.name, self.pairs, self.gamma = game.name, game.pairs, gamma
        self._game = game

    def flows(self, theta: np.ndarray, tolerance: float = TIGHT) -> np.ndarray:
        return self._game.flows(self._whole(theta), tolerance)

    def flows_at(
        self, theta: np.ndarray, pair_index: np.ndarray, tolerance: float = TIGHT
    ) -> np.ndarray:
        return self._game.flows_at(self._whole(theta), pair_index, tolerance)

    def _whole(self, theta: np.ndarray) -> np.ndarray:
        return np.array([theta[0] * (1 + self.gamma), theta[1], self.gamma])


class _Limit(Predictor):
    """The game at infinite gamma, as a function of r = alpha / (1 + gamma) and beta."""

    def __init__(self, pairs: Pairs):
        self.name, self.pairs = "DCG at infinite gamma", pairs
        self.parameters = _AtGamma.parameters

    def flows(self, theta: np.ndarray, tolerance: float = TIGHT) -> np.ndarray:
        game, found = self._balanced(theta, tolerance)
        return game.all_flows(found)

    def flows_at(
        self, theta: np.ndarray, pair_index: np.ndarray, tolerance: float = TIGHT
    ) -> np.ndarray:
        game, found = self._balanced(theta, tolerance)
        return game.flows_at(found, pair_index)

    def _balanced(
        self, theta: np.ndarray, tolerance: float
    ) -> tuple[DestinationChoice, FamilyEquilibrium]:
        ratio, beta = (float(value) for value in theta)
        # by the largest, so that a high power stays finite; where A is 0 nobody goes, also at r = 0
        share = self.pairs.mass / self.pairs.mass.max()
        game = DestinationChoice(self.pairs, np.where(share > 0, share**ratio, 0.0))
        at = f"arrivals ~ A^{ratio:g}, beta = {beta:g}"
        try:
            found = game.doubly_constrained(beta, tolerance=tolerance)
        except ValueError as error:  # a search may try what cannot arrive; it must go on
            raise NotConvergedError(f"{at}: {error}") from None
        return game, raise_unless_converged(found, at)


def _limits(
    pairs: Pairs, objective: str, seed: int, latest: np.ndarray
) -> dict[str, tuple[float, float, float]]:
    """Ratio, beta and value at infinite gamma by limit; ``latest``: at the largest gamma."""
    found, starts = {}, [latest]
    try:
        given = fit(pairs, "GMPowDC", objective, seed)
        found[GIVEN] = (1.0, given.parameters["beta"], given.value)
        starts.append(np.array(found[GIVEN][:2]))
    except (ValueError, NotConvergedError) as error:
        print(f"no doubly constrained limit: {error}")
    try:
        best = maximise(Target(_Limit(pairs), objective), seed, starts=starts, coarse_points=0)
        found = {FITTED: (*best.theta, best.value), **found}
    except (ValueError, NotConvergedError) as error:
        print(f"no limit with arrivals ~ A^r: {error}")
    return found


def _most_likely_at(
    pairs: Pairs, gamma: float, latest: np.ndarray | None
) -> tuple[float, float, float]:
    """Ratio, beta and log likelihood of the best fit at one gamma."""
    wide = {"alpha": (0.0, _LARGEST_RATIO * (1 + gamma)), "gamma": (0.0, max(10.0, 2 * gamma))}
    game = predictor("DCG", pairs, wide)
    ratio, beta = (1.0, 1.0) if latest is None else latest
    best = climb(game, np.array([ratio * (1 + gamma), beta, gamma]), {2: gamma})
    return best.theta[0] / (1 + gamma), best.theta[1], best.value


def _best_beta(target: Target, alpha: float, gamma: float, near: float) -> tuple[float, float]:
    def loss(beta: float) -> float:
        try:
            return -target.at(np.array([alpha, beta, gamma]), _SURFACE_TOLERANCE)
        except NotConvergedError:
            return np.inf

    reach = _BETA_REACH
    while True:
        low, high = max(0.0, near - reach), min(_BETA_HIGH, near + reach)
        found = minimize_scalar(
            loss, bounds=(low, high), method="bounded", options={"xatol": _BETA_STEP}
        )
        edge = 0.02 * (high - low) + _BETA_STEP
        inside = (found.x - low > edge or low == 0) and (
            high - found.x > edge or high == _BETA_HIGH
        )
        if inside or reach >= _BETA_HIGH:
            break
        near, reach = float(found.x), 2 * reach
    if not np.isfinite(found.fun):
        return np.nan, np.nan
    return float(found.x), -float(found.fun)
